// Every workload at a glance: who writes, what the quorum and the users see, what is open, and one word with what to do next.
// A pure read: the same view gives the same answer.
import { maintenanceOf } from '../decision/hold.ts';
import { openIncidentsOf } from '../decision/open-incidents.ts';
import { standing, type Standing } from '../detection/quorum.ts';
import { pathId } from '../detection/sight.ts';
import { targetId } from '../detection/targets.ts';
import { isPending, saidPending, type Replica, type Target, type Tier, type Workload } from '../estate.ts';
import type { View } from '../kernel.ts';
import { copiedUntil } from '../objective/loss.ts';
import { rtoOfRun } from '../objective/target.ts';
import { askedSince } from '../runbook/approval.ts';
import type { WaitKind } from '../runbook/control-events.ts';
import { waitOf } from '../runbook/wait.ts';
import type { Run, WorkloadState } from '../state.ts';
import type { Instant, RunId, WorkloadId } from '../values.ts';
import { sentenceOfRun } from './run-why.ts';

export const words = [
  'healthy',
  'exposed',
  'unseen',
  'failing',
  'incident',
  'decision',
  'approval',
  'task',
  'paused',
  'recovering',
  'moving',
  'maintained',
] as const;
export type Word = (typeof words)[number];
/** `degraded`: the quorum calls some of its targets down, not all. */
export type ReplicaVerdict = Standing | 'degraded';
export type ReplicaGlance = {
  readonly name: string;
  readonly site: string;
  readonly role: 'primary' | 'standby';
  readonly verdict: ReplicaVerdict;
  /** Age of the newest heartbeat seen on a standby, by this controller's clock: grows also when nobody looks. */
  readonly lagMs?: number;
};
export type PathGlance = {
  readonly population: string;
  /** `unseen`: no canary since this controller began, or none lately. */
  readonly state: 'healthy' | 'failing' | 'unseen';
  readonly lastGoodAt?: Instant;
  readonly since?: Instant;
  readonly because?: string;
};
export type LastRun = {
  readonly run: RunId;
  readonly mode: string;
  readonly outcome: string;
  readonly closedAt?: Instant;
  readonly rtaMs?: number;
  readonly rpaMs?: number;
  /** Of the loss that it treated. */
  readonly rtoMs?: number;
  /** Whether the achieved figure is within the tier's target; absent without a figure. */
  readonly rtoMet?: boolean;
  readonly rpoMet?: boolean;
};
export type WorkloadGlance = {
  readonly workload: WorkloadId;
  readonly tier: string;
  readonly rtoMs: number;
  readonly rpoMs: number;
  /** Targets that nobody has decided yet; their figures above are 0 meanwhile. Absent when all are decided. */
  readonly pending?: readonly Target[];
  readonly primary: string;
  readonly state: Word;
  /** What a person should do now, in words. */
  readonly next: string;
  readonly replicas: readonly ReplicaGlance[];
  readonly usersPath: readonly PathGlance[];
  readonly incident?: { readonly incident: string; readonly diagnosis: string; readonly sentence: string; readonly openedAt: Instant };
  /** While it lasts nothing is done about it without a person. */
  readonly maintenance?: { readonly by: string; readonly reason: string; readonly until: Instant };
  /** `asks`: it waits for approvals. `waits`: for anything that only people can give. `now`: what it does, in one sentence. */
  readonly openRun?: {
    readonly run: RunId;
    readonly mode: string;
    readonly status: string;
    readonly asks: boolean;
    readonly waits?: WaitKind;
    readonly now: string;
  };
  readonly lastRun?: LastRun;
};

/** In the order of their names. Empty while nothing is declared. */
export const fleet = (view: View): readonly WorkloadGlance[] =>
  Object.keys(view.known.estate?.workloads ?? {})
    .sort()
    .flatMap((id) => glance(view, id as WorkloadId) ?? []);

export function glance(view: View, id: WorkloadId): WorkloadGlance | undefined {
  const workload = view.known.estate?.workloads[id];
  const state = view.known.workloads.get(id);
  const tier = view.tierOf(id);
  if (workload === undefined || state === undefined || tier === undefined) return undefined;
  const [incident] = openIncidentsOf(view, id);
  const open = state.openRun === undefined ? undefined : view.known.runs.get(state.openRun);
  const last = lastClosedRun(view, state);
  const maintenance = maintenanceOf(view, id);
  const facts = {
    workload: id,
    tier: tier.id,
    rtoMs: tier.rtoMs,
    rpoMs: tier.rpoMs,
    ...(tier.pending === undefined ? {} : { pending: tier.pending }),
    primary: state.primary,
    replicas: workload.replicas.map((replica) => replicaGlance(view, workload, replica, state.primary)),
    usersPath: workload.usersPath.populations.map((population) => pathGlance(view, id, tier, state, population.name)),
    ...(incident === undefined
      ? {}
      : {
          incident: {
            incident: incident.incident,
            diagnosis: incident.diagnosis,
            sentence: incident.sentence,
            openedAt: incident.openedAt,
          },
        }),
    ...(maintenance === undefined ? {} : { maintenance: { by: maintenance.by, reason: maintenance.reason, until: maintenance.until } }),
    ...(open === undefined ? {} : { openRun: openRun(view, open) }),
    ...(last === undefined ? {} : { lastRun: lastRun(view, last, tier) }),
  };
  const pending = saidPending(tier);
  const row = rows.find((each) => each.when(facts));
  return {
    ...facts,
    state: row?.word ?? 'healthy',
    next: row?.next(facts) ?? (pending === undefined ? 'nothing' : `decide its ${pending} (pending-bia)`),
  };
}

function openRun(view: View, run: Readonly<Run>): NonNullable<WorkloadGlance['openRun']> {
  const wait = waitOf(view, run);
  return {
    run: run.id,
    mode: run.mode,
    status: run.status,
    asks: askedSince(run) !== undefined,
    ...(wait === undefined ? {} : { waits: wait.kind }),
    now: sentenceOfRun(view, run),
  };
}

type Facts = Omit<WorkloadGlance, 'state' | 'next'>;
/** The first row that fits is the word; what needs a person most comes first. */
const rows: readonly { readonly word: Word; when(at: Facts): boolean; next(at: Facts): string }[] = [
  {
    word: 'decision',
    when: (at) => at.openRun?.waits === 'decision',
    next: (at) => `decide: resus why ${at.openRun?.run ?? ''}`,
  },
  { word: 'paused', when: (at) => at.openRun?.waits === 'stop', next: () => 'resus release' },
  {
    word: 'paused',
    when: (at) => at.openRun?.waits === 'pause',
    next: (at) => `resume or cancel: resus why ${at.openRun?.run ?? ''}`,
  },
  {
    word: 'approval',
    when: (at) => at.openRun?.asks === true,
    next: (at) => `read and approve: resus approve ${at.openRun?.run ?? ''}`,
  },
  {
    word: 'task',
    when: (at) => at.openRun?.waits === 'confirmation',
    next: (at) => `do it, then confirm: resus why ${at.openRun?.run ?? ''}`,
  },
  {
    word: 'recovering',
    when: (at) => at.openRun?.mode === 'failover',
    next: (at) => `watch: resus events --follow (run ${at.openRun?.run ?? ''})`,
  },
  { word: 'moving', when: (at) => at.openRun !== undefined, next: (at) => `watch: resus events --follow (run ${at.openRun?.run ?? ''})` },
  { word: 'incident', when: (at) => at.incident !== undefined, next: (at) => `resus why ${at.workload}` },
  { word: 'failing', when: (at) => at.usersPath.some((path) => path.state === 'failing'), next: (at) => `resus why ${at.workload}` },
  {
    word: 'exposed',
    when: (at) => at.replicas.some((replica) => replica.verdict === 'down' || replica.verdict === 'degraded'),
    next: (at) => `repair ${at.replicas.find((replica) => replica.verdict === 'down' || replica.verdict === 'degraded')?.name ?? ''}`,
  },
  {
    word: 'unseen',
    when: (at) => at.replicas.some((replica) => replica.verdict === 'unknown'),
    next: (at) => `nobody sees ${at.replicas.find((replica) => replica.verdict === 'unknown')?.name ?? ''}: check the vantages`,
  },
  {
    word: 'unseen',
    when: (at) => at.usersPath.some((path) => path.state === 'unseen'),
    next: (at) => `no canaries from ${at.usersPath.find((path) => path.state === 'unseen')?.population ?? ''}: start its resus canary`,
  },
  {
    word: 'maintained',
    when: (at) => at.maintenance !== undefined,
    next: (at) => `when it is done: resus maintain ${at.workload} --end`,
  },
];

function replicaGlance(view: View, workload: Workload, replica: Replica, primary: string): ReplicaGlance {
  const copiedTo = replica.name === primary ? undefined : copiedUntil(view, workload, replica);
  return {
    name: replica.name,
    site: replica.site,
    role: replica.name === primary ? 'primary' : 'standby',
    verdict: verdictOf(view, workload, replica),
    ...(copiedTo === undefined ? {} : { lagMs: Math.max(0, view.now - copiedTo) }),
  };
}

export function verdictOf(view: View, workload: Workload, replica: Replica): ReplicaVerdict {
  const bench = view.bench();
  if (bench === undefined || replica.probes.length === 0) return 'unknown';
  const standings = replica.probes.map((probe) => {
    const target = bench.targets.byId.get(targetId(workload.id, replica.name, probe.id));
    return target === undefined ? 'unknown' : standing(bench, target, 'nowhere');
  });
  if (standings.every((each) => each === 'up')) return 'up';
  if (standings.every((each) => each === 'down')) return 'down';
  return standings.includes('down') ? 'degraded' : 'unknown';
}

export function pathGlance(view: View, id: WorkloadId, tier: Tier, state: Readonly<WorkloadState>, population: string): PathGlance {
  const path = view.seen.paths.get(pathId(id, population));
  const failing = state.failing.get(population);
  const lastGood = path?.lastGoodAt === undefined ? {} : { lastGoodAt: path.lastGoodAt };
  if (failing !== undefined) return { population, state: 'failing', ...lastGood, since: failing.since, because: failing.because };
  const patienceMs = tier.usersPath.timeoutMs + tier.usersPath.intervalMs * tier.usersPath.failures;
  const isLate = path === undefined || view.now - path.lastSampleAt > patienceMs + tier.usersPath.intervalMs;
  return { population, state: isLate ? 'unseen' : 'healthy', ...lastGood };
}

/** Runs of one workload are numbered from 1 in the order in which they opened. */
export function lastClosedRun(view: View, state: Readonly<WorkloadState>): Readonly<Run> | undefined {
  for (let n = state.runs; n > 0; n -= 1) {
    const run = view.known.runs.get(`${state.id}-${n}` as RunId);
    if (run?.status === 'closed') return run;
  }
  return undefined;
}
function lastRun(view: View, run: Readonly<Run>, tier: Tier): LastRun {
  const rtoMs = rtoOfRun(view, run);
  const { rtaMs, rpaMs } = run.measurement ?? {};
  return {
    run: run.id,
    mode: run.mode,
    outcome: run.outcome ?? '',
    ...(run.closedAt === undefined ? {} : { closedAt: run.closedAt }),
    ...(rtaMs === undefined ? {} : { rtaMs, ...(rtoMs === undefined ? {} : { rtoMs, rtoMet: rtaMs <= rtoMs }) }),
    ...(rpaMs === undefined ? {} : { rpaMs, ...(isPending(tier, 'rpo') ? {} : { rpoMet: rpaMs <= tier.rpoMs }) }),
  };
}
