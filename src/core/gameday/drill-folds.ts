// How a drill changes with each fact about it. Its faults go from `intended` to `gone`; one that a dead controller had
// ordered keeps its status, and the next one undoes it.
import type { EventData } from '../event.ts';
import type { Folds, Stamp } from '../fold.ts';
import type { Drill, FaultState } from '../state.ts';
import type { GameDay } from '../estate.ts';
import { later } from '../values.ts';

const at = (drill: Drill, fault: string, change: (fault: FaultState) => void): void => {
  const state = drill.faults.get(fault);
  if (state !== undefined) change(state);
};
/** Soon after the fault was asked to end, then ever more slowly. */
const nextCheckMs = (look: number): number => Math.min(5_000, 250 * 2 ** Math.min(look, 6));

export const drillFolds: Folds<Drill> = {
  DrillPhaseEntered: (drill, { phase }, { stamp }) => Object.assign(drill, { phase, phaseAt: stamp.at }),
  GateChecked: (drill, { gate, holds }) => drill.gates.push({ gate, holds }),
  FaultIntended: (drill, data, { stamp }) => drill.faults.set(data.fault, newFault(data, stamp)),
  FaultAnswered: (drill, { fault, outcome }) =>
    at(drill, fault, (state) => {
      // `unsure` may or may not be in force: it is undone like one that is.
      state.status = outcome.kind === 'failed' ? 'refused' : outcome.kind === 'unknown' ? 'unsure' : 'standing';
      state.because = 'message' in outcome ? outcome.message : '';
    }),
  FaultBit: (drill, { fault, because }) => at(drill, fault, (state) => Object.assign(state, { bitten: true, because })),
  FaultReverting: (drill, { fault, attempt, deadline }, { stamp }) =>
    at(drill, fault, (state) => Object.assign(state, { status: 'reverting', attempt, deadline, epoch: stamp.epoch, looksInVain: 0 })),
  FaultReverted: (drill, { fault }, { stamp }) =>
    at(drill, fault, (state) => Object.assign(state, { status: 'reverted', nextAt: later(stamp.at, 200) })),
  FaultChecking: (drill, { fault, look, deadline }, { stamp }) =>
    at(drill, fault, (state) => Object.assign(state, { status: 'checking', look, deadline, epoch: stamp.epoch })),
  FaultChecked: (drill, { fault, observed }, { stamp }) =>
    at(drill, fault, (state) => {
      if (observed.kind === 'absent') state.status = 'gone';
      else
        Object.assign(state, { status: 'reverted', nextAt: later(stamp.at, nextCheckMs(state.look)), looksInVain: state.looksInVain + 1 });
    }),
  DrillStopping: (drill, { verdict, because }) => (drill.stopping ??= { verdict, because }),
  ExpectationChecked: (drill, { expectation, holds }) => drill.expectations.push({ expectation, holds }),
  DrillClosed: (drill, { verdict, because }, { stamp, state }) => {
    Object.assign(drill, { phase: 'closed', closedAt: stamp.at, verdict, verdictBecause: because });
    if (state.openDrill === drill.id) state.openDrill = undefined;
  },
};

const newFault = (data: EventData['FaultIntended'], stamp: Stamp): FaultState => ({
  id: data.fault,
  what: data.what,
  token: data.token,
  expiresAt: data.expiresAt,
  status: 'intended',
  bitten: false,
  because: '',
  epoch: stamp.epoch,
  attempt: 0,
  look: 0,
  looksInVain: 0,
  deadline: data.deadline,
  nextAt: stamp.at,
});

export const openedDrill = (data: EventData['DrillOpened'], spec: GameDay, stamp: Stamp): Drill => ({
  id: data.drill,
  gameday: data.gameday,
  workload: data.workload,
  spec,
  by: stamp.actor.id,
  openedAt: stamp.at,
  phase: 'gates',
  phaseAt: stamp.at,
  faults: new Map(),
  gates: [],
  expectations: [],
  run: undefined,
  failback: undefined,
  stopping: undefined,
  verdict: undefined,
  verdictBecause: '',
  closedAt: undefined,
});
