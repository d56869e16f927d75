// The rehearsal against what was measured: demos of the lab in its fast profile lost a region and were timed on the users' own path.
// Rehearsed with the step durations of two recorded demos and the lab's TTL, their recovery times must lie where those did.
import { beforeAll, expect, test } from 'vitest';
import { quantile } from '../../src/core/objective/spread.ts';
import type { Task } from '../../src/rehearsal/task.ts';
import { catalogue, hospital, partOf, rehearse, taskFor } from './policies.ts';

/** RTA of demos on a machine that was not busy: two that were recorded whole, two from the bench's own account (its shortest and longest). */
const measuredRtaMs = [4_811, 4_815, 6_832, 7_300];
const measuredDetectMs = [1_993, 1_998, 2_082];
/** Of the recorded ones: `StepStarted` to `StepObserved`. */
const recorded: Readonly<Record<string, readonly number[]>> = {
  'promote aws.rds.failover-global-cluster': [2_348, 2_636],
  'route aws.route53.standby-takes-over': [259, 275],
};
const labTtlMs = 2_000;

let asDeclared: Task;
let asRecorded: Task;
beforeAll(async () => {
  const given = { 'dns-ttl': { kind: 'quantiles', p50: labTtlMs, p95: labTtlMs } } as const;
  asDeclared = taskFor(await hospital(), 'region-lost', { given });
  const steps = Object.fromEntries(
    Object.entries(asDeclared.steps).map(([name, step]) => [
      name,
      { ...step, spread: { kind: 'measured' as const, sortedMs: recorded[name] ?? [] } },
    ]),
  );
  asRecorded = { ...asDeclared, steps };
  expect(catalogue.actions.size).toBeGreaterThan(5);
});
const sorted = (list: readonly number[]): readonly number[] => [...list].sort((a, b) => a - b);

test('recovery times and detection lie where the demo measured them', () => {
  const runs = rehearse(asRecorded, 60);
  const rtas = sorted(runs.flatMap(({ rtaMs }) => rtaMs ?? []));
  expect(rtas).toHaveLength(60);
  // A real machine adds some hundred milliseconds of its own, never takes any away.
  for (const rtaMs of measuredRtaMs) {
    expect(rtaMs).toBeGreaterThan((rtas[0] ?? 0) - 100);
    expect(rtaMs).toBeLessThan((rtas.at(-1) ?? 0) + 500);
  }
  expect(quantile(rtas, 0.5)).toBeGreaterThan(4_800);
  expect(quantile(rtas, 0.5)).toBeLessThan(6_800);
  const detections = sorted(runs.map((run) => partOf(run, 'detection')));
  for (const ms of measuredDetectMs) {
    expect(ms).toBeGreaterThan((detections[0] ?? 0) - 100);
    expect(ms).toBeLessThan((detections.at(-1) ?? 0) + 200);
  }
});
test('with the durations of AWS none of them does', () => {
  const rtas = rehearse(asDeclared, 10).map(({ rtaMs }) => rtaMs ?? Infinity);
  expect(Math.min(...rtas)).toBeGreaterThan(7_300);
});
