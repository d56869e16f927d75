// What editors check by, against an Ajv of its own: it accepts what is shipped, refuses what is misspelt, and is what the definitions give.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { schemaFiles } from '../../src/cli/schema.ts';
import { kindNames, referencePage } from '../../src/declare/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';

const vocabulary = vocabularyOf(providers);
const [whole = { name: '', text: '' }, ...each] = schemaFiles(vocabulary, undefined, true);
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const check = ajv.compile(JSON.parse(whole.text) as object);
const wrong = (value: unknown): string[] =>
  check(value) ? [] : (check.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);

const shipped = ['policies', 'runbooks'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name)),
);
const documents = shipped.flatMap((path) =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document, index) => ({ path, index, value: document.toJS() as unknown })),
);
const ehr = (): { spec: Record<string, unknown> } =>
  structuredClone(documents.find((one) => one.path === 'policies/riverside/ehr.yaml')?.value) as { spec: Record<string, unknown> };
const switchover = (): { spec: { steps: Record<string, unknown>[] } } =>
  structuredClone(documents.find((one) => one.path.endsWith('ehr-switchover.yaml'))?.value) as {
    spec: { steps: Record<string, unknown>[] };
  };

describe('the published schema', () => {
  it('accepts every document that is shipped', () => {
    expect(documents.length).toBeGreaterThan(18);
    for (const { path, index, value } of documents) expect([path, index, wrong(value)]).toEqual([path, index, []]);
  });
  it('stands in a line above every document that is shipped, by a path that leads to it', () => {
    for (const path of shipped) {
      const lines = readFileSync(path, 'utf8')
        .split(/^---\n/m)
        .map((text) => text.split('\n')[0] ?? '');
      const led = lines.map((line) => normalize(join(dirname(path), /^# yaml-language-server: \$schema=(\S+)$/.exec(line)?.[1] ?? '')));
      expect([path, new Set(led)]).toEqual([path, new Set(['policies/schema/resus-v1.json'])]);
    }
  });
  it.each<[string, () => unknown, string]>([
    ['a misspelt key', () => ({ ...ehr(), spec: { ...ehr().spec, teir: 'x' } }), '/spec additionalProperties'],
    ['a missing key', () => ({ ...ehr(), spec: { ...ehr().spec, owner: undefined } }), '/spec required'],
    ['a kind that is none', () => ({ ...ehr(), kind: 'Workloads' }), '/kind enum'],
    ['another version', () => ({ ...ehr(), apiVersion: 'resus/v2' }), '/apiVersion const'],
    ['a duration that is none', () => ({ ...tier(), spec: { ...tier().spec, rto: '1 minute' } }), '/spec/rto pattern'],
    ['a choice that is none', () => ({ ...tier(), spec: { ...tier().spec, strategy: 'hope' } }), '/spec/strategy anyOf'],
    [
      'a number below its bounds',
      () => ({ ...tier(), spec: { ...tier().spec, approvals: { people: 0 } } }),
      '/spec/approvals/people anyOf',
    ],
    ['an action that nobody has', () => withStep({ uses: 'aws.rds.hope' }), '/spec/steps/0/uses anyOf'],
    ['a key that the action does not take', () => withStep({ with: { clutser: 'x' } }), '/spec/steps/0/with additionalProperties'],
    ['no input where the action takes some', () => withStep({ with: undefined }), '/spec/steps/0 required'],
  ])('refuses %s', (_, made, expected) => {
    expect(wrong(JSON.parse(JSON.stringify(made())))).toContain(expected);
  });
  it.each<[string, unknown]>([
    ['a duration', { rto: '${{ inventory.rto }}' }],
    ['a choice', { strategy: '${{ inventory.strategy }}' }],
    ['a number', { approvals: { people: '${{ int(inventory.people) }}' } }],
    ['a list of texts', { fencing: { accepts: '${{ inventory.fences.split(",") }}' } }],
  ])('takes an expression for %s', (_, change) => {
    expect(wrong({ ...tier(), spec: { ...tier().spec, ...(change as object) } })).toEqual([]);
  });
  it('takes a list of mappings from an item of a list, and no other text', () => {
    const with_ = (populations: unknown): unknown => ({ ...ehr(), spec: { ...ehr().spec, usersPath: { url: 'http://ehr', populations } } });
    expect(wrong(with_('${{ each.populations }}'))).toEqual([]);
    expect(wrong(with_('ward'))).toContain('/spec/usersPath/populations anyOf');
  });
  it('is the same for one kind alone', () => {
    expect(each.map(({ name }) => name)).toEqual(kindNames.map((kind) => `resus-v1-${kind.toLowerCase()}.json`));
    for (const { text } of each) {
      const alone = ajv.compile(JSON.parse(text) as object);
      const fits = documents.filter(({ value }) => alone(value)).map(({ value }) => (value as { kind: string }).kind);
      expect(fits.length).toBeGreaterThan(0);
      expect(new Set(fits).size).toBe(1);
      expect(fits.length).toBe(documents.filter(({ value }) => (value as { kind: string }).kind === fits[0]).length);
    }
  });
  // Both are made anew with `vitest -u`.
  it('is what lies in policies/schema', async () => {
    await expect(whole.text).toMatchFileSnapshot('../../policies/schema/resus-v1.json');
  });
  it('has its reference page in docs', async () => {
    const page = await prettier.format(referencePage(), {
      parser: 'markdown',
      ...((await prettier.resolveConfig('docs/reference.md')) ?? {}),
    });
    await expect(page).toMatchFileSnapshot('../../docs/reference.md');
    const unsaid = page.split('\n').filter((line) => line.startsWith('| `spec.') && /\|\s+\|$/.test(line));
    expect(unsaid).toEqual([]);
  });
});

function tier(): { spec: Record<string, unknown> } {
  return structuredClone(documents.find((one) => one.path === 'policies/tiers.yaml')?.value) as { spec: Record<string, unknown> };
}
function withStep(change: Record<string, unknown>): unknown {
  const made = switchover();
  made.spec.steps[0] = { ...made.spec.steps[0], ...change };
  return made;
}
