// One population's measurement, from its samples and its ledger: what the controller journals, and what `verify` works out again.
import type { Tier } from '../estate.ts';
import { inSentOrder, type CanaryRecord } from './ledger.ts';
import type { Measurement } from './measurement.ts';
import { measureRpa } from './rpa.ts';
import { measureRta, type Boundaries } from './rta.ts';
import { silenceMsOf } from './silence.ts';

/** By which rules a measurement was made. 1: silence of the client was not looked for. 2: it counts as outage. */
export const measuringRules = [1, 2] as const;
export type MeasuringRule = (typeof measuringRules)[number];
export const measuringRule: MeasuringRule = 2;

/** The same record, boundaries and rule give the same measurement, for ever. */
export function measure(
  record: CanaryRecord,
  boundaries: Boundaries,
  usersPath: Tier['usersPath'],
  by: MeasuringRule = measuringRule,
): { readonly measurement: Measurement; readonly provisional: boolean } {
  const { good, sustainedMs, intervalMs } = usersPath;
  const silence = by === 1 ? {} : { silenceMs: silenceMsOf(usersPath) };
  const samples = inSentOrder(record.samples);
  const rta = measureRta(samples, boundaries, { good, sustainedMs, ...silence });
  const { provisional, ...loss } = measureRpa(samples, record.ledger, {
    ...(rta.onsetAt === undefined ? {} : { onsetAt: rta.onsetAt }),
    intervalMs,
    ...silence,
  });
  return { measurement: { ...rta, ...loss }, provisional };
}
