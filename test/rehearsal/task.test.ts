// What a rehearsal is made from: refusals before anything runs, where each duration comes from, and what is said to be left out.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import type { Floor, Instant } from '../../src/core/values.ts';
import { checkLines } from '../../src/journal/check.ts';
import { leastSamples } from '../../src/core/objective/timing.ts';
import { historyOf, type History, type Past } from '../../src/rehearsal/history.ts';
import { outputOf } from '../../src/rehearsal/outputs.ts';
import { taskOf } from '../../src/rehearsal/task.ts';
import { catalogue, hospital, taskFor, vocabulary } from './policies.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await hospital();
});

describe('refused before anything runs', () => {
  const asked = { workload: 'ehr', scenario: 'region-lost', given: {}, outputs: {} };
  const rows: readonly [code: string, about: string, () => Promise<Estate> | Estate, Partial<typeof asked>][] = [
    ['WORKLOAD_UNKNOWN', 'Declared are: ehr.', () => estate, { workload: 'toString' }],
    ['UNKNOWN_SCENARIO', 'region-lost, zone-lost, replica-down, switchover', () => estate, { scenario: 'flood' }],
    ['NO_RUNBOOK', 'runbooks.onDiagnosis.ZoneLost', () => without(estate, 'ZoneLost'), { scenario: 'zone-lost' }],
    ['NO_RUNBOOK', 'runbooks.switchover', () => without(estate, 'switchover'), { scenario: 'switchover' }],
    ['NO_STANDBY', 'outside of what is lost', () => oneSite(estate), {}],
    ['SCENARIO_DOES_NOT_APPLY', 'zones below the site of the primary', () => noZones(estate), { scenario: 'zone-lost' }],
    ['ACTION_UNKNOWN', 'resus validate', () => otherAction(estate), {}],
  ];
  test.each(rows)('%s: %s', async (code, about, from, more) => {
    const made = taskOf(await from(), { ...asked, ...more }, catalogue);
    expect(made).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(made)).toContain(about);
  });
  test.each<[scenario: string, rtoMs: number]>([
    ['zone-lost', 30_000],
    ['region-lost', 60_000],
    ['switchover', 60_000],
  ])('%s is held to %i ms', (scenario, rtoMs) => {
    const zoned = changed(estate, (copy) => {
      for (const tier of Object.values(copy.tiers) as Record<string, unknown>[]) tier['byLoss'] = { zone: { rtoMs: 30_000 } };
    });
    expect(taskOf(zoned, { ...asked, scenario }, catalogue)).toMatchObject({ ok: true, value: { rtoMs } });
  });
  test('and what is declared is not', () => {
    expect(taskOf(estate, asked, catalogue).ok).toBe(true);
  });
});
type Changed = { -readonly [K in keyof Estate]: Record<string, never> };
const changed = (from: Estate, change: (estate: Estate) => void): Estate => {
  const copy = structuredClone(from);
  change(copy);
  return copy;
};
const without = (from: Estate, what: 'ZoneLost' | 'switchover'): Estate =>
  changed(from, (copy) => {
    const runbooks = copy.workloads['ehr']?.runbooks as { switchover?: string; onDiagnosis: { ZoneLost?: string } };
    if (what === 'ZoneLost') delete runbooks.onDiagnosis.ZoneLost;
    else delete runbooks.switchover;
  });
const oneSite = (from: Estate): Estate => changed(from, (copy) => (copy.workloads['ehr']?.replicas as unknown[] | undefined)?.pop());
const noZones = (from: Estate): Estate =>
  changed(from, (copy) => {
    for (const zone of ['us-east-2a', 'us-east-2b', 'us-west-2a', 'us-west-2b']) delete (copy as Changed).sites[zone];
  });
const otherAction = (from: Estate): Estate =>
  changed(from, (copy) => {
    const [step] = copy.runbooks['ehr-region-failover']?.steps ?? [];
    if (step !== undefined) Object.assign(step, { uses: 'aws.rds.pray' });
  });

describe('where a duration comes from', () => {
  const steps = (history?: History): Record<string, unknown> => taskFor(estate, 'region-lost', { history }).steps;
  const promote = 'promote aws.rds.failover-global-cluster';
  const many = (n: number): History => ({
    floor: 'live',
    runs: n,
    steps: new Map([['aws.rds.failover-global-cluster', Array.from({ length: n }, (_, i) => 50_000 + i)]]),
    approvalsMs: Array.from({ length: n }, (_, i) => 1_000 * (i + 1)),
  });
  test('the prior of the action', () => {
    expect(steps()[promote]).toMatchObject({ source: 'declared', n: 0, spread: { p50: 60_000, p95: 240_000 } });
  });
  test('`expect` of the step, spread as the prior is', async () => {
    const expecting = await hospital((text) =>
      text.includes('name: ehr-region-failover') ? text.replace('      timeout: 10m\n', '      timeout: 10m\n      expect: 90s\n') : text,
    );
    const { [promote]: timing } = taskFor(expecting, 'region-lost').steps;
    expect(timing).toMatchObject({ source: 'declared', spread: { p50: 90_000, p95: 360_000 } });
    expect(timing?.because).toContain('`expect` of the step');
  });
  test(`history from ${leastSamples} samples on, and not before`, () => {
    expect(steps(many(leastSamples))[promote]).toMatchObject({ source: 'history', n: leastSamples, spread: { kind: 'measured' } });
    const few = steps(many(leastSamples - 1))[promote];
    expect(few).toMatchObject({ source: 'declared', n: leastSamples - 1, spread: { p50: 60_000 } });
    expect(JSON.stringify(few)).toContain('only 7 of 8 samples on floor live');
    expect(taskFor(estate, 'region-lost', { history: many(leastSamples) }).assumptions.people).toMatchObject({
      source: 'history',
      n: leastSamples,
    });
  });
  test('what is assumed, and what is given instead', () => {
    const { expireMs = Number.NaN } = estate.tiers[estate.workloads['ehr']?.tier ?? '']?.approvals ?? {};
    expect(taskFor(estate, 'region-lost').assumptions).toMatchObject({
      'dns-ttl': { source: 'declared', spread: { p50: 2_000 } },
      'client-caches': { source: 'declared', spread: { p50: 0 } },
      'replication-lag': { source: 'assumed', spread: { p50: 500, p95: 2_000 } },
      people: { source: 'assumed', spread: { p50: expireMs / 3, p95: expireMs } },
    });
    const given = { 'dns-ttl': { kind: 'quantiles', p50: 5, p95: 5 } } as const;
    expect(taskFor(estate, 'region-lost', { given }).assumptions['dns-ttl']).toMatchObject({ source: 'given', spread: { p50: 5 } });
  });
});

describe('history of a journal', () => {
  const recorded = (): Past[] => {
    const lines = readFileSync('test/replay/0.1/events.ndjson', 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return [...checkLines(lines)].map((entry) => ({ ...entry, at: Date.parse(entry.ts) as Instant }));
  };
  test('how long each step took, from its start to where it held', () => {
    const history = historyOf(recorded(), 'ehr', 'lab');
    expect(history.runs).toBe(1);
    expect(Object.fromEntries(history.steps)).toEqual({
      'aws.rds.failover-global-cluster': [2_348],
      'aws.route53.standby-takes-over': [275],
    });
    expect([...(history.rtas ?? [])]).toEqual([['ehr-region-failover', [expect.any(Number) as number]]]);
  });
  test('journals whose runs have the same ids are runs of their own', () => {
    const [once, twice] = [recorded(), [...recorded(), ...recorded()]].map((entries) => historyOf(entries, 'ehr', 'lab'));
    expect([twice?.runs, twice?.steps.get('aws.rds.failover-global-cluster')]).toEqual([2, [2_348, 2_348]]);
    const rtas = once?.rtas?.get('ehr-region-failover') ?? [];
    expect(twice?.rtas?.get('ehr-region-failover')).toEqual([...rtas, ...rtas]);
  });
  test.each<[string, Floor]>([
    ['ehr', 'live'],
    ['pacs', 'lab'],
  ])('nothing of another floor or workload: %s on %s', (workload, floor) => {
    expect(historyOf(recorded(), workload, floor)).toMatchObject({ runs: 0, steps: new Map(), approvalsMs: [] });
  });
});

describe('what the world does not know is said', () => {
  const adding = (step: string): Promise<Estate> =>
    hospital((text) =>
      text.replace(
        '      needs: [promote]\n      timeout: 2m\n      retries: 5\n',
        `      needs: [promote]\n      timeout: 2m\n      retries: 5\n${step}`,
      ),
    );
  test('an action without an effect', async () => {
    const step = `    - id: warm\n      uses: probe\n      with: { uses: tcp, with: { address: 'ehr:443' } }\n      needs: [route]\n      timeout: 1m\n      retries: 0\n`;
    const { notes } = taskFor(await adding(step), 'region-lost');
    expect(notes.join('\n')).toContain(
      'Step warm (probe) has no effect that the world knows: it only takes time, as long as is declared, and never fails.',
    );
  });
  test('nothing of the kind where every action has one', () => {
    expect(taskFor(estate, 'region-lost').notes.join('\n')).not.toContain('has no effect');
  });
  test('a control plane at a site that nobody declares', async () => {
    const strange = await hospital((text) =>
      text.replace('region: ${{ to.site }}\n        allowDataLoss', 'region: eu-central-1\n        allowDataLoss'),
    );
    expect(taskFor(strange, 'region-lost').notes.join('\n')).toContain('control planes rds in eu-central-1');
  });
});

test('what a step gives has the declared types', () => {
  const given = Object.fromEntries([...vocabulary.actions].map(([name, { gives }]) => [name, outputOf(gives)]));
  expect(given['aws.rds.failover-global-cluster']).toEqual({ writer: 'rehearsed', fencing: 'storage-fenced', fencingEvent: 'rehearsed' });
  expect(given['probe']).toEqual({ ok: true, detail: 'rehearsed' });
});
