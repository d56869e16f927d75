import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { DrillId, Instant, RunId, WorkloadId } from '../../src/core/values.ts';
import { canonical } from '../../src/journal/canonical.ts';
import { Chain, checkLines } from '../../src/journal/check.ts';
import { genesis, leafHash } from '../../src/journal/hash.ts';
import { Seal, type SealOptions } from '../../src/journal/seal.ts';

const options: SealOptions = { log: 'resus.test/"log"', floor: 'lab', controlDomain: 'central', boot: 'b1' };
const circumstances = { epoch: 3, at: 1_763_776_800_123 as Instant, ns: 42n, actor: { kind: 'engine', id: 'c1' } } as const;
const run = 'run-1' as RunId;
const drill = 'drill-1' as DrillId;
const workload = 'ehr' as WorkloadId;
const declared = (n: number): Event => ({ type: 'EstateDeclared', data: { estate: genesis, workloads: n } });
const events: readonly (readonly [string, Event])[] = [
  ['fleet', declared(1)],
  ['runs', { type: 'DrillOpened', data: { drill, gameday: 'region-loss', workload } }],
  ['drill/drill-1', { type: 'GateChecked', data: { drill, gate: 'a\nb', holds: true } }],
  [
    'runs',
    {
      type: 'RunOpened',
      data: { run, workload, mode: 'failover', plan: genesis, drill, because: 'x', reasons: ['\u2028'], approvalsNeeded: 0 },
    },
  ],
  ['run/run-1', { type: 'RunStarted', data: { run } }],
  ['run/run-1', { type: 'RoleChanged', data: { workload, primary: 'west', run, because: '\ud83d\ude91' } }],
  ['runs', { type: 'RunClosed', data: { run, outcome: 'succeeded', fencing: 'none', events: 2, because: 'done' } }],
  ['fleet', declared(2)],
];
const sealAll = (seal = new Seal(options)): readonly string[] => events.map(([, event]) => seal.seal(event, circumstances).line);

test('a line is canonical, and says what the format says', () => {
  const { line, hash, seq } = new Seal(options).seal(declared(1), circumstances);
  expect(canonical(JSON.parse(line))).toBe(line);
  expect([seq, hash]).toEqual([0, leafHash(line)]);
  expect(JSON.parse(line)).toEqual({
    v: 1, log: options.log, epoch: 3, seq: 0, prev: genesis, stream: 'fleet', sseq: 0, sprev: genesis, ts: '2025-11-22T02:00:00.123Z',
    mono: { boot: 'b1', ns: '42' }, floor: 'lab', controlDomain: 'central', actor: { id: 'c1', kind: 'engine' }, type: 'EstateDeclared', data: { estate: genesis, workloads: 1 },
  }); // prettier-ignore
});

test('every event goes to its stream, and streams chain', () => {
  const entries = [...checkLines(sealAll())];
  expect(entries.map((entry) => entry.stream)).toEqual(events.map(([stream]) => stream));
  expect(entries.map((entry) => entry.sseq)).toEqual([0, 0, 0, 1, 0, 1, 2, 1]);
});

test('sealing goes on from a checked tail as if it had never stopped', () => {
  const whole = sealAll();
  const chain = new Chain();
  for (const line of whole.slice(0, 5)) chain.check(line);
  const resumed = new Seal({ ...options, continueFrom: chain.state() });
  expect(events.slice(5).map(([, event]) => resumed.seal(event, circumstances).line)).toEqual(whole.slice(5));
});

test('what is refused leaves no trace', () => {
  const seal = new Seal(options);
  const [first] = sealAll(seal);
  const big: Event = { type: 'GateChecked', data: { drill, gate: '\u20ac'.repeat(20_000), holds: true } };
  expect(() => seal.seal(big, circumstances)).toThrow('longer than 60000 bytes');
  expect(() => seal.seal(declared(0.5), circumstances)).toThrow('$.workloads is 0.5');
  expect(() => seal.seal(declared(1), { ...circumstances, epoch: 2 })).toThrow(expect.objectContaining({ code: 'STALE_EPOCH' }));
  const next = seal.seal(declared(3), circumstances);
  expect(first).toBeDefined();
  expect([...checkLines([...sealAll(), next.line])]).toHaveLength(events.length + 1);
});

const forged = (line: string, change: Record<string, unknown>): string => canonical({ ...(JSON.parse(line) as object), ...change });
const attacks: readonly (readonly [string, number, (lines: string[]) => string[]])[] = [
  ['an edited entry', 3, (l) => l.with(2, l[2]!.replace('true', 'false'))],
  ['an edited last entry of another log', 7, (l) => l.with(7, forged(l[7]!, { log: 'other' }))],
  ['an entry on another floor', 7, (l) => l.with(7, forged(l[7]!, { floor: 'live' }))],
  ['a removed entry', 2, (l) => l.toSpliced(2, 1)],
  ['two entries swapped', 1, (l) => [l[0]!, l[2]!, l[1]!, ...l.slice(3)]],
  ['a repeated entry', 8, (l) => [...l, l[7]!]],
  ['a falling epoch', 7, (l) => l.with(7, forged(l[7]!, { epoch: 2 }))],
  ['an entry in another stream', 7, (l) => l.with(7, forged(l[7]!, { stream: 'runs', sseq: 3 }))],
  ['a gap in a stream', 7, (l) => l.with(7, forged(l[7]!, { sseq: 2 }))],
  ['a wrong sprev', 7, (l) => l.with(7, forged(l[7]!, { sprev: genesis }))],
  ['a space', 7, (l) => l.with(7, l[7]!.replace(':', ': '))],
  ['a doubled key', 7, (l) => l.with(7, l[7]!.replace('"v":1', '"v":1,"v":1'))],
  ['an unknown key', 7, (l) => l.with(7, forged(l[7]!, { more: 1 }))],
  ['a ts without milliseconds', 7, (l) => l.with(7, forged(l[7]!, { ts: '2025-11-22T02:00:00Z' }))],
  ['data that is a list', 7, (l) => l.with(7, forged(l[7]!, { data: [] }))],
  ['an unknown floor', 0, (l) => l.with(0, forged(l[0]!, { floor: 'moon' }))],
  ['an actor with more', 0, (l) => l.with(0, forged(l[0]!, { actor: { kind: 'engine', id: 'x', more: '' } }))],
  ['no JSON', 0, (l) => l.with(0, '')],
  ['JSON that is no object', 0, (l) => l.with(0, 'null')],
  ['a line of 70 kB', 7, (l) => l.with(7, forged(l[7]!, { data: { x: 'y'.repeat(70_000) } }))],
];
test.each(attacks)('%s does not verify', (_, at, attack) => {
  expect(() => [...checkLines(attack([...sealAll()]))]).toThrow(
    expect.objectContaining({ code: 'CHAIN_BROKEN', message: expect.stringContaining(`at entry ${at}:`) as string }),
  );
});

test('an entry of a newer format is named as such', () => {
  expect(() => [...checkLines([forged(sealAll()[0]!, { v: 2 })])]).toThrow(expect.objectContaining({ code: 'UNKNOWN_VERSION' }));
});

test('a whole log that was cut short still chains: only a checkpoint shows that', () => {
  expect([...checkLines(sealAll().slice(0, 4))]).toHaveLength(4);
});
