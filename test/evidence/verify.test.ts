import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildBundle, sumsOf, writeBundle, type BundleFiles } from '../../src/evidence/bundle.ts';
import { signDsse } from '../../src/evidence/dsse.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import { signCheckpoint, signerFor, vkeyOf } from '../../src/journal/checkpoint.ts';
import { leafHash } from '../../src/journal/hash.ts';
import { rootOf } from '../../src/journal/merkle.ts';
import { measurement, run, sampleBundle, silence, type Twist } from './sample-journal.ts';

// Hundreds of whole verifications: a busy machine needs more than the usual 5 s.
vi.setConfig({ testTimeout: 120_000 });

const sample = sampleBundle();
const files = buildBundle(sample);
let home = '';
let dir = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'resus-evidence-'));
  writeBundle(join(home, 'pristine'), files);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  dir = join(home, 'bundle');
  cpSync(join(home, 'pristine'), dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const isDense = (i: number, length: number): boolean => length < 220 || i < 16 || i >= length - 16;
const problems = (): string => verifyBundle(dir).problems.join('\n');

test('an honest bundle verifies, with and without the key pinned', () => {
  for (const vkey of [undefined, vkeyOf(sample.signer)]) {
    const result = verifyBundle(dir, vkey === undefined ? {} : { vkey });
    expect([result.ok, result.problems]).toEqual([true, []]);
    expect(result.checks.map(({ name, state }) => `${name} ${state}`)).toEqual(
      ['files', 'key', 'manifest', 'checkpoint', 'log', 'runs', 'blobs', 'account', 'measurement'].map((name) => `${name} ok`),
    );
    expect(result.summary).toMatchObject({
      size: 19,
      isPinned: vkey !== undefined,
      account: { run, verdict: 'passed', floor: 'lab', measurement },
    });
  }
});

test('a client that fell silent: the bundle verifies and says so, and nobody is told that it passed', () => {
  expect([silence.told.rtaMs, silence.told.coverage]).toEqual([3250, { measuredMs: 40, unknownMs: 3210 }]);
  expect(silence.toldBefore).toMatchObject({ rtaMs: 0 });
  const built = buildBundle(sampleBundle(silence));
  writeAll(built);
  const result = verifyBundle(dir);
  expect([result.ok, result.problems]).toEqual([true, []]);
  expect(result.summary?.account).toMatchObject({ verdict: 'inconclusive', measurement: { coverage: silence.told.coverage } });
  const report = Buffer.from(built.get('report.html') ?? [])
    .toString()
    .replaceAll(/\s+/g, ' ');
  expect(report).toContain('was not watched all the time');
  expect(report).toContain('ward: 40 ms measured, 3210 ms unknown');
  expect(report).toContain('at most 3250 ms');
  expect(report).toContain('not shown');
  expect(Buffer.from(files.get('report.html') ?? []).toString()).not.toMatch(/was not watched|at most|not shown/);
});

test('an old log, measured before silence was looked for, still verifies, and it is said by which rule', () => {
  writeAll(buildBundle(sampleBundle({ ...silence, told: silence.toldBefore, rule: 'none' })));
  const result = verifyBundle(dir);
  expect([result.ok, result.problems]).toEqual([true, []]);
  expect(result.checks.find(({ name }) => name === 'measurement')?.detail).toMatch(/1 by the older rule, which did not look for silence/);
});

test('no byte of any file can change', () => {
  let changed = 0;
  for (const [path, bytes] of files) {
    // Every byte of small files; of larger ones both ends and some between: to a hash all places are the same.
    for (let i = 0; i < bytes.length; i += isDense(i, bytes.length) ? 1 : 97) {
      const other = Buffer.from(bytes);
      other.writeUInt8(other.readUInt8(i) ^ (1 << (i % 8)), i);
      writeFileSync(join(dir, path), other);
      expect(verifyBundle(dir).ok, `${path} byte ${i}`).toBe(false);
      changed += 1;
    }
    writeFileSync(join(dir, path), bytes);
  }
  expect(changed).toBeGreaterThan(900);
  expect(verifyBundle(dir).ok).toBe(true);
});

test('each signed file is caught by more than the list of hashes, which anybody can rewrite', () => {
  const unlisted = new Set(['SHA256SUMS']);
  for (const [path, bytes] of files) {
    if (unlisted.has(path)) continue;
    const changed = new Map(files).set(path, Buffer.from(bytes.map((byte, i) => (i === Math.floor(bytes.length / 2) ? byte ^ 1 : byte))));
    writeAll(changed.set('SHA256SUMS', Buffer.from(sumsOf(changed))));
    const result = verifyBundle(dir);
    expect(result.checks.find(({ name }) => name === 'files')?.state).toBe('ok');
    expect(result.ok, path).toBe(false);
    writeAll(files);
  }
});

test.each([
  ['a file that is gone', () => rmSync(join(dir, 'report.html')), 'report.html: is listed in SHA256SUMS and missing'],
  ['a file too many', () => writeFileSync(join(dir, 'blobs', 'extra'), ''), 'blobs/extra: is not listed in SHA256SUMS'],
  ['a file cut short', () => truncateSync(join(dir, 'log', 'events.ndjson'), 900), 'log/events.ndjson: has another hash'],
  [
    'a file under another name',
    () => renameSync(join(dir, 'csv', 'steps.csv'), join(dir, 'csv', 'step.csv')),
    'csv/step.csv: is not listed',
  ],
  ['an empty folder', () => mkdirSync(join(dir, 'more')), 'more is an empty folder'],
  ['no list of hashes', () => rmSync(join(dir, 'SHA256SUMS')), 'SHA256SUMS: is missing'],
  [
    'a symbolic link in place of a file',
    () => [rmSync(join(dir, 'report.html')), symlinkSync(join(home, 'pristine', 'report.html'), join(dir, 'report.html'))],
    'report.html is a symbolic link',
  ],
  [
    'a symbolic link in place of a folder',
    () => [rmSync(join(dir, 'csv'), { recursive: true }), symlinkSync(join(home, 'pristine', 'csv'), join(dir, 'csv'))],
    'csv is a symbolic link',
  ],
  [
    'a path that leaves the bundle',
    () => writeFileSync(join(dir, 'SHA256SUMS'), `${'0'.repeat(64)}  ../pristine/report.html\n`),
    '../pristine/report.html: is listed in SHA256SUMS and missing',
  ],
])('refuses %s', (_, harm, problem) => {
  harm();
  expect(problems()).toContain(problem);
});

test('another key that signed everything again is caught by the pin, and only by the pin', () => {
  const thief = signerFor(sample.signer.name, generateKeyPairSync('ed25519').privateKey);
  const lines = sample.lines.slice(0, -1);
  writeAll(buildBundle({ ...sample, lines, signer: thief, checkpoint: signCheckpoint(lines.length, rootOf(lines.map(leafHash)), thief) }));
  expect(verifyBundle(dir).ok).toBe(true);
  expect(verifyBundle(dir, { vkey: vkeyOf(sample.signer) }).problems[0]).toContain('not the key that you know');
});

test('an older checkpoint, honestly signed, over a log that went on', () => {
  const older = signCheckpoint(5, rootOf(sample.lines.slice(0, 5).map(leafHash)), sample.signer);
  expect(() => buildBundle({ ...sample, checkpoint: older })).toThrow(expect.objectContaining({ code: 'EVIDENCE_INCOMPLETE' }));
  resign({ 'log/checkpoint': older });
  expect(problems()).toContain('log/checkpoint.body: is not the text');
});

const slower = { ...measurement, rtaMs: (measurement.rtaMs ?? 0) + 1 };
const lies: readonly (readonly [string, Twist, string])[] = [
  ['a recovery time that its canaries do not show', { told: slower }, 'its canaries say RTA 3250 ms (1210 + 10 + 0 + 1490 + 540)'],
  [
    'phases that do not add up',
    { told: { ...measurement, phasesMs: { detect: 0, decide: 0, approve: 0, execute: 0, validate: 3250 } } },
    'its canaries say',
  ],
  ['that silence was good news', { ...silence, told: silence.toldBefore }, 'its canaries say RTA 3250 ms'],
  ['a silence that was none', { told: { ...measurement, coverage: { measuredMs: 1, unknownMs: 1 } } }, 'entry 16 says'],
  ['a rule that nobody knows', { rule: 3 }, 'it was measured by rule 3, which this version does not know'],
  ['a loss that was left out', { told: { ...measurement, canaries: { ...measurement.canaries, lost: 0 } } }, 'entry 16 says'],
  ['fewer entries than the run closed with', { events: 14 }, 'run ehr-1 closed after 14 entries; the log holds 13'],
  ['another plan than the one decided on', { plan: '1'.repeat(64) as Twist['plan'] & string }, 'is not the one whose hash was decided on'],
];
test.each(lies)('a log that was signed and yet says %s', (_, twist, problem) => {
  writeAll(buildBundle(sampleBundle(twist)));
  expect(problems()).toContain(problem);
});

test('a summary that says more than the log, signed', () => {
  const manifest = Buffer.from(files.get('manifest.json') ?? [])
    .toString()
    .replace('"lost":1', '"lost":0');
  resign({ 'manifest.json': manifest, 'manifest.dsse.json': signDsse(Buffer.from(manifest), sample.signer) });
  expect(problems()).toContain('manifest.json: its summary is not what the log says');
});

test.each([
  ['nowhere', () => 'nowhere', 'there is no folder'],
  ['in an empty folder', () => (mkdirSync(join(dir, 'void')), 'bundle/void'), 'is empty'],
  ['in a file', () => 'bundle/report.html', 'is no folder'],
])('a bundle that is %s is a clear error', (_, place, message) => {
  const name = place();
  expect(() => verifyBundle(join(home, name))).toThrow(
    expect.objectContaining({ code: 'NO_BUNDLE', message: expect.stringContaining(message) as string }),
  );
});

test('part of a bundle says what is missing and what could therefore not be checked', () => {
  rmSync(join(dir, 'keys'), { recursive: true });
  const result = verifyBundle(dir);
  expect(result.problems).toContain('key: keys/log.vkey: is missing');
  expect(result.checks.filter(({ state }) => state === 'not done').map(({ name }) => name)).toEqual([
    'manifest',
    'checkpoint',
    'log',
    'runs',
    'blobs',
    'account',
    'measurement',
  ]);
});

function writeAll(all: BundleFiles): void {
  rmSync(dir, { recursive: true, force: true });
  writeBundle(dir, all);
}
/** Changes files and makes the list of hashes fit again. */
function resign(changes: Readonly<Record<string, string>>): void {
  const changed = new Map(files);
  for (const [path, text] of Object.entries(changes)) changed.set(path, Buffer.from(text));
  writeAll(changed.set('SHA256SUMS', Buffer.from(sumsOf(changed))));
}
