// One game day, phase by phase: gates, steady state, inject, bite, recover, revert, failback, report. `dueForDrill` asks
// from the state alone what must happen now, so that a new leader goes on, and undoes, where the old one stopped.
import { openRun, planMove } from '../decision/decide.ts';
import { noDrillBecause } from '../decision/hold.ts';
import type { Wish } from '../decision/planned-move.ts';
import { declaredAs, type FaultSpec } from '../estate.ts';
import type { Event } from '../event.ts';
import type { Due, View } from '../kernel.ts';
import type { Drill, FaultState, Run } from '../state.ts';
import { earliest, later, type Instant } from '../values.ts';
import { called } from './called.ts';
import { conditionIn, type Held } from './condition.ts';
import type { DrillPhase, DrillVerdict } from './phases.ts';
import { isPathHealthy, scopeOfDrill } from './scope.ts';
import { withoutRun } from './withheld.ts';

/** A new leader has seen nothing yet, and `unknown` is not `failed`: rules over what is seen wait for this long. */
const informedAfterMs = 3_000;
/** How long one call of an injector may take. */
const callMs = 20_000;
/** A fault that is still there at so many looks is asked to end once more. */
const mostInVain = 8;

/** How soon the abort rules are asked again when nothing new was seen. */
const lookAgainMs = 1_000;

type PhaseOf = (view: View, drill: Readonly<Drill>) => Due;
const phases: Readonly<Record<DrillPhase, PhaseOf>> = {
  gates,
  steady,
  inject,
  bite,
  recover,
  revert,
  failback,
  report,
  closed: () => ({ events: [] }),
};

export function dueForDrill(view: View, drill: Readonly<Drill>): Due {
  const isEnding = drill.phase === 'revert' || drill.phase === 'failback' || drill.phase === 'report' || drill.phase === 'closed';
  if (!isEnding) {
    const because = drill.stopping === undefined ? (noDrillBecause(view, drill.workload) ?? stopBecause(view, drill)) : undefined;
    if (because !== undefined)
      return drill.faults.size === 0 && drill.run === undefined
        ? stopping(drill, 'refused', `${drill.gameday} cannot be practised now, nothing was injected: ${because}`)
        : stopping(drill, 'aborted', because);
    if (drill.stopping !== undefined) return enter(drill, drill.faults.size > 0 ? 'revert' : 'report');
  }
  const due = phases[drill.phase](view, drill);
  // Time alone can make an abort rule hold: what was seen of the standby grows old.
  return isEnding || due.events.length > 0 ? due : { events: [], wakeAt: earliest(due.wakeAt, later(view.now, lookAgainMs)) ?? view.now };
}

function gates(view: View, drill: Readonly<Drill>): Due {
  const checked = checkGates(view, drill);
  const events: Event[] = checked.map(({ gate, holds: ok }) => ({ type: 'GateChecked', data: { drill: drill.id, gate, holds: ok } }));
  return { events: [...events, ...(refused(drill, checked) ?? enter(drill, 'steady')).events] };
}

type CheckedGate = Held & { readonly gate: string };
function checkGates(view: View, drill: Readonly<Drill>): readonly CheckedGate[] {
  const scope = scopeOfDrill(view, drill);
  return drill.spec.gates.map((gate) => ({ gate, ...holds(view, gate, scope) }));
}
function refused(drill: Readonly<Drill>, checked: readonly CheckedGate[]): Due | undefined {
  const shut = checked.find((each) => !each.holds);
  if (shut === undefined) return undefined;
  return stopping(
    drill,
    'refused',
    `${drill.gameday} cannot be practised now, nothing was injected: gate closed: ${shut.gate}${shut.because}`,
  );
}

function steady(view: View, drill: Readonly<Drill>): Due {
  const informedAt = later(view.known.epochBeganAt, informedAfterMs);
  if (view.now < informedAt) return { events: [], wakeAt: informedAt };
  if (!isPathHealthy(view, drill))
    return stopping(drill, 'inconclusive', "no steady state: the users' path was not healthy before anything was injected");
  const until = later(drill.phaseAt, drill.spec.steadyState.forMs);
  if (view.now < until) return { events: [], wakeAt: until };
  // What the gates said must still be so when the fault comes: a writer may have moved meanwhile.
  return refused(drill, checkGates(view, drill)) ?? enter(drill, drill.spec.practises.kind === 'fault' ? 'inject' : 'recover');
}

function inject(view: View, drill: Readonly<Drill>): Due {
  if (drill.spec.practises.kind !== 'fault') return enter(drill, 'recover');
  for (const spec of drill.spec.practises.faults) {
    const fault = drill.faults.get(spec.id);
    if (fault === undefined) {
      const deadline = later(view.now, callMs);
      return {
        events: [
          {
            type: 'FaultIntended',
            data: {
              drill: drill.id,
              fault: spec.id,
              what: inWords(view, spec),
              token: `${drill.id}/${spec.id}`,
              expiresAt: later(view.now, spec.leaseMs),
              deadline,
            },
          },
        ],
      };
    }
    if (fault.status === 'refused')
      return stopping(drill, 'inconclusive', `${fault.what ?? fault.id}: the injection was refused: ${fault.because}`);
    if (fault.status === 'intended') {
      if (fault.epoch < view.known.epoch || view.now >= fault.deadline)
        return stopping(drill, 'inconclusive', `nobody knows whether it was injected: ${fault.what ?? fault.id}`);
      return { events: [], wakeAt: fault.deadline };
    }
  }
  return enter(drill, 'bite');
}

const inWords = ({ facts }: View, { uses, with: input, site }: FaultSpec): string =>
  facts.catalogue.faults?.get(uses)?.named(input, site) ?? `${uses} on ${site}`;

/** Without a bite nothing was proven: the fault is undone and the drill says so. */
function bite(view: View, drill: Readonly<Drill>): Due {
  const until = later(drill.phaseAt, drill.spec.limits.biteMs);
  const events = [...drill.faults.values()].flatMap((fault): Event[] => {
    const because = fault.bitten ? undefined : teeth(view, drill, fault);
    return because === undefined ? [] : [{ type: 'FaultBit', data: { drill: drill.id, fault: fault.id, ...called(fault), because } }];
  });
  if (events.length > 0) return { events };
  if ([...drill.faults.values()].every((fault) => fault.bitten)) return enter(drill, 'recover');
  return view.now < until
    ? { events: [], wakeAt: until }
    : stopping(drill, 'inconclusive', 'the fault was not seen to bite: nothing was proven');
}

function teeth(view: View, drill: Readonly<Drill>, fault: Readonly<FaultState>): string | undefined {
  const spec = drill.spec.practises.kind === 'fault' ? drill.spec.practises.faults.find((each) => each.id === fault.id) : undefined;
  const { estate, targets, verdicts } = view.known;
  if (spec === undefined || estate === undefined || targets === undefined) return undefined;
  const bitten = (targets.under.get(spec.site) ?? []).find((target) => [...(verdicts.get(target.id)?.values() ?? [])].includes('down'));
  return bitten === undefined ? undefined : `${bitten.id} stopped answering`;
}

function recover(view: View, drill: Readonly<Drill>): Due {
  const until = later(drill.phaseAt, drill.spec.limits.recoverMs);
  if (drill.run === undefined && drill.spec.practises.kind !== 'fault') {
    const opened = open(view, drill, wishOf(view, drill));
    return opened.ok ? { events: opened.value } : stopping(drill, 'failed', inShort(opened.error));
  }
  const run = drill.run === undefined ? undefined : view.known.runs.get(drill.run);
  if (run?.status === 'closed' && run.outcome !== 'superseded') return enter(drill, drill.faults.size > 0 ? 'revert' : afterRevert(drill));
  if (view.now < until) return { events: [], wakeAt: until };
  const { verdict, because } = withoutRun(view, drill);
  return stopping(drill, verdict, because);
}

/** What a game day without faults orders: what people choose is run in the first mode that it serves. */
function wishOf(view: View, { spec: { practises }, workload }: Readonly<Drill>): Wish {
  if (practises.kind !== 'by-hand') return { mode: 'switchover' };
  const { estate } = view.known;
  const runbook = declaredAs(declaredAs(estate?.workloads, workload)?.runbooks.byHand, practises.runbook);
  return { byHand: practises.runbook, mode: runbook === undefined ? undefined : declaredAs(estate?.runbooks, runbook)?.modes[0] };
}

function open(view: View, drill: Readonly<Drill>, wish: Wish): ReturnType<typeof openRun> {
  const move = planMove(view, drill.workload, wish);
  if (!move.ok) return move;
  return openRun(view, {
    ...move.value,
    drill: drill.id,
    because: `game day ${drill.gameday}`,
    reasons: [`practised by ${drill.id}, started by ${drill.by}`],
    approvalsNeeded: 0,
  });
}
const inShort = ({ code, message }: { readonly code: string; readonly message: string }): string => `${code}: ${message}`;

const afterRevert = (drill: Readonly<Drill>): DrillPhase => (drill.spec.failback && drill.stopping === undefined ? 'failback' : 'report');

/** Every fault is asked to end, then looked at until it is gone: an answer is not a proof. */
function revert(view: View, drill: Readonly<Drill>): Due {
  let wakeAt: Instant | undefined;
  const events: Event[] = [];
  for (const fault of drill.faults.values()) {
    const due = undo(view, drill, fault);
    events.push(...due.events);
    wakeAt = earliest(wakeAt, due.wakeAt);
  }
  if (events.length > 0) return { events };
  if ([...drill.faults.values()].every((fault) => fault.status === 'gone' || fault.status === 'refused'))
    return enter(drill, afterRevert(drill));
  return wakeAt === undefined ? { events: [] } : { events: [], wakeAt };
}

function undo(view: View, drill: Readonly<Drill>, fault: Readonly<FaultState>): Due {
  const { now, known } = view;
  const isLost = fault.epoch < known.epoch || now >= fault.deadline;
  const deadline = later(now, callMs);
  const again: Due = {
    events: [
      { type: 'FaultReverting', data: { drill: drill.id, fault: fault.id, ...called(fault), attempt: fault.attempt + 1, deadline } },
    ],
  };
  const look: Due = {
    events: [{ type: 'FaultChecking', data: { drill: drill.id, fault: fault.id, ...called(fault), look: fault.look + 1, deadline } }],
  };
  switch (fault.status) {
    case 'intended':
    case 'standing':
    case 'unsure':
      return again;
    case 'reverting':
      return isLost ? again : { events: [], wakeAt: fault.deadline };
    case 'reverted':
      if (fault.looksInVain >= mostInVain && now >= fault.nextAt) return again;
      return now >= fault.nextAt ? look : { events: [], wakeAt: fault.nextAt };
    case 'checking':
      return isLost ? look : { events: [], wakeAt: fault.deadline };
    case 'refused':
    case 'gone':
      return { events: [] };
    default:
      return { events: [] };
  }
}

/** Home again, as a graded phase: once the incident is over and the old primary is a fit standby. What is in the way may go in time. */
function failback(view: View, drill: Readonly<Drill>): Due {
  const until = later(drill.phaseAt, drill.spec.limits.recoverMs);
  const run = drill.failback === undefined ? undefined : view.known.runs.get(drill.failback);
  const isOver = drill.stopping !== undefined || run?.status === 'closed';
  if (isOver || (run !== undefined && view.now >= until)) return enter(drill, 'report');
  if (run === undefined && !isAway(view, drill)) return enter(drill, 'report');
  if (run !== undefined) return { events: [], wakeAt: until };
  const scope = scopeOfDrill(view, drill);
  const ready =
    view.known.stopped === undefined &&
    holds(view, 'standby.fit && incidents.open == 0 && runs.open == 0 && usersPath.healthy', scope).holds;
  const opened = ready ? open(view, drill, { mode: 'failback' }) : undefined;
  if (view.now < until)
    return opened?.ok === true ? { events: opened.value } : { events: [], wakeAt: earliest(later(view.now, 250), until) ?? until };
  return opened?.ok === false ? stopping(drill, 'failed', `it did not come home: ${inShort(opened.error)}`) : enter(drill, 'report');
}

/** Whether the writer has left the replica where the game day began: one that never left must not be "brought home" to elsewhere. */
function isAway(view: View, drill: Readonly<Drill>): boolean {
  const run = drill.run === undefined ? undefined : view.known.runs.get(drill.run);
  return run !== undefined && view.known.workloads.get(drill.workload)?.primary !== run.plan.from;
}

function report(view: View, drill: Readonly<Drill>): Due {
  const runs = [drill.run, drill.failback].filter((run) => run !== undefined);
  const close = (verdict: DrillVerdict, because: string): Event => ({
    type: 'DrillClosed',
    data: { drill: drill.id, verdict, because, runs },
  });
  if (drill.stopping !== undefined) return { events: [close(drill.stopping.verdict, drill.stopping.because)] };
  const scope = scopeOfDrill(view, drill);
  const checked = drill.spec.expect.map((expectation) => ({ expectation, ...holds(view, expectation, scope) }));
  const events: Event[] = checked.map(({ expectation, holds: ok }) => ({
    type: 'ExpectationChecked',
    data: { drill: drill.id, expectation, holds: ok },
  }));
  const missed = checked.filter((each) => !each.holds);
  const canaries = scope['canaries'] as { acknowledged: number };
  if (canaries.acknowledged === 0)
    return { events: [...events, close('inconclusive', 'no canary was acknowledged: without traffic nothing was proven')] };
  const out = drill.run === undefined ? undefined : view.known.runs.get(drill.run);
  const home = drill.failback === undefined ? undefined : view.known.runs.get(drill.failback);
  if (drill.spec.failback && home?.outcome !== 'succeeded') {
    if (home !== undefined || isAway(view, drill)) return { events: [...events, close('failed', 'it did not come home')] };
    if (out !== undefined && out.outcome !== 'succeeded')
      return { events: [...events, close('failed', `${out.id} failed: ${out.outcomeBecause}`)] };
  }
  const unwatched = unwatchedIn([out, home]);
  const atBest = scopeOfDrill(view, drill, 'at best');
  // An upper bound that is too high proves no failure, and one that is low enough no success: users were not watched meanwhile.
  if (unwatched !== undefined && missed.every((each) => holds(view, each.expectation, atBest).holds))
    return { events: [...events, close('inconclusive', unwatched)] };
  return {
    events: [
      ...events,
      missed.length === 0
        ? close('passed', 'every expectation holds')
        : close('failed', missed.map((each) => `${each.expectation}${each.because}`).join('; ')),
    ],
  };
}

/** Why what users felt is not known, if it is not. */
function unwatchedIn(runs: readonly (Readonly<Run> | undefined)[]): string | undefined {
  for (const run of runs) {
    const measurement = run?.measurement;
    if (measurement?.coverage !== undefined)
      return `nobody watched the users' path for ${measurement.coverage.unknownMs} ms of ${run?.id}: what users felt then is unknown`;
    if (run?.outcome === 'succeeded' && measurement?.rtaMs === undefined)
      return `the canaries of ${run.id} do not show when its impact began: how long users waited is unknown`;
  }
  return undefined;
}

/** An abort rule that holds, or a fault that is not ours: a drill that meets a real one stops being a drill. */
function stopBecause(view: View, drill: Readonly<Drill>): string | undefined {
  const real = [...view.known.openIncidents]
    .flatMap((id) => view.known.incidents.get(id) ?? [])
    .find((incident) => incident.drill === undefined);
  if (real !== undefined) return `a real fault: ${real.sentence}`;
  if (view.now < later(view.known.epochBeganAt, informedAfterMs)) return undefined;
  const scope = scopeOfDrill(view, drill);
  return drill.spec.aborts.find((rule) => holds(view, rule, scope).holds);
}

const holds = (view: View, expression: string, scope: ReturnType<typeof scopeOfDrill>): Held =>
  conditionIn(view.facts.catalogue.evaluate, scope, expression);
const enter = (drill: Readonly<Drill>, phase: DrillPhase): Due => ({
  events: [{ type: 'DrillPhaseEntered', data: { drill: drill.id, phase } }],
});
const stopping = (drill: Readonly<Drill>, verdict: DrillVerdict, because: string): Due => ({
  events: [{ type: 'DrillStopping', data: { drill: drill.id, verdict, because } }],
});
