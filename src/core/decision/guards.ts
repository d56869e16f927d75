// Every reason not to act, in one table. A guard says `go`, `ask` (a person must approve, and what they accept),
// `wait` (time alone may change it) or `stop`. The first that stops or waits is journalled and shown by `resus why`.
import { saidPending, type Replica, type Tier, type Workload } from '../estate.ts';
import { pathId } from '../detection/sight.ts';
import { failingKinds, runsBefore } from '../detection/failing-alike.ts';
import { isFresh, standing } from '../detection/quorum.ts';
import { rolesSeen } from '../detection/roles.ts';
import { isWithin, regionOf, targetId, type Target } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Incident, WorkloadState } from '../state.ts';
import { later, type Instant, type WorkloadId } from '../values.ts';
import { predictedLossMs } from '../objective/loss.ts';
import { freshLook } from '../runbook/last-look.ts';
import { compile, type Move } from '../runbook/compile.ts';
import { blackoutOf, saidOpen } from './calendar.ts';
import { blastRadius } from './blast-radius.ts';
import { dependencies } from './dependencies.ts';
import { locksOf, saidTaken, takenOf } from './locks.ts';
import { mayTakeWriter, takes } from './open-incidents.ts';
import { evictableFor, productionInTrouble } from './products.ts';
import { residencyOf } from './residency.ts';
import { scopeOf } from './scope.ts';
import { maintenanceOf, saidMaintained, saidStopped } from './hold.ts';

export type Answer =
  | { readonly kind: 'go'; readonly because: string }
  | { readonly kind: 'ask'; readonly because: string }
  | { readonly kind: 'wait'; readonly because: string; readonly until: Instant }
  | { readonly kind: 'stop'; readonly because: string };
export type Case = {
  readonly view: View;
  readonly incident: Readonly<Incident>;
  readonly workload: Workload;
  readonly state: Readonly<WorkloadState>;
  readonly tier: Tier;
  readonly primary: Replica;
  /** Who would take over: another replica, or the same one in another zone. */
  readonly candidate: Replica | undefined;
};
export type Guard = { readonly name: string; readonly asks: string; check(at: Case): Answer };

const go = (because: string): Answer => ({ kind: 'go', because });
const ask = (because: string): Answer => ({ kind: 'ask', because });
const stop = (because: string): Answer => ({ kind: 'stop', because });
/** How soon a diagnosis that does not hold is looked at again when nothing new was seen. */
const lookAgainMs = 1_000;

/** The move that the incident calls for. */
export const moveOf = ({ workload, incident, primary, candidate }: Case): Move => ({
  workload,
  mode: 'failover',
  runbook: workload.runbooks.onDiagnosis[incident.diagnosis] ?? '',
  from: primary,
  to: candidate ?? primary,
  leave: incident.site,
});

export const guards: readonly Guard[] = [
  {
    name: 'stopped',
    asks: 'Has nobody stopped acting?',
    check: ({ view }) => (view.known.stopped === undefined ? go('nobody has') : stop(saidStopped(view.known.stopped))),
  },
  {
    name: 'maintenance',
    asks: 'Is nobody maintaining it?',
    check: ({ view, workload }) => {
      const maintenance = maintenanceOf(view, workload.id);
      return maintenance === undefined ? go('nobody is') : { kind: 'wait', because: saidMaintained(maintenance), until: maintenance.until };
    },
  },
  {
    name: 'journal',
    asks: 'Can everything that the run does be written down?',
    check: ({ view }) => (view.seen.isJournalSpent ? stop("the journal's disk is full; free space on it") : go('the journal has room')),
  },
  {
    name: 'untreated',
    asks: 'Was this incident not treated already?',
    check: ({ incident, workload }) =>
      incident.treated.has(workload.id)
        ? stop('this incident was treated already; another run opens for the next one, or when somebody acknowledges this one')
        : go('no run has treated it'),
  },
  {
    name: 'primary',
    asks: 'Is it the writer that is gone?',
    check: ({ view, incident, primary }) => {
      const { estate } = view.known;
      if (estate !== undefined && mayTakeWriter(estate, incident, primary)) return go(`the writer ${primary.name} is at ${primary.site}`);
      const lost = incident.replica === undefined ? `not in ${incident.site}` : `and it is ${incident.replica} that is dead`;
      return stop(`the writer ${primary.name} is at ${primary.site}, ${lost}`);
    },
  },
  {
    name: 'one-writer',
    asks: 'Are there not two writers already?',
    check: ({ view, workload }) => {
      const roles = rolesSeen(view, workload.id);
      return roles.kind === 'split' ? stop(`split brain: ${roles.sentence}`) : go('no two replicas are seen as the primary');
    },
  },
  {
    name: 'runbook',
    asks: 'Is there a runbook for this?',
    check: ({ workload, incident }) => {
      const runbook = workload.runbooks.onDiagnosis[incident.diagnosis];
      return runbook === undefined ? stop(`no runbook is declared for ${incident.diagnosis}`) : go(runbook);
    },
  },
  {
    name: 'free',
    asks: 'Does no other run hold the workload?',
    check: ({ state }) => (state.openRun === undefined ? go('no run is open') : stop(`run ${state.openRun} is open`)),
  },
  {
    name: 'cooldown',
    asks: 'Is the last run long enough ago?',
    check: ({ state, tier, view }) => {
      if (state.lastRunClosedAt === undefined) return go('no run before');
      const until = later(state.lastRunClosedAt, tier.cooldownMs);
      return view.now < until
        ? {
            kind: 'wait',
            because: `the last run ended ${seconds(view.now - state.lastRunClosedAt)} ago; cooldown is ${seconds(tier.cooldownMs)}`,
            until,
          }
        : go('cooldown is over');
    },
  },
  {
    name: 'automation',
    asks: 'May the machine act on this scope?',
    check: ({ tier, incident }) => {
      const level = tier.automation[scopeOf[incident.diagnosis]];
      const says = `tier ${tier.id} says ${level} for a lost ${scopeOf[incident.diagnosis]}`;
      if (level === 'shadow') return stop(`${says}: what would be done is only said`);
      return level === 'manual' ? stop(says) : level === 'approve' ? ask(says) : go(says);
    },
  },
  {
    name: 'targets',
    asks: 'Has somebody decided its targets?',
    check: ({ tier }) => {
      const pending = saidPending(tier);
      return pending === undefined ? go('all are decided') : ask(`nobody has decided its ${pending} yet (pending-bia)`);
    },
  },
  {
    name: 'calendar',
    asks: 'Is no blackout open?',
    check: ({ view, workload }) => {
      const blackout = blackoutOf(view.known.estate, workload.calendar, view.now);
      return blackout === undefined ? go('none is') : ask(saidOpen(blackout));
    },
  },
  {
    name: 'vantages',
    asks: 'Are there enough independent eyes?',
    check: ({ view }) => {
      const vantages = view.known.targets?.vantages ?? [];
      const domains = new Set(vantages.map((vantage) => (view.known.estate ? regionOf(view.known.estate, vantage.site) : undefined)));
      return vantages.length >= 3 && domains.size >= 3
        ? go(`${vantages.length} vantages in ${domains.size} fault domains`)
        : ask(`${vantages.length} vantages in ${domains.size} fault domains; acting alone needs three in three`);
    },
  },
  {
    name: 'dependencies',
    asks: 'Is what it hard-depends on where it has to be?',
    check: ({ view, workload, incident }) => dependencies(view, workload.id, incident),
  },
  {
    name: 'product',
    asks: 'Does the production of its product need nothing first?',
    check: ({ view, workload }) => {
      const trouble = productionInTrouble(view, workload);
      if (trouble !== undefined)
        return stop(`${trouble.production}, the production of its product, comes first: ${trouble.incident} is open`);
      const evictable = evictableFor(view.known.estate, workload);
      return go(evictable.length === 0 ? 'nothing of its product does' : `${evictable.join(', ')} may be stopped to free capacity for it`);
    },
  },
  {
    name: 'diagnosis',
    asks: 'Does the diagnosis hold on fresh observations?',
    check: ({ view, incident, workload, candidate }) => {
      const look = freshLook(view, { workload: workload.id, incident, to: candidate?.name ?? '' });
      if (look.kind === 'holds') return go(look.sentence);
      const because =
        look.kind === 'gone' ? `${incident.diagnosis} of ${incident.site} does not hold now` : 'what is seen now does not decide it yet';
      return { kind: 'wait', because, until: look.kind === 'unsure' ? look.until : later(view.now, lookAgainMs) };
    },
  },
  {
    name: 'users-path',
    asks: 'Do the users really get no answers?',
    check: ({ view, workload, tier }) => {
      const window = tier.detection.intervalMs * tier.detection.failures;
      const acked = workload.usersPath.populations.map(
        (population) => view.seen.paths.get(pathId(workload.id, population.name))?.lastGoodAt ?? (0 as Instant),
      );
      const last = Math.max(0, ...acked) as Instant;
      if (last === 0) return go('no canary was ever answered since this controller began');
      return view.now - last < window
        ? { kind: 'wait', because: `a canary was acknowledged ${view.now - last} ms ago on the users' path`, until: later(last, window) }
        : go(`no canary was answered for ${seconds(view.now - last)}`);
    },
  },
  {
    name: 'inner-ha',
    asks: 'Has the inner high availability had its time?',
    check: ({ workload, incident, view }) => {
      if (workload.localHa === undefined || incident.diagnosis === 'RegionLost') return go('nothing inside acts at this scope');
      const until = later(incident.openedAt, workload.localHa.graceMs);
      return view.now < until
        ? { kind: 'wait', because: `${workload.localHa.by} has until ${new Date(until).toISOString()}`, until }
        : go(`${workload.localHa.by} had its grace`);
    },
  },
  {
    name: 'standby-fit',
    asks: 'Is there a fresh look at a standby that is fit?',
    check: ({ view, workload, candidate, primary, incident, tier }) => {
      if (candidate === undefined) return stop('no replica outside the lost site is declared');
      const bench = view.bench();
      if (bench === undefined) return stop('nothing is declared');
      const outside = candidate.probes
        .filter((probe) => !isWithin(bench.estate, probe.site, incident.site))
        .map((probe) => bench.targets.byId.get(targetId(workload.id, candidate.name, probe.id)))
        .filter((target): target is Target => target !== undefined);
      if (candidate === primary) {
        const up = outside.filter((target) => target.site !== candidate.site && standing(bench, target, incident.site) === 'up');
        return up.length > 0
          ? go(`${up.map((target) => target.id).join(', ')} answer outside ${incident.site}`)
          : stop(`nothing of ${candidate.name} answers outside ${incident.site}`);
      }
      const bad = outside.filter((target) => standing(bench, target, candidate.site) !== 'up');
      if (outside.length === 0) return stop(`no probe of ${candidate.name} is declared`);
      if (bad.length === outside.length) return stop(`common cause: nothing of ${candidate.name} answers either`);
      // A standby of which a whole part fails serves nobody, wherever the writer is.
      const [failing] = runsBefore(tier) ? failingKinds(bench, outside) : [];
      if (failing !== undefined) return stop(`common cause: no ${failing} of ${candidate.name} answers either`);
      const lost = lossOf(view, workload.id, candidate, incident);
      if (lost !== undefined) return stop(`${candidate.name} is lost itself: ${lost.incident}, ${lost.diagnosis} of ${lost.site}`);
      const role = outside.find((target) =>
        [...(view.seen.cells.get(target.id)?.values() ?? [])].some(
          (cell) => isFresh(target, cell, view.now) && cell.failures === 0 && cell.measured?.['role'] === 'standby',
        ),
      );
      if (role === undefined) return stop(`no fresh look says that ${candidate.name} is a standby`);
      return go(`${role.id} answers as a standby`);
    },
  },
  {
    name: 'loss',
    asks: 'Is the predicted loss within the RPO?',
    check: (at) => {
      if (at.candidate === undefined || at.candidate === at.primary) return go('the storage moves with the writer');
      const loss = predictedLossMs(at.view, at.workload, at.candidate, at.tier);
      if (loss === undefined) return ask('the loss cannot be predicted: nobody can say what the candidate has');
      return loss <= at.tier.rpoMs
        ? go(`at most ${loss} ms of writes, RPO ${at.tier.rpoMs} ms`)
        : ask(`predicted loss ${loss} ms exceeds the RPO of ${at.tier.rpoMs} ms`);
    },
  },
  {
    name: 'residency',
    asks: 'May the data be there?',
    check: ({ view, workload, candidate }) => {
      const { kind, because } = residencyOf(view.known.estate, workload, candidate);
      return kind === 'allowed' ? go(because) : stop(because);
    },
  },
  {
    name: 'fencing',
    asks: 'Can the old writer be stopped, and is that enough?',
    check: ({ tier }) =>
      tier.fencing.accepts.includes('provider-asserted')
        ? go(`tier ${tier.id} accepts the provider's word`)
        : ask(`tier ${tier.id} wants a proof (${tier.fencing.accepts.join(', ')}); the provider only asserts`),
  },
  {
    name: 'blast-radius',
    asks: 'Has the machine not decided too much alone lately?',
    check: ({ view, tier, incident }) => blastRadius(view, tier, incident),
  },
  {
    name: 'locks',
    asks: 'Does no other run hold what this one would change?',
    check: (at) => {
      const { estate } = at.view.known;
      const move = moveOf(at);
      const plan = estate === undefined ? undefined : compile(estate, at.view.facts.catalogue, move);
      // That a plan cannot be compiled is said by itself.
      const taken = plan?.ok === true ? takenOf(at.view.known, locksOf(plan.value, at.view.facts.catalogue, at.workload)) : undefined;
      return taken === undefined ? go('no other run does') : stop(saidTaken(at.view.known, taken));
    },
  },
];

export type Ruling =
  | { readonly kind: 'act'; readonly reasons: readonly string[]; readonly asks: readonly string[] }
  | { readonly kind: 'hold'; readonly guard: string; readonly because: string; readonly until?: Instant };

/** All guards in order, but one that is left out; the first that stops or waits decides. */
export function rule(at: Case, without?: string): Ruling {
  const reasons: string[] = [];
  const asks: string[] = [];
  for (const guard of guards) {
    if (guard.name === without) continue;
    const answer = guard.check(at);
    if (answer.kind === 'stop') return { kind: 'hold', guard: guard.name, because: answer.because };
    if (answer.kind === 'wait') return { kind: 'hold', guard: guard.name, because: answer.because, until: answer.until };
    if (answer.kind === 'ask') asks.push(`${guard.name}: ${answer.because}`);
    reasons.push(`${guard.name}: ${answer.because}`);
  }
  return { kind: 'act', reasons, asks };
}

/** The open incident, another one, in which the replica itself is lost: a plan that moves there would be superseded as soon as it is made. */
function lossOf(view: View, id: WorkloadId, replica: Replica, besides: Readonly<Incident>): Readonly<Incident> | undefined {
  const { estate, incidents, workloads } = view.known;
  return [...(workloads.get(id)?.incidents ?? [])]
    .map((each) => incidents.get(each))
    .find(
      (incident) =>
        incident !== undefined && incident.incident !== besides.incident && estate !== undefined && takes(estate, incident, replica),
    );
}

/** Seconds up to two minutes, then minutes: nobody divides at night. */
const seconds = (ms: number): string => (ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`);
