// One rehearsal, from its seed alone: a world that is well, what goes wrong in it, and what Resus, the providers and people make of it.
// RTA and RPA are what the engine itself measured, on the users' own path.
import type { Catalogue } from '../core/catalogue.ts';
import type { EventOf, EventType } from '../core/event.ts';
import { later, type Instant } from '../core/values.ts';
import { sha256 } from '../journal/hash.ts';
import { partsOf, type Part } from './parts.ts';
import type { Task } from './task.ts';
import { World } from './world.ts';

export type Rehearsed = {
  readonly seed: number;
  /** The users had good answers again, by a run that ended well. */
  readonly recovered: boolean;
  /** Why not, in few words, so that the same reason counts as the same. */
  readonly because: string;
  readonly rtaMs?: number;
  readonly rpaMs?: number;
  readonly parts: readonly Part[];
  /** What really was lost, in writes, by the world's own account. */
  readonly lostWrites: number;
  /** SHA-256 over the journal of this rehearsal. */
  readonly digest: string;
};

const startAt = Date.UTC(2026, 0, 1) as Instant;
/** Between two looks at whether it is over. */
const stretchMs = 1_000;

export function rehearseOnce(task: Task, catalogue: Catalogue, seed: number): Rehearsed {
  const world = new World(task, catalogue, seed, startAt);
  const { clock } = world.ground;
  clock.runUntil(world.readyAt);
  world.strike();
  const struckAt = clock.now;
  const { decideByMs, endByMs } = patience(task);
  let because: string | undefined;
  while ((because = overBecause(world, task)) === undefined) {
    if (clock.now >= later(struckAt, endByMs)) because = 'it was not over in time';
    else if (clock.now >= later(struckAt, decideByMs) && entry(world, task, 'RunOpened') === undefined) because = notDecided(world, task);
    if (because !== undefined) break;
    clock.runUntil(later(clock.now, stretchMs));
  }
  if (world.broke !== undefined) throw new Error(`the engine broke: ${world.broke}`);
  const impact = because === '' ? impactOf(world, task) : undefined;
  const reason = because === '' && impact === undefined ? 'the users were not seen to have good answers again' : (because ?? '');
  const of = { seed, lostWrites: world.lostWrites, digest: sha256(world.store.lines.join('\n')) };
  if (impact === undefined) return { ...of, recovered: false, because: reason, parts: [] };
  const { onsetAt, restoredAt, rpaMs, run } = impact;
  const parts =
    run === undefined
      ? [{ name: byItself, ms: restoredAt - onsetAt }]
      : partsOf(world.entries, run, { onsetAt, restoredAt }, lastFollowed(world, task));
  return { ...of, recovered: true, because: '', rtaMs: restoredAt - onsetAt, ...(rpaMs === undefined ? {} : { rpaMs }), parts };
}

const byItself = 'inner high availability';
type Impact = { readonly onsetAt: Instant; readonly restoredAt: Instant; readonly rpaMs?: number; readonly run?: string };
/** As the engine measured it; where there was no run, as its journal tells it. Without any impact both ends are the same. */
function impactOf(world: World, task: Task): Impact | undefined {
  const failedAt = world.entries.flatMap(({ event }) =>
    event.type === 'UsersPathFailed' && event.data.workload === task.workload ? [event.data.lastGoodAt] : [],
  );
  const toldAt = failedAt.length === 0 ? undefined : (Math.min(...failedAt) as Instant);
  const run = entry(world, task, 'RunOpened')?.data.run;
  if (run === undefined) {
    const backAt = entry(world, task, 'UsersPathRestored')?.data.firstGoodAt ?? world.readyAt;
    return { onsetAt: toldAt ?? backAt, restoredAt: backAt };
  }
  const { onsetAt, restoredAt, rpaMs } = entry(world, task, 'RunMeasured')?.data.measurement ?? {};
  // A run that somebody asked for long after the impact has no canaries from before it: the journal has the last good answer.
  const from = onsetAt ?? toldAt;
  return from === undefined || restoredAt === undefined
    ? undefined
    : { onsetAt: from, restoredAt, ...(rpaMs === undefined ? {} : { rpaMs }), run };
}

/** Empty when it ended well, undefined while it goes on. */
function overBecause(world: World, task: Task): string | undefined {
  if (world.broke !== undefined) return 'the engine broke';
  const closed = entry(world, task, 'RunClosed');
  // Another plan took its place: that one counts.
  if (closed !== undefined && closed.data.outcome !== 'superseded')
    return closed.data.outcome === 'succeeded'
      ? ''
      : `the run was ${closed.data.outcome === 'failed' ? 'not successful' : 'cancelled'}: ${reasonOf(closed.data.because)}`;
  const failed = entry(world, task, 'StepFailed');
  if (failed !== undefined && failed.data.code !== 'SITUATION_CHANGED')
    return `step ${failed.data.step} failed and people had to decide: ${failed.data.code}`;
  return closed === undefined && isBackByItself(world, task) ? '' : undefined;
}
/** Without figures that differ from run to run. */
const reasonOf = (because: string): string => because.replaceAll(/\d[\d.:TZ-]*( ms| s)?/g, '…');

/** No run was opened, the users had an impact, and it is over for all of them, long enough for Resus to have changed its mind. */
function isBackByItself(world: World, task: Task): boolean {
  const known = world.controller.known?.workloads.get(task.workload);
  const restored = entry(world, task, 'UsersPathRestored');
  if (task.loss.kind === 'none' || known === undefined || restored === undefined || known.failing.size > 0 || known.runs > 0) return false;
  return world.ground.now >= later(restored.data.firstGoodAt, calmMs + (world.estate.workloads[task.workload]?.localHa?.graceMs ?? 0));
}
const calmMs = 15_000;

function notDecided(world: World, task: Task): string {
  if (task.loss.kind === 'none') return `the request was refused: ${world.crew.refused ?? 'nobody led'}`;
  const isHarmless = !world.entries.some(({ event }) => event.type === 'UsersPathFailed' && event.data.workload === task.workload);
  if (isHarmless) return '';
  const withheld = entry(world, task, 'ActionWithheld');
  if (withheld !== undefined) return `nothing was done: ${withheld.data.guard}: ${reasonOf(withheld.data.because)}`;
  return world.entries.some(({ event }) => event.type === 'IncidentOpened')
    ? 'an incident was opened, and no run'
    : 'nothing was diagnosed';
}

/** The newest entry of this kind that is about the workload or one of its runs. */
function entry<T extends EventType>(world: World, task: Task, type: T): EventOf<T> | undefined {
  for (let i = world.entries.length - 1; i >= 0; i -= 1) {
    const event = world.entries[i]?.event;
    if (event?.type === type && workloadOf(world, event.data) === task.workload) return event as EventOf<T>;
  }
  return undefined;
}
function workloadOf(world: World, data: object): string | undefined {
  if ('workload' in data) return String(data.workload);
  return 'run' in data ? world.crew.planOf(String(data.run))?.workload : undefined;
}

function lastFollowed(world: World, task: Task): number | undefined {
  const followed = world.populations.filter(({ workload }) => workload === task.workload).flatMap(({ followedAt }) => followedAt ?? []);
  return followed.length === 0 ? undefined : Math.max(...followed);
}

/** By when a run must be open, and by when it must be over: longer than everything that is declared can take. */
function patience({ estate, workload, plan, assumptions }: Task): { readonly decideByMs: number; readonly endByMs: number } {
  const declared = estate.workloads[workload];
  const tier = declared === undefined ? undefined : estate.tiers[declared.tier];
  const detectMs = 20 * ((tier?.detection.intervalMs ?? 0) + (tier?.detection.timeoutMs ?? 0));
  const peopleMs = 2 * (tier?.approvals.expireMs ?? 0);
  const decideByMs = 120_000 + detectMs + (declared?.localHa?.graceMs ?? 0) + peopleMs * (tierAsks(tier?.automation) ? 1 : 0);
  const stepsMs = plan.steps.reduce((sum, step) => sum + step.timeoutMs * (step.retries + 1) + 60_000, 0);
  const most = ({ spread }: Task['assumptions']['dns-ttl']): number =>
    spread.kind === 'quantiles' ? 4 * spread.p95 : (spread.sortedMs.at(-1) ?? 0);
  const heldMs = most(assumptions['dns-ttl']) + most(assumptions['client-caches']);
  return { decideByMs, endByMs: decideByMs + peopleMs + stepsMs + heldMs + (tier?.rtoMs ?? 0) + 300_000 };
}
const tierAsks = (automation: Readonly<Record<string, string>> | undefined): boolean => Object.values(automation ?? {}).includes('manual');
