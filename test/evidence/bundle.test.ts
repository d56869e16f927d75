import { Ajv } from 'ajv';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildBundle, writeBundle } from '../../src/evidence/bundle.ts';
import { csvOf } from '../../src/evidence/csv.ts';
import { openDsse, payloadType, preAuthEncoding, signDsse } from '../../src/evidence/dsse.ts';
import { verifierFrom, vkeyOf } from '../../src/journal/checkpoint.ts';
import type { Event } from '../../src/core/event.ts';
import type { Hash, Instant, RunId, StepId, WorkloadId } from '../../src/core/values.ts';
import { run, sampleBundle } from './sample-journal.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'resus-bundle-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const sample = sampleBundle();
const files = buildBundle(sample);
const text = (path: string, from = files): string => Buffer.from(from.get(path) ?? []).toString();

test('the same input gives the same bytes', () => {
  const again = buildBundle(sampleBundle());
  expect([...again.keys()]).toEqual([...files.keys()]);
  for (const [path, bytes] of files) expect(Buffer.from(again.get(path) ?? []).equals(Buffer.from(bytes)), path).toBe(true);
});

test('what is in it', () => {
  expect([...files.keys()].map((path) => path.replace(/[0-9a-f]{64}/, 'HASH'))).toEqual([
    'SHA256SUMS', 'VERIFY.md', 'blobs/HASH', 'blobs/HASH', 'csv/canaries.csv', 'csv/steps.csv', 'keys/log.pem', 'keys/log.vkey',
    'log/checkpoint', 'log/checkpoint.body', 'log/checkpoint.sig', 'log/events.ndjson', 'manifest.dsse.json', 'manifest.json',
    'oscal/assessment-results.json', 'report.html',
  ]); // prettier-ignore
});

test('the report escapes what it is told, fetches nothing, and cites an entry for each figure', () => {
  const report = text('report.html');
  expect(report).not.toContain('<script');
  expect(report).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; =1+1');
  expect(report).not.toMatch(/(src|href)=/);
  expect(report).toMatch(/3250 ms\s*<span class="cite">\[#16\]/);
  expect(report).toMatch(/520 ms\s*<span class="cite">\[#16\]/);
  expect(report).toContain('<b>PASSED</b> on the floor <b>lab</b>');
  expect(report).toContain('it is no evidence that a control is met in production');
  expect(report).toContain('A claim, not a proof');
  expect(report).toContain('About to be injected: silent loss of us-east-2. Its lease ends at');
});

test.each<[string, NonNullable<Parameters<typeof sampleBundle>[0]>['byLoss'], string, object]>([
  ['no target of a loss', undefined, 'PASSED', { rtoMs: 60_000 }],
  ['a target that was met', { region: { rtoMs: 3_250 } }, 'PASSED', { rtoMs: 3_250, rtoOf: 'region' }],
  ['a target that was missed', { region: { rtoMs: 3_249 } }, 'FAILED', { rtoMs: 3_249, rtoOf: 'region' }],
  ['the target of another loss', { zone: { rtoMs: 1 } }, 'PASSED', { rtoMs: 60_000 }],
])('a lost region is held to its own target: %s', (_, byLoss, verdict, targets) => {
  const made = buildBundle(sampleBundle(byLoss === undefined ? {} : { byLoss }));
  const report = text('report.html', made);
  expect(report).toContain(`<b>${verdict}</b>`);
  expect(report.includes('after a lost region')).toBe('rtoOf' in targets);
  const envelope = JSON.parse(text('manifest.dsse.json', made)) as { payload: string };
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as { predicate: { targets: object } };
  expect(statement.predicate.targets).toEqual({ ...targets, rpoMs: 5_000 });
});

describe('what people left by hand', () => {
  const by = 'ann';
  const more: readonly Event[] = [
    { type: 'RunPaused', data: { run, by, reason: 'look first', until: 0 as Instant, from: 'now' } },
    { type: 'ActingStopped', data: { by, reason: 'too many alarms' } },
    { type: 'StepSkipped', data: { run, step: 'route' as StepId, because: 'moved by hand', by, record: 'DEV-2026-117' } },
    { type: 'UngracefulChosen', data: { run, steps: ['promote' as StepId], by, reason: 'no answer', record: 'DEV-2026-118' } },
    { type: 'RunCancelling', data: { run, by, reason: 'only a cable', from: 'now', record: 'DEV-2026-119' } },
    { type: 'RoleChanged', data: { workload: 'ehr' as WorkloadId, primary: 'west', because: 'no run of Resus did that' } },
    // These are none: the plan said so, it was this run, another workload, or the rule.
    { type: 'StepSkipped', data: { run, step: 'tell' as StepId, because: '`when` is false' } },
    { type: 'RoleChanged', data: { workload: 'ehr' as WorkloadId, primary: 'west', run, because: 'promoted' } },
    { type: 'RoleChanged', data: { workload: 'lis' as WorkloadId, primary: 'west', because: 'no run of Resus did that' } },
    { type: 'ApprovalGiven', data: { run, plan: 'x' as Hash, by: 'bob' } },
  ];
  const told = [
    ['run held, now', 'look first', ''],
    ['everything stopped', 'too many alarms', ''],
    ['step route skipped', 'moved by hand', 'DEV-2026-117'],
    ['grace given up for promote', 'no answer', 'DEV-2026-118'],
    ['run ended, now', 'only a cable', 'DEV-2026-119'],
    ['the writer became west without this run', 'no run of Resus did that', ''],
  ];
  const held = buildBundle(sampleBundle({ more }));
  type Results = { 'assessment-results': { results: [{ observations: { title: string; description: string; props?: unknown }[] }] } };
  test('stands in the report, each with who, why, its record and its entry', () => {
    const table = /Left by hand<\/h2>([\s\S]*?)<h2>/.exec(text('report.html', held))?.[1] ?? '';
    for (const [what = '', because = '', record = ''] of told)
      expect(table.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`${what}.*${because}.*${record === '' ? 'none' : record}`));
    expect(table.match(/\[#\d+\]/g)).toHaveLength(told.length);
  });
  test('is examined in OSCAL', () => {
    const { results } = (JSON.parse(text('oscal/assessment-results.json', held)) as Results)['assessment-results'];
    const deviations = results[0].observations.filter(({ title }) => title === 'Left by hand');
    expect(deviations.map(({ description }) => description.split(/, by |: /)[0])).toEqual(told.map(([what]) => what));
    expect(deviations.filter(({ props }) => props !== undefined)).toHaveLength(3);
  });
  test('is nothing where nobody did, and that is said', () => {
    expect(text('report.html')).toContain('Nothing: the plan was carried out as it was approved.');
    expect(text('oscal/assessment-results.json')).not.toContain('Left by hand');
  });
});

test('a spreadsheet finds no formula in the tables', () => {
  expect(
    csvOf(
      ['a', 'b'],
      [
        ['=1+1', '@x'],
        ['say "hi"', undefined],
        ['-1', -1],
        ['\tx', 'x=1'],
      ],
    ),
  ).toBe('"a","b"\r\n"\'=1+1","\'@x"\r\n"say ""hi""",""\r\n"\'-1","-1"\r\n"\'\tx","x=1"\r\n');
  expect(text('csv/steps.csv').split('\r\n')[1]).toBe(
    '"8","promote","aws.rds.failover-global-cluster","1","2026-11-22T02:00:02.010Z","2026-11-22T02:00:03.480Z","1470","succeeded",""',
  );
  expect(text('csv/canaries.csv').split('\r\n')).toHaveLength(27);
});

const schema = fileURLToPath(new URL('../../../shared/oscal/oscal_assessment-results_schema-1.2.1.json', import.meta.url));
test.skipIf(!existsSync(schema)).each(['lab', 'live'] as const)(
  "OSCAL results of the floor %s are valid by NIST's schema (skipped where that is not at ../shared/oscal)",
  (floor) => {
    // Formats are checked by hand below: the schema's own patterns cover identifiers and times.
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
      JSON.parse(readFileSync(schema, 'utf8')) as object,
    );
    const results = JSON.parse(text('oscal/assessment-results.json', buildBundle(sampleBundle({ floor })))) as {
      'assessment-results': { results: { findings?: unknown[] }[] };
    };
    validate(results);
    expect(validate.errors).toBeNull();
    expect(results['assessment-results'].results[0]?.findings?.length).toBe(floor === 'live' ? 2 : undefined);
    delete (results['assessment-results'] as { metadata?: unknown }).metadata;
    expect(validate(results)).toBe(false);
  },
);

test('the published example of a pre-authentication encoding', () => {
  expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('an envelope opens only as it was written, with the key that signed it', () => {
  const body = Buffer.from('{"a":1}');
  const envelope = signDsse(body, sample.signer);
  const verifier = verifierFrom(vkeyOf(sample.signer));
  expect(Buffer.from(openDsse(envelope, verifier) ?? []).toString()).toBe('{"a":1}');
  const broken = [
    envelope.trimEnd(),
    `${envelope}\n`,
    envelope.replace('{"payload"', '{ "payload"'),
    envelope.replace(payloadType, 'text/plain'),
    envelope.replace('eyJ', 'eyK'),
    '',
    '{}\n',
    'null\n',
  ];
  for (const attempt of broken) expect(openDsse(attempt, verifier), attempt).toBeUndefined();
});

test.each([
  ['a run that the log does not hold', { run: 'x' as RunId }, 'the log holds no run x; name one of: ehr-1'],
  ['a blob that is not at hand', { blob: () => undefined }, 'is missing: the blob'],
  ['lines that the checkpoint is not over', { lines: sample.lines.slice(1) }, 'at entry 0'],
])('%s is a clear error', (_, change, message) => {
  expect(() => buildBundle({ ...sample, ...change })).toThrow(message);
});

test('writing replaces an older bundle whole, and nothing else', () => {
  const dir = join(home, 'deep', 'evidence');
  writeBundle(dir, files);
  writeFileSync(join(dir, 'left-over'), '');
  writeBundle(dir, files);
  expect(readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())).toHaveLength(files.size);
  expect(readdirSync(join(home, 'deep'))).toEqual(['evidence']);
  mkdirSync(join(home, 'photos'));
  writeFileSync(join(home, 'photos', 'cat.jpg'), 'cat');
  expect(() => writeBundle(join(home, 'photos'), files)).toThrow(expect.objectContaining({ code: 'EVIDENCE_IN_THE_WAY' }));
  expect(readdirSync(join(home, 'photos'))).toEqual(['cat.jpg']);
  expect(() => writeBundle(join(home, 'photos', 'cat.jpg'), files)).toThrow(expect.objectContaining({ code: 'EVIDENCE_IN_THE_WAY' }));
});
