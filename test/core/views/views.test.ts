// What the views say of one hospital through one story: before, during and after the loss of a region.
import { describe, expect, test } from 'vitest';
import { viewOf, type View } from '../../../src/core/kernel.ts';
import { scopeOfDrill } from '../../../src/core/gameday/scope.ts';
import type { Drill } from '../../../src/core/state.ts';
import { fleet, glance } from '../../../src/core/views/fleet.ts';
import { preview, criticalPathMs } from '../../../src/core/views/preview.ts';
import { readings } from '../../../src/core/views/metrics.ts';
import { runView } from '../../../src/core/views/runs.ts';
import { sentenceOf } from '../../../src/core/views/timeline.ts';
import { why } from '../../../src/core/views/why.ts';
import type { Estate } from '../../../src/core/estate.ts';
import type { Instant, WorkloadId } from '../../../src/core/values.ts';
import { estate, tier } from '../estate.ts';
import { person, Theatre, type Stage } from '../theatre.ts';

const ehr = 'ehr' as WorkloadId;
const viewIn = (theatre: Theatre): View => viewOf(theatre.facts, theatre.known, theatre.engine.seen, theatre.now as Instant);
const everythingWorks =
  (theatre: () => Theatre): Stage =>
  (command) => {
    if (command.kind !== 'apply') return { afterMs: 100, answer: { kind: 'holds', data: { writer: 'w' } } };
    if (command.uses !== 'test.route') theatre().primary = 'west';
    return { afterMs: 300, answer: { kind: 'succeeded', data: { writer: 'w' } } };
  };
function open(what: Estate = estate): Theatre {
  const theatre: Theatre = new Theatre(
    what,
    everythingWorks(() => theatre),
  );
  return theatre;
}
const withTier = (more: Partial<typeof tier>): Estate => ({ ...estate, tiers: { 'life-critical': { ...tier, ...more } } });

describe('one word, and what to do next', () => {
  test('nobody has looked yet', () => {
    const theatre = open();
    expect(glance(viewIn(theatre), ehr)).toMatchObject({ state: 'unseen', next: 'nobody sees east: check the vantages' });
  });
  test('no canaries', () => {
    const theatre = open();
    theatre.canaries = 'none';
    theatre.pass(5_000);
    expect(glance(viewIn(theatre), ehr)).toMatchObject({
      state: 'unseen',
      next: 'no canaries from ward: start its resus canary',
      usersPath: [{ state: 'unseen' }],
    });
  });
  test('all is well, and then the vantages fall silent', () => {
    const theatre = open();
    theatre.pass(5_000);
    expect(glance(viewIn(theatre), ehr)).toMatchObject({ state: 'healthy', next: 'nothing', primary: 'east' });
    for (const each of ['east', 'west', 'campus']) theatre.silent.add(each);
    theatre.pass(5_000);
    expect(glance(viewIn(theatre), ehr)?.state).toBe('unseen');
  });
  test('the standby is gone', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.dark.add('us-west-2a');
    theatre.pass(3_000);
    const at = glance(viewIn(theatre), ehr);
    expect(at?.replicas.find((each) => each.name === 'west')?.verdict).toBe('degraded');
    expect(['exposed', 'incident']).toContain(at?.state);
  });
  test('users get nothing though every probe answers', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.canaries = 'bad';
    theatre.pass(3_000);
    expect(glance(viewIn(theatre), ehr)).toMatchObject({
      state: 'failing',
      next: 'resus why ehr',
      usersPath: [{ state: 'failing', because: 'no answer' }],
    });
    expect(why(viewIn(theatre), ehr)?.sentence).toMatch(
      /^Users of ward get no good answers since 2026-.*no diagnosis explains it yet: no answer$/,
    );
  });
  test('a region is lost, treated, and over', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    expect(glance(viewIn(theatre), ehr)).toMatchObject({ state: 'recovering', openRun: { run: 'ehr-1', mode: 'failover' } });
    expect(why(viewIn(theatre), ehr)?.incidents[0]?.ahead).toMatchObject({
      kind: 'acts',
      sentence: 'Run ehr-1 waits for promote: Sent to the provider.',
    });
    theatre.until('RunClosed');
    const after = glance(viewIn(theatre), ehr);
    expect(after).toMatchObject({
      state: 'incident',
      primary: 'west',
      lastRun: { run: 'ehr-1', outcome: 'succeeded', rtoMet: true, rpoMet: true },
    });
    const told = why(viewIn(theatre), ehr);
    expect(told?.incidents[0]?.ahead).toMatchObject({ kind: 'holds' });
    const run = runView(viewIn(theatre), theatre.known.runs.get('ehr-1' as never)!);
    expect(run).toMatchObject({
      status: 'closed',
      approvals: { needed: 0, given: [] },
      steps: [
        { step: 'promote', status: 'succeeded', attempts: 1, tookMs: 300 },
        { step: 'route', status: 'succeeded' },
      ],
    });
    expect(run.measurement?.rtaMs).toBe(after?.lastRun?.rtaMs);
  });
  test.each<[string, Partial<typeof tier>, number, boolean]>([
    ['its own', { byLoss: { region: { rtoMs: 1 } } }, 1, false],
    ['that of another loss', { byLoss: { zone: { rtoMs: 1 }, replica: { rtoMs: 1 } } }, tier.rtoMs, true],
    ['its own, which somebody decided', { rtoMs: 0, pending: ['rto'], byLoss: { region: { rtoMs: 1 } } }, 1, false],
  ])('a lost region is judged by the RTO of its loss: %s', (_, more, rtoMs, rtoMet) => {
    const theatre = open(withTier({ ...more, approvals: { people: 0, expireMs: 60_000 } }));
    theatre.pass(3_000);
    expect(preview(viewIn(theatre), ehr, { mode: 'failover' })).toMatchObject({ ok: true, value: { rtoMs } });
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    for (const by of ['ann', 'ben']) {
      const run = theatre.known.runs.get('ehr-1' as never);
      if (run !== undefined && run.approvalsNeeded > 0)
        theatre.give({ kind: 'requested', by: person(by), request: { kind: 'approve', run: run.id, plan: run.hash } }, person(by));
    }
    theatre.until('RunClosed');
    expect(glance(viewIn(theatre), ehr)?.lastRun).toMatchObject({ rtoMs, rtoMet });
    expect(runView(viewIn(theatre), theatre.known.runs.get('ehr-1' as never)!).rtoMs).toBe(rtoMs);
    const drill = { workload: ehr, run: 'ehr-1', faults: new Map() } as unknown as Drill;
    expect(scopeOfDrill(viewIn(theatre), drill)['run']).toMatchObject({ rtoMs });
  });
  test('a person is needed', () => {
    const theatre = open(withTier({ automation: { replica: 'approve', zone: 'approve', region: 'approve' } }));
    theatre.pass(3_000);
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    expect(glance(viewIn(theatre), ehr)).toMatchObject({ state: 'approval', next: 'read and approve: resus approve ehr-1' });
    expect(why(viewIn(theatre), ehr)?.incidents[0]?.ahead).toEqual({
      kind: 'asks',
      sentence:
        'Run ehr-1 waits for 1 more approval of its plan (`resus approve ehr-1`), else it is taken back at 2026-01-01T01:00:04.500Z.',
    });
  });
});

describe('why', () => {
  test.each([
    ['acts', {}, 'If us-east-2 were lost now, Resus would fail over from east to west by region-failover by itself.'],
    [
      'asks',
      { automation: { replica: 'approve', zone: 'approve', region: 'approve' } },
      'would wait for approval: tier life-critical says approve for a lost region.',
    ],
    ['asks', { fencing: { accepts: ['storage-fenced'] } }, 'wants a proof (storage-fenced); the provider only asserts.'],
    [
      'holds',
      { automation: { replica: 'manual', zone: 'manual', region: 'manual' } },
      'nothing would be done: tier life-critical says manual for a lost region.',
    ],
  ] as const)('in good times says what would come: %s', (kind, more, says) => {
    const theatre = open(withTier(more as Partial<typeof tier>));
    theatre.pass(3_000);
    const told = why(viewIn(theatre), ehr);
    expect(told).toMatchObject({ incidents: [], ifLost: { site: 'us-east-2', ahead: { kind } } });
    expect(told?.ifLost?.ahead.sentence).toContain(says);
    expect(told?.ifLost?.guards.find((each) => each.guard === 'users-path')?.answer).toBe('then');
  });
  test('with the standby gone a loss would lead nowhere', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.dark.add('us-west-2');
    theatre.pass(4_000);
    const told = why(viewIn(theatre), ehr);
    expect(told?.incidents.map((each) => each.diagnosis)).toEqual(['RegionLost']);
    expect(told?.incidents[0]?.ahead).toMatchObject({
      kind: 'holds',
      guard: 'primary',
      sentence: expect.stringContaining('the writer east is at us-east-2') as string,
    });
    expect(told?.incidents[0]?.guards.map((each) => each.guard)).toContain('standby-fit');
  });
  test('of a workload that nobody declared there is none', () => {
    expect(why(viewIn(open()), 'constructor' as WorkloadId)).toBeUndefined();
  });
});

describe('a preview', () => {
  test('has the hash of the run that would open, and opens nothing', () => {
    const theatre = open();
    theatre.pass(3_000);
    const entries = theatre.entries.length;
    const made = preview(viewIn(theatre), ehr, { mode: 'switchover' });
    expect(theatre.entries.length).toBe(entries);
    if (!made.ok) throw new Error(made.error.message);
    theatre.give(
      { kind: 'requested', by: person('olga'), request: { kind: 'run', workload: ehr, mode: 'switchover', reason: 'r' } },
      person('olga'),
    );
    expect(theatre.known.runs.get('ehr-1' as never)?.hash).toBe(made.value.hash);
    expect(made.value).not.toHaveProperty('predictedLossMs');
    expect(preview(viewIn(theatre), ehr, { mode: 'switchover' })).toMatchObject({ ok: false, error: { code: 'RUN_OPEN' } });
  });
  test('of a failover predicts the loss, or says that nobody knows', () => {
    const theatre = open();
    expect(preview(viewIn(theatre), ehr, { mode: 'failover' })).toMatchObject({
      ok: true,
      value: { predictedLossMs: null, plan: { leave: 'us-east-2' } },
    });
    theatre.pass(3_000);
    const made = preview(viewIn(theatre), ehr, { mode: 'failover' });
    expect(made.ok && made.value.predictedLossMs).toBeLessThan(2_000);
  });
  test.each([
    [
      [
        ['a', 5, []],
        ['b', 3, ['a']],
      ],
      8,
    ],
    [
      [
        ['a', 5, []],
        ['b', 3, []],
      ],
      5,
    ],
    [
      [
        ['c', 1, ['a', 'b']],
        ['a', 5, []],
        ['b', 9, []],
      ],
      10,
    ],
    [[['a', 5, ['gone']]], 5],
    [[], 0],
  ] as const)('the critical path of %j is %i', (steps, ms) => {
    expect(criticalPathMs({ steps: steps.map(([id, expectMs, needs]) => ({ id, expectMs, needs })) as never })).toBe(ms);
  });
});

describe('the fleet', () => {
  test('is empty while nothing is declared, and in the order of names', () => {
    const theatre = open({
      ...estate,
      workloads: { pacs: { ...estate.workloads['ehr']!, id: 'pacs' as WorkloadId }, ehr: estate.workloads['ehr']! },
    });
    expect(fleet(viewIn(theatre)).map((each) => each.workload)).toEqual(['ehr', 'pacs']);
  });
});

describe('metrics', () => {
  test('have no two readings of one name with the same labels, all finite, with exactly the labels declared', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.dark.add('us-east-2');
    theatre.until('RunClosed');
    const all = readings(viewIn(theatre));
    expect(all.length).toBeGreaterThan(40);
    expect(new Set(all.map(({ metric, labels }) => `${metric.name}${JSON.stringify(labels)}`)).size).toBe(all.length);
    for (const { metric, labels, value } of all) {
      expect(Number.isFinite(value), metric.name).toBe(true);
      expect(Object.keys(labels).sort(), metric.name).toEqual([...metric.labels].sort());
    }
    const phases = all.filter(({ metric }) => metric.name === 'resus_run_phase_seconds').reduce((sum, { value }) => sum + value, 0);
    expect(phases).toBeCloseTo(all.find(({ metric }) => metric.name === 'resus_run_rta_seconds')?.value ?? -1, 6);
  });
});

describe('the timeline', () => {
  test('tells every kind of entry of a whole drill without a hole in a sentence', () => {
    const theatre = open();
    theatre.pass(3_000);
    theatre.give({ kind: 'requested', by: person('olga'), request: { kind: 'drill', gameday: 'region-loss' } }, person('olga'));
    theatre.pass(2_000);
    theatre.dark.add('us-east-2');
    theatre.until('RunClosed');
    const said = theatre.entries.flatMap((entry) => sentenceOf(entry.event) ?? []);
    expect(said.length).toBeGreaterThan(20);
    for (const sentence of said) expect(sentence).not.toMatch(/undefined|\[object|NaN/);
  });
});
