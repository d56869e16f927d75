// A hospital is recorded while a region dies, and while a vantage blinks: the same lines under other thresholds. What was recorded is what
// came, in a file that stays small; what is no recording is refused with its place.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtest, type Line } from '../../src/backtest/backtest.ts';
import { runCli } from '../../src/cli/index.ts';
import type { Input } from '../../src/core/input.ts';
import type { Instant } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/expression.ts';
import { vocabularyOf } from '../../src/providers/index.ts';
import { Recording } from '../../src/stores/recording.ts';
import { fast, openHouse } from '../api/house.ts';
import { recordedIo } from '../cli/stdio.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from '../scenarios/stage.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'resus-backtest-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The story, as a controller that records it would have it. */
function recorded(name: string, story: (theatre: Theatre) => void, mostBytes = 1e9): string {
  const file = join(folder, name);
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  const recording = new Recording(file, mostBytes, estate, theatre.now as Instant, (error) => {
    throw error;
  });
  const give = theatre.give.bind(theatre);
  theatre.give = (input: Input, actor) => {
    recording.take(input, theatre.now as Instant);
    return give(input, actor);
  };
  story(theatre);
  recording.close(theatre.now as Instant);
  return file;
}
const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const peace = (theatre: Theatre): void => theatre.pass(20_000);
const regionDies = (theatre: Theatre): void => {
  peace(theatre);
  theatre.dark.add('us-east-2');
  theatre.pass(20_000);
};
/** Both vantages that vote miss the region for two seconds, while users are served. */
const blinks = (theatre: Theatre): void => {
  peace(theatre);
  theatre.canaries = 'good';
  theatre.dark.add('us-east-2');
  theatre.pass(2_000);
  theatre.dark.delete('us-east-2');
  theatre.pass(20_000);
};

describe('figures', () => {
  test('of a real loss: more patience finds it later, and too much not at all', () => {
    const lines = linesOf(recorded('loss', regionDies));
    const rows = [1, 5, 8, 100].map((failures) => backtest(lines, { failures, successes: 2 }));
    expect(
      rows.map(({ incidents, felt, unfelt, unwatched, impacts, unseen }) => ({ incidents, felt, unfelt, unwatched, impacts, unseen })),
    ).toEqual([
      { incidents: 1, felt: 1, unfelt: 0, unwatched: 0, impacts: 1, unseen: 0 },
      { incidents: 1, felt: 1, unfelt: 0, unwatched: 0, impacts: 1, unseen: 0 },
      { incidents: 1, felt: 1, unfelt: 0, unwatched: 0, impacts: 1, unseen: 0 },
      { incidents: 0, felt: 0, unfelt: 0, unwatched: 0, impacts: 1, unseen: 1 },
    ]);
    const detected = rows.map((row) => row.detectMs?.p50 ?? -1);
    expect(detected[0]).toBeGreaterThan(0);
    expect(detected[1]).toBe((detected[0] ?? 0) + 1_000);
    expect(detected[2]).toBe((detected[0] ?? 0) + 2_500);
  });
  test('of a blink: with little patience an alarm that nobody felt, with more none', () => {
    const lines = linesOf(recorded('blink', blinks));
    expect(backtest(lines, { failures: 1, successes: 2 })).toMatchObject({ incidents: 1, felt: 0, unfelt: 1, unwatched: 0, impacts: 0 });
    expect(backtest(lines, { failures: 5, successes: 2 })).toMatchObject({ incidents: 0, unfelt: 0 });
  });
  test('of peace: nothing', () => {
    expect(backtest(linesOf(recorded('peace', peace)), { failures: 1, successes: 1 })).toMatchObject({ incidents: 0, impacts: 0 });
  });
  test('without canaries nobody can call an alarm right or false', () => {
    const lines = linesOf(recorded('unwatched', regionDies)).filter((line) => line.sampled === undefined);
    expect(backtest(lines, { failures: 3, successes: 2 })).toMatchObject({ incidents: 1, felt: 0, unfelt: 0, unwatched: 1, impacts: 0 });
  });
});

test('a recording keeps the newest, in at most so many bytes, each file with what was declared', () => {
  const most = 400_000;
  const file = recorded('small', (theatre) => theatre.pass(300_000), most);
  expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(most + 200_000);
  for (const each of [`${file}.1`, file]) expect(linesOf(each)[0]?.estate).toEqual(estate);
  const [before, after] = [linesOf(`${file}.1`), linesOf(file)];
  expect(after[0]?.at).toBeGreaterThanOrEqual(before.at(-1)?.at ?? 0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what agents report to a controller over HTTP is what it records', async () => {
  const file = join(folder, 'house');
  const now = (): Instant => Date.now() as Instant;
  let taken = 0;
  const recording = new Recording(file, 1e9, fast, now(), (error) => {
    throw error;
  });
  const house = await openHouse({
    recorded: (input) => {
      taken += 1;
      recording.take(input, now());
    },
  });
  try {
    house.crowd();
    await house.until('verdicts', () => (house.controller.known?.counts.get('VerdictChanged') ?? 0) > 5);
    house.dark.add('us-east-2');
    await house.until('an incident', () => house.controller.known?.incidents.size === 1);
    // It was opened by a timer, perhaps after the last report: a recording goes on behind it.
    const before = taken;
    await house.until('reports after it', () => taken > before + 100);
  } finally {
    await house.close();
    recording.close(now());
  }
  const lines = linesOf(file);
  expect(lines.some((line) => line.sampled !== undefined)).toBe(true);
  expect(lines.filter((line) => line.probed !== undefined && 'detail' in line.probed)).toEqual([]);
  expect(backtest(lines, { failures: 2, successes: 1 }).incidents).toBe(1);
});

describe('resus backtest', () => {
  const resus = async (...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> => {
    const io = recordedIo({ readFile: (path) => readFileSync(path, 'utf8') });
    const exit = await runCli(['backtest', ...args], {
      io,
      version: '1',
      vocabulary: vocabularyOf([]),
      catalogue: { actions: new Map(), evaluate },
    });
    return { exit, out: io.printed(), err: io.complained() };
  };
  test('prints a table, or JSON, and says what it cannot show', async () => {
    const file = recorded('told', regionDies);
    const told = await resus(file, '--failures', '1,3');
    expect(told.exit).toBe(0);
    expect(told.out).toMatch(/^\d+ samples over 40\.0 s\.\nFAILURES +INCIDENTS +FELT/);
    expect(told.out).toContain('unwatched');
    const { rows, limits } = JSON.parse((await resus(file, '--failures', '3', '--json')).out) as { rows: unknown[]; limits: unknown[] };
    expect(rows).toMatchObject([{ failures: 3, incidents: 1, felt: 1 }]);
    expect(limits).toHaveLength(3);
  });
  test('leaves out a last line that a crash cut short, and refuses any other that is none', async () => {
    const file = recorded('cut', regionDies);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, `${whole}{"at":17`);
    expect((await resus(file, '--failures', '3')).exit).toBe(0);
    for (const bad of ['nonsense', '{"at":"x","probed":{}}', '[]', '{"at":1,"sampled":{"samples":1}}']) {
      writeFileSync(file, `${whole}${bad}\n`);
      const refused = await resus(file);
      expect([refused.exit, refused.err]).toEqual([2, expect.stringMatching(/BAD_RECORDING .*cut:\d+ is no line/)]);
    }
    expect((await resus(join(folder, 'none'))).err).toContain('NO_RECORDING');
    expect((await resus(file, '--failures', '0')).err).toContain('BAD_COUNT');
    writeFileSync(file, '');
    expect((await resus(file)).err).toContain('NO_ESTATE');
  });
});
