// What of a workload is to be practised, by which game days that is declared, and what the history says of it.
import { declaredAs, type Estate, type Workload } from '../core/estate.ts';
import { boundTo, type Bound } from './bound.ts';
import type { DrillDone, PastFacts } from './past-facts.ts';
import { time } from './said.ts';

/** Each runbook once, where it is first named: a drill that practises it does so for every diagnosis that it treats. The way home is practised with it. */
export function usesOf(workload: Workload): readonly Bound[] {
  const uses = boundTo(workload).filter(({ what }) => what !== 'failback' && !what.startsWith('byHand.'));
  return uses.filter((each, index) => uses.findIndex((other) => other.runbook === each.runbook) === index);
}
/** The runbook that a game day of this workload runs. */
export const runbookOf = (
  practises: Estate['gamedays'][string]['practises'],
  { runbooks }: Pick<Workload, 'runbooks'>,
): string | undefined =>
  practises.kind === 'switchover'
    ? runbooks.switchover
    : practises.kind === 'by-hand'
      ? declaredAs(runbooks.byHand, practises.runbook)
      : runbooks.onDiagnosis[practises.diagnosis];
/** The game days in which this workload runs that runbook. */
export const practising = (estate: Estate, workload: Workload, runbook: string): readonly Estate['gamedays'][string][] =>
  Object.values(estate.gamedays).filter(({ workload: on, practises }) => on === workload.id && runbookOf(practises, workload) === runbook);

/** The last one of all, and of which floor that is. */
export const saidDrills = ({ floor, now }: PastFacts, drills: readonly DrillDone[]): readonly string[] => {
  const last = drills.at(-1);
  return [
    last === undefined ? 'no drill of it has ended' : `${last.drill} ${last.verdict} ${time(now - last.at)} ago`,
    `floor ${floor ?? 'unknown'}`,
  ];
};
