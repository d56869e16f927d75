// What we accept, and as which facts. Reads the state, changes nothing; an input that is late, repeated or about
// something unknown gives no event.
import { declaring } from './decision/waiting-estate.ts';
import { isFresh } from './detection/quorum.ts';
import { verdictAfter } from './detection/verdict.ts';
import { isSustained, pathId, type Cell, type Path } from './detection/sight.ts';
import { refusal, type Refusal } from './errors.ts';
import type { Event } from './event.ts';
import { called } from './gameday/called.ts';
import type { Input } from './input.ts';
import type { View } from './kernel.ts';
import { measure, measuringRule } from './objective/measure.ts';
import type { Boundaries } from './objective/rta.ts';
import { requested } from './request/index.ts';
import type { Actor, Result, WorkloadId } from './values.ts';

type Admitted = Result<readonly Event[], Refusal>;
const nothing: Admitted = { ok: true, value: [] };
const accept = (...events: Event[]): Admitted => ({ ok: true, value: events });

export function admit(view: View, input: Input, actor: Actor): Admitted {
  const { known } = view;
  switch (input.kind) {
    case 'began':
      return accept({
        type: 'EpochBegan',
        data: { controller: input.controller, version: input.version, lastSeq: input.lastSeq, lastHash: input.lastHash },
      });
    case 'declared':
      return declaring(view, input.estate);
    case 'probed':
      return accept(...verdictEvents(view, input.target, input.vantage, view.seen.cells.get(input.target)?.get(input.vantage)));
    case 'sampled':
      return accept(...pathEvents(view, input.workload, input.population));
    case 'answered': {
      const step = known.runs.get(input.run)?.steps.get(input.step);
      if (step === undefined || step.attempt !== input.attempt || step.status !== 'applying') return nothing;
      return accept(
        { type: 'StepAnswered', data: { run: input.run, step: input.step, attempt: input.attempt, outcome: input.outcome } },
        ...fenceSeen(view, input),
      );
    }
    case 'observed': {
      const step = known.runs.get(input.run)?.steps.get(input.step);
      if (step === undefined || step.attempt !== input.attempt || step.look !== input.look || step.status !== 'observing') return nothing;
      const { run, attempt, look, observed } = input;
      return accept({ type: 'StepObserved', data: { run, step: input.step, attempt, look, observed } }, ...fenceSeen(view, input));
    }
    case 'ledgered':
      return ledgered(view, input);
    case 'fault-answered': {
      const fault = known.drills.get(input.drill)?.faults.get(input.fault);
      return fault?.status === 'intended'
        ? accept({ type: 'FaultAnswered', data: { drill: input.drill, fault: input.fault, ...called(fault), outcome: input.outcome } })
        : nothing;
    }
    case 'fault-reverted': {
      const fault = known.drills.get(input.drill)?.faults.get(input.fault);
      if (fault?.status !== 'reverting' || fault.attempt !== input.attempt) return nothing;
      return accept({
        type: 'FaultReverted',
        data: { drill: input.drill, fault: input.fault, ...called(fault), attempt: input.attempt, outcome: input.outcome },
      });
    }
    case 'fault-checked': {
      const fault = known.drills.get(input.drill)?.faults.get(input.fault);
      if (fault?.status !== 'checking' || fault.look !== input.look) return nothing;
      return accept({
        type: 'FaultChecked',
        data: { drill: input.drill, fault: input.fault, ...called(fault), look: input.look, observed: input.observed },
      });
    }
    case 'schedule-missed':
      return accept({ type: 'ScheduleMissed', data: { gameday: input.gameday, dueAt: input.dueAt, because: input.because } });
    case 'requested':
      return requested(view, input.request, actor);
    case 'headroom':
    case 'woke':
      return nothing;
    default:
      return nothing;
  }
}

function verdictEvents(view: View, targetId: string, vantage: string, cell: Readonly<Cell> | undefined): Event[] {
  const target = view.known.targets?.byId.get(targetId);
  // What was seen long ago, and is reported by a vantage that was cut off, is no news: its next looks are.
  if (target === undefined || !isFresh(target, cell, view.now)) return [];
  const before = view.known.verdicts.get(targetId)?.get(vantage);
  const verdict = verdictAfter(before, cell, target.detection);
  if (verdict === undefined || verdict === before) return [];
  return [{ type: 'VerdictChanged', data: { target: targetId, vantage: vantage as never, verdict, because: cell.detail } }];
}

/** A path fails after so many bad canaries in a row, and is restored by good ones that last. */
function pathEvents(view: View, workload: WorkloadId, population: string): Event[] {
  const state = view.known.workloads.get(workload);
  const rule = view.tierOf(workload)?.usersPath;
  const path: Readonly<Path> | undefined = view.seen.paths.get(pathId(workload, population));
  if (state === undefined || rule === undefined || path === undefined) return [];
  const failing = state.failing.has(population);
  if (!failing && path.bad >= rule.failures)
    return [{ type: 'UsersPathFailed', data: { workload, population, lastGoodAt: path.lastGoodAt ?? view.now, because: path.badBecause } }];
  if (failing && isSustained(path, rule) && path.firstGoodAt !== undefined)
    return [{ type: 'UsersPathRestored', data: { workload, population, firstGoodAt: path.firstGoodAt, timeline: path.timeline } }];
  return [];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
/** What the provider's own event says of the fence, once the step that fences is seen to hold. */
function fenceSeen(view: View, input: Extract<Input, { kind: 'answered' | 'observed' }>): Event[] {
  const run = view.known.runs.get(input.run);
  const planned = run?.plan.steps.find((each) => each.id === input.step);
  const data =
    input.kind === 'answered'
      ? input.outcome.kind === 'succeeded'
        ? input.outcome.data
        : undefined
      : input.observed.kind === 'holds'
        ? input.observed.data
        : undefined;
  const fencing = data !== null && typeof data === 'object' && 'fencing' in data ? data['fencing'] : undefined;
  if (run === undefined || planned === undefined || (fencing !== 'storage-fenced' && fencing !== 'confirmed')) return [];
  if (run.fencing === 'storage-fenced' || run.fencing === 'confirmed') return [];
  const event = data !== null && typeof data === 'object' && 'fencingEvent' in data ? text(data['fencingEvent']) : undefined;
  return [
    {
      type: 'FenceStated',
      data: {
        run: run.id,
        step: planned.id,
        fence: fencing,
        sentence: `${fencing === 'confirmed' ? 'Nobody can reach the old writer' : "The old writer's storage refuses writes"}. ${event === undefined ? `That is how ${planned.uses} works.` : `The provider says: ${event}`}`,
      },
    },
  ];
}

function ledgered(view: View, input: Extract<Input, { kind: 'ledgered' }>): Admitted {
  const run = view.known.runs.get(input.run);
  if (run === undefined) return refusal('RUN_UNKNOWN', `There is no run ${input.run}.`, 'Post a ledger only for a run that was ordered.');
  if (!run.ledgersWanted.has(input.population) || run.ledgers.has(input.population) || run.status !== 'measuring') return nothing;
  const tier = view.tierOf(run.workload);
  if (tier === undefined) return refusal('WORKLOAD_UNKNOWN', `${run.workload} is not declared any more.`, 'Declare it again.');
  const { measurement } = measure(input, boundariesOf(view, run), tier.usersPath);
  return accept({
    type: 'LedgerReceived',
    data: { run: run.id, population: input.population, samples: input.samplesHash, measurement, rule: measuringRule },
  });
}

export function boundariesOf(
  view: Pick<View, 'known'>,
  run: {
    readonly incident: string | undefined;
    readonly openedAt: number;
    readonly startedAt: number | undefined;
    readonly executedAt: number | undefined;
  },
): Boundaries {
  const incident = run.incident === undefined ? undefined : view.known.incidents.get(run.incident as never);
  return {
    ...(incident === undefined ? {} : { detectedAt: incident.openedAt }),
    decidedAt: run.openedAt,
    approvedAt: run.startedAt ?? run.openedAt,
    executedAt: run.executedAt ?? run.startedAt ?? run.openedAt,
  } as Boundaries;
}
