// `npm run simulate` as a process, on its threads: the keys that it promises, and the same digest for the same seeds.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const simulate = (...args: string[]): Record<string, unknown> =>
  JSON.parse(
    execFileSync(process.execPath, ['dist/simulation/main.js', ...args, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as Record<string, unknown>;

test('many schedules: the promised keys, and twice the same', () => {
  const first = simulate('--schedules', '6', '--from', '40');
  expect(Object.keys(first)).toEqual(['schedules', 'violations', 'seconds', 'schedulesPerSecond', 'inputsPerSecond', 'faults', 'digest']);
  expect(first).toMatchObject({ violations: 0, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  const second = simulate('--schedules', '6', '--from', '40');
  expect(second).toMatchObject({ schedules: first['schedules'], faults: first['faults'], digest: first['digest'] });
  expect(simulate('--schedules', '6', '--from', '41')['digest']).not.toBe(first['digest']);
});

test('one schedule: the same keys', () => {
  const one = simulate('--seed', '5');
  expect(one).toMatchObject({ schedules: 1, violations: 0 });
  expect(Object.keys(one)).toEqual(Object.keys(simulate('--seed', '6')));
});
