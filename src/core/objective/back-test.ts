// How good forecasts were: recovery times that were measured, against the slow figure that would have been forecast for them. A forecast of which
// 95 of 100 lie under it is good when 90 to 99 of 100 did; fewer says that it promises too much, more that it frightens for nothing.

export type BackTest = {
  readonly n: number;
  readonly under: number;
  /** `too-few` to tell 90 of 100 from 99: fewer than 20. */
  readonly says: 'too-few' | 'too-low' | 'good' | 'too-high';
};
const least = 20;

/** Milliseconds; a time that is exactly the slow figure lies under it. */
export function backTest(rtaMs: readonly number[], slowMs: number): BackTest {
  const n = rtaMs.length;
  const under = rtaMs.filter((ms) => ms <= slowMs).length;
  const share = under / n;
  return { n, under, says: n < least ? 'too-few' : share < 0.9 ? 'too-low' : share > 0.99 ? 'too-high' : 'good' };
}
