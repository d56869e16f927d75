import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVerify } from '../../src/cli/verify.ts';
import { buildBundle, writeBundle } from '../../src/evidence/bundle.ts';
import { vkeyOf } from '../../src/journal/checkpoint.ts';
import { sampleBundle } from '../evidence/sample-journal.ts';

const sample = sampleBundle();
const other = 'dr.example.org/evidence/prod+d8b89631+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4';
let home = '';
let good = '';
let bad = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'resus-verify-'));
  good = join(home, 'good');
  bad = join(home, 'bad');
  writeBundle(good, buildBundle(sample));
  writeBundle(bad, buildBundle(sample));
  writeFileSync(join(bad, 'report.html'), '<p>passed</p>');
  writeFileSync(join(home, 'pin'), `${vkeyOf(sample.signer)}\n`);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(bundle: string, options: { json?: boolean; vkey?: string } = {}): { code: number; text: string } {
  let text = '';
  const code = runVerify(bundle, options, { write: (part: string) => (text += part) });
  return { code, text };
}

test('says what was checked, line by line', () => {
  const { code, text } = run(good);
  expect(code).toBe(0);
  expect(text.split('\n').map((line) => line.slice(0, 22).trimEnd())).toEqual([
    'ok        files', 'ok        key', 'ok        manifest', 'ok        checkpoint', 'ok        log', 'ok        runs', 'ok        blobs', 'ok        account',
    'ok        measurement', '', expect.any(String), expect.any(String), '',
  ]); // prettier-ignore
  expect(text).toContain('verifies: run ehr-1, passed, floor lab.');
  expect(text).toContain('not who made it');
});

test.each([
  ['its text', () => vkeyOf(sample.signer)],
  ['a file', () => join(home, 'pin')],
])('takes the key that one knows by %s', (_, vkey) => {
  const { code, text } = run(good, { vkey: vkey() });
  expect([code, text.includes('not who made it')]).toEqual([0, false]);
});

test.each([
  ['a changed file', () => run(bad), 'report.html: has another hash than SHA256SUMS says'],
  ['a key that one does not know', () => run(good, { vkey: other }), 'and not the key that you know'],
  ['a pin that is no key', () => run(good, { vkey: join(home, 'no-such-pin') }), 'BAD_KEY --vkey is neither a key nor a file'],
  ['a pin file that holds no key', () => run(good, { vkey: join(good, 'VERIFY.md') }), 'BAD_KEY this is not a verification key'],
  ['no bundle', () => run(join(home, 'nothing')), 'NO_BUNDLE there is no folder'],
])('%s: exit 1, and says why', (_, attempt, message) => {
  const { code, text } = attempt();
  expect([code, text]).toEqual([1, expect.stringContaining(message)]);
});

test('prints one JSON object, whatever happens', () => {
  expect(JSON.parse(run(good, { json: true }).text)).toMatchObject({ ok: true, problems: [], summary: { account: { verdict: 'passed' } } });
  expect(JSON.parse(run(bad, { json: true }).text)).toMatchObject({ ok: false });
  expect(JSON.parse(run(join(home, 'nothing'), { json: true }).text)).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('NO_BUNDLE')],
  });
});
