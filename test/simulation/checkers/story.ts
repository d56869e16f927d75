// Histories of a small world, written by hand: two replicas in two regions, three vantages, two controllers. Instants are in seconds.
import { expect, test } from 'vitest';
import type { Event, EventData, EventType } from '../../../src/core/event.ts';
import type { Actor } from '../../../src/core/values.ts';
import { observe } from '../../../src/simulation/checkers/index.ts';
import type { Call, Checker, Fact, FactOf, Harm, WorkloadAsBuilt, WorldAsBuilt } from '../../../src/simulation/truth.ts';

export const promised: WorkloadAsBuilt = {
  primary: 'east',
  rpoMs: 5_000,
  rtoMs: 60_000,
  residency: ['US'],
  populations: ['ward'],
  approvalsNeeded: 1,
  approvalExpireMs: 60_000,
  automation: { replica: 'automatic', zone: 'automatic', region: 'automatic' },
  cooldownMs: 30_000,
  innerHaGraceMs: 20_000,
  fencingAccepted: ['storage-fenced', 'provider-asserted'],
  replicas: {
    east: { site: 'east' as never, region: 'east' as never, residency: 'US' },
    west: { site: 'west' as never, region: 'west' as never, residency: 'US' },
  },
  resources: [],
  shares: [],
  dependsOn: [],
  dependencyWaitMs: { replica: 30_000, zone: 30_000, region: 30_000 },
  detectMs: 10_000,
  freshMs: 15_000,
  grainMs: 1_000,
  canary: { everyMs: 4_000, failures: 3, good: 3, sustainedMs: 8_000 },
  fenceToPromoteMs: 20_000,
  moveMs: 10_000,
  servedWithinMs: 60_000,
};
export const world = (of: Partial<WorkloadAsBuilt> = {}, over: Partial<WorldAsBuilt> = {}): WorldAsBuilt => ({
  workloads: { ehr: { ...promised, ...of }, pacs: { ...promised, ...of } },
  vantages: { v1: 'east' as never, v2: 'west' as never, v3: 'campus' as never },
  controllers: ['c1', 'c2'],
  regions: { east: 'east' as never, 'east-a': 'east' as never, west: 'west' as never, campus: 'campus' as never },
  gamedays: { loss: { workload: 'ehr' as never, gates: 2, sites: ['east' as never], failback: false } },
  skewMs: 0,
  ...over,
});

type Loose<F> = F extends Fact ? Omit<F, 'at' | 'kind'> : never;
export const fact = <K extends Fact['kind']>(at: number, kind: K, rest: Loose<FactOf<K>>): Fact =>
  ({ at: at * 1_000, kind, ...rest }) as unknown as Fact;
export const declared = (of: Partial<WorkloadAsBuilt> = {}, over: Partial<WorldAsBuilt> = {}): Fact =>
  fact(0, 'declared', { world: world(of, over) });

type Why = { by?: FactOf<'writer'>['by']; token?: string; workload?: string; missing?: FactOf<'writer'>['missing'] };
export const writes = (at: number, replica: string, { by = 'provider', workload = 'ehr', token, missing }: Why = {}): Fact =>
  fact(at, 'writer', {
    workload: workload as never,
    replica,
    writes: true,
    by,
    ...(token === undefined ? {} : { token }),
    ...(missing === undefined ? {} : { missing }),
  });
export const stops = (at: number, replica: string, by: FactOf<'writer'>['by'] = 'provider'): Fact =>
  fact(at, 'writer', { workload: 'ehr' as never, replica, writes: false, by });
export const acked = (at: number, replica: string, population = 'ward', workload = 'ehr'): Fact =>
  fact(at, 'acknowledged', { workload: workload as never, replica, population, write: at, isCanary: true });
export const struck = (at: number, id: number, ...harms: Harm[]): Fact => fact(at, 'struck', { fault: 'test', id, harms });
export const healed = (at: number, id: number): Fact => fact(at, 'healed', { fault: 'test', id });
export const dead = (replica = 'east'): Harm => ({ kind: 'dead', workload: 'ehr' as never, replica });
export const unreachable = (replica: string, ...by: string[]): Harm => ({ kind: 'unreachable', workload: 'ehr' as never, replica, by });
export const calm = (at: number): Fact => fact(at, 'calm', { controllers: ['c1'], vantages: ['v1', 'v2', 'v3'] });
export const end = (at: number): Fact => fact(at, 'end', {});
export const granted = (at: number, controller: string, epoch: number): Fact => fact(at, 'lease', { controller, epoch, what: 'granted' });

type Stamped = { controller?: string; epoch?: number; seq?: number; line?: string; actor?: Actor; entryAt?: number };
export const engine: Actor = { kind: 'engine', id: 'c1' };
export const person = (id: string): Actor => ({ kind: 'person', id });
export function entry<T extends EventType>(at: number, type: T, data: Partial<EventData[T]>, stamped: Stamped = {}): Fact {
  const { controller = 'c1', epoch = 1, seq = 0, line = '', actor = engine, entryAt = at } = stamped;
  const event = { type, data } as unknown as Event;
  return fact(at, 'durable', { controller, epoch, seq, line, event, actor, entryAt: (entryAt * 1_000) as never });
}

type Opened = Partial<EventData['RunOpened']> & { from?: string; to?: string; steps?: readonly (readonly [string, Call['effect']])[] };
/** `RunOpened` and `PlanCompiled`, as a controller writes them for a lost region. */
export function opened(at: number, over: Opened = {}, stamped: Stamped = {}): Fact[] {
  const { from = 'east', to = 'west', steps = [['promote', 'fences-and-promotes']], ...data } = over;
  const run = data.run ?? ('ehr-1' as never);
  const plan = { from, to, steps: steps.map(([id, effect]) => ({ id, effect, uses: `test.${id}` })) };
  const told = { run, workload: 'ehr', mode: 'failover', plan: 'hash', because: '', reasons: [], approvalsNeeded: 0, ...data };
  return [entry(at, 'RunOpened', told as never, stamped), entry(at, 'PlanCompiled', { run, plan } as never, stamped)];
}
export const incident = (at: number, over: Partial<EventData['IncidentOpened']> = {}, stamped: Stamped = {}): Fact =>
  entry(at, 'IncidentOpened', { incident: 'i1', diagnosis: 'RegionLost', site: 'east', ...over } as never, stamped);
export const started = (at: number, step = 'promote', attempt = 1, run = 'ehr-1', stamped: Stamped = {}): Fact =>
  entry(at, 'StepStarted', { run, step, attempt, uses: `test.${step}` } as never, stamped);

export const call = (over: Partial<Call> = {}): Call => {
  const step = over.step ?? 'promote';
  const run = over.run ?? 'ehr-1';
  return {
    uses: `test.${step}`,
    effect: 'fences-and-promotes',
    run,
    step,
    attempt: 1,
    token: `${run}/${step}`,
    epoch: 1,
    controller: 'c1',
    decidedAt: 0 as never,
    sentAt: 0 as never,
    workload: 'ehr' as never,
    from: 'east',
    to: 'west',
    ...over,
  };
};
export function executed(at: number, over: Partial<Call> = {}, changed = true, fenced?: FactOf<'executed'>['fenced']): Fact {
  const at0 = (at * 1_000) as never;
  return fact(at, 'executed', {
    call: call({ decidedAt: at0, sentAt: at0, ...over }),
    changed,
    ...(fenced === undefined ? {} : { fenced }),
  });
}

export type Facts = readonly (Fact | Facts)[];
export const flat = (facts: Facts): readonly Fact[] => facts.flatMap((each) => ('kind' in each ? [each] : flat(each)));

export const violationsOf = (checker: Checker, facts: Facts): readonly string[] => {
  const observer = observe([checker]);
  for (const each of flat(facts)) observer.see(each);
  return observer.violations.map(({ sentence }) => sentence);
};

export type Story = readonly [name: string, says: RegExp | undefined, facts: Facts];
/** A story with a sentence must be found with it, and every other must not be found at all. */
export function tell(checker: Checker, stories: readonly Story[]): void {
  test.each(stories)(`${checker.name}: %s`, (_, says, facts) => {
    const violations = violationsOf(checker, facts);
    if (says === undefined) expect(violations).toEqual([]);
    else {
      expect(violations).toHaveLength(1);
      expect(violations[0]).toMatch(says);
    }
  });
  test(`${checker.name} is shown both ways`, () => {
    expect(stories.filter(([, says]) => says !== undefined).length).toBeGreaterThan(0);
    expect(stories.filter(([, says]) => says === undefined).length).toBeGreaterThan(0);
  });
}
