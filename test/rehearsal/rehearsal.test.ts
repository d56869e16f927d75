// Rehearsals of the declared hospital: what is lost is found and treated by the real engine, the same seed gives the same, and what the
// world cannot do ends as what it is.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import { rehearseOnce, type Rehearsed } from '../../src/rehearsal/rehearse-once.ts';
import { scenarios } from '../../src/rehearsal/scenarios.ts';
import { always } from '../../src/core/objective/spread.ts';
import type { Task, Timing } from '../../src/rehearsal/task.ts';
import { catalogue, hospital, partOf, rehearse, taskFor } from './policies.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await hospital();
});
/** Whoever is not slow: long tails are not what these are about. */
const quick = (task: Task): Task => ({
  ...task,
  steps: Object.fromEntries(
    Object.entries(task.steps).map(([name, step]) => [name, { ...step, spread: { kind: 'quantiles', p50: 10_000, p95: 12_000 } as const }]),
  ),
});
const sum = (run: Rehearsed): number => run.parts.reduce((all, { ms }) => all + ms, 0);

describe.each([
  ['region-lost', ['step promote', 'step route'], true],
  ['zone-lost', ['step move'], false],
  ['replica-down', ['step promote', 'step route'], true],
  ['switchover', ['step promote', 'step route'], true],
] as const)('%s', (scenario, steps, isRouted) => {
  let runs: readonly Rehearsed[];
  beforeAll(() => {
    runs = rehearse(quick(taskFor(estate, scenario)), 6);
  });
  test('is recovered from', () => {
    expect(runs.map(({ because }) => because)).toEqual(runs.map(() => ''));
    for (const run of runs) expect(run.rtaMs).toBeGreaterThan(8_000);
  });
  test('the parts add up to the recovery time, and name the steps', () => {
    for (const run of runs) {
      expect(sum(run)).toBe(run.rtaMs);
      for (const step of steps) expect(partOf(run, step)).toBeGreaterThan(5_000);
    }
  });
  test('clients follow the name only where it changes', () => {
    expect(runs.some((run) => partOf(run, 'DNS TTL and client caches') > 500)).toBe(isRouted);
  });
  test('what was really lost is within the bound that was measured', () => {
    for (const { lostWrites, rpaMs = 0 } of runs) expect(lostWrites === 0 || rpaMs > 200).toBe(true);
    if (scenario !== 'region-lost' && scenario !== 'replica-down') expect(runs.every(({ lostWrites }) => lostWrites === 0)).toBe(true);
  });
});
test('every scenario is rehearsed above', () => {
  expect(scenarios.map(({ name }) => name)).toEqual(['region-lost', 'zone-lost', 'replica-down', 'switchover']);
});

test('what clients keep beyond the TTL is waited for', () => {
  const kept = (ms: number): number[] =>
    rehearse(quick(taskFor(estate, 'switchover', { given: { 'dns-ttl': always(2_000), 'client-caches': always(ms) } })), 6).map(
      (run) => partOf(run, 'DNS TTL and client caches') ?? 0,
    );
  expect(Math.max(...kept(0))).toBeLessThan(5_000);
  expect(Math.max(...kept(60_000))).toBeGreaterThan(30_000);
});
test('the same seed gives the same, another one another', () => {
  const task = taskFor(estate, 'region-lost');
  const first = rehearseOnce(task, catalogue, 11);
  expect(rehearseOnce(structuredClone(task), catalogue, 11)).toEqual(first);
  expect(rehearseOnce(task, catalogue, 12).digest).not.toBe(first.digest);
});

test('a plan that needs the control plane of the lost region does not recover', async () => {
  const wrong = await hospital((text) =>
    text.replace('region: ${{ to.site }}\n        allowDataLoss', 'region: ${{ from.site }}\n        allowDataLoss'),
  );
  const [run] = rehearse(quick(taskFor(wrong, 'region-lost')), 1);
  expect(run).toMatchObject({ recovered: false, because: 'step promote failed and people had to decide: REFUSED' });
});
test('a step that takes longer than its timeout waits for people', () => {
  const task = taskFor(estate, 'region-lost');
  const slow: Task = {
    ...task,
    steps: Object.fromEntries(
      Object.entries(task.steps).map(([name, step]) => [name, name.startsWith('route') ? { ...step, spread: always(200_000) } : step]),
    ),
  };
  expect(rehearse(slow, 1)[0]).toMatchObject({ recovered: false, because: 'step route failed and people had to decide: TIMED_OUT' });
});

describe('people', () => {
  const people = { people: { kind: 'quantiles', p50: 60_000, p95: 60_000 } } as const;
  test.each([
    ['automatic', 0, 100],
    ['approve', 60_000, 61_000],
  ])('region: %s', async (automation, least, most) => {
    const asking = await hospital((text) => text.replace('zone: automatic, region: automatic', `zone: automatic, region: ${automation}`));
    const [run] = rehearse(quick(taskFor(asking, 'region-lost', { given: people })), 1);
    expect(run?.recovered).toBe(true);
    const ms = run === undefined ? -1 : partOf(run, 'approvals');
    expect(ms).toBeGreaterThanOrEqual(least);
    expect(ms).toBeLessThan(most);
  });
  test.each(['manual', 'shadow'])('region: %s, so that somebody asks first and others approve', async (automation) => {
    const manual = await hospital((text) => text.replace('zone: automatic, region: automatic', `zone: automatic, region: ${automation}`));
    const [run] = rehearse(quick(taskFor(manual, 'region-lost', { given: people })), 1);
    expect(run?.recovered).toBe(true);
    expect(run === undefined ? 0 : partOf(run, 'decision')).toBeGreaterThan(59_000);
    expect(run === undefined ? 0 : partOf(run, 'approvals')).toBeGreaterThan(59_000);
  });
  describe('a step that asks them', () => {
    const agreeing = (timeout: string, more: (text: string) => string): Promise<Estate> =>
      hospital((text) => {
        const step = `    - { id: agree, uses: approve, with: { people: 2, text: The region is lost. }, timeout: ${timeout} }\n`;
        return text.includes('name: ehr-region-failover }')
          ? text.replace('  steps:\n', `  steps:\n${step}`).replace('    - id: promote\n', '    - id: promote\n      needs: [agree]\n')
          : more(text);
      });
    const regionIs = (automation: string) => (text: string) =>
      text.replace('zone: automatic, region: automatic', `zone: automatic, region: ${automation}`);
    test.each(['automatic', 'approve', 'manual'])('is answered where the tier says %s, each time anew', async (automation) => {
      const task = taskFor(await agreeing('5m', regionIs(automation)), 'region-lost', { given: people });
      const [run] = rehearse(
        { ...quick(task), steps: { ...quick(task).steps, 'agree approve': task.steps['agree approve'] as Timing } },
        1,
      );
      expect(run?.because).toBe('');
      const [before, at] = ['approvals', 'step agree'].map((name) => (run === undefined ? -1 : partOf(run, name)));
      expect(before).toBeGreaterThanOrEqual(automation === 'automatic' ? 0 : 60_000);
      expect(at).toBeGreaterThan(59_000);
      expect(at).toBeLessThan(62_000);
    });
    test('takes the time of the step, not that of the tier', async () => {
      const task = taskFor(await agreeing('2m', regionIs('approve')), 'region-lost');
      expect(task.assumptions.people.spread).toMatchObject({ p95: 420_000 });
      expect(task.steps['agree approve']?.spread).toMatchObject({ p50: 120_000, p95: 120_000 });
    });
    test('fails where nobody says yes in time', async () => {
      const late = { people: always(200_000) };
      const [run] = rehearse(taskFor(await agreeing('2m', regionIs('approve')), 'region-lost', { given: late }), 1);
      expect(run).toMatchObject({ recovered: false, because: 'step agree failed and people had to decide: TIMED_OUT' });
    });
  });
  test('a loss above the RPO asks them too', () => {
    const task = quick(
      taskFor(estate, 'region-lost', { given: { ...people, 'replication-lag': { kind: 'quantiles', p50: 20_000, p95: 20_000 } } }),
    );
    const [run] = rehearse(task, 1);
    expect(run?.rpaMs).toBeGreaterThan(19_000);
    expect(run === undefined ? 0 : partOf(run, 'approvals')).toBeGreaterThan(55_000);
  });
});

test('inner high availability that moves by itself within its grace', async () => {
  const inner = await hospital((text) =>
    text.replace('  usersPath:\n    url', '  localHa: { by: Aurora, grace: 40s }\n  usersPath:\n    url'),
  );
  const task = taskFor(inner, 'zone-lost');
  expect(task.notes.join('\n')).toContain('How fast Aurora moves by itself is not declared');
  const runs = rehearse(task, 2);
  for (const run of runs) {
    expect(run).toMatchObject({ recovered: true, parts: [{ name: 'inner high availability' }] });
    expect(run.rtaMs).toBeGreaterThan(19_000);
    expect(run.rtaMs).toBeLessThan(22_000);
  }
});
test('a loss that no probe of the vantages outside can tell is not recovered from', async () => {
  const blind = await hospital((text) =>
    text.replace(/    - id: campus\n(?:      .*\n|        .*\n)+/, '    []\n').replace('vantages:\n    []', 'vantages: []'),
  );
  const [run] = rehearse(taskFor(blind, 'region-lost'), 1);
  expect(run).toMatchObject({ recovered: false, because: 'nothing was diagnosed' });
});
