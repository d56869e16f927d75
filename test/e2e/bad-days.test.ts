// A controller whose journal, port or data folder is not what it should be: it refuses to act, says why and what to do, and
// acts again when that is mended. Real processes and real files; nobody fails over here, so no lab is needed.
import { createServer } from 'node:net';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { clientFor } from '../../src/cli/client.ts';
import type { CliError } from '../../src/cli/cli-error.ts';
import { newTokens, writeConfig } from '../../src/demo/setting.ts';
import type { Endpoints } from '../../src/lab/up.ts';
import { until } from '../vantage/until.ts';
import { labFacts } from './facts.ts';
import { main, Program, ran, type StartOptions } from './program.ts';
import { freePort } from './stage.ts';

let folder: string;
let config: string;
let port: number;
const tokens = newTokens();
const running: Program[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'resus-bad-day-'));
  port = await freePort();
  config = writeConfig(folder, labFacts as unknown as Endpoints, tokens, join(main, '../..'));
  const written = parse(readFileSync(config, 'utf8')) as { listen: { port: number } };
  written.listen.port = port;
  writeFileSync(config, stringify(written), { mode: 0o600 });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
  rmSync(folder, { recursive: true, force: true });
});

const serving = ['serve', '--json', '--exit-with-parent', '--config'];
async function start(options: StartOptions = {}): Promise<Program> {
  const controller = new Program([...serving, config], options);
  running.push(controller);
  await controller.firstLine();
  return controller;
}
const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

/** Makes verdicts come and go, so that there is something to write: a thousand entries or so. */
async function flicker(): Promise<void> {
  const vantage = clientFor({ url: `http://127.0.0.1:${port}`, token: tokens.campus });
  const { probes } = await vantage.get<{ probes: readonly { target: string }[] }>('/api/v1/vantages/campus/assignment');
  const targets = probes.map(({ target }) => target).filter((target) => target.startsWith('ehr/'));
  const rounds = Math.floor(2_500 / targets.length);
  const observations = Array.from({ length: rounds }, (_, round) =>
    targets.map((target) => ({ target, ok: round % 5 > 2, at: (lastAt += 1), detail: 'x'.repeat(300) })),
  ).flat();
  await vantage.post('/api/v1/vantages/campus/observations', { observations });
}
let lastAt = Date.now() - 600_000;
const operator = () => clientFor({ url: `http://127.0.0.1:${port}`, token: tokens.operator });
const drillRefused = (): Promise<CliError | undefined> =>
  operator()
    .post('/api/v1/drills', { gameday: 'switchover' })
    .then(
      () => undefined,
      (error: CliError) => error,
    );

describe('a journal that cannot be written', { timeout: 120_000 }, () => {
  test.each([
    // In blocks of 512 bytes. No file of the controller may grow past it, as if the disk were full.
    ['from the start', 2_048],
    ['after some time', 12_288],
  ])('%s: the controller does not act, says why, and acts again when there is room', async (_, blocks) => {
    const controller = await start({ through: `ulimit -S -f ${blocks}; exec "$@"` });
    await until(
      'a controller that is not ready',
      async () => {
        if ((await get('/readyz')).status === 503) return true;
        await flicker().catch(() => undefined);
        return false;
      },
      60_000,
    );
    const { body } = await get('/readyz');
    expect(body['because']).toMatch(/journal|disk/);
    expect(body['because']).toMatch(/free space|check that the disk/);
    expect((await get('/healthz')).status).toBe(200);
    expect(await drillRefused()).toMatchObject({ code: expect.stringMatching(/^(NOT_READY|JOURNAL_FULL|NO_HEADROOM)$/) as unknown });
    await controller.kill();
    await start();
    await until('a controller that is ready', async () => (await get('/readyz')).status === 200);
    expect(await drillRefused()).toBeUndefined();
  });
});

describe('a journal that is not the one that was written', { timeout: 60_000 }, () => {
  test('one changed byte: nothing starts, and the line is named', async () => {
    const controller = await start();
    await controller.end();
    const before = readJournal();
    const db = new DatabaseSync(join(folder, 'data', 'journal.db'));
    db.exec('drop trigger entry_no_update');
    const line = before[1] ?? '';
    const at = line.indexOf('"workloads":') + '"workloads":'.length;
    db.prepare('update entry set line = ? where seq = 1').run(`${line.slice(0, at)}9${line.slice(at + 1)}`);
    db.close();
    const { code, err } = await ran([...serving, config], { deadlineMs: 30_000 });
    expect(code, err).toBe(1);
    expect(err).toMatch(/CHAIN_BROKEN/);
    expect(err).toMatch(/restore|backup|keep/);
    expect(readJournal()).toHaveLength(before.length);
  });
});

function readJournal(): readonly string[] {
  const db = new DatabaseSync(join(folder, 'data', 'journal.db'), { readOnly: true });
  const lines = (db.prepare('select line from entry order by seq').all() as { line: string }[]).map(({ line }) => line);
  db.close();
  return lines;
}

describe('somebody was there first', { timeout: 60_000 }, () => {
  test('a second controller on the same data is refused and the first goes on', async () => {
    await start();
    const second = join(folder, 'second.yaml');
    const written = parse(readFileSync(config, 'utf8')) as { listen: { port: number } };
    written.listen.port = await freePort();
    writeFileSync(second, stringify(written), { mode: 0o600 });
    const { code, err, out } = await ran([...serving, second], { deadlineMs: 30_000 });
    expect(code, err).toBe(1);
    expect(err).toMatch(/JOURNAL_LOCKED.*another process/);
    expect(out).not.toContain('"ready":true');
    expect((await get('/readyz')).status).toBe(200);
  });

  test('a port that is taken is named, with what to do, and nothing is left locked', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => void squatter.listen(port, '127.0.0.1', resolve));
    const { code, err } = await ran([...serving, config], { deadlineMs: 30_000 });
    await new Promise((resolve) => squatter.close(resolve));
    expect(code, err).toBe(1);
    expect(err).toMatch(new RegExp(`${port}`));
    expect(err).toMatch(/listen/);
    expect(err).not.toMatch(/\n\s+at /);
    await start();
  });

  test.each(['--dns-port', '--ehr-port', '--aws-port'])('the lab with %s taken says which, and leaves nothing behind', async (option) => {
    const squatter = createServer();
    await new Promise<void>((resolve) => void squatter.listen(port, '0.0.0.0', resolve));
    const home = mkdtempSync(join(tmpdir(), 'resus-lab-'));
    chmodSync(home, 0o755);
    const { code, err } = await ran(['lab', 'up', '--json', option, String(port)], { env: { TMPDIR: home }, deadlineMs: 60_000 });
    await new Promise((resolve) => squatter.close(resolve));
    const left = readdirSync(home);
    rmSync(home, { recursive: true, force: true });
    expect(code, err).toBe(1);
    expect(err).toMatch(/LAB_PORT_TAKEN/);
    expect(err).toContain(String(port));
    expect(left).toEqual([]);
  });
});
