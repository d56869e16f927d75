// What of a workload is to be practised, by which game days that is declared, and what the history says of it.
import { declaredAs, type Estate, type Workload } from '../core/estate.ts';
import { boundTo, type Bound } from './bound.ts';
import type { DrillDone, PastFacts } from './past-facts.ts';
import { time } from './said.ts';

/** Each runbook once, where it is first named: a drill that practises it does so for every diagnosis that it treats. The way home is practised with it. */
export const usesOf = (workload: Workload): readonly Bound[] => allUsesOf(workload).filter((each) => !isByHand(each));
/** With those that people choose by hand, after the others. */
export function allUsesOf(workload: Workload): readonly Bound[] {
  const uses = boundTo(workload).filter(({ what }) => what !== 'failback');
  return uses.filter((each, index) => uses.findIndex((other) => other.runbook === each.runbook) === index);
}
const isByHand = ({ what }: Bound): boolean => what.startsWith('byHand.');
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

/** Where a use may be practised: on the workload, and what people choose by hand also on another environment of its product. */
export const practisedOn = (estate: Estate, { id, product }: Workload, use: Bound): ReadonlySet<string> =>
  new Set([
    id,
    ...(isByHand(use) && product !== undefined
      ? Object.values(estate.workloads).flatMap((other) => (other.product?.name === product.name ? [other.id] : []))
      : []),
  ]);
/** The game days that practise it there, whatever they call the runbook: that the same one is run is what counts. */
export const daysOf = (estate: Estate, workload: Workload, use: Bound): readonly Estate['gamedays'][string][] =>
  [...practisedOn(estate, workload, use)].flatMap((name) => {
    const on = declaredAs(estate.workloads, name);
    return on === undefined ? [] : practising(estate, on, use.runbook);
  });

const dayMs = 86_400_000;
/** How old the last drill may become: who says every year means the same day of the next, and every fourth year has a day more. */
export const oldestMs = (drillEveryMs: number): number => (drillEveryMs >= 365 * dayMs ? drillEveryMs + dayMs : drillEveryMs);

/** The last one of all, and of which floor that is. */
export const saidDrills = ({ floor, now }: PastFacts, drills: readonly DrillDone[]): readonly string[] => {
  const last = drills.at(-1);
  return [
    last === undefined ? 'no drill of it has ended' : `${last.drill} ${last.verdict} ${time(now - last.at)} ago`,
    `floor ${floor ?? 'unknown'}`,
  ];
};
