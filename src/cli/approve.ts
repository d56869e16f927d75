// `resus approve RUN`: shows the plan, asks, and approves exactly that plan by its hash.
import type { Command } from 'commander';
import type { Preview } from '../core/views/preview.ts';
import { CliError, misuse } from './cli-error.ts';
import { colors, connect, controllerCommand, print, printJson, span, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';
import { duration } from './pause.ts';
import { planLines } from './planned-lines.ts';

type Options = Common & {
  readonly plan?: string;
  readonly comment?: string;
  readonly yes?: true;
  readonly maxLoss?: string;
  readonly emergency?: string;
  readonly record?: string;
};
type Given = { readonly run: string; readonly approvals: number; readonly needed: number; readonly now: string };
type Asked = {
  readonly hash: string;
  readonly plan: Preview['plan'];
  /** Absent where nothing can be lost, null where nobody can say. */
  readonly predictedLossMs?: number | null;
  readonly rpoMs?: number;
};

export function approveCommand(io: Io): Command {
  return controllerCommand('approve', 'read the plan of a run, and approve it')
    .argument('<run>', 'the run')
    .option('--plan <hash>', 'approve only if this is its plan')
    .option('--comment <text>', 'stands in the journal beside your name')
    .option('--max-loss <duration>', "the most loss of writes that you accept, e.g. 5s (default: the tier's RPO); more is asked for again")
    .option('--emergency <reason>', 'approve alone, by the emergency rule of the tier; marked in the journal and the evidence')
    .option('--record <reference>', 'with --emergency: where this deviation is written down; a validated workload wants one')
    .option('--yes', 'do not ask')
    .action(async (run: string, options: Options) => {
      if (options.record !== undefined && options.emergency === undefined)
        throw misuse('NOTHING_TO_RECORD', 'An approval by the rule is no deviation.', 'Leave --record out, or give --emergency.');
      const maxLossMs = options.maxLoss === undefined ? undefined : duration('--max-loss', options.maxLoss);
      const client = connect(options, io);
      const path = `/api/v1/runs/${encodeURIComponent(run)}`;
      const asked = await client.get<Asked>(`${path}/plan`);
      const { hash, plan } = asked;
      if (options.plan !== undefined && options.plan.replace(/^sha256:/, '') !== hash)
        throw new CliError(
          1,
          'PLAN_CHANGED',
          `Run ${run} has plan sha256:${hash}, not ${options.plan}.`,
          'Read the plan again, and approve what it says now.',
        );
      if (options.json !== true) print(io, ...planLines(hash, plan, colors(io)), ...lossLines(asked, colors(io)));
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
        ...(options.emergency === undefined
          ? {}
          : { emergency: { reason: options.emergency, ...(options.record === undefined ? {} : { record: options.record }) } }),
      });
      if (options.json === true) printJson(io, given);
      else
        print(
          io,
          printable(
            `${options.emergency === undefined ? `Approved: ${given.approvals} of ${given.needed}.` : 'Approved alone, by the emergency rule.'} ${given.now}`,
          ),
        );
    });
}

/** What whoever says yes accepts. */
function lossLines({ predictedLossMs: lossMs, rpoMs }: Asked, paint: Colors): readonly string[] {
  if (lossMs === undefined) return [];
  const of = rpoMs === undefined ? '' : `, RPO ${lossSpan(rpoMs)}`;
  if (lossMs === null) return [paint.red(`Loss of writes: nobody can predict it${of}`)];
  const said = `Loss of writes: at most ${lossSpan(lossMs)} predicted${of}`;
  return [rpoMs !== undefined && lossMs > rpoMs ? paint.red(said) : said];
}
const lossSpan = (ms: number): string => (ms < 1_000 ? `${ms} ms` : span(ms));
