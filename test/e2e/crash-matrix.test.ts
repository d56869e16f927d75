// The crash matrix: for every append to the journal and every call on the wire of one run, and of a controller's start, `kill -9` right
// before it and right after it. Whoever comes next on the same journal finishes the run, and the lab's own count says that
// each mutation was carried out exactly once. The points come from a recording, so a new append or call is a new point.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLines } from '../../src/journal/check.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { join } from 'node:path';
import type { Point } from './crash-matrix/controller.ts';
import { Lane } from './crash-matrix/lane.ts';
import { until } from '../vantage/until.ts';

/** More than the cores: most of a point's time is waiting until a lost call can have no effect any more. */
const lanesAtOnce = 4;
/** Every mutation of a run, once. */
const once = { SwitchoverGlobalCluster: 1, PutSwitch: 1, ChangeResourceRecordSets: 2 } as const;
type Planned = Point & { readonly in: 'start' | 'run' };
const shown = ({ in: where, phase, name, nth }: Planned): string => `${where}: ${phase} ${name} #${nth}`;

let points: readonly Planned[] = [];
let recorded: { readonly start: readonly string[]; readonly runs: readonly (readonly string[])[] } = { start: [], runs: [] };
const lanes: Lane[] = [];
beforeAll(async () => {
  const lane = await Lane.open();
  lanes.push(lane);
  await lane.boot();
  await until('the first verdicts', () => lane.passed.some(({ name }) => name === 'append VerdictChanged'), 30_000);
  const start = [...lane.passed];
  const runs: Passed[][] = [];
  // A busy machine may see one look more or less: what counts is what comes again, out and home alike.
  while (runs.length < 2 || (runs.length < 12 && !isSame(runs.at(-1), runs.at(-2)))) {
    await lane.arm(null);
    const { run } = await lane.move();
    expect(run.outcome, run.because).toBe('succeeded');
    runs.push([...lane.passed]);
  }
  recorded = { start: start.map(named), runs: runs.slice(-2).map((run) => run.map(named)) };
  const both = (where: Planned['in'], each: Passed): Planned[] =>
    (['before', 'after'] as const).map((phase) => ({ in: where, phase, ...each }));
  points = [...start.flatMap((each) => both('start', each)), ...(runs.at(-1) ?? []).flatMap((each) => both('run', each))];
}, 180_000);
afterAll(() => Promise.all(lanes.map((lane) => lane.close())), 60_000);
type Passed = { readonly name: string; readonly nth: number };
const named = ({ name, nth }: Passed): string => `${name} #${nth}`;
const isSame = (a: readonly Passed[] | undefined, b: readonly Passed[] | undefined): boolean =>
  JSON.stringify(a?.map(named)) === JSON.stringify(b?.map(named));

describe('the recording', () => {
  test('is the same out and home', () => expect(recorded.runs[1]).toEqual(recorded.runs[0]));
  test('holds every append and every kind of call', () => {
    const run = recorded.runs[0] ?? [];
    const appends = run.filter((each) => each.startsWith('append '));
    for (const step of ['promote', 'switch', 'record', 'weights'])
      for (const type of ['StepStarted', 'StepAnswered', 'StepObserving', 'StepObserved'])
        expect(appends.filter((each) => each.includes(`${type} ${step}`)).length, `${type} ${step}`).toBeGreaterThan(0);
    for (const type of ['RunOpened', 'ApprovalGiven', 'RoleChanged', 'RunExecuted', 'LedgerRequested', 'RunClosed'])
      expect(appends.join()).toContain(type);
    for (const call of [
      'rds SwitchoverGlobalCluster',
      'rds DescribeGlobalClusters',
      'switch PUT',
      'switch GET',
      'dns A',
      'route53 POST',
      'route53 GET /change',
    ])
      expect(run.join()).toContain(call);
    expect(recorded.start.join()).toMatch(/append EpochBegan #1.*append EstateDeclared #1/);
  });
});

test('every point', { timeout: 1_200_000 }, async () => {
  expect(points.length).toBe(2 * (recorded.start.length + (recorded.runs[1]?.length ?? 0)));
  const todo = [...points];
  const wrong: string[] = [];
  let struck = 0;
  const began = Date.now();
  const work = async (lane: Lane): Promise<void> => {
    for (let point = todo.shift(); point !== undefined; point = todo.shift()) {
      const problem = await survived(lane, point).catch((error: unknown) => String(error));
      if (problem === undefined) struck += 1;
      else wrong.push(`${shown(point)}: ${problem}`);
    }
  };
  while (lanes.length < lanesAtOnce) lanes.push(await Lane.open());
  await Promise.all(lanes.map(work));
  const took = Math.round((Date.now() - began) / 1_000);
  process.stdout.write(`crash matrix: ${points.length} points, ${struck} struck and survived, ${took} s\n${wrong.join('\n')}\n`);
  expect(wrong).toEqual([]);
  expect(struck).toBe(points.length);
  for (const lane of lanes) await proven(lane);
});

/** What is wrong with what came of it; nothing where all is well. */
async function survived(lane: Lane, point: Planned): Promise<string | undefined> {
  if (point.in === 'start') return startedAgain(point);
  // A run that a busy machine took past the point is tried again: every point is struck.
  for (let tries = 1; ; tries += 1) {
    if (!lane.isRunning) await lane.boot();
    const { deaths, problem } = await moved(lane, point);
    if (problem !== undefined) return problem;
    if (deaths === 1) return undefined;
    if (tries === 10) return 'no run came to this point';
  }
}

/** On a journal that holds nothing: some of a start happens only then. */
async function startedAgain(point: Planned): Promise<string | undefined> {
  const lane = await Lane.open();
  try {
    await lane.boot(point);
    // Some of it comes after it answers.
    await until('its death', () => !lane.isRunning, 30_000);
    await lane.boot();
    const { problem } = await moved(lane, null);
    return problem;
  } finally {
    await lane.close();
  }
}

async function moved(lane: Lane, point: Planned | null): Promise<{ readonly deaths: number; readonly problem: string | undefined }> {
  const before = lane.executions();
  await lane.arm(point);
  const { run, deaths } = await lane.move();
  const done = Object.fromEntries(Object.entries(lane.executions()).map(([key, count]) => [key, count - (before[key] ?? 0)]));
  const [was, wanted] = [JSON.stringify(sorted(done)), JSON.stringify(sorted(once))];
  if (run.outcome !== 'succeeded') return { deaths, problem: `the run ${run.outcome ?? 'did not end'}: ${run.because}` };
  return { deaths, problem: was === wanted ? undefined : `carried out ${was}, expected ${wanted}` };
}
const sorted = (counts: Readonly<Record<string, number>>): readonly [string, number][] =>
  Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));

/** The journal that went through all of it: one chain, every run opened and closed once. */
async function proven(lane: Lane): Promise<void> {
  await lane.kill();
  const journal = await openSqlite(join(lane.folder, 'data', 'journal.db'), { reserveBytes: 65_536 });
  const entries = [...checkLines(journal.read(0))];
  await journal.close();
  const of = (type: string): readonly string[] =>
    entries.filter((entry) => entry.type === type).map((entry) => (entry.data as { run: string }).run);
  expect(of('RunClosed').length).toBeGreaterThan(5);
  expect(new Set(of('RunOpened')).size).toBe(of('RunOpened').length);
  expect(of('RunClosed')).toEqual(of('RunOpened'));
}
