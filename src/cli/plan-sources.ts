// The two places that a plan comes from: a controller that is asked, or the declarations alone. Without a controller roles are taken to be as
// declared and nothing is measured, which is said with every figure that would have needed it.
import { hash } from 'node:crypto';
import { analyse, type Reported } from '../analysis/index.ts';
import { plannedMove } from '../core/decision/planned-move.ts';
import { isWithin } from '../core/detection/targets.ts';
import { declaredAs, type Estate, type Mode, type Replica, type Workload } from '../core/estate.ts';
import { compile } from '../core/runbook/compile.ts';
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

export type Wanted = { readonly workload: string; readonly mode: Mode; readonly to?: string | undefined };
export type Files = { readonly paths: readonly string[]; readonly inventory?: string | undefined };

export async function fromController(client: Client, { workload, mode, to }: Wanted): Promise<Subject> {
  const query = `workload=${encodeURIComponent(workload)}&mode=${mode}`;
  const made = await client.get<Preview & { readonly readiness?: Readiness }>(`/api/v1/plan?${query}`);
  if (made.tier === undefined || made.workload === undefined)
    throw new CliError(
      1,
      'CONTROLLER_OLDER',
      'The controller is of an older release and does not say enough.',
      'Start it with this release.',
    );
  const target = made.workload.replicas.find(({ name }) => name === made.plan.to);
  if (to !== undefined && to !== made.plan.to && to !== target?.site)
    throw new CliError(
      1,
      'TO_NOT_CHOSEN',
      `The controller would move ${workload} to ${made.plan.to} (${target?.site ?? '?'}), not to ${to}.`,
      'Leave --to out, or plan from the declarations with --policies.',
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
    findings: (readiness?.findings ?? []).map((each): Found => ({ from: 'evaluate', ...each })),
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
type Readiness = { readonly askedAt?: number; readonly findings: readonly Omit<Found, 'from' | 'accepted'>[] };

function lossOf({ plan, predictedLossMs }: Preview): Pick<Subject, 'lossMs' | 'lossBecause'> {
  if (predictedLossMs === undefined) return { lossMs: undefined, lossBecause: 'a planned move waits until everything has arrived' };
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
    (at.kind === 'Workload' && at.name === move.workload.id && !isOfAnother(at.pointer, move.mode)) ||
    (at.kind === 'Runbook' && at.name === plan.runbook) ||
    (at.kind === 'Tier' && at.name === tier.id);
  const isPlanned = move.mode !== 'failover';
  const beat = move.workload.replication.find((link) => link.from === plan.from && link.to === plan.to)?.heartbeatMs;
  return {
    from: 'declarations',
    hash: hash('sha256', canonical(plan as unknown as Json)),
    plan,
    tier,
    workload: aboutOf(move.workload),
    history,
    lossMs: isPlanned || plan.from === plan.to ? undefined : null,
    lossBecause: isPlanned
      ? 'a planned move waits until everything has arrived'
      : `only a controller that watches the standby can say${beat === undefined ? '' : `; its heartbeat alone comes every ${span(beat)}`}`,
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
const isOfAnother = (pointer: string, mode: Mode): boolean =>
  pointer.startsWith('/spec/runbooks/') && !pointer.startsWith(`/spec/runbooks/${mode === 'failover' ? 'onDiagnosis/RegionLost' : mode}`);

const lintFound = ({ code, severity, sentence, remedy }: Reported): Found => ({ from: 'lint', code, severity, sentence, remedy });

/** An expression over the inventory may stand where a number is expected. */
const allKnown = (value: unknown): boolean =>
  typeof value === 'string'
    ? !value.startsWith('inventory')
    : typeof value !== 'object' || value === null || Object.values(value).every(allKnown);

function moveIn(estate: Estate, { workload: name, mode, to: wanted }: Wanted) {
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
  const [primary, standby] = [
    workload.replicas.find(({ role }) => role === 'primary'),
    workload.replicas.find(({ role }) => role === 'standby'),
  ];
  const home = mode === 'failback';
  const to =
    wanted === undefined ? (home ? primary : workload.replicas.find((each) => each !== primary)) : replicaAt(estate, workload, wanted);
  const from = home ? (to === standby ? primary : workload.replicas.find((each) => each !== to)) : primary;
  if (from === undefined || to === undefined || from === to)
    throw misuse(
      'NO_STANDBY',
      from === undefined || to === undefined
        ? `${name} has no second replica to move to.`
        : `${name} is at ${to.site} already: ${to.name} is the writer.`,
      'Declare a standby, or name another site with --to.',
    );
  const move = plannedMove(estate, { workload, mode, from, to });
  if (!move.ok) throw misuse(move.error.code, move.error.message, move.error.remedy);
  return move.value;
}

/** By the name of a replica, its site, or a site that holds it. */
function replicaAt(estate: Estate, { id, replicas }: Workload, wanted: string): Replica {
  const found =
    replicas.find(({ name, site }) => name === wanted || site === wanted) ?? replicas.find(({ site }) => isWithin(estate, site, wanted));
  if (found !== undefined) return found;
  throw misuse(
    'TO_UNKNOWN',
    `No replica of ${id} is at ${wanted}.`,
    `There are: ${replicas.map(({ name, site }) => `${name} at ${site}`).join(', ')}.`,
  );
}
