// Recovery time as users felt it: from the last good answer before the impact to the first good answer that lasted, on one
// clock, the canary client's. `verify` runs this again over the samples of the bundle.
import { inSentOrder } from './ledger.ts';
import { phases, type CanarySample, type Measurement, type Phase } from './measurement.ts';
import { coverageOf, filled, silencesIn, type Watch } from './silence.ts';
import type { Instant } from '../values.ts';

/** Entries' times, from the controller's clock. `detectedAt` is absent in a planned run. */
export type Boundaries = {
  readonly detectedAt?: Instant;
  readonly decidedAt: Instant;
  readonly approvedAt: Instant;
  readonly executedAt: Instant;
};
/**
 * Restored: `good` good answers in a row over at least `sustainedMs`. `minTimeline`: answers of an older writer do not count.
 * `silenceMs`: longer without a canary counts as outage; absent, as in old journals, silence is not looked for.
 */
export type RestoredRule = {
  readonly good: number;
  readonly sustainedMs: number;
  readonly minTimeline?: number;
  readonly silenceMs?: number;
};
export type Rta = Pick<Measurement, 'onsetAt' | 'restoredAt' | 'rtaMs' | 'phasesMs' | 'coverage'>;

/**
 * Samples in any order. Without any bad answer of this run's impact, `rtaMs` is 0 and both ends are the
 * first good answer written after the execution. What the samples do not show is left out: no onset without a good answer
 * before the impact, no restoration without a sustained one after it, nothing at all when they end before the execution did.
 */
export function measureRta(unsorted: readonly CanarySample[], boundaries: Boundaries, rule: RestoredRule): Rta {
  const sent = inSentOrder(unsorted);
  const watch: Watch = { from: boundaries.detectedAt ?? boundaries.decidedAt, to: boundaries.executedAt };
  const silences = rule.silenceMs === undefined ? [] : silencesIn(sent, rule.silenceMs, watch);
  const rta = withinSamples(filled(sent, silences), boundaries, rule);
  const coverage = coverageOf(silences, {
    from: Math.min(rta.onsetAt ?? watch.from, watch.from) as Instant,
    to: Math.max(rta.restoredAt ?? sent.at(-1)?.sentAt ?? watch.to, watch.to) as Instant,
  });
  return { ...rta, ...(coverage === undefined ? {} : { coverage }) };
}

function withinSamples(samples: readonly CanarySample[], boundaries: Boundaries, rule: RestoredRule): Omit<Rta, 'coverage'> {
  const outage = impactOf(outagesOf(samples, rule), samples, boundaries);
  if (outage === undefined) return withoutImpact(samples, boundaries);
  const { onsetAt, restoredAt } = outage;
  if (onsetAt === undefined || restoredAt === undefined) {
    return { ...(onsetAt === undefined ? {} : { onsetAt }), ...(restoredAt === undefined ? {} : { restoredAt }) };
  }
  return { onsetAt, restoredAt, rtaMs: restoredAt - onsetAt, phasesMs: phasesBetween(onsetAt, restoredAt, boundaries) };
}

/** Indices into the samples. Good answers in between that did not last belong to the outage. */
type Outage = {
  readonly firstBad: number;
  readonly lastBad: number;
  readonly onsetAt: Instant | undefined;
  readonly restoredAt: Instant | undefined;
};

function outagesOf(samples: readonly CanarySample[], rule: RestoredRule): readonly Outage[] {
  const outages: Outage[] = [];
  for (let from = 0; ;) {
    const firstBad = samples.findIndex((sample, i) => i >= from && sample.readAt === undefined);
    if (firstBad < 0) return outages;
    const onsetAt = firstBad === 0 ? undefined : samples[firstBad - 1]?.readAt;
    const restored = restorationAfter(samples, firstBad, onsetAt, rule);
    const end = restored ?? samples.length;
    const lastBad = samples.findLastIndex((sample, i) => i < end && sample.readAt === undefined);
    outages.push({ firstBad, lastBad, onsetAt, restoredAt: restored === undefined ? undefined : samples[restored]?.readAt });
    if (restored === undefined) return outages;
    from = restored;
  }
}

/** Index of the first answer of the first sustained row of good ones. */
function restorationAfter(
  samples: readonly CanarySample[],
  firstBad: number,
  onsetAt: Instant | undefined,
  rule: RestoredRule,
): number | undefined {
  let row: { readonly start: number; readonly startedAt: Instant; length: number } | undefined;
  for (let i = firstBad + 1; i < samples.length; i += 1) {
    const sample = samples[i];
    if (sample?.readAt === undefined || sample.timeline < (rule.minTimeline ?? 0) || sample.sentAt <= (onsetAt ?? -Infinity)) {
      row = undefined;
      continue;
    }
    row ??= { start: i, startedAt: sample.readAt, length: 0 };
    row.length += 1;
    if (row.length >= rule.good && sample.readAt - row.startedAt >= rule.sustainedMs) return row.start;
  }
  return undefined;
}

/**
 * The outage that this run treated. Unplanned: the one that stood when it was detected, else the first to begin afterwards, else
 * the last before. Planned: the first one that reached past the decision; a blip before it is not the run's doing.
 */
function impactOf(outages: readonly Outage[], samples: readonly CanarySample[], { detectedAt, decidedAt }: Boundaries): Outage | undefined {
  const sentAt = (index: number): number => samples[index]?.sentAt ?? Number.NaN;
  if (detectedAt === undefined) return outages.find((outage) => sentAt(outage.lastBad) >= decidedAt);
  return (
    outages.find((outage) => sentAt(outage.firstBad) <= detectedAt && (outage.restoredAt ?? Infinity) > detectedAt) ??
    outages.find((outage) => sentAt(outage.firstBad) > detectedAt) ??
    outages.at(-1)
  );
}

function withoutImpact(samples: readonly CanarySample[], boundaries: Boundaries): Rta {
  const at = samples.find((sample) => sample.readAt !== undefined && sample.sentAt >= boundaries.executedAt)?.readAt;
  return at === undefined ? {} : { onsetAt: at, restoredAt: at, rtaMs: 0, phasesMs: phasesBetween(at, at, boundaries) };
}

/** Each boundary clamped between the one before and the restoration, so that the phases always add up to the whole. */
function phasesBetween(
  onsetAt: Instant,
  restoredAt: Instant,
  { detectedAt, decidedAt, approvedAt, executedAt }: Boundaries,
): Readonly<Record<Phase, number>> {
  // What a planned run cost before it was decided would be nobody's detection; the decision is the first boundary it has.
  const cuts = [detectedAt ?? decidedAt, decidedAt, approvedAt, executedAt, restoredAt];
  const phasesMs: Record<Phase, number> = { detect: 0, decide: 0, approve: 0, execute: 0, validate: 0 };
  let from: number = onsetAt;
  for (const [i, phase] of phases.entries()) {
    const to = Math.max(from, Math.min(restoredAt, cuts[i] ?? restoredAt));
    phasesMs[phase] = to - from;
    from = to;
  }
  return phasesMs;
}
