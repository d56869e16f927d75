// What nobody declares and a person gives with --assume: `dns-ttl=30s`, or `people=2m..10m` for half of all cases and 95 of 100.
import { durationMs } from '../declare/duration.ts';
import type { Given } from '../rehearsal/task.ts';
import { misuse } from './cli-error.ts';

const assumptions: readonly string[] = ['dns-ttl', 'client-caches', 'replication-lag', 'people'];

/** @throws CliError with `UNKNOWN_ASSUMPTION` or `BAD_ASSUMPTION` */
export function assumed(given: readonly string[]): Given {
  const entries = given.map((text) => {
    const [, name = '', p50 = '', p95] = /^([a-z-]+)=([^.]+)(?:\.\.(.+))?$/.exec(text) ?? [];
    const from = durationMs(p50);
    const to = p95 === undefined ? from : durationMs(p95);
    if (!assumptions.includes(name))
      throw misuse(
        'UNKNOWN_ASSUMPTION',
        `Nothing is assumed under the name "${name === '' ? text : name}".`,
        `There are: ${assumptions.join(', ')}.`,
      );
    if (from === undefined || to === undefined || to < from)
      throw misuse(
        'BAD_ASSUMPTION',
        `"${text}" is no duration, or two of which the second is the longer.`,
        'Write it as --assume people=2m..10m: half of all, and 95 of 100.',
      );
    return [name, { kind: 'quantiles', p50: from, p95: to }] as const;
  });
  return Object.fromEntries(entries);
}
