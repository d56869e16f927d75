// Where a canary client fell silent. What users felt then is unknown: it counts as outage, so that every figure is an upper bound,
// and it is said how long nobody watched. Silence is never taken for good news.
import type { Tier } from '../estate.ts';
import type { CanarySample, Coverage } from './measurement.ts';
import type { Instant } from '../values.ts';

/** From the last canary before it to the first one after it, by their sending; the open ends are bounds of the run. */
export type Silence = { readonly from: number; readonly to: number };
/** The part of a run that must have been watched: `from` when its impact could have begun, `to` when it was executed. */
export type Watch = { readonly from: Instant; readonly to: Instant };

/** How many intervals a client may be late: a busy machine makes it late by one or two, not by five. */
const lateIntervals = 5;
/** Longer than this without a canary is a silence, in milliseconds. */
export const silenceMsOf = ({ intervalMs }: Pick<Tier['usersPath'], 'intervalMs'>): number => intervalMs * lateIntervals;

/** Samples in sent order. Without any there is nothing to be silent between. */
export function silencesIn(samples: readonly CanarySample[], silenceMs: number, watch?: Watch): readonly Silence[] {
  const sent = samples.map((sample) => sample.sentAt as number);
  const [first, last] = [sent[0], sent.at(-1)];
  if (first === undefined || last === undefined) return [];
  // Before its first canary and after its last one it is silent too, as far as the run reaches beyond them.
  const ends = watch === undefined ? sent : [...(watch.from < first ? [watch.from] : []), ...sent, ...(watch.to > last ? [watch.to] : [])];
  return ends.flatMap((to, i) => {
    const from = ends[i - 1];
    return from !== undefined && to - from > silenceMs ? [{ from, to }] : [];
  });
}

/** The samples with two bad ones for each silence, just after its beginning and just before its end. */
export function filled(samples: readonly CanarySample[], silences: readonly Silence[]): readonly CanarySample[] {
  if (silences.length === 0) return samples;
  const missed = silences.flatMap(({ from, to }) =>
    [from + 1, to - 1].map((sentAt): CanarySample => ({
      id: '',
      sentAt: sentAt as Instant,
      timeline: 0,
      address: '',
      detail: 'no canary was sent',
    })),
  );
  return [...samples, ...missed].sort((a, b) => a.sentAt - b.sentAt);
}

/** Undefined when all of [from, to] was watched. */
export function coverageOf(silences: readonly Silence[], { from, to }: Watch): Coverage | undefined {
  const unknownMs = silences.reduce((sum, silence) => sum + Math.max(0, Math.min(to, silence.to) - Math.max(from, silence.from)), 0);
  return unknownMs === 0 ? undefined : { measuredMs: to - from - unknownMs, unknownMs };
}
