// Why a workload is, or is not, being acted on: every open incident with every guard's answer as it is now. When all is well
// it says what would happen if the primary's site were lost at this moment.
import { candidateFor } from '../decision/decide.ts';
import { guards, rule, type Answer, type Case } from '../decision/guards.ts';
import { openIncidentsOf } from '../decision/open-incidents.ts';
import { unexplained } from '../detection/failing-alike.ts';
import { rolesSeen } from '../detection/roles.ts';
import { regionOf } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import { scopeOf } from '../decision/scope.ts';
import type { Incident, Run } from '../state.ts';
import type { IncidentId, Instant, WorkloadId } from '../values.ts';
import { waitOf } from '../runbook/wait.ts';
import { stoppedSentence } from './acting.ts';
import { glance, lastClosedRun, type Word } from './fleet.ts';
import { remedyFor, saidInShadow } from './remedies.ts';
import { runWhy, sentenceOfRun, type RunWhy } from './run-why.ts';

/** `then`: asked only when it happens, because today's answer would mean nothing. */
export type GuardView = {
  readonly guard: string;
  readonly asks: string;
  readonly answer: Answer['kind'] | 'then';
  readonly because: string;
  readonly until?: Instant;
};
export type Ahead =
  | { readonly kind: 'acts'; readonly sentence: string }
  | { readonly kind: 'asks'; readonly sentence: string }
  /** `next`: what people can do about it, where they can. */
  | { readonly kind: 'holds'; readonly guard: string; readonly sentence: string; readonly until?: Instant; readonly next?: string };
export type IncidentWhy = {
  readonly incident: string;
  readonly diagnosis: string;
  readonly site: string;
  readonly sentence: string;
  readonly openedAt: Instant;
  readonly drill?: string;
  /** The open run that treats it; what the guards say of another one is beside the point meanwhile. */
  readonly run?: string;
  readonly guards: readonly GuardView[];
  readonly ahead: Ahead;
};
export type Why = {
  readonly workload: string;
  readonly state: Word;
  /** While nothing new is started anywhere: who stopped it and why. */
  readonly stopped?: string;
  readonly sentence: string;
  readonly next: string;
  readonly incidents: readonly IncidentWhy[];
  /** The open run, and what it does or waits for. */
  readonly run?: RunWhy;
  /** Only without an open incident. */
  readonly ifLost?: { readonly site: string; readonly guards: readonly GuardView[]; readonly ahead: Ahead };
};

/** Undefined for a workload that is not declared. */
export function why(view: View, id: WorkloadId): Why | undefined {
  const at = glance(view, id);
  if (at === undefined) return undefined;
  const run = at.openRun === undefined ? undefined : view.known.runs.get(at.openRun.run);
  const incidents = openIncidentsOf(view, id).map((incident) => incidentWhy(view, id, incident));
  const failing = at.usersPath.find((path) => path.state === 'failing');
  const { stopped } = view.known;
  const roles = rolesSeen(view, id);
  const said =
    incidents[0] !== undefined
      ? `${incidents[0].diagnosis} of ${incidents[0].site}: ${incidents[0].sentence}`
      : failing !== undefined
        ? `Users of ${failing.population} get no good answers since ${iso(failing.since)}, and ${unexplainedBy(view, id)}: ${failing.because ?? ''}`
        : at.state === 'healthy'
          ? `Nothing is wrong: ${at.primary} serves, every replica answers, users get good answers.`
          : `No incident is open; ${at.next}.`;
  const sentence = roles.kind === 'split' ? `Split brain: ${roles.sentence}; nothing is done before one of them is stopped. ${said}` : said;
  return {
    workload: id,
    state: at.state,
    ...(stopped === undefined ? {} : { stopped: stoppedSentence(stopped) }),
    sentence,
    next: at.next,
    incidents,
    ...(run === undefined ? {} : { run: runWhy(view, run) }),
    ...(incidents.length > 0 ? {} : { ifLost: ifLost(view, id) }),
  };
}

function unexplainedBy(view: View, id: WorkloadId): string {
  const bench = view.bench();
  const workload = bench?.estate.workloads[id];
  return bench === undefined || workload === undefined ? 'nothing is declared' : unexplained(bench, workload);
}

function incidentWhy(view: View, id: WorkloadId, incident: Readonly<Incident>): IncidentWhy {
  const at = caseOf(view, id, incident);
  const run = treating(view, id, incident);
  return {
    incident: incident.incident,
    diagnosis: incident.diagnosis,
    site: incident.site,
    sentence: incident.sentence,
    openedAt: incident.openedAt,
    ...(incident.drill === undefined ? {} : { drill: incident.drill }),
    ...(run === undefined ? {} : { run: run.id }),
    guards: at === undefined ? [] : guards.map((guard) => guardView(guard.name, guard.asks, guard.check(at))),
    ahead: at === undefined ? undeclared : aheadOf(view, id, at),
  };
}

const undeclared: Ahead = { kind: 'holds', guard: 'declared', sentence: 'The workload or its primary is not declared any more.' };

/** The open run of the workload, when it is about this incident. */
function treating(view: View, id: WorkloadId, incident: Readonly<Incident>): Readonly<Run> | undefined {
  const open = view.known.workloads.get(id)?.openRun;
  const run = open === undefined ? undefined : view.known.runs.get(open);
  return run?.incident === incident.incident ? run : undefined;
}

function aheadOf(view: View, id: WorkloadId, at: Case): Ahead {
  const run = treating(view, id, at.incident);
  if (run !== undefined) return { kind: waitOf(view, run) === undefined ? 'acts' : 'asks', sentence: sentenceOfRun(view, run) };
  const ruling = rule(at);
  if (ruling.kind === 'hold')
    return held(at, ruling, `Nothing is done: ${ruling.because}${inShadow(at, ruling.guard)}${treatedBy(at, ruling.guard)}.`);
  return ruling.asks.length > 0
    ? { kind: 'asks', sentence: `A run opens and waits for approval: ${ruling.asks.join('; ')}.` }
    : { kind: 'acts', sentence: 'Every guard says go: a run opens.' };
}

/** Only time and what is seen change some of them: then there is no `next`. */
function held(at: Case, { guard, until }: Pick<GuardView, 'guard' | 'until'>, sentence: string): Ahead {
  const next = remedyFor(guard, at);
  return { kind: 'holds', guard, sentence, ...(until === undefined ? {} : { until }), ...(next === undefined ? {} : { next }) };
}
/** A writer that others have moved is treated without a run. */
function treatedBy({ view, state, incident }: Case, guard: string): string {
  const run = guard === 'untreated' ? lastClosedRun(view, state) : undefined;
  return run?.incident === incident.incident ? `; \`resus why ${run.id}\` says how its run ended ${run.outcome ?? ''}` : '';
}
const inShadow = (at: Case, guard: string): string =>
  guard === 'automation' && at.tier.automation[scopeOf[at.incident.diagnosis]] === 'shadow' ? `, ${saidInShadow(at)}` : '';

/** What the present answers of these two would be is beside the point: the loss itself changes them. */
const askedThen: ReadonlyMap<string, string> = new Map([
  ['diagnosis', 'asked then: a run opens only while the quorum says so'],
  ['users-path', 'asked then: a canary acknowledged a moment ago would hold the run back'],
  ['inner-ha', 'asked then: what acts inside gets its grace first'],
]);

function ifLost(view: View, id: WorkloadId): NonNullable<Why['ifLost']> {
  const { estate } = view.known;
  const primary = estate?.workloads[id]?.replicas.find((replica) => replica.name === view.known.workloads.get(id)?.primary);
  const site = (primary && estate && regionOf(estate, primary.site)) ?? primary?.site;
  if (estate === undefined || primary === undefined || site === undefined) return { site: '', guards: [], ahead: undeclared };
  const supposed: Incident = {
    incident: 'supposed' as IncidentId,
    diagnosis: 'RegionLost',
    site,
    workloads: new Set([id]),
    replica: undefined,
    sentence: '',
    vantages: [],
    drill: undefined,
    openedAt: view.now,
    closedAt: undefined,
    closedBecause: undefined,
    treated: new Set(),
    shadowed: new Set(),
    withheld: new Map(),
  };
  const at = caseOf(view, id, supposed);
  if (at === undefined) return { site, guards: [], ahead: undeclared };
  const answers = guards.map((guard): GuardView => {
    const then = askedThen.get(guard.name);
    return then === undefined
      ? guardView(guard.name, guard.asks, guard.check(at))
      : { guard: guard.name, asks: guard.asks, answer: 'then', because: then };
  });
  const holding = answers.find((each) => each.answer === 'stop' || each.answer === 'wait');
  const asking = answers.filter((each) => each.answer === 'ask');
  const move = `${primary.name} to ${at.candidate?.name ?? '?'} by ${at.workload.runbooks.onDiagnosis.RegionLost ?? '?'}`;
  const ahead: Ahead =
    holding !== undefined
      ? held(at, holding, `If ${site} were lost now, nothing would be done: ${holding.because}${inShadow(at, holding.guard)}.`)
      : asking.length > 0
        ? {
            kind: 'asks',
            sentence: `If ${site} were lost now, a failover from ${move} would wait for approval: ${asking.map((each) => each.because).join('; ')}.`,
          }
        : { kind: 'acts', sentence: `If ${site} were lost now, Resus would fail over from ${move} by itself.` };
  return { site, guards: answers, ahead };
}

function caseOf(view: View, id: WorkloadId, incident: Readonly<Incident>): Case | undefined {
  const workload = view.known.estate?.workloads[id];
  const state = view.known.workloads.get(id);
  const tier = view.tierOf(id);
  const primary = workload?.replicas.find((replica) => replica.name === state?.primary);
  if (workload === undefined || state === undefined || tier === undefined || primary === undefined) return undefined;
  return { view, incident, workload, state, tier, primary, candidate: candidateFor(view, workload, primary, incident) };
}

const guardView = (guard: string, asks: string, answer: Answer): GuardView => ({
  guard,
  asks,
  answer: answer.kind,
  because: answer.because,
  ...(answer.kind === 'wait' ? { until: answer.until } : {}),
});
const iso = (at: Instant | undefined): string => (at === undefined ? 'an unknown time' : new Date(at).toISOString());
