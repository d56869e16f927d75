// How long something takes, when it does not always take the same: told by two quantiles, or by what was measured. In milliseconds.

export type Spread =
  /** Log-normal through both quantiles: never negative, and now and then much longer. `p50 > 0`, `p95 >= p50`. */
  | { readonly kind: 'quantiles'; readonly p50: number; readonly p95: number }
  /** Any value between neighbours of these, ascending, at least one; never outside them. */
  | { readonly kind: 'measured'; readonly sortedMs: readonly number[] };

export const always = (ms: number): Spread => ({ kind: 'quantiles', p50: ms, p95: ms });

/** Of ascending values, between neighbours in proportion; undefined for none. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return undefined;
  // Infinity has no way to it from anywhere: what is not wholly below it is it.
  return below === above
    ? below
    : above === Infinity
      ? place === Math.floor(place)
        ? below
        : Infinity
      : below + (above - below) * (place - Math.floor(place));
}

/** The two quantiles that a person reads. */
export function quantilesOf(spread: Spread): { readonly p50: number; readonly p95: number } {
  if (spread.kind === 'quantiles') return { p50: spread.p50, p95: spread.p95 };
  return { p50: Math.round(quantile(spread.sortedMs, 0.5) ?? 0), p95: Math.round(quantile(spread.sortedMs, 0.95) ?? 0) };
}
