// `resus plan WORKLOAD`: what a run would do, step by step, without starting one.
import { Option, type Command } from 'commander';
import type { Preview } from '../core/views/preview.ts';
import { colors, connect, controllerCommand, print, printJson, span, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export const modeOption = (): Option =>
  new Option('--mode <mode>', 'how the workload moves').choices(['switchover', 'failover', 'failback']);

export function planCommand(io: Io): Command {
  return controllerCommand('plan', 'what a run would do, without starting it')
    .argument('<workload>', 'the workload')
    .addOption(modeOption().default('switchover'))
    .action(async (workload: string, options: Common & { readonly mode: string }) => {
      const made = await connect(options, io).get<Preview>(`/api/v1/plan?workload=${encodeURIComponent(workload)}&mode=${options.mode}`);
      if (options.json === true) printJson(io, made);
      else print(io, ...previewLines(made, colors(io)));
    });
}

export function previewLines(made: Preview, paint: Colors): readonly string[] {
  const loss =
    made.predictedLossMs === undefined
      ? 'no loss: a planned move'
      : made.predictedLossMs === null
        ? 'loss unknown: no heartbeat of the standby was seen'
        : `at most ${span(made.predictedLossMs)} of writes lost, RPO ${span(made.rpoMs)}`;
  return [
    ...planLines(made.hash, made.plan, paint),
    `Expected ${span(made.expectMs)} of ${span(made.rtoMs)} (RTO); ${loss}.`,
    made.approvalsNeeded > 0
      ? `Asked for by a person it needs ${made.approvalsNeeded} approval${made.approvalsNeeded === 1 ? '' : 's'} by others.`
      : 'It needs no approval.',
  ];
}

function withoutGrace({ ungraceful }: Preview['plan']['steps'][number], paint: Colors): readonly string[] {
  if (ungraceful === undefined) return [];
  const warning = ungraceful.kind === 'replace' && ungraceful.mayLoseData ? paint.red(' may lose data') : '';
  return [`     without grace: ${ungraceful.kind === 'skip' ? 'skipped' : printable(ungraceful.sentence)}${warning}`];
}

/** What a person reads before approving: the hash binds exactly these words. */
export function planLines(hash: string, plan: Preview['plan'], paint: Colors): readonly string[] {
  const leave = plan.leave === undefined ? '' : `, leaving ${plan.leave}`;
  return [
    `${paint.bold(`${plan.mode} of ${plan.workload}`)} from ${plan.from} to ${plan.to}${leave}, by ${plan.runbook}`,
    ...plan.steps.flatMap((step, index) => {
      const after = step.needs.length === 0 ? '' : paint.dim(` after ${step.needs.join(', ')}`);
      const when = step.when === undefined ? '' : paint.dim(` when ${printable(step.when)}`);
      const warning = step.mayLoseData ? paint.red(' may lose data') : '';
      return [`  ${index + 1}. ${step.id}: ${printable(step.sentence)}${warning}${after}${when}`, ...withoutGrace(step, paint)];
    }),
    `Plan sha256:${hash}`,
  ];
}
