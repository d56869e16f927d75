// Workloads beside each other: what moves first, what one run keeps from another, and how much the machine decides alone.
import { describe, expect, test } from 'vitest';
import { orderOf } from '../../../src/core/decision/dependencies.ts';
import type { Estate, Replica, Tier, Workload } from '../../../src/core/estate.ts';
import type { Request } from '../../../src/core/input.ts';
import type { WorkloadId } from '../../../src/core/values.ts';
import { estate, tier, workload } from '../estate.ts';
import { person, Theatre } from '../theatre.ts';
import { WorkingStage } from '../../scenarios/stage.ts';

const id = (name: string): WorkloadId => name as WorkloadId;
type Of = { readonly needs?: readonly string[]; readonly tier?: string; readonly shares?: string };
/** The same workload again, with resources of its own, or the shared one's. */
function like(name: string, { needs = [], tier: of = 'life-critical', shares }: Of): Workload {
  const own = (replica: Replica): Replica => ({ ...replica, resources: { cluster: `arn:${name}:${replica.name}` } });
  return {
    ...workload,
    id: id(name),
    tier: of,
    dependsOn: needs.map((each) => ({ workload: id(each), strength: 'hard' as const })),
    resources: { globalCluster: shares ?? `${name}-global` },
    replicas: workload.replicas.map(own),
  };
}
const declared = (of: Readonly<Record<string, Of>>, change: Partial<Tier> = {}): Estate => ({
  ...estate,
  tiers: { 'life-critical': { ...tier, rtoMs: 120_000, ...change }, business: { ...tier, id: 'business', rtoMs: 3_600_000, ...change } },
  workloads: Object.fromEntries(Object.entries(of).map(([name, each]) => [name, like(name, each)])),
});
function hospital(of: Readonly<Record<string, Of>>, change: Partial<Tier> = {}, stage = new WorkingStage()): Theatre {
  const theatre = new Theatre(declared(of, change), stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  return theatre;
}
const lose = (theatre: Theatre, ms = 60_000): void => {
  theatre.dark.add('us-east-2');
  theatre.canaries = 'bad';
  theatre.pass(ms);
};
const ask = (theatre: Theatre, by: string, request: Request): string => {
  const result = theatre.give({ kind: 'requested', by: person(by), request }, person(by));
  return result.ok ? 'done' : `${result.error.code} ${result.error.message}`;
};
const openedAt = (theatre: Theatre, name: string): number =>
  theatre.entries.find(({ event }) => event.type === 'RunOpened' && event.data.workload === name)?.at ?? Infinity;
const promotedAt = (theatre: Theatre, name: string): number =>
  theatre.entries.find(({ event }) => event.type === 'RoleChanged' && event.data.workload === name)?.at ?? Infinity;

describe('the order of workloads', () => {
  test.each<[string, Readonly<Record<string, Of>>, Readonly<Record<string, readonly string[]>>]>([
    ['a hard edge is kept', { a: { needs: ['b'] }, b: {} }, { a: ['b'], b: [] }],
    ['a ring is broken by priority: the tier first', { a: { needs: ['b'], tier: 'business' }, b: { needs: ['a'] } }, { a: ['b'], b: [] }],
    ['then the name', { a: { needs: ['b'] }, b: { needs: ['c'] }, c: { needs: ['a'] } }, { a: [], b: [], c: ['a'] }],
    [
      'an edge into a ring is kept',
      { a: { needs: ['b'] }, b: { needs: ['a'] }, z: { needs: ['a', 'b'] } },
      { a: [], b: ['a'], z: ['a', 'b'] },
    ],
    ['itself is nobody to wait for', { a: { needs: ['a'] } }, { a: [] }],
    ['nobody declared is nobody to wait for', { a: { needs: ['x'] } }, { a: [] }],
  ])('%s', (_, of, before) => {
    expect(Object.fromEntries(orderOf(declared(of)).before)).toEqual(before);
  });
  test('a chain as long as the estate is walked', () => {
    const long = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`w${n}`, { needs: [`w${n + 1}`] }]));
    expect(orderOf(declared(long)).before.get(id('w0'))).toEqual(['w1']);
  });

  test('who depends waits until the other is promoted, and not a moment longer', () => {
    const theatre = hospital({ ehr: { needs: ['idp'] }, idp: {}, pacs: {} });
    lose(theatre);
    expect(openedAt(theatre, 'ehr')).toBe(promotedAt(theatre, 'idp'));
    expect(openedAt(theatre, 'pacs')).toBe(openedAt(theatre, 'idp'));
    const held = theatre.of('ActionWithheld').filter((each) => each.workload === 'ehr');
    expect(held).toMatchObject([
      { guard: 'dependencies', because: expect.stringMatching(/^idp, which it hard-depends on, is not moved yet: /) as string },
    ]);
  });
  test.each<[string, Partial<Tier>, number]>([
    ['this loss', { byLoss: { region: { rtoMs: 60_000 } } }, 30_000],
    ['another', { byLoss: { zone: { rtoMs: 60_000 } } }, 60_000],
  ])('of a target for one loss alone half holds it after that: %s', (_, change, ms) => {
    const stage = new WorkingStage();
    stage.refuse.set('idp-1/promote', { code: 'No', retriable: false });
    const theatre = hospital({ ehr: { needs: ['idp'] }, idp: {} }, change, stage);
    lose(theatre, 100_000);
    expect(openedAt(theatre, 'ehr') - openedAt(theatre, 'idp')).toBe(ms);
  });
  test('a dependency that never gets there holds it for half of its RTO, and the run says so', () => {
    const stage = new WorkingStage();
    stage.refuse.set('idp-1/promote', { code: 'No', retriable: false });
    const theatre = hospital({ ehr: { needs: ['idp'] }, idp: {} }, {}, stage);
    lose(theatre, 100_000);
    expect(openedAt(theatre, 'ehr') - openedAt(theatre, 'idp')).toBe(60_000);
    const reasons = theatre.of('RunOpened').find((each) => each.workload === 'ehr')?.reasons ?? [];
    expect(reasons.find((reason) => reason.startsWith('dependencies: '))).toContain('it goes on without, for its own RTO');
  });
  test('one whose run has failed holds nobody any more', () => {
    const stage = new WorkingStage();
    stage.refuse.set('idp-1/promote', { code: 'No', retriable: false });
    const theatre = hospital({ ehr: { needs: ['idp'] }, idp: {} }, {}, stage);
    lose(theatre, 20_000);
    ask(theatre, 'ann', { kind: 'cancel', run: 'idp-1' as never, reason: 'give it up' });
    theatre.pass(20_000);
    expect(theatre.of('RunOpened').map((each) => each.workload)).toEqual(['idp', 'ehr']);
  });
  test('of those that wait for nothing the higher priority comes first', () => {
    const theatre = hospital({ a: { tier: 'business' }, b: {}, c: {} });
    lose(theatre, 20_000);
    expect(theatre.of('RunOpened').map((each) => each.workload)).toEqual(['b', 'c', 'a']);
  });
});

describe('locks', () => {
  test('two runs never hold one resource: the second waits for the first, and says for which', () => {
    const theatre = hospital({ ehr: { shares: 'one' }, lis: { shares: 'one' }, pacs: {} });
    lose(theatre);
    expect(theatre.of('ActionWithheld')).toMatchObject([{ workload: 'lis', guard: 'locks', because: 'run ehr-1 of ehr holds one' }]);
    const executedAt = theatre.entries.find(({ event }) => event.type === 'RunExecuted' && event.data.run === 'ehr-1')?.at;
    expect(openedAt(theatre, 'lis')).toBe(executedAt);
    expect(openedAt(theatre, 'pacs')).toBe(openedAt(theatre, 'ehr'));
    expect(theatre.known.held.size).toBe(0);
  });
  test('a person who asks is told which run holds what', () => {
    const theatre = hospital({ ehr: { shares: 'one' }, lis: { shares: 'one' } });
    expect(ask(theatre, 'ann', { kind: 'run', workload: id('ehr'), mode: 'switchover', reason: 'x' })).toBe('done');
    theatre.restart();
    expect(ask(theatre, 'ann', { kind: 'run', workload: id('lis'), mode: 'switchover', reason: 'x' })).toBe(
      'RESOURCE_HELD Run ehr-1 of ehr holds one.',
    );
    ask(theatre, 'bob', { kind: 'cancel', run: 'ehr-1' as never, reason: 'no' });
    expect(ask(theatre, 'ann', { kind: 'run', workload: id('lis'), mode: 'switchover', reason: 'x' })).toBe('done');
  });
});

describe('the blast radius', () => {
  const many = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`w${n}`, {}]));
  const limit = { blastRadius: { decisions: 2, perMs: 600_000 } };
  test('a storm of small incidents is treated without a person only so often', () => {
    const theatre = hospital(many, limit);
    theatre.canaries = 'bad';
    for (const name of Object.keys(many).slice(0, 5)) {
      for (const probe of ['web-a', 'db-a', 'web-b', 'db-b', 'db']) theatre.dark.add(`${name}/east/${probe}`);
      theatre.pass(20_000);
    }
    expect(theatre.of('IncidentOpened').map((each) => each.diagnosis)).toContain('ReplicaDown');
    expect(theatre.of('RunOpened').map((each) => each.approvalsNeeded)).toEqual([0, 0, 1, 1, 1]);
    const asked = theatre.of('RunOpened')[2]?.reasons.find((reason) => reason.startsWith('blast-radius'));
    expect(asked).toBe('blast-radius: 2 of at most 2 incidents treated without a person within 600 s');
  });
  test('a lost region is one decision, however many workloads it carries', () => {
    const theatre = hospital(many, limit);
    lose(theatre);
    expect(theatre.of('RunOpened').map((each) => each.approvalsNeeded)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(theatre.known.automatic.size).toBe(1);
  });
});
