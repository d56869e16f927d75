// What the log says about one run, with the sequence number of every entry that says it. Report, tables, OSCAL, manifest and
// `verify` all start from this, so that they cannot tell different stories.
import { isPending, type Estate, type FenceKind, type Loss, type Tier, type Workload } from '../core/estate.ts';
import type { EventOf, EventType } from '../core/event.ts';
import { decodeLedger, type CanaryRecord } from '../core/objective/ledger.ts';
import { ownLossOf, rtoOf, treats } from '../core/objective/target.ts';
import type { Boundaries } from '../core/objective/rta.ts';
import type { Hash, Instant, RunId } from '../core/values.ts';
import type { Envelope, Entry } from '../journal/entry.ts';
import { EvidenceError } from './evidence-error.ts';

export type EntryOf<T extends EventType> = Envelope & EventOf<T>;
export type BlobReader = (hash: Hash) => Uint8Array | undefined;

export type StepAccount = {
  readonly id: string;
  readonly uses: string;
  readonly seq: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant | undefined;
  readonly attempts: number;
  readonly result: string;
  readonly detail: string;
};
export type PopulationAccount = { readonly received: EntryOf<'LedgerReceived'>; readonly record: CanaryRecord };
export type Account = {
  readonly run: RunId;
  readonly opened: EntryOf<'RunOpened'>;
  readonly compiled: EntryOf<'PlanCompiled'> | undefined;
  readonly incident: EntryOf<'IncidentOpened'> | undefined;
  readonly approvals: readonly EntryOf<'ApprovalGiven'>[];
  readonly started: EntryOf<'RunStarted'> | undefined;
  readonly executed: EntryOf<'RunExecuted'> | undefined;
  readonly fences: readonly EntryOf<'FenceStated'>[];
  readonly requested: readonly EntryOf<'LedgerRequested'>[];
  readonly populations: readonly PopulationAccount[];
  readonly measured: EntryOf<'RunMeasured'> | undefined;
  readonly closed: EntryOf<'RunClosed'> | undefined;
  readonly drill: EntryOf<'DrillOpened'> | undefined;
  readonly drillClosed: EntryOf<'DrillClosed'> | undefined;
  readonly declared: EntryOf<'EstateDeclared'>;
  readonly workload: Workload;
  readonly tier: Tier;
  readonly steps: readonly StepAccount[];
  /** Every entry of the run, of its incident, and of its drill, in order. */
  readonly story: readonly Entry[];
  /** While it was open: the stop lever, and the writer moved by others. */
  readonly beside: readonly Entry[];
};

/** Throws `EVIDENCE_INCOMPLETE` when the log does not hold the run, or a blob that it needs is not at hand. */
export function accountOf(entries: readonly Entry[], run: RunId, blob: BlobReader): Account {
  const own = entries.filter((entry) => 'run' in entry.data && entry.data.run === run);
  const opened = only(own, 'RunOpened');
  if (opened === undefined)
    throw new EvidenceError('EVIDENCE_INCOMPLETE', `the log holds no run ${run}; name one of: ${runsIn(entries).join(', ') || 'none'}`);
  const incident = all(entries, 'IncidentOpened').find(({ data }) => data.incident === opened.data.incident);
  const drillId = opened.data.drill ?? incident?.data.drill;
  const executed = only(own, 'RunExecuted');
  const declared = estateBefore(entries, executed?.seq ?? opened.seq);
  const estate = parseEstate(declared.data.estate, blob);
  const workload = estate.workloads[opened.data.workload];
  const tier = workload === undefined ? undefined : estate.tiers[workload.tier];
  if (workload === undefined || tier === undefined) {
    throw new EvidenceError(
      'EVIDENCE_INCOMPLETE',
      `the estate of entry ${declared.seq} does not declare ${opened.data.workload} and its tier`,
    );
  }
  return {
    run,
    opened,
    compiled: only(own, 'PlanCompiled'),
    incident,
    approvals: all(own, 'ApprovalGiven'),
    started: only(own, 'RunStarted'),
    executed,
    fences: all(own, 'FenceStated'),
    requested: all(own, 'LedgerRequested'),
    populations: all(own, 'LedgerReceived').map((received) => ({ received, record: recordOf(received, blob) })),
    measured: only(own, 'RunMeasured'),
    closed: only(own, 'RunClosed'),
    drill: drillId === undefined ? undefined : all(entries, 'DrillOpened').find(({ data }) => data.drill === drillId),
    drillClosed: drillId === undefined ? undefined : all(entries, 'DrillClosed').find(({ data }) => data.drill === drillId),
    declared,
    workload,
    tier,
    steps: stepsOf(own),
    beside: entries.filter(
      ({ seq, type, data }) =>
        seq > opened.seq &&
        seq < (only(own, 'RunClosed')?.seq ?? Infinity) &&
        (type === 'ActingStopped' || (type === 'RoleChanged' && 'workload' in data && data.workload === workload.id && !('run' in data))),
    ),
    story: entries.filter(({ data }) => {
      if ('run' in data && data.run === run) return true;
      if (incident !== undefined && 'incident' in data && data.incident === incident.data.incident) return true;
      return drillId !== undefined && 'drill' in data && data.drill === drillId;
    }),
  };
}

export const instantOf = (entry: Pick<Entry, 'ts'>): Instant => Date.parse(entry.ts) as Instant;

/** The entries that cut the recovery time into phases. */
export function boundariesOf({ incident, opened, started, executed }: Account): Boundaries {
  const approvedAt = instantOf(started ?? opened);
  return {
    ...(incident === undefined ? {} : { detectedAt: instantOf(incident) }),
    decidedAt: instantOf(opened),
    approvedAt,
    executedAt: executed === undefined ? approvedAt : instantOf(executed),
  };
}

export const fencingOf = ({ closed, fences }: Account): FenceKind | 'none' => closed?.data.fencing ?? fences.at(-1)?.data.fence ?? 'none';

export type Objective = {
  readonly name: 'rto' | 'rpo';
  /** Whose own target it is; absent of one that holds whatever is lost. */
  readonly loss?: Loss;
  readonly targetMs: number;
  readonly achievedMs: number | undefined;
  readonly isMet: boolean;
};
/** By what the run treated, as the log has it: `rtoMs` is undefined while nobody has decided it, `loss` where the general target holds. */
export function promisedOf({ tier, compiled, incident }: Pick<Account, 'tier' | 'compiled' | 'incident'>): {
  readonly rtoMs: number | undefined;
  readonly loss: Loss | undefined;
} {
  const treated = compiled === undefined ? undefined : treats(compiled.data.plan, incident?.data.diagnosis);
  return { rtoMs: rtoOf(tier, treated), loss: ownLossOf(tier, treated) };
}
/** Targets of the tier against what was achieved. What was not measured was not met; what nobody has decided is left out. */
export function objectivesOf(account: Account): readonly Objective[] {
  const { tier, measured } = account;
  const { rtaMs, rpaMs } = measured?.data.measurement ?? {};
  const { rtoMs, loss } = promisedOf(account);
  const objective = (name: Objective['name'], targetMs: number, achievedMs: number | undefined): Objective => ({
    name,
    targetMs,
    achievedMs,
    isMet: achievedMs !== undefined && achievedMs <= targetMs,
  });
  return [
    ...(rtoMs === undefined ? [] : [{ ...objective('rto', rtoMs, rtaMs), ...(loss === undefined ? {} : { loss }) }]),
    ...(isPending(tier, 'rpo') ? [] : [objective('rpo', tier.rpoMs, rpaMs)]),
  ];
}
/** `passed` needs a finished run, final figures, a path that was watched, and both objectives; a drill's own verdict can only take that away. */
export function verdictOf(account: Account): 'passed' | 'failed' | 'inconclusive' {
  const { closed, measured, drillClosed } = account;
  if (closed === undefined || measured === undefined || measured.data.provisional) return 'inconclusive';
  if (drillClosed !== undefined && drillClosed.data.verdict !== 'passed')
    return drillClosed.data.verdict === 'failed' ? 'failed' : 'inconclusive';
  if (closed.data.outcome !== 'succeeded') return 'failed';
  if (measured.data.measurement.coverage !== undefined) return 'inconclusive';
  if (account.tier.pending !== undefined) return 'inconclusive';
  return objectivesOf(account).every(({ isMet }) => isMet) ? 'passed' : 'failed';
}

export const all = <T extends EventType>(entries: readonly Entry[], type: T): readonly EntryOf<T>[] =>
  entries.filter((entry): entry is Extract<Entry, { readonly type: T }> => entry.type === type) as unknown as readonly EntryOf<T>[];
const only = <T extends EventType>(entries: readonly Entry[], type: T): EntryOf<T> | undefined => all(entries, type)[0];
export const runsIn = (entries: readonly Entry[]): readonly RunId[] => all(entries, 'RunOpened').map(({ data }) => data.run);

function estateBefore(entries: readonly Entry[], seq: number): EntryOf<'EstateDeclared'> {
  const declared = all(entries, 'EstateDeclared').findLast((entry) => entry.seq < seq);
  if (declared === undefined) throw new EvidenceError('EVIDENCE_INCOMPLETE', `the log declares no estate before entry ${seq}`);
  return declared;
}
function textOf(hash: Hash, blob: BlobReader, what: string): string {
  const bytes = blob(hash);
  if (bytes === undefined) throw new EvidenceError('EVIDENCE_INCOMPLETE', `${what} is missing: the blob ${hash}`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
function parseEstate(hash: Hash, blob: BlobReader): Estate {
  const estate = JSON.parse(textOf(hash, blob, 'the estate that was declared')) as Estate;
  if (typeof estate?.workloads !== 'object' || typeof estate.tiers !== 'object')
    throw new EvidenceError('EVIDENCE_INCOMPLETE', `the blob ${hash} holds no estate`);
  return estate;
}
function recordOf({ seq, data }: EntryOf<'LedgerReceived'>, blob: BlobReader): CanaryRecord {
  const decoded = decodeLedger(textOf(data.samples, blob, `the canary record of entry ${seq}`));
  if (!decoded.ok)
    throw new EvidenceError('EVIDENCE_INCOMPLETE', `the canary record ${data.samples} of entry ${seq} cannot be read: ${decoded.error}`);
  return decoded.value;
}

type Ending = { readonly result: string; readonly detail: string };
/** What ends a step, or would if it had begun. */
const endings: { readonly [T in EventType]?: (data: EventOf<T>['data']) => Ending } = {
  StepAnswered: ({ outcome }) => ({
    result: outcome.kind,
    detail: outcome.kind === 'failed' ? `${outcome.code}: ${outcome.message}` : outcome.kind === 'unknown' ? outcome.message : '',
  }),
  StepObserved: ({ observed }) => ({
    result: observed.kind === 'holds' ? 'succeeded' : observed.kind,
    detail: observed.kind === 'absent' ? observed.because : observed.kind === 'unknown' ? observed.message : '',
  }),
  StepSkipped: ({ because }) => ({ result: 'skipped', detail: because }),
  StepFailed: ({ code, because }) => ({ result: 'failed', detail: `${code}: ${because}` }),
};

function stepsOf(own: readonly Entry[]): readonly StepAccount[] {
  const steps = new Map<string, StepAccount>();
  for (const entry of own) {
    if (!('step' in entry.data)) continue;
    const { step: id } = entry.data;
    const at = instantOf(entry);
    const begun = steps.get(id) ?? { id, uses: '', seq: entry.seq, startedAt: at, endedAt: undefined, attempts: 0, result: '', detail: '' };
    if (entry.type === 'StepStarted') {
      steps.set(id, { ...begun, uses: entry.data.uses, attempts: entry.data.attempt, endedAt: undefined, result: 'running', detail: '' });
      continue;
    }
    const ending = endings[entry.type] as ((data: Entry['data']) => Ending) | undefined;
    if (ending !== undefined) steps.set(id, { ...begun, endedAt: at, ...ending(entry.data) });
  }
  return [...steps.values()];
}
