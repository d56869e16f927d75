// The signed summary of a bundle: an in-toto statement whose subjects are the bundle's files and whose predicate says what was
// achieved. `verify` makes the predicate again from the log and compares.
import { isPending } from '../core/estate.ts';
import type { Json } from '../core/values.ts';
import { canonical } from '../journal/canonical.ts';
import type { Checkpoint } from '../journal/checkpoint.ts';
import { fencingOf, promisedOf, verdictOf, type Account } from './account.ts';

export const predicateType = 'urn:resus:predicate:recovery-run:v1';
export type Subject = { readonly name: string; readonly digest: { readonly sha256: string } };

export function predicateOf(account: Account, checkpoint: Checkpoint): Json {
  const { run, opened, measured, closed, tier, drill } = account;
  const { rtoMs, loss } = promisedOf(account);
  return {
    run,
    workload: opened.data.workload,
    mode: opened.data.mode,
    floor: opened.floor,
    verdict: verdictOf(account),
    outcome: closed?.data.outcome ?? 'open',
    fencing: fencingOf(account),
    plan: opened.data.plan,
    ...(drill === undefined ? {} : { drill: drill.data.drill, gameday: drill.data.gameday }),
    targets: {
      rtoMs: rtoMs ?? 'pending-bia',
      ...(loss === undefined ? {} : { rtoOf: loss }),
      rpoMs: isPending(tier, 'rpo') ? 'pending-bia' : tier.rpoMs,
    },
    ...(measured === undefined
      ? {}
      : { measurement: measured.data.measurement as unknown as Json, provisional: measured.data.provisional }),
    log: { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root },
  };
}

/** Canonical text with an LF. Subjects sorted by name. */
export function statementOf(subjects: readonly Subject[], predicate: Json): string {
  return `${canonical({ _type: 'https://in-toto.io/Statement/v1', predicateType, subject: subjects, predicate })}\n`;
}
