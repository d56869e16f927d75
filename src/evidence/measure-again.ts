// RTA and RPA computed again from the canaries themselves, by the rules of the tier that was declared, and compared with what
// the log says was measured.
import { measure, measuringRules, type MeasuringRule } from '../core/objective/measure.ts';
import { phases, type Measurement } from '../core/objective/measurement.ts';
import { worstOf } from '../core/objective/worst.ts';
import { canonical } from '../journal/canonical.ts';
import { boundariesOf, type Account, type PopulationAccount } from './account.ts';
import { EvidenceError } from './evidence-error.ts';

export function measureAgain(account: Account, { record, received }: PopulationAccount): ReturnType<typeof measure> {
  return measure(record, boundariesOf(account), account.tier.usersPath, ruleOf(received.data.rule));
}
/** Entries from before there was more than one name none. */
function ruleOf(rule: number | undefined): MeasuringRule {
  const known = measuringRules.find((each) => each === (rule ?? 1));
  if (known === undefined)
    throw new EvidenceError('EVIDENCE_INCOMPLETE', `it was measured by rule ${rule}, which this version does not know; use a newer one`);
  return known;
}

/** Empty when every figure comes out again. A run without a measurement has nothing to compare. */
export function differences(account: Account): readonly string[] {
  const { measured, populations, requested } = account;
  if (measured === undefined) return [];
  const found: string[] = [];
  const again = populations
    .filter(({ received }) => received.seq < measured.seq)
    .map((population) => ({ ...measureAgain(account, population), received: population.received }));
  for (const { received, measurement } of again) {
    if (canonical(measurement) !== canonical(received.data.measurement)) {
      found.push(
        `entry ${received.seq} says ${figures(received.data.measurement)} for ${received.data.population}; its canaries say ${figures(measurement)}`,
      );
    }
  }
  const worst = worstOf(again.map(({ measurement }) => measurement));
  if (canonical(worst) !== canonical(measured.data.measurement)) {
    found.push(`entry ${measured.seq} says ${figures(measured.data.measurement)}; the canaries say ${figures(worst)}`);
  }
  const asked = new Set(requested.map(({ data }) => data.population));
  const isComplete = [...asked].every((population) => again.some(({ received }) => received.data.population === population));
  const provisional = !isComplete || worst.canaries.unknown > 0;
  if (provisional !== measured.data.provisional)
    found.push(`entry ${measured.seq} says provisional: ${measured.data.provisional}; the ledgers say ${provisional}`);
  return found;
}

const figures = ({ rtaMs, rpaMs, phasesMs, canaries, coverage }: Measurement): string =>
  `RTA ${rtaMs ?? 'unknown'} ms (${phases.map((phase) => phasesMs?.[phase] ?? '?').join(' + ')}), RPA ${rpaMs ?? 'unknown'} ms, ` +
  `${canaries.acknowledged} acknowledged, ${canaries.lost} lost, ${canaries.duplicated} duplicated, ${canaries.unknown} unknown` +
  (coverage === undefined ? '' : `, ${coverage.unknownMs} ms not watched`);
