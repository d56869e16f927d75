import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openNote, signNote, verifierFrom, vkeyOf } from '../../src/journal/checkpoint.ts';
import { loadOrCreateKey } from '../../src/stores/key.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the first start makes a key that only the owner can read, later ones use it', () => {
  const file = join(folder, 'keys', 'log.pem');
  const first = loadOrCreateKey(file, 'resus.test/log');
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  expect(readdirSync(join(folder, 'keys'))).toEqual(['log.pem']);
  expect(vkeyOf(loadOrCreateKey(file, 'resus.test/log'))).toBe(vkeyOf(first));
  expect(openNote(signNote('hello\n', first), verifierFrom(vkeyOf(first))).body).toBe('hello\n');
  expect(vkeyOf(loadOrCreateKey(join(folder, 'other.pem'), 'resus.test/log'))).not.toBe(vkeyOf(first));
});

test.each([0o640, 0o604, 0o660, 0o602])('refuses a key of mode %o', (mode) => {
  const file = join(folder, 'log.pem');
  loadOrCreateKey(file, 'x');
  chmodSync(file, mode);
  expect(() => loadOrCreateKey(file, 'x')).toThrow(`chmod 600 ${file}`);
});

test.each([
  ['nothing', ''],
  ['no key', 'secret words that no message may repeat'],
  [
    'a key of another kind',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  ],
])('refuses a file that holds %s, and does not quote it', (_, content) => {
  const file = join(folder, 'log.pem');
  writeFileSync(file, content, { mode: 0o600 });
  let error: unknown;
  try {
    loadOrCreateKey(file, 'x');
  } catch (caught) {
    error = caught;
  }
  expect(error).toEqual(expect.objectContaining({ code: 'BAD_KEY' }));
  if (content !== '') expect(String((error as Error).message)).not.toContain(content.slice(30, 60) || '-');
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('a key that cannot be made is an error that says where', () => {
  writeFileSync(join(folder, 'plain'), '');
  expect(() => loadOrCreateKey(join(folder, 'plain', 'log.pem'), 'x')).toThrow(
    expect.objectContaining({ code: 'BAD_KEY', message: expect.stringContaining('plain/log.pem') as string }),
  );
});
