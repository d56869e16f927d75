// An entry as one line that a person reads: a verb, what it is about, and the proof. Entries that only drive the machine give
// nothing. Needs the entry alone, so that a reader of the stream and a reader of a bundle say the same.
import type { Event, EventOf, EventType } from '../event.ts';
import type { Measurement } from '../objective/measurement.ts';
import type { Outcome } from '../outcome.ts';
import { saidRunbook } from '../runbook/plan.ts';

export type TimelineLine = {
  readonly verb: string;
  readonly object: string;
  /** Why, who or how much; may be empty. */
  readonly proof: string;
  /** `detail`: true and worth keeping, but too many for a glance. */
  readonly weight: 'headline' | 'detail';
  readonly tone: 'good' | 'bad' | 'plain';
};
type Teller = { readonly [T in EventType]: (data: EventOf<T>['data']) => TimelineLine | null };

const line =
  (weight: TimelineLine['weight'], tone: TimelineLine['tone']) =>
  (verb: string, object: string, proof = ''): TimelineLine => ({ verb, object, proof, weight, tone });
const head = line('headline', 'plain');
const good = line('headline', 'good');
const bad = line('headline', 'bad');
const detail = line('detail', 'plain');
const noise = (): null => null;

const tellers: Teller = {
  EpochBegan: ({ controller, version }) => detail('leads', controller, `version ${version}`),
  EstateDeclared: ({ workloads, estate }) => detail('declared', plural(workloads, 'workload'), `sha256:${estate.slice(0, 12)}`),
  EstateDeferred: ({ workloads, estate, run, drill, because }) =>
    bad('declared, waits', plural(workloads, 'workload'), `for ${run ?? drill ?? '?'} to close: ${because}; sha256:${estate.slice(0, 12)}`),

  VerdictChanged: ({ target, vantage, verdict, because }) => detail(`saw ${verdict}`, target, `${vantage}: ${because}`),
  UsersPathFailed: ({ workload, population, lastGoodAt, because }) =>
    bad('impact', `${workload} for ${population}`, `last good answer ${clock(lastGoodAt)}; ${because}`),
  UsersPathRestored: ({ workload, population, firstGoodAt }) =>
    good('restored', `${workload} for ${population}`, `good answers since ${clock(firstGoodAt)}`),
  IncidentOpened: ({ incident, diagnosis, site, sentence }) => bad('detected', `${diagnosis} ${site} (${incident})`, sentence),
  IncidentClosed: ({ incident, because }) => good('over', incident, because),
  RoleChanged: ({ workload, primary, because }) => head('primary', `${workload} is ${primary}`, because),

  ActingStopped: ({ by, reason }) => bad('stopped', 'all acting', `by ${by}: ${reason}`),
  ActingReleased: ({ by, reason }) => head('released', 'acting goes on', reason === undefined ? `by ${by}` : `by ${by}: ${reason}`),
  MaintenanceBegan: ({ workload, by, reason, until }) => bad('maintained', workload, `by ${by} until ${clock(until)}: ${reason}`),
  MaintenanceEnded: ({ workload, by, because }) =>
    head('maintenance over', workload, by === undefined ? because : `ended by ${by}: ${because}`),
  IncidentAcknowledged: ({ incident, workload, by, reason }) =>
    head('acknowledged', workload === undefined ? incident : `${incident} for ${workload}`, `by ${by}: ${reason}`),

  WouldHaveActed: ({ workload, runbook, from, to, asks }) =>
    head(
      'shadow',
      workload,
      `would have moved ${from} to ${to} by ${runbook}${asks.length === 0 ? '' : `, asking for ${asks.join('; ')}`}`,
    ),

  // That a treated incident is not treated twice is no news to anybody.
  ActionWithheld: ({ workload, guard, because }) => (guard === 'untreated' ? detail : head)('withheld', workload, `${guard}: ${because}`),
  RunOpened: ({ run, mode, incident, because, approvalsNeeded, asks, parent, record }) =>
    head(
      'decided',
      `${mode} ${run}`,
      `${incident === undefined ? because : `because of ${incident}`}${recorded(record)}${parent === undefined ? '' : `, in place of ${parent}`}${approvalsNeeded > 0 ? `; waits for ${plural(approvalsNeeded, 'approval')}${asks === undefined ? '' : `, ${asks.join('; ')}`}` : ''}`,
    ),
  PlanCompiled: ({ run, plan, hash }) =>
    head('planned', run, `${saidRunbook(plan)}, ${way(plan)}, ${plural(plan.steps.length, 'step')}, sha256:${hash.slice(0, 12)}`),
  ApprovalGiven: ({ run, by, comment, maxLossMs, emergency, record }) =>
    (emergency === undefined ? head : bad)(
      emergency === undefined ? 'approved' : 'approved alone',
      run,
      `by ${by}${emergency === undefined ? '' : ` as ${emergency.role}, by the emergency rule`}${maxLossMs === undefined ? '' : `, at most ${span(maxLossMs)} of loss`}${emergency === undefined ? (comment === undefined ? '' : `: ${comment}`) : `: ${emergency.reason}${recorded(record)}`}`,
    ),
  RunStarted: ({ run }) => head('started', run),
  RunPaused: ({ run, by, reason, from, until }) => bad('paused', run, `by ${by}, ${from}, at the latest until ${clock(until)}: ${reason}`),
  RunResumed: ({ run, by, reason }) => head('resumed', run, reason === undefined ? `by ${by}` : `by ${by}: ${reason}`),
  RunCancelling: ({ run, by, reason, from, record }) => bad('cancelling', run, `by ${by}, ${from}: ${reason}${recorded(record)}`),
  RunEscalated: ({ run, to, because }) => bad('called', to, `${run}: ${because}`),
  StepRetried: ({ step, by, reason, look }) =>
    head('retrying', step, `by ${by}${look ? ', looking first whether it took effect' : ''}: ${reason}`),
  StepConfirmed: ({ step, by, comment, answer }) =>
    good('confirmed', step, `by ${by}${answer === undefined ? '' : `, who says ${answer}`}${comment === undefined ? '' : `: ${comment}`}`),
  UngracefulChosen: ({ run, steps, by, reason, record }) =>
    bad('ungraceful', `${run} ${steps.join(', ')}`, `by ${by}: ${reason}${recorded(record)}`),
  ApprovalAsked: ({ run, people, because, until }) =>
    bad('asks again', run, `${because}; ${plural(people, 'approval')} until ${clock(until)}`),
  SituationChanged: ({ run, because }) => bad('superseded', run, because),
  LookedAgain: ({ step, holds, sentence }) => (holds ? detail : bad)('looked again', step, sentence),
  FenceStated: ({ step, fence, sentence }) => head('fence', `${step}: ${fence}`, sentence),

  StepStarted: ({ step, uses, attempt }) => head('step', step, attempt > 1 ? `${uses}, attempt ${attempt}` : uses),
  StepAnswered: ({ step, outcome }) => answered(step, outcome),
  StepObserving: noise,
  StepObserved: ({ step, observed }) =>
    observed.kind === 'holds'
      ? good('done', step, 'seen to hold')
      : observed.kind === 'underway'
        ? null
        : detail(
            'looked',
            step,
            observed.kind === 'absent' ? `not in effect: ${observed.because}` : `nothing learned: ${observed.message}`,
          ),
  StepSkipped: ({ step, because, by, record, wantedBy }) =>
    head(
      'skipped',
      step,
      `${by === undefined ? '' : `by ${by}: `}${because}${recorded(record)}${wantedBy === undefined ? '' : `; ${wantedBy.join(', ')} will miss its outputs`}`,
    ),
  StepFailed: ({ step, code, because }) => bad('failed', step, `${code}: ${because}`),

  RunExecuted: ({ run, outcome, because }) => (outcome === 'succeeded' ? head : bad)('executed', run, because),
  LedgerRequested: ({ population }) => detail('asked', population, 'to read back every acknowledged canary'),
  LedgerReceived: ({ population, measurement: { canaries } }) =>
    detail('read back', population, `${canaries.acknowledged} acknowledged, ${canaries.lost} lost`),
  RunMeasured: ({ run, measurement, provisional }) =>
    head(
      'measured',
      run,
      `RTA ${span(measurement.rtaMs)}, RPA ${span(measurement.rpaMs)}, ${measurement.canaries.lost} of ${measurement.canaries.acknowledged} canaries lost${provisional ? ' (provisional)' : ''}${unwatched(measurement)}`,
    ),
  RunClosed: ({ run, outcome, because, fencing }) =>
    (outcome === 'succeeded' ? good : bad)('closed', `${run} ${outcome}`, `${because}; fencing ${fencing}`),

  ScheduleMissed: ({ gameday, dueAt, because }) => bad('missed', gameday, `due ${clock(dueAt)}: ${because}`),
  DrillOpened: ({ drill, workload }) => head('drill', drill, `on ${workload}`),
  DrillPhaseEntered: ({ phase }) => detail('phase', phase),
  GateChecked: ({ gate, holds }) => (holds ? detail : bad)(holds ? 'gate open' : 'gate closed', gate),
  FaultIntended: ({ fault, what = fault, expiresAt }) => head('injecting', what, `ends by itself at ${clock(expiresAt)}`),
  FaultAnswered: ({ fault, what = fault, outcome }) =>
    outcome.kind === 'failed' || outcome.kind === 'unknown' ? bad('injection', what, outcome.message) : detail('injected', what),
  FaultBit: ({ fault, what = fault, because }) => head('bites', what, because),
  FaultReverting: ({ fault, what = fault, attempt }) =>
    attempt > 1 ? detail('reverting', what, `attempt ${attempt}`) : head('reverting', what),
  FaultReverted: ({ fault, what = fault, outcome }) =>
    outcome.kind === 'failed' || outcome.kind === 'unknown' ? bad('revert', what, outcome.message) : null,
  FaultChecking: noise,
  FaultChecked: ({ fault, what = fault, observed }) => (observed.kind === 'absent' ? good('reverted', what, 'seen to be gone') : null),
  DrillStopping: ({ drill, verdict, because }) => bad('stopping', drill, `${verdict}: ${because}`),
  ExpectationChecked: ({ expectation, holds }) => (holds ? detail : bad)(holds ? 'as expected' : 'not as expected', expectation),
  DrillClosed: ({ drill, verdict, because }) => (verdict === 'passed' ? good : bad)('verdict', `${drill} ${verdict}`, because),
};

function answered(step: string, outcome: Outcome): TimelineLine {
  switch (outcome.kind) {
    case 'succeeded':
      return good('done', step, 'the provider says so');
    case 'accepted':
      return detail('accepted', step, 'the provider is working');
    case 'failed':
      return bad('refused', step, `${outcome.code}: ${outcome.message}`);
    case 'unknown':
      return bad('in doubt', step, outcome.message);
    default:
      return detail('answered', step);
  }
}

/** Null for what only drives the machine, and for a type that this version does not know. */
export function timeline(event: Event): TimelineLine | null {
  const tell = (tellers as Readonly<Record<string, ((data: never) => TimelineLine | null) | undefined>>)[event.type];
  return tell === undefined ? null : tell(event.data as never);
}
/** The same as one sentence. */
export function sentenceOf(event: Event): string | null {
  const told = timeline(event);
  return told === null ? null : `${told.verb} ${told.object}${told.proof === '' ? '' : `: ${told.proof}`}`;
}

/** Inside one replica the writer only leaves a site. */
const way = ({ from, to, leave }: EventOf<'PlanCompiled'>['data']['plan']): string =>
  from !== to ? `from ${from} to ${to}` : `inside ${from}${leave === undefined ? '' : `, out of ${leave}`}`;
/** Every fact that this release can fold has its teller: one without is of a newer release. */
export const isKnownType = (type: string): type is EventType => Object.hasOwn(tellers, type);

const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
const unwatched = ({ coverage }: Measurement): string =>
  coverage === undefined ? '' : `; upper bounds: ${span(coverage.measuredMs)} measured, ${span(coverage.unknownMs)} unwatched and unknown`;
const span = (ms: number | undefined): string => (ms === undefined ? 'unknown' : `${(ms / 1000).toFixed(1)} s`);
/** UTC, to the millisecond: `02:00:12.345`. */
const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
const recorded = (record: string | undefined): string => (record === undefined ? '' : ` (record ${record})`);
