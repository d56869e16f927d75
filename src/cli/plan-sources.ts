// The two places that a plan comes from: a controller that is asked, or the declarations alone. Without a controller roles are taken to be as
// declared and nothing is measured, which is said with every figure that would have needed it.
import { hash } from 'node:crypto';
import { analyse, type Reported } from '../analysis/index.ts';
import { plannedMove, replicaAt } from '../core/decision/planned-move.ts';
import { declaredAs, type Estate, type Mode } from '../core/estate.ts';
import { compile } from '../core/runbook/compile.ts';
import { goesBack, type Plan } from '../core/runbook/plan.ts';
import { aboutOf, type Preview } from '../core/views/preview.ts';
import type { Json } from '../core/values.ts';
import { nearest, withStandIns } from '../declare/index.ts';
import { canonical } from '../journal/canonical.ts';
import type { History } from '../rehearsal/history.ts';
import type { Client } from './client.ts';
import { CliError, misuse } from './cli-error.ts';
import { givenOf, validIn, type Knowing, type Valid } from './declared.ts';
import type { Found, Subject } from './plan-report.ts';
import { span } from './plan-text.ts';

export type Wanted = {
  readonly workload: string;
  /** Left out: a switchover, or the one that `runbook` serves. */
  readonly mode?: Mode | undefined;
  readonly to?: string | undefined;
  readonly runbook?: string | undefined;
};
export type Files = { readonly paths: readonly string[]; readonly inventory?: string | undefined };

export async function fromController(client: Client, { workload, mode, to, runbook }: Wanted): Promise<Subject> {
  const more = Object.entries({ mode, runbook, to }).map(([name, value]) =>
    value === undefined ? '' : `&${name}=${encodeURIComponent(value)}`,
  );
  const query = `workload=${encodeURIComponent(workload)}${more.join('')}`;
  const made = await client.get<Preview & { readonly readiness?: Readiness }>(`/api/v1/plan?${query}`);
  if (made.tier === undefined || made.workload === undefined)
    throw new CliError(
      1,
      'CONTROLLER_OLDER',
      'The controller is of an older release and does not say enough.',
      'Start it with this release.',
    );
  // One of an older release does not read what it was asked beyond the mode.
  const wanted = made.workload.replicas.find(({ name, site }) => name === to || site === to);
  if (made.plan.byHand !== runbook || (wanted !== undefined && wanted.name !== made.plan.to))
    throw new CliError(
      1,
      'TO_NOT_CHOSEN',
      `The controller would move ${workload} to ${made.plan.to} by ${made.plan.runbook}: it does not know ${runbook === undefined ? '--to' : '--runbook'}.`,
      'Start it with this release, or plan from the declarations with --policies.',
    );
  const { readiness } = made;
  return {
    from: 'controller',
    hash: made.hash,
    plan: made.plan,
    tier: made.tier,
    workload: made.workload,
    history: {
      ...made.history,
      steps: new Map(Object.entries(made.history.steps)),
      rtas: new Map(Object.entries(made.history.rtas)),
    },
    ...lossOf(made),
    findings: (readiness?.findings ?? []).map((each) => providerFound(made.plan, each)),
    evaluated:
      readiness?.askedAt === undefined
        ? {
            asked: false,
            because: 'the controller has not asked the providers about this move: it does so every few minutes, with roles as declared',
          }
        : { asked: true, because: `the controller asked the providers at ${new Date(readiness.askedAt).toISOString()}` },
    assumes: [],
  };
}
const backTo = 'it may go back further than any copy lags: its steps say to when';
type ReadinessFound = Pick<Found, 'code' | 'severity' | 'sentence' | 'remedy' | 'step'>;
type Readiness = { readonly askedAt?: number; readonly findings: readonly ReadinessFound[] };

function lossOf({ plan, predictedLossMs }: Preview): Pick<Subject, 'lossMs' | 'lossBecause'> {
  if (predictedLossMs === undefined) return { lossMs: undefined, lossBecause: 'a planned move waits until everything has arrived' };
  if (goesBack(plan)) return { lossMs: null, lossBecause: backTo };
  if (plan.from === plan.to) return { lossMs: undefined, lossBecause: 'the storage moves with the writer' };
  return predictedLossMs === null
    ? { lossMs: null, lossBecause: 'no heartbeat of the standby was seen' }
    : {
        lossMs: predictedLossMs,
        lossBecause: 'from the last possible acknowledgement to the newest heartbeat on the standby, if it were done now',
      };
}

/** @throws CliError with `NOT_VALID`, `BAD_INVENTORY`, `WORKLOAD_UNKNOWN`, `NO_STANDBY`, `INVENTORY_NEEDED`, or what the compiler refuses */
export async function fromFiles(files: Files, wanted: Wanted, knowing: Knowing, history: History | undefined): Promise<Subject> {
  const declared = await validIn(
    files.paths,
    files,
    knowing.vocabulary,
    'Correct it first (`resus validate` shows everything), or ask a controller with --controller.',
  );
  return fromDeclared(declared, wanted, knowing, history);
}

/** @throws CliError as `fromFiles` does, for what is valid */
export function fromDeclared(declared: Valid, wanted: Wanted, knowing: Knowing, history: History | undefined): Subject {
  const estate = withStandIns(declared.estate);
  const move = moveIn(estate, wanted);
  const compiled = compile(estate, knowing.catalogue, move);
  if (!compiled.ok) throw misuse(compiled.error.code, compiled.error.message, compiled.error.remedy);
  const plan = compiled.value;
  const tier = estate.tiers[move.workload.tier];
  if (tier === undefined) throw misuse('NO_TIER', `${move.workload.id} has no tier.`, 'Check it with `resus validate`.');
  if (!allKnown([tier, plan.steps.map(({ timeoutMs, expectMs }) => [timeoutMs, expectMs]), move.workload.localHa?.graceMs ?? 0]))
    throw misuse('INVENTORY_NEEDED', 'Durations of this plan come from the inventory.', 'Give it with --inventory FILE.');
  const { found, accepted } = analyse(givenOf(declared, knowing));
  const concerns = ({ at }: Reported): boolean =>
    (at.kind === 'Workload' && at.name === move.workload.id && !isOfAnother(at.pointer, plan)) ||
    (at.kind === 'Runbook' && at.name === plan.runbook) ||
    (at.kind === 'Tier' && at.name === tier.id);
  const isPlanned = move.mode !== 'failover';
  const beat = move.workload.replication.find((link) => link.from === plan.from && link.to === plan.to)?.heartbeatMs;
  const { backup } = move.workload;
  return {
    from: 'declarations',
    hash: hash('sha256', canonical(plan as unknown as Json)),
    plan,
    tier,
    workload: aboutOf(move.workload, estate),
    history,
    lossMs: isPlanned || (plan.from === plan.to && !goesBack(plan)) ? undefined : null,
    lossBecause: isPlanned
      ? 'a planned move waits until everything has arrived'
      : goesBack(plan)
        ? backTo
        : `only a controller that watches the standby can say${
            beat !== undefined
              ? `; its heartbeat alone comes every ${span(beat)}`
              : backup !== undefined
                ? `; no copy to ${plan.to} is declared, and backups come every ${span(backup.everyMs)}`
                : ''
          }`,
    findings: [
      ...found.filter(concerns).map((each): Found => lintFound(each)),
      ...accepted.filter(concerns).map((each): Found => ({ ...lintFound(each), accepted: each.reason })),
    ],
    evaluated: { asked: false, because: 'no controller was named' },
    assumes: [
      `Roles are taken as declared: ${plan.from} is the writer${move.mode === 'failback' ? ' now, after a failover' : ''}.`,
      ...(declared.open ? ['No inventory was given: names stand in for its values, and the hash is not that of a controller.'] : []),
    ],
  };
}

/** What is found at the runbook of another diagnosis or mode says nothing of this plan. */
const isOfAnother = (pointer: string, { mode, byHand }: Plan): boolean => {
  const own = byHand === undefined ? (mode === 'failover' ? 'onDiagnosis/RegionLost' : mode) : `byHand/${byHand}`;
  return pointer.startsWith('/spec/runbooks/') && !`${pointer}/`.startsWith(`/spec/runbooks/${own}/`);
};

const lintFound = ({ code, severity, sentence, remedy, evidence, page, at }: Reported): Found => ({
  from: 'lint',
  code,
  severity,
  sentence,
  remedy,
  evidence,
  page,
  at,
});
/** What a provider said rests on its answer about one step. */
function providerFound({ steps }: Plan, each: ReadinessFound): Found {
  const uses = steps.find(({ id }) => id === each.step)?.uses;
  return {
    from: 'evaluate',
    ...each,
    evidence: uses === undefined ? [] : [`step ${each.step}`, uses],
    page: 'docs/plan.md#what-providers-say',
  };
}

/** An expression over the inventory may stand where a number is expected. */
const allKnown = (value: unknown): boolean =>
  typeof value === 'string'
    ? !value.startsWith('inventory')
    : typeof value !== 'object' || value === null || Object.values(value).every(allKnown);

function moveIn(estate: Estate, { workload: name, mode, to, runbook: byHand }: Wanted) {
  const workload = declaredAs(estate.workloads, name);
  if (workload === undefined) {
    const near = nearest(name, Object.keys(estate.workloads));
    const declared = Object.keys(estate.workloads);
    throw misuse(
      'WORKLOAD_UNKNOWN',
      `There is no workload ${name}.`,
      near === undefined
        ? `Declared are: ${declared.slice(0, 20).join(', ') || 'none'}${declared.length > 20 ? ', ...' : ''}.`
        : `Did you mean ${near}?`,
    );
  }
  const { replicas } = workload;
  const [primary, standby] = [replicas.find(({ role }) => role === 'primary'), replicas.find(({ role }) => role === 'standby')];
  // The way home begins where the writer is after a failover.
  const home = to === undefined ? primary : replicaAt(estate, replicas, to, undefined);
  const from = mode !== 'failback' ? primary : home === primary ? (standby ?? primary) : primary;
  if (from === undefined) throw misuse('NO_STANDBY', `${name} has no primary.`, 'Give one replica `role: primary`.');
  const isHome = mode === 'failback' && to === undefined && from !== primary;
  const move = plannedMove(estate, { workload, from, wish: { mode, byHand, to: isHome ? primary?.name : to } });
  if (!move.ok) throw misuse(move.error.code, move.error.message, move.error.remedy);
  return move.value;
}
