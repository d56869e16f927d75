// A journal that fails at any append of a run: the disk is full, a write is refused, or it is kept and nobody hears of it. The controller
// stops acting, says so, keeps nothing by halves, begins again by itself from what is durable, and finishes the run with every mutation once.
import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLines } from '../../src/journal/check.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { until } from '../vantage/until.ts';
import type { Failure } from './crash-matrix/controller.ts';
import { Lane } from './crash-matrix/lane.ts';

const says: Readonly<Record<Failure, RegExp>> = {
  full: /full; nothing of this batch was kept: free space on that disk/,
  unwritable: /disk I\/O error/,
  unsure: /disk I\/O error/,
};
const failures = Object.keys(says) as readonly Failure[];
type Place = { readonly name: string; readonly nth: number; readonly failure: Failure };

let places: readonly Place[] = [];
const lanes: Lane[] = [];
beforeAll(async () => {
  for (let each = 0; each < 5; each += 1) {
    const lane = await Lane.open();
    lanes.push(lane);
    await lane.boot();
  }
  const [lane] = lanes;
  await lane?.arm(null);
  await lane?.move();
  const appends = (lane?.passed ?? []).filter(({ name }) => name.startsWith('append '));
  places = appends.flatMap((each) => failures.map((failure) => ({ ...each, failure })));
}, 180_000);
afterAll(() => Promise.all(lanes.map((lane) => lane.close())), 60_000);

test('at every append, in every way', { timeout: 1_200_000 }, async () => {
  expect(places.length).toBeGreaterThan(3 * 15);
  const todo = [...places];
  const wrong: string[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let place = todo.shift(); place !== undefined; place = todo.shift()) {
        const problem = await survived(lane, place).catch((error: unknown) => String(error));
        if (problem !== undefined) wrong.push(`${place.failure} at ${place.name} #${place.nth}: ${problem}`);
      }
    }),
  );
  process.stdout.write(`failing journal: ${places.length} places\n`);
  expect(wrong).toEqual([]);
  for (const lane of lanes) await isWhole(lane);
});

async function survived(lane: Lane, { failure, ...at }: Place, tries = 10): Promise<string | undefined> {
  await until('a controller that acts', async () => (await standing(lane)) === undefined, 30_000);
  const before = lane.executions();
  lane.failures.length = 0;
  await lane.arm({ ...at, phase: 'before', failure });
  let isOver = false;
  const moving = lane.move().finally(() => (isOver = true));
  moving.catch(() => undefined);
  await until('the failure', () => lane.failures.length > 0 || isOver, 120_000);
  // A run that a busy machine took past the place is tried again.
  if (lane.failures.length === 0) return tries === 0 ? 'no run came to this place' : survived(lane, { failure, ...at }, tries - 1);
  const seen = await until('that it says so', () => standing(lane), 4_500);
  // Closed since it failed, and not yet opened again: what is there now is what was kept.
  const kept = countOf(lane);
  const { run, deaths } = await moving;
  const { size = 0, more = 0 } = lane.failures[0] ?? {};
  const done = Object.entries(lane.executions()).map(([key, count]) => `${key} ${count - (before[key] ?? 0)}`);
  const expected = size + (failure === 'unsure' ? more : 0);
  if (!says[failure].test(seen)) return `it says ${seen}`;
  if (kept.entries !== expected || kept.head !== expected)
    return `it holds ${kept.entries} entries and says ${kept.head}, expected ${expected}`;
  if (deaths !== 0) return `it died: ${lane.err}`;
  if (run.outcome !== 'succeeded') return `the run ${run.outcome ?? 'did not end'}: ${run.because}`;
  return done.sort((a, b) => (a < b ? -1 : 1)).join() === 'ChangeResourceRecordSets 2,PutSwitch 1,SwitchoverGlobalCluster 1'
    ? undefined
    : `carried out ${done.join()}`;
}

/** The reason with which it is not ready; nothing while it is. */
async function standing(lane: Lane): Promise<string | undefined> {
  const reply = await fetch(`${lane.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  if (reply === undefined) return 'nobody answers';
  return reply.status === 503 ? ((await reply.json()) as { because: string }).because : undefined;
}
function countOf(lane: Lane): { readonly entries: number; readonly head: number } {
  const db = new DatabaseSync(join(lane.folder, 'data', 'journal.db'), { readOnly: true });
  const count = (sql: string): number => (db.prepare(sql).get() as { readonly n: number }).n;
  const counted = { entries: count('select count(*) n from entry'), head: count('select size n from head') };
  db.close();
  return counted;
}
async function isWhole(lane: Lane): Promise<void> {
  await lane.kill();
  const journal = await openSqlite(join(lane.folder, 'data', 'journal.db'));
  const runs = [...checkLines(journal.read(0))].filter(({ type }) => type === 'RunClosed');
  await journal.close();
  expect(runs.length).toBeGreaterThan(5);
}
