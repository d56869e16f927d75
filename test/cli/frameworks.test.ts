// `resus frameworks` over what is shipped: out of a bundle, the lines of a journal, or a controller; and what it refuses to conclude from.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { buildBundle, writeBundle } from '../../src/evidence/bundle.ts';
import type { ShownFramework } from '../../src/evidence/shown.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { openHouse, secrets, type House } from '../api/house.ts';
import { sampleBundle, t0 } from '../evidence/sample-journal.ts';
import { recordedIo } from './stdio.ts';

const lab = 'test/replay/0.1/events.ndjson';
const [hipaa, proposed] = ['hipaa-security-rule', 'hipaa-security-rule-proposed'];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-frameworks-'));
  writeBundle(join(folder, 'live'), buildBundle(sampleBundle({ floor: 'live' })));
  cpSync(join(folder, 'live'), join(folder, 'broken'), { recursive: true });
  writeFileSync(join(folder, 'broken', 'report.html'), '<p>passed</p>');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function frameworks(args: readonly string[], env: Readonly<Record<string, string>> = {}, now: number = t0 + 3_600_000) {
  let code = 0;
  const io = recordedIo({ env, now: () => now, exit: (asked) => (code = asked) });
  const exit = await runCli(['frameworks', '--policies', 'policies/frameworks', ...args], { io, version: '0', vocabulary, catalogue });
  return { exit: exit === 0 ? code : exit, out: io.printed(), err: io.complained() };
}
type Json = {
  readonly floor: string;
  readonly entries: number;
  readonly ofOtherFloors: number;
  readonly frameworks: readonly ShownFramework[];
};
const json = async (...args: Parameters<typeof frameworks>): Promise<Json> =>
  JSON.parse((await frameworks([...args[0], '--json'], args[1], args[2])).out) as Json;
const stateOf = ({ frameworks: all }: Json, id: string): string | undefined => all[0]?.controls.find((control) => control.id === id)?.state;

describe('a bundle of the floor live', () => {
  const live = () => [hipaa, '--history', join(folder, 'live')] as string[];
  test('shows a plan that was tried, and not a copy that was fetched back', async () => {
    const told = await json(live());
    expect([stateOf(told, '164.308(a)(7)(i)'), stateOf(told, '164.308(a)(7)(ii)(A)')]).toEqual(['found', 'not-assessed']);
    expect(told.frameworks[0]?.controls[0]?.evidence[0]).toMatchObject({
      state: 'found',
      entry: { log: 'resus.test/log', seq: 1 },
      ageMs: 3_609_000,
    });
  });
  test('is stale two years later', async () =>
    expect(stateOf(await json(live(), {}, t0 + 730 * 86_400_000), '164.308(a)(7)(i)')).toBe('stale'));
  test('is said line by line, without an opinion', async () => {
    const { out } = await frameworks(live());
    expect(out).toMatch(/\n {2}found +164\.308\(a\)\(7\)\(i\): Have and follow a plan/);
    expect(out).toMatch(/\n +found +estate-declared: EstateDeclared, entry 1 of resus\.test\/log at \S+Z, 60 min old, fresh for 365 d\n/);
    expect(out).toMatch(/\n {2}not assessed +164\.308\(a\)\(7\)\(ii\)\(A\)/);
    expect(out).toMatch(/\nLooked at: \d+ entries of the floor live\.\n.*for people who know its text\.\n$/);
    expect(out).not.toMatch(/complian|satisf/i);
  });
});

describe('entries of another floor', () => {
  test('do not count, and are counted', async () => {
    const told = await json([hipaa, '--history', lab]);
    expect(told).toMatchObject({ floor: 'live', entries: 0 });
    expect(told.ofOtherFloors).toBeGreaterThan(100);
    expect(new Set(told.frameworks[0]?.controls.map(({ state }) => state))).toEqual(new Set(['missing', 'not-assessed']));
  });
  test('are looked at when they are asked for, and that is said', async () => {
    const { out } = await frameworks([hipaa, '--history', lab, '--floor', 'lab']);
    expect(out).toContain('What is found there shows nothing of a control: only the floor live does.');
    expect(out).toMatch(/\n {2}found +164\.308\(a\)\(7\)\(i\)/);
  });
});

describe('frameworks', () => {
  test('that are off are not asked', async () => {
    const { out } = await frameworks([proposed, '--history', lab]);
    expect(out).toMatch(/\n {2}not asked: proposed, and off; `enabled: true` turns it on\n/);
    expect(out).not.toMatch(/^ {2}(?:found|stale|missing) /m);
    expect(new Set((await json([proposed, '--history', lab])).frameworks[0]?.controls.map(({ state }) => state))).toEqual(
      new Set(['not-asked']),
    );
  });
  test('are all told where none is named', async () => expect((await json(['--history', lab])).frameworks.length).toBeGreaterThan(10));
  test.each([
    ['something is missing', [hipaa], 1],
    ['nothing is asked', [proposed], 0],
  ])('--check: %s', async (_what, names, exit) => expect((await frameworks([...names, '--history', lab, '--check'])).exit).toBe(exit));
});

describe('a controller', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());
  test('is asked for its journal', async () => {
    const told = await json(
      [hipaa, '--controller', house.url, '--floor', 'simulation'],
      { RESUS_TOKEN: secrets['olga'] ?? '' },
      Date.now(),
    );
    expect(told.entries + told.ofOtherFloors).toBeGreaterThan(1);
  });
});

describe('what it refuses', () => {
  test.each<[string, () => readonly string[], number, string]>([
    [
      'a framework that nobody declared',
      () => ['hipaa-security-rules', '--history', lab],
      2,
      `FRAMEWORK_UNKNOWN There is no framework hipaa-security-rules. Did you mean ${hipaa}?`,
    ],
    ['no journal', () => [], 2, 'NO_JOURNAL'],
    ['a bundle that was changed', () => ['--history', join(folder, 'broken')], 1, 'BUNDLE_BROKEN'],
    ['no such bundle', () => ['--history', 'nowhere'], 2, 'HISTORY_UNREADABLE'],
    ['no such floor', () => ['--history', lab, '--floor', 'moon'], 2, "argument 'moon' is invalid"],
  ])('%s', async (_what, args, exit, message) => {
    const ran = await frameworks(args());
    expect(ran.err).toContain(message);
    expect(ran.exit).toBe(exit);
  });
});
