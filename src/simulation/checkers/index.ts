// Every invariant that is watched, and the one way to watch them: truth goes into the history first, then to whoever reads that kind.
import { History } from '../history.ts';
import type { Checker, Fact, Violation } from '../truth.ts';
import { oneWriter } from './one-writer.ts';
import { fenceToldTruly } from './fence-told-truly.ts';
import { fenceFirst } from './fence-first.ts';
import { fenceThenPromote } from './fence-then-promote.ts';
import { realLoss } from './real-loss.ts';
import { fitStandby } from './fit-standby.ts';
import { eyes } from './eyes.ts';
import { usersVeto } from './users-veto.ts';
import { asksPeople } from './asks-people.ts';
import { approvals } from './approvals.ts';
import { cooldown } from './cooldown.ts';
import { treatedOnce } from './treated-once.ts';
import { innerHaGrace } from './inner-ha-grace.ts';
import { peopleHold } from './people-hold.ts';
import { seenInTime } from './seen-in-time.ts';
import { startedBefore } from './started-before.ts';
import { oneLeader } from './one-leader.ts';
import { lateCalls } from './late-calls.ts';
import { executedOnce } from './executed-once.ts';
import { lossWithinRpo } from './loss-within-rpo.ts';
import { routeToWriter } from './route-to-writer.ts';
import { roleToldTruly } from './role-told-truly.ts';
import { residency } from './residency.ts';
import { oneRun } from './one-run.ts';
import { drillStart } from './drill-start.ts';
import { decidedInTime } from './decided-in-time.ts';
import { drillFaults } from './drill-faults.ts';
import { drillsEnd } from './drills-end.ts';
import { drillsHeld } from './drills-held.ts';
import { locks } from './locks.ts';
import { dependencies } from './dependencies.ts';
import { blastRadius } from './blast-radius.ts';
import { shadow } from './shadow.ts';
import { runsEnd } from './runs-end.ts';
import { usersServed } from './users-served.ts';
import { resusHarmless } from './resus-harmless.ts';
import { withheldTruly } from './withheld-truly.ts';
import { chain } from './chain.ts';
import { changesTold } from './changes-told.ts';
import { verdictToldTruly } from './verdict-told-truly.ts';
import { usersPathTold } from './users-path-told.ts';
import { incidentToldTruly } from './incident-told-truly.ts';
import { runInTime } from './run-in-time.ts';
import { measuredTruly } from './measured-truly.ts';
import { drillToldTruly } from './drill-told-truly.ts';
import { peopleHeard } from './people-heard.ts';
import { childToldTruly } from './child-told-truly.ts';
import { waitsEnd } from './waits-end.ts';
import { failedTruly } from './failed-truly.ts';
import { doneSeen } from './done-seen.ts';
import { notWaitedFor } from './not-waited-for.ts';
import { calledTruly } from './called-truly.ts';
import { dependentsFollow } from './dependents-follow.ts';

export const checkers: readonly Checker[] = [
  oneWriter,
  fenceToldTruly,
  fenceFirst,
  fenceThenPromote,
  realLoss,
  fitStandby,
  seenInTime,
  decidedInTime,
  withheldTruly,
  eyes,
  usersVeto,
  asksPeople,
  approvals,
  cooldown,
  treatedOnce,
  innerHaGrace,
  peopleHold,
  locks,
  dependencies,
  blastRadius,
  shadow,
  startedBefore,
  oneLeader,
  lateCalls,
  executedOnce,
  lossWithinRpo,
  routeToWriter,
  roleToldTruly,
  residency,
  oneRun,
  drillStart,
  drillFaults,
  drillsHeld,
  drillsEnd,
  runsEnd,
  usersServed,
  resusHarmless,
  chain,
  changesTold,
  verdictToldTruly,
  usersPathTold,
  incidentToldTruly,
  runInTime,
  measuredTruly,
  drillToldTruly,
  peopleHeard,
  childToldTruly,
  waitsEnd,
  failedTruly,
  doneSeen,
  calledTruly,
  notWaitedFor,
  dependentsFollow,
];

/** What a schedule broke, in the order in which it was found. `see` takes every fact in order, the last of them `end`. */
export type Observer = { see(fact: Fact): void; readonly violations: readonly Violation[]; readonly history: History };

/** More sentences of one checker in one schedule than anybody reads. */
const mostOfOne = 5;

export function observe(which: readonly Checker[] = checkers): Observer {
  const history = new History();
  const violations: Violation[] = [];
  const readers = new Map<Fact['kind'], ((fact: never) => void)[]>();
  for (const checker of which) {
    let said = 0;
    const watch = checker.begin((at, sentence) => {
      if ((said += 1) <= mostOfOne) violations.push({ at, checker: checker.name, sentence });
    }, history);
    for (const [kind, read] of Object.entries(watch) as [Fact['kind'], (fact: never) => void][]) {
      const list = readers.get(kind);
      if (list === undefined) readers.set(kind, [read]);
      else list.push(read);
    }
  }
  return {
    violations,
    history,
    see(fact) {
      history.see(fact);
      for (const read of readers.get(fact.kind) ?? []) read(fact as never);
    },
  };
}
