// `resus approve RUN`: shows the plan, asks, and approves exactly that plan by its hash.
import type { Command } from 'commander';
import type { Preview } from '../core/views/preview.ts';
import { CliError, misuse } from './cli-error.ts';
import { colors, connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import type { Io } from './io.ts';
import { duration } from './pause.ts';
import { planLines } from './planned-lines.ts';

type Options = Common & {
  readonly plan?: string;
  readonly comment?: string;
  readonly yes?: true;
  readonly maxLoss?: string;
  readonly emergency?: string;
};
type Given = { readonly run: string; readonly approvals: number; readonly needed: number };

export function approveCommand(io: Io): Command {
  return controllerCommand('approve', 'read the plan of a run, and approve it')
    .argument('<run>', 'the run')
    .option('--plan <hash>', 'approve only if this is its plan')
    .option('--comment <text>', 'stands in the journal beside your name')
    .option('--max-loss <duration>', "the most loss of writes that you accept, e.g. 5s (default: the tier's RPO); more is asked for again")
    .option('--emergency <reason>', 'approve alone, by the emergency rule of the tier; marked in the journal and the evidence')
    .option('--yes', 'do not ask')
    .action(async (run: string, options: Options) => {
      const maxLossMs = options.maxLoss === undefined ? undefined : duration('--max-loss', options.maxLoss);
      const client = connect(options, io);
      const path = `/api/v1/runs/${encodeURIComponent(run)}`;
      const { hash, plan } = await client.get<{ readonly hash: string; readonly plan: Preview['plan'] }>(`${path}/plan`);
      if (options.plan !== undefined && options.plan.replace(/^sha256:/, '') !== hash)
        throw new CliError(
          1,
          'PLAN_CHANGED',
          `Run ${run} has plan sha256:${hash}, not ${options.plan}.`,
          'Read the plan again, and approve what it says now.',
        );
      if (options.json !== true) print(io, ...planLines(hash, plan, colors(io)));
      if (options.yes !== true) {
        const answer = await io.ask('Approve this plan? [y/N] ');
        if (answer === undefined)
          throw misuse('NOBODY_TO_ASK', 'Standard input is no terminal, so nobody can be asked.', 'Give --yes, best with --plan HASH.');
        if (!/^y(es)?$/i.test(answer.trim())) throw new CliError(1, 'NOT_APPROVED', 'Nothing was approved.', 'Run it again to approve.');
      }
      const given = await client.post<Given>(`${path}/approvals`, {
        plan: hash,
        ...(options.comment === undefined ? {} : { comment: options.comment }),
        ...(maxLossMs === undefined ? {} : { maxLossMs }),
        ...(options.emergency === undefined ? {} : { emergency: { reason: options.emergency } }),
      });
      if (options.json === true) printJson(io, given);
      else print(io, `Approved: ${given.approvals} of ${given.needed}.`);
    });
}
