// Every command against a controller that runs, over HTTP, with its output captured and its exit code checked.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import type { Instant, WorkloadId } from '../../src/core/values.ts';
import type { Looked } from '../../src/runtime/readiness.ts';
import { openHouse, secrets, type House } from '../api/house.ts';
import { stateIn, typed, until, type Ran } from './commanding.ts';

let house: House;
let dir: string;
const move = { workload: 'ehr', runbook: 'region-failover', mode: 'failover', from: 'east', to: 'west' } as const;
/** As if the providers had been asked about the failover, and about nothing else. */
const looked: Looked = {
  at: Date.UTC(2026, 0, 1) as Instant,
  moves: [{ ...move, workload: 'ehr' as WorkloadId }],
  findings: [
    {
      ...move,
      step: 'promote',
      finding: { code: 'TARGET_NOT_MEMBER', severity: 'blocks', sentence: 'west is not a member.', remedy: 'Correct `target`.' },
    },
  ],
};
let bundle: ReadonlyMap<string, Uint8Array> = new Map();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'resus-cli-'));
  house = await openHouse({ bundle: () => Promise.resolve(bundle), readiness: () => looked });
  house.crowd();
  await until(house, 'healthy', async () => (await stateIn(house)) === 'healthy');
});
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true, force: true });
});

const resus = (args: readonly string[], { by, ...io }: Partial<Io> & { readonly by?: string } = {}): Promise<Ran> =>
  typed(house, args, by, io);

describe('reading', () => {
  test('status says one word and what to do next', async () => {
    const { exit, out } = await resus(['status', '--check']);
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^WORKLOAD +STATE +PRIMARY +STANDBYS +USERS +LAST RUN +NEXT\nehr +healthy +east +west up [0-9.]+ s behind +ward healthy +none +nothing\n$/,
    );
  });
  test('why, when all is well, says what a loss would lead to', async () => {
    const { exit, out } = await resus(['why', 'ehr']);
    expect(exit).toBe(0);
    expect(out).toContain('ehr: healthy. Nothing is wrong: east serves');
    expect(out).toContain('If us-east-2 were lost now, Resus would fail over from east to west by region-failover by itself.');
    expect(out).toContain('say go, 3 are asked only when it happens: resus why ehr --all');
    expect(out).not.toContain('standby-fit');
    expect((await resus(['why', 'ehr', '--all'])).out).toMatch(/standby-fit +go +Is there a fresh look/);
  });
  test('plan shows the steps, the forecast, what providers said and the hash, and opens nothing', async () => {
    const before = house.journal.lines.length;
    const { exit, out } = await resus(['plan', 'ehr', '--mode', 'failover']);
    expect(exit).toBe(0);
    expect(out).toMatch(/^failover of ehr from east \(us-east-2\) to west \(us-west-2\), leaving us-east-2, by region-failover\n/);
    expect(out).toMatch(/\nUsers wait +\d[^\n]*RTO 60 s: /);
    expect(out).toMatch(/\nWrites lost +at most [0-9.]+ s: from the last possible acknowledgement/);
    expect(out).toMatch(/\nT\+0:01 +test\.failover\.\n[\s\S]*\nT\+0:02 +test\.route\.[\s\S]*route after promote/);
    expect(out).toContain('Providers   the controller asked the providers at 2026-01-01T00:00:00.000Z.');
    expect(out).toMatch(/Findings +blocks TARGET_NOT_MEMBER step promote: west is not a member\. \(Correct `target`\.\)/);
    expect(out).toMatch(/\nPlan sha256:[0-9a-f]{64}\n$/);
    expect(house.journal.lines.slice(before).join('')).not.toContain('RunOpened');
  });
  test('plan --json from a controller has the same shape as without, and says so when nothing was asked about the move', async () => {
    const report = JSON.parse((await resus(['plan', 'ehr', '--mode', 'switchover', '--json'])).out) as Record<string, unknown>;
    expect(report).toMatchObject({
      from: 'controller',
      evaluated: { asked: false },
      findings: [],
      approvals: [{ occasion: 'person-asks', people: 1 }],
    });
    expect(Object.keys(report)).toEqual(expect.arrayContaining(['hash', 'steps', 'dag', 'criticalPath', 'predicted', 'plan']));
  });
  test.each([
    [['plan', 'ehr', '--to', 'us-west-2'], 0, ''],
    [['plan', 'ehr', '--to', 'us-east-2'], 1, 'NO_STANDBY ehr is at us-east-2 already: east is the writer.'],
    [['plan', 'ehr', '--to', 'us-east-1'], 1, 'TO_UNKNOWN No replica of ehr is at us-east-1.'],
    [['plan', 'ehr', '--runbook', 'restore'], 1, 'RUNBOOK_NOT_NAMED ehr names no runbook restore for people to choose.'],
    [['plan', 'ehr', '--history', 'x'], 2, 'HISTORY_OF_CONTROLLER'],
    [['plan', 'ehr', '--policies', 'nowhere'], 2, 'NOT_VALID'],
  ])('%j ends with %i', async (args, exit, message) => {
    const ran = await resus(args);
    expect(ran.err).toContain(message);
    expect(ran.exit).toBe(exit);
  });
  test('events are lines for people, or JSON', async () => {
    expect((await resus(['events'])).out).toMatch(/^ {5}0 {2}\d{4}-.*Z {2}leads c1: version 0\.0\.0-test\n {5}1 .*declared 1 workload/);
    const { out } = await resus(['events', '--json', '--from', '1']);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ seq: 1, type: 'EstateDeclared', actor: { kind: 'engine', id: 'c1' } });
  });
  test.each(['status', 'why ehr', 'plan ehr'])('%s --json is one JSON object', async (line) => {
    const { exit, out } = await resus([...line.split(' '), '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toBeTypeOf('object');
  });
});

describe('a run that asks for approval', () => {
  test('is opened by one, shown to and approved by another, and watched to its end', { timeout: 30_000 }, async () => {
    const opened = await resus(['run', 'ehr', '--mode', 'switchover', '--reason', 'kernel update', '--json']);
    expect(opened.exit).toBe(0);
    const { run, plan, seq } = JSON.parse(opened.out) as { run: string; plan: string; seq: number };
    expect((await resus(['status', '--check'])).exit).toBe(1);
    expect((await resus(['status'])).out).toContain(`read and approve: resus approve ${run}`);

    expect(await resus(['approve', run, '--yes'])).toMatchObject({ exit: 1, err: expect.stringContaining('OWN_REQUEST') as string });
    expect(await resus(['approve', run], { by: 'omar' })).toMatchObject({
      exit: 2,
      err: expect.stringContaining('NOBODY_TO_ASK') as string,
    });
    expect(await resus(['approve', run, '--yes', '--plan', `sha256:${'0'.repeat(64)}`], { by: 'omar' })).toMatchObject({
      exit: 1,
      err: expect.stringContaining('PLAN_CHANGED') as string,
    });
    expect(await resus(['approve', run], { by: 'omar', ask: () => Promise.resolve('n') })).toMatchObject({
      exit: 1,
      err: expect.stringContaining('NOT_APPROVED') as string,
    });
    expect(house.controller.known?.runs.get(run as never)?.approvals).toEqual([]);

    const approved = await resus(['approve', run, '--plan', plan], { by: 'omar', ask: () => Promise.resolve('y') });
    expect(approved).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/1\. promote: test\.switchover\.[\s\S]*Approved: 1 of 1\./) as string,
    });
    await house.until('the run is closed', () => house.controller.known?.runs.get(run as never)?.status === 'closed');
    const told = await resus(['events', '--from', String(seq)]);
    expect(told.out).toContain(`approved ${run}: by omar`);
    expect(told.out).toContain(`closed ${run} succeeded: executed and validated; fencing`);
    expect((await resus(['cancel', run, '--reason', 'late'])).err).toContain('NOT_CANCELLABLE');
  });
  test('can be cancelled', async () => {
    const { run } = JSON.parse((await resus(['run', 'ehr', '--mode', 'switchover', '--reason', 'x', '--json'])).out) as { run: string };
    expect(await resus(['cancel', run, '--reason', 'not today'])).toMatchObject({
      exit: 0,
      out: `Run ${run} ended cancelled: olga: not today.\n`,
    });
  });
});

describe('a drill', () => {
  test('is drawn until its verdict, and its evidence is written', { timeout: 40_000 }, async () => {
    // Home again first: the drill takes the region of the declared primary.
    if (house.primary !== 'east') {
      const { run } = JSON.parse((await resus(['run', 'ehr', '--mode', 'switchover', '--reason', 'home', '--json'])).out) as {
        run: string;
      };
      const [approved, waited] = await Promise.all([
        resus(['approve', run, '--yes'], { by: 'omar' }),
        house.until('home', () => house.controller.known?.runs.get(run as never)?.status === 'closed'),
      ]);
      expect([approved.exit, waited]).toEqual([0, undefined]);
    }
    bundle = new Map([
      ['SHA256SUMS', Buffer.from('x')],
      ['journal/entries.jsonl', Buffer.from('{}\n')],
    ]);
    const out = join(dir, 'evidence');
    const { exit, out: drawn } = await resus(['drill', 'region-loss', '--wait', '--evidence', out]);
    expect(drawn).toMatch(/Drill region-loss-\d+ opened on ehr\./);
    for (const verb of [
      'injecting',
      'bites',
      'impact',
      'detected',
      'decided',
      'step',
      'primary',
      'restored',
      'measured',
      'reverted',
      'verdict',
    ])
      expect(drawn, `${verb} in\n${drawn}`).toMatch(new RegExp(`^ +\\+?-?[0-9.]+s {2}${verb} `, 'm'));
    expect(drawn).toContain(`Evidence: 2 files in ${out}`);
    expect(exit, drawn).toBe(0);
    expect(readFileSync(join(out, 'journal/entries.jsonl'), 'utf8')).toBe('{}\n');
  });
  test.each([['../out'], ['/etc/x'], ['a/../../b'], ['a\\..\\b'], ['']])('evidence with the path %j is refused whole', async (path) => {
    bundle = new Map([
      ['SHA256SUMS', Buffer.from('x')],
      [path, Buffer.from('x')],
    ]);
    const run = [...(house.controller.known?.runs.keys() ?? [])][0] ?? '';
    const out = join(dir, 'bad');
    expect(await resus(['evidence', run, '--out', out])).toMatchObject({ exit: 1, err: expect.stringContaining('BAD_PATH') as string });
    expect(() => readFileSync(join(out, 'SHA256SUMS'))).toThrow();
  });
});

describe('what goes wrong says what to do, with its exit code', () => {
  type More = Partial<Io> & { readonly by?: string };
  const cases: [string, readonly string[], number, string, More?][] = [
    ['an unknown workload', ['why', 'nope'], 1, 'WORKLOAD_UNKNOWN There is no workload nope.'],
    ['a workload with a slash', ['why', '../runs'], 1, 'WORKLOAD_UNKNOWN'],
    ['an unknown game day', ['drill', 'nope'], 1, 'GAMEDAY_UNKNOWN There is no game day nope. Declared: region-loss.'],
    ['a viewer who acts', ['drill', 'region-loss'], 1, 'FORBIDDEN The token vera has the role viewer', { by: 'vera' }],
    ['a wrong token', ['status'], 1, 'UNAUTHORIZED', { env: { RESUS_URL: 'house', RESUS_TOKEN: 'wrong' } }],
    ['no mode', ['run', 'ehr', '--reason', 'x'], 2, 'MODE_WANTED How is it to move? Say it with --mode, or name a runbook with --runbook.'],
    ['a mode that is none', ['plan', 'ehr', '--mode', 'sideways'], 2, 'Allowed choices are switchover, failover, failback'],
    ['no such command', ['explode'], 2, 'unknown command'],
    [
      'no controller',
      ['status', '--controller', 'http://127.0.0.1:1'],
      3,
      'CONTROLLER_AWAY No controller answers at http://127.0.0.1:1 (ECONNREFUSED). Start one with `resus serve`',
    ],
    ['no address', ['status', '--controller', 'ftp://x'], 2, 'CONTROLLER_URL'],
    ['no token file', ['status', '--token-file', '/nowhere'], 2, 'TOKEN_FILE /nowhere cannot be read (ENOENT)'],
    ['a bad sequence number', ['events', '--from', '-1'], 2, 'give a whole number'],
  ];
  test.each(cases)('%s', async (_what, args, exit, message, more = {}) => {
    const env = more.env === undefined ? {} : { env: { ...more.env, RESUS_URL: house.url } };
    const ran = await resus(args, { ...more, ...env });
    expect(ran.err).toContain(message);
    expect(ran.exit).toBe(exit);
  });
  test('with --json the refusal is on standard output too', async () => {
    const { out, exit } = await resus(['why', 'nope', '--json']);
    expect([JSON.parse(out), exit]).toEqual([
      { ok: false, code: 'WORKLOAD_UNKNOWN', message: 'There is no workload nope.', remedy: expect.any(String) as string },
      1,
    ]);
  });
  test('a token file is read, and its content is never shown', async () => {
    const file = join(dir, 'token');
    writeFileSync(file, 'two words');
    const io = { readFile: (path: string) => readFileSync(path, 'utf8') };
    const bad = await resus(['status', '--token-file', file], io);
    expect(bad).toMatchObject({ exit: 2 });
    expect(bad.err).not.toContain('two words');
    writeFileSync(file, `${secrets['vera'] ?? ''}\n`);
    expect((await resus(['status', '--token-file', file], { ...io, env: { RESUS_URL: house.url } })).exit).toBe(0);
  });
  test('help and version succeed', async () => {
    expect(await resus(['--version'])).toMatchObject({ exit: 0, out: '1.2.3\n' });
    expect((await resus(['--help'])).out).toContain('Exit codes: 0 done');
  });
});
