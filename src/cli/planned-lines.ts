// The steps of a plan as people read them before they approve: the hash binds exactly these words.
import { saidRunbook, type Plan, type PlannedStep } from '../core/runbook/plan.ts';
import type { Colors } from './controller-command.ts';
import { printable } from './io.ts';

export function planLines(hash: string, plan: Plan, paint: Colors): readonly string[] {
  const leave = plan.leave === undefined ? '' : `, leaving ${plan.leave}`;
  return [
    `${paint.bold(`${plan.mode} of ${plan.workload}`)} from ${plan.from} to ${plan.to}${leave}, by ${saidRunbook(plan)}`,
    ...plan.steps.flatMap((step, index) => {
      const after = step.needs.length === 0 ? '' : paint.dim(` after ${step.needs.join(', ')}`);
      const when = step.when === undefined ? '' : paint.dim(` when ${printable(step.when)}`);
      const warning = step.mayLoseData ? paint.red(' may lose data') : '';
      return [`  ${index + 1}. ${step.id}: ${printable(step.sentence)}${warning}${after}${when}`, ...withoutGrace(step, paint)];
    }),
    `Plan sha256:${hash}`,
  ];
}

function withoutGrace({ ungraceful }: PlannedStep, paint: Colors): readonly string[] {
  if (ungraceful === undefined) return [];
  const warning = ungraceful.kind === 'replace' && ungraceful.mayLoseData ? paint.red(' may lose data') : '';
  return [`     without grace: ${ungraceful.kind === 'skip' ? 'skipped' : printable(ungraceful.sentence)}${warning}`];
}
