// `resus rehearse` as a person uses it: tables, JSON and a histogram from files alone, progress on standard error, and every wrong use
// with its code and what to do.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { rehearseCommand } from '../../src/cli/rehearse.ts';
import type { Figures } from '../../src/rehearsal/figures.ts';
import type { Provider } from '../../src/ports.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';
import { evaluate } from '../../src/declare/index.ts';
import { journalLines } from '../../src/stores/journal-lines.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { openHouse, secrets } from '../api/house.ts';
import { recordedIo } from './stdio.ts';
import { inTurn } from '../rehearsal/in-turn.ts';

const known = providers as readonly unknown[] as readonly Provider[];
const catalogue = { actions: catalogueOf(known), evaluate };
const vocabulary = vocabularyOf(known);
const recorded = 'test/replay/0.1/events.ndjson';
let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'resus-rehearse-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Ran = { readonly exit: number; readonly out: string; readonly err: string };
async function resus(line: string, isErrTty = false): Promise<Ran> {
  const io = recordedIo({ readFile: (path) => readFileSync(path, 'utf8') });
  const command = rehearseCommand({
    io,
    vocabulary,
    catalogue: () => catalogue,
    journalLines: (file) => Promise.resolve(journalLines(file)),
    rehearseAll: inTurn(catalogue),
    isErrTty,
  });
  const exit = await runCli(line.split(' '), { io, version: '1.2.3', vocabulary, catalogue, more: [command] });
  return { exit, out: io.printed(), err: io.complained() };
}
const small = 'rehearse ehr --runs 4 --scenario zone-lost';

test('tables: the answer, where the time goes, what it rests on, what it leaves out', async () => {
  const { exit, out, err } = await resus(small);
  expect(exit).toBe(0);
  expect(out).toMatch(/^ehr, zone-lost: 4 rehearsals of ehr-zone-failover in a simulated world, seeds 1 to 4\n/);
  expect(out).toMatch(/\nRTA {2}[\d.]+ s +[\d.]+ s .* RTO 60\.0 s\nRPA {2}/);
  expect(out).toMatch(/\nMisses the RTO of 60\.0 s in \d of 4: \d+% \(95% confidence: \d+% to \d+%\)\n/);
  expect(out).toMatch(/\nstep move +[\d.]+ s +[\d.]+ s +\d+% +\d+%\n/);
  expect(out).toMatch(/\nmove aws\.rds\.failover-db-cluster +30\.0 s +60\.0 s +declared +0 +the prior of/);
  expect(out).toContain('- No inventory was given: names stand in for its values, which changes no duration.\n');
  expect(
    err
      .split('\n')
      .filter((line) => line !== '')
      .at(-1),
  ).toMatch(/^rehearsed 4 of 4, \d over the RTO$/);
  expect(err).not.toContain('\r');
});
test('on a terminal the progress is a bar that is gone at the end', async () => {
  const { err } = await resus(small, true);
  expect(err).toContain('[##############################] 4 of 4');
  expect(err.endsWith('\r\u001b[K')).toBe(true);
});
test('--json is one object, and the same seeds give the same', async () => {
  const [first, again, other] = [await resus(`${small} --json`), await resus(`${small} --json`), await resus(`${small} --json --seed 100`)];
  expect(first.out).toBe(again.out);
  const figures = JSON.parse(first.out) as Figures;
  expect(figures).toMatchObject({
    workload: 'ehr',
    scenario: 'zone-lost',
    floor: 'simulation',
    runs: 4,
    seeds: { first: 1, last: 4 },
    history: null,
  });
  expect(JSON.parse(other.out)).not.toMatchObject({ digest: figures.digest });
});
test('--svg writes the histogram', async () => {
  const path = join(dir, 'ehr.svg');
  expect((await resus(`${small} --svg ${path}`)).out).toContain(`Histogram: ${path}\n`);
  expect(readFileSync(path, 'utf8')).toMatch(/^<svg xmlns=[\s\S]*RTO 60 s[\s\S]*<\/svg>\n$/);
});

describe('history', () => {
  test('from the lines of a journal, from a bundle and from a journal itself: each is said to be too little', async () => {
    const lines = readFileSync(recorded, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    mkdirSync(join(dir, 'bundle', 'log'), { recursive: true });
    writeFileSync(join(dir, 'bundle', 'log', 'events.ndjson'), lines.map((line) => `${line}\n`).join(''));
    const journal = await openSqlite(join(dir, 'journal.db'), { reserveBytes: 0 });
    await journal.append({ epoch: 1, lines });
    await journal.close();
    for (const path of [recorded, join(dir, 'bundle'), join(dir, 'journal.db')]) {
      const { exit, out } = await resus(`rehearse ehr --runs 1 --history ${path}`);
      expect([path, exit]).toEqual([path, 0]);
      expect(out).toContain('declared  1  the prior of aws.rds.failover-global-cluster; only 1 of 8 samples on floor lab');
      expect(out).toContain('History: 1 run on floor lab;');
    }
  });
  test('from a controller, which says on which floor it is', async () => {
    const house = await openHouse({});
    try {
      const token = join(dir, 'token');
      writeFileSync(token, secrets['vera'] ?? '');
      const { exit, out, err } = await resus(`rehearse ehr --runs 1 --controller ${house.url} --token-file ${token}`);
      expect(err).not.toContain('resus:');
      expect(out).toContain('History: 0 runs on floor lab;');
      expect(exit).toBe(0);
    } finally {
      await house.close();
    }
  });
  test('of a controller that is not there', async () => {
    const { exit, err } = await resus('rehearse ehr --runs 1 --controller http://127.0.0.1:9');
    expect(err).toMatch(/^resus: [A-Z_]+ /);
    expect(exit).toBe(3);
  });
  test('of the floor that was asked for alone', async () => {
    expect((await resus(`rehearse ehr --runs 1 --history ${recorded} --floor live`)).out).toContain('History: 0 runs on floor live;');
  });
});

describe('wrong use', () => {
  test.each([
    ['--runs 0', 'BAD_RUNS --runs 0 is no whole number from 1 to 100000.'],
    ['--runs 100001', 'BAD_RUNS'],
    ['--runs 1e3', 'BAD_RUNS'],
    ['--seed -1', 'BAD_SEED'],
    ['--scenario flood', 'UNKNOWN_SCENARIO There is no scenario flood. There are: region-lost, zone-lost, replica-down, switchover.'],
    [
      '--assume luck=1s',
      'UNKNOWN_ASSUMPTION Nothing is assumed under the name "luck". There are: dns-ttl, client-caches, replication-lag, people.',
    ],
    ['--assume people=10m..2m', 'BAD_ASSUMPTION'],
    ['--assume people=soon', 'BAD_ASSUMPTION'],
    ['--history nowhere', 'HISTORY_UNREADABLE There is no history in nowhere'],
    ['--history README.md', 'CHAIN_BROKEN'],
    ['--policies nowhere', 'NOT_VALID'],
    ['--inventory nowhere', 'BAD_INVENTORY'],
    ['--svg nowhere/x.svg --runs 1', 'SVG_UNWRITABLE'],
    ['--floor moon', "argument 'moon' is invalid"],
  ])('%s', async (args, says) => {
    const { exit, out, err } = await resus(`rehearse ehr ${args}`);
    expect(err).toContain(says);
    expect(exit).toBeGreaterThan(0);
    expect(out).toBe('');
  });
  test('an unknown workload is told which there are', async () => {
    const { exit, err, out } = await resus('rehearse her --json');
    expect(exit).toBe(2);
    expect(err).toContain('WORKLOAD_UNKNOWN There is no workload her. Declared are: ');
    expect(JSON.parse(out)).toMatchObject({ ok: false, code: 'WORKLOAD_UNKNOWN' });
  });
  test('--help lists the scenarios', async () => {
    const { out } = await resus('rehearse --help');
    for (const name of ['region-lost', 'zone-lost', 'replica-down', 'switchover']) expect(out).toMatch(new RegExp(`\n  ${name} +[a-z]`));
  });
});
