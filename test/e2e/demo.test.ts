// What a newcomer does: `resus demo`, once to its end, once broken off, once twice at a time. The JSON on standard output, the exit
// code, and the evidence, which verifies until a single byte of it is another.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/demo/result.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import type { Endpoints } from '../../src/lab/up.ts';
import { descendantsOf, isAlive } from '../../src/lab/processes/process-tree.ts';
import { until } from '../vantage/until.ts';
import { main, Program, ran, type Ended } from './program.ts';

let folder: string;
let temporary: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-demo-test-'));
  temporary = mkdtempSync(join(tmpdir(), 'resus-demo-tmp-'));
  // For root, PostgreSQL runs as somebody else, who must get there.
  chmodSync(temporary, 0o755);
});
afterAll(() => {
  for (const each of [folder, temporary]) rmSync(each, { recursive: true, force: true });
});

describe('the demo with --json', { timeout: 150_000 }, () => {
  let program: Program;
  let ended: Ended;
  let result: Result;
  beforeAll(async () => {
    program = new Program(['demo', '--json'], { cwd: folder });
    await until('the lab', () => program.err.includes('Starting the controller') || !program.isRunning, 60_000);
    const second = await ran(['demo', '--json'], { cwd: folder });
    expect(second.code, second.err).toBe(1);
    expect(second.err).toMatch(/DEMO_RUNNING .*process \d+.*--dir/);
    ended = await program.ended;
    expect(ended.code, program.err).toBe(0);
    result = JSON.parse(program.out) as Result;
  }, 150_000);

  test('prints one object on standard output and the story on the other', () => {
    expect(program.out.trimEnd().split('\n')).toHaveLength(1);
    expect(program.err).toMatch(/detected +RegionLost us-east-2/);
    expect(program.err).toMatch(/verdict +region-loss-1 passed/);
  });
  test('is of the shape that was promised, and its phases add up', () => {
    expect(result).toEqual({
      outcome: 'passed',
      floor: 'lab',
      profile: 'fast',
      workload: 'ehr',
      diagnosis: 'RegionLost',
      run: 'ehr-1',
      planHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      vantages: 3,
      fencing: expect.stringMatching(/^(provider-asserted|storage-fenced)$/) as string,
      rtoTargetMs: 60_000,
      rtaMs: expect.any(Number) as number,
      phasesMs: Object.fromEntries(['detect', 'decide', 'approve', 'execute', 'validate'].map((phase) => [phase, expect.any(Number)])),
      rpoTargetMs: 5_000,
      rpaMs: expect.any(Number) as number,
      canaries: { acknowledged: expect.any(Number) as number, lost: expect.any(Number) as number, duplicated: 0, unknown: 0 },
      bundle: 'resus-demo/evidence',
      journal: { entries: expect.any(Number) as number, root: expect.any(String) as string },
    });
    expect(Object.values(result.phasesMs).reduce((sum, ms) => sum + ms, 0)).toBe(result.rtaMs);
    expect(result.rtaMs).toBeLessThan(60_000);
    expect(result.canaries['acknowledged']).toBeGreaterThan(0);
  });
  test('leaves evidence that verifies until one byte of one file is another', () => {
    const bundle = join(folder, result.bundle);
    expect(verifyBundle(bundle)).toMatchObject({ ok: true, summary: { size: result.journal.entries, root: result.journal.root } });
    const files = readdirSync(bundle, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name));
    expect(files.length).toBeGreaterThan(8);
    const accepted: string[] = [];
    for (const file of files) {
      const bytes = readFileSync(file);
      const places = [0, bytes.length - 1, ...[0.25, 0.5, 0.75].map((share) => Math.floor(bytes.length * share))];
      for (const at of new Set(places))
        for (const flip of [0x01, 0x80]) {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ flip;
          writeFileSync(file, changed);
          if (verifyBundle(bundle).ok) accepted.push(`${file} byte ${at} ^ ${flip}`);
        }
      writeFileSync(file, bytes);
    }
    expect(accepted).toEqual([]);
    expect(verifyBundle(bundle).ok).toBe(true);
  });

  test('again in the same folder, and broken off by Ctrl-C: nothing of it goes on, nothing is left in the temporary folder', async () => {
    const again = new Program(['demo'], { cwd: folder, env: { TMPDIR: temporary } });
    await until('the game day', () => again.out.includes('injecting') || !again.isRunning, 90_000);
    const family = descendantsOf([again.pid]);
    expect(family.length).toBeGreaterThan(16);
    const { code } = await again.end('SIGINT', 40_000);
    expect([1, 130], again.err).toContain(code);
    expect(again.err).toMatch(/INTERRUPTED/);
    await until('no process of it', () => !family.some(isAlive), 20_000);
    await until('an empty temporary folder', () => readdirSync(temporary).length === 0, 10_000);
  });
});

test('where all sites share 127.0.0.1, users go from port to port by what DNS says', { timeout: 150_000 }, async () => {
  const shared = new Program(['demo', '--json', '--addresses', 'ports', '--dir', join(folder, 'ports')]);
  const { code } = await shared.ended;
  expect(code, shared.err).toBe(0);
  const { outcome, diagnosis, canaries } = JSON.parse(shared.out) as Result;
  expect({ outcome, diagnosis, duplicated: canaries['duplicated'] }).toEqual({ outcome: 'passed', diagnosis: 'RegionLost', duplicated: 0 });
  const log = readFileSync(join(folder, 'ports', 'logs', 'lab.log'), 'utf8');
  const { regions } = JSON.parse(log.split('\n')[0] ?? '') as Endpoints;
  const ledger = join(folder, 'ports', 'canary', 'ehr', 'ward');
  const told = readdirSync(ledger, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ndjson') || name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(ledger, name), 'utf8'))
    .join('');
  for (const region of ['us-east-2', 'us-west-2'])
    expect(
      (regions[region]?.ehr ?? []).filter((url) => told.includes(new URL(url).host)),
      region,
    ).not.toEqual([]);
});

test('the demo refuses a folder that it did not make', { timeout: 30_000 }, async () => {
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', 'thesis.txt'), 'irreplaceable');
  const { code, err } = await ran(['demo', '--dir', 'mine'], { cwd: folder });
  expect(code).toBe(1);
  expect(err).toMatch(/NOT_A_DEMO_FOLDER mine .*--dir/);
  expect(readdirSync(join(folder, 'mine'))).toEqual(['thesis.txt']);
});

test('the demo fails when a target is not met, and says which', { timeout: 150_000 }, async () => {
  // The same program beside stricter policies.
  const root = realpathSync(join(dirname(main), '..'));
  const copy = join(folder, 'strict');
  for (const name of ['dist', 'policies', 'runbooks', 'package.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true, dereference: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const tiers = join(copy, 'policies', 'tiers.yaml');
  writeFileSync(tiers, readFileSync(tiers, 'utf8').replace('rto: 60s', 'rto: 1s'));
  const strict = new Program(['demo', '--json', '--dir', join(folder, 'strict-demo')], { main: join(copy, 'dist', 'main.js') });
  const { code } = await strict.ended;
  expect(code, strict.err).toBe(1);
  const result = JSON.parse(strict.out) as Result;
  expect(result).toMatchObject({ outcome: 'failed', rtoTargetMs: 1_000 });
  expect(result.because).toMatch(/RTO/);
  expect(existsSync(join(folder, 'strict-demo', 'evidence'))).toBe(true);
});
