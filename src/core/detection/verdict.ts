// From samples to a verdict of one vantage, with hysteresis: so many failures in a row to call a target down, so many
// successes to call it up again. The first success of an unknown target is enough.
import type { Tier } from '../estate.ts';
import type { Cell } from './sight.ts';

export function verdictAfter(
  before: 'up' | 'down' | undefined,
  cell: Readonly<Pick<Cell, 'failures' | 'successes'>>,
  rule: Pick<Tier['detection'], 'failures' | 'successes'>,
): 'up' | 'down' | undefined {
  if (cell.failures >= rule.failures) return 'down';
  if (cell.successes >= (before === undefined ? 1 : rule.successes)) return 'up';
  return before;
}
