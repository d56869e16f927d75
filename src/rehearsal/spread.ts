// A duration drawn from what is known of it, by a seeded stream, in whole milliseconds.
import { quantile, type Spread } from '../core/objective/spread.ts';
import type { Random } from '../simulation/random.ts';

/** The standard normal distribution is below this in 95 of 100 cases. */
const z95 = 1.644_853_6;

export function drawMs(spread: Spread, random: Random): number {
  if (spread.kind === 'measured') return Math.round(quantile(spread.sortedMs, random.next()) ?? 0);
  const { p50, p95 } = spread;
  if (p50 <= 0 || p95 <= p50) return Math.round(Math.max(0, p50));
  const sigma = Math.log(p95 / p50) / z95;
  return Math.round(p50 * Math.exp(sigma * normal(random)));
}

function normal(random: Random): number {
  // 1 - next() is never 0.
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
