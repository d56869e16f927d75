// SARIF as code hosts take it: what the standard demands of a document, places relative to the project, a rule for each code.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { findings } from '../../src/analysis/index.ts';
import { shown, type Checked, type Line } from '../../src/cli/checked.ts';
import { sarif } from '../../src/cli/sarif.ts';
import { validate } from '../../src/cli/validate.ts';
import { codes } from '../../src/declare/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';

const text = { type: 'string', minLength: 1 } as const;
const object = (properties: Record<string, object>, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
/** SARIF 2.1.0, sections 3.13 to 3.52: what must be there, and of which form, in what is written here. */
const standard = object({
  $schema: { type: 'string', format: 'uri', pattern: '^https://' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    items: object({
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      tool: object({
        driver: object({
          name: text,
          version: text,
          rules: {
            type: 'array',
            uniqueItems: true,
            items: object({
              id: text,
              shortDescription: object({ text }),
              fullDescription: object({ text }),
              help: object({ text, markdown: text }),
              defaultConfiguration: object({ level: { enum: ['none', 'note', 'warning', 'error'] } }),
            }),
          },
        }),
      }),
      results: {
        type: 'array',
        items: object(
          {
            ruleId: text,
            ruleIndex: { type: 'integer', minimum: 0 },
            level: { enum: ['none', 'note', 'warning', 'error'] },
            message: object({ text }),
            suppressions: { type: 'array', items: object({ kind: { enum: ['inSource', 'external'] }, justification: text }) },
            locations: {
              type: 'array',
              items: object({
                physicalLocation: object({
                  artifactLocation: object({ uri: { ...text, pattern: '^(?:file:///)?[^/\\\\ ][^\\\\ ]*$' }, uriBaseId: text }, ['uri']),
                  region: object({ startLine: { type: 'integer', minimum: 1 }, startColumn: { type: 'integer', minimum: 1 } }),
                }),
              }),
            },
          },
          ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
        ),
      },
    }),
  },
});
const ajv = new Ajv2020({ allErrors: true, strictRequired: false, formats: { uri: true } });
const wrongIn = (document: unknown): unknown => (ajv.validate(standard, document) ? [] : ajv.errors);

type Log = {
  runs: [
    {
      tool: { driver: { rules: { id: string }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        suppressions?: unknown;
        locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: unknown } }[];
      }[];
    },
  ];
};
const line: Line = {
  file: 'policies/tiers.yaml',
  line: 3,
  column: 5,
  code: 'UNKNOWN_KEY',
  severity: 'error',
  message: '`colour` is not a key of `spec`',
  remedy: 'leave it out',
};
const told = (problems: readonly Line[]): Log =>
  JSON.parse(JSON.stringify(sarif({ problems, accepted: [], version: '1.2.3', folder: '/srv/estate' }))) as Log;

describe('sarif', () => {
  it('has a rule for every code of validate and lint', () => {
    const all = [...Object.keys(codes), ...findings.map(({ code }) => code)];
    const log = told(all.map((code) => ({ ...line, code })));
    expect(wrongIn(log)).toEqual([]);
    expect(log.runs[0].tool.driver.rules.map(({ id }) => id)).toEqual([...new Set(all)].sort());
    for (const { ruleId, ruleIndex } of log.runs[0].results) expect(log.runs[0].tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });
  it('is refused by the same schema when something is left out', () => {
    const log = told([line]);
    expect(wrongIn({ ...log, version: '2.0.0' })).not.toEqual([]);
    expect(wrongIn({ ...log, runs: [{ ...log.runs[0], results: [{ ...log.runs[0].results[0], locations: [{}] }] }] })).not.toEqual([]);
  });
  it.each([
    ['policies/tiers.yaml', { uri: 'policies/tiers.yaml', uriBaseId: '%SRCROOT%' }],
    ['./policies/tiers.yaml', { uri: 'policies/tiers.yaml', uriBaseId: '%SRCROOT%' }],
    ['/srv/estate/a b/ä#1.yaml', { uri: 'a%20b/%C3%A4%231.yaml', uriBaseId: '%SRCROOT%' }],
    ['../other/tiers.yaml', { uri: 'file:///srv/other/tiers.yaml' }],
    ['/etc/resus/tiers.yaml', { uri: 'file:///etc/resus/tiers.yaml' }],
  ])('names %s as %o', (file, artifactLocation) => {
    const log = told([{ ...line, file }]);
    expect(wrongIn(log)).toEqual([]);
    expect(log.runs[0].results[0]?.locations[0]?.physicalLocation).toEqual({ artifactLocation, region: { startLine: 3, startColumn: 5 } });
  });
  it('says the level, the evidence and the remedy, and what is accepted as suppressed with its reason', () => {
    const found: Line = { ...line, code: 'RTO_TIGHT', severity: 'warning', evidence: ['a 1m', 'b 2m'], page: 'docs/findings.md#rto_tight' };
    const checked: Checked = { problems: [found], accepted: [{ ...found, reason: 'CMIO, 2026' }], exitCode: 0, summary: '', json: {} };
    const log = JSON.parse(shown(checked, { sarif: true }, '1.2.3')) as Log;
    expect(wrongIn(log)).toEqual([]);
    const [first, second] = log.runs[0].results;
    expect([first?.level, first?.message.text, first?.suppressions]).toEqual([
      'warning',
      '`colour` is not a key of `spec`: a 1m; b 2m (leave it out)',
      undefined,
    ]);
    expect(second?.suppressions).toEqual([{ kind: 'inSource', status: 'accepted', justification: 'CMIO, 2026' }]);
  });
  it('is what `validate --sarif` prints of wrong files, and of right ones with no result', async () => {
    const vocabulary = vocabularyOf(providers);
    const wrong = JSON.parse(
      shown(
        await validate(['policies/riverside/ehr.yaml', 'policies/riverside/ehr-surroundings.yaml'], {}, vocabulary),
        { sarif: true },
        '1.2.3',
      ),
    ) as Log;
    expect(wrongIn(wrong)).toEqual([]);
    expect(wrong.runs[0].results.find(({ ruleId }) => ruleId === 'UNKNOWN_TIER')?.locations[0]?.physicalLocation.artifactLocation).toEqual({
      uri: 'policies/riverside/ehr.yaml',
      uriBaseId: '%SRCROOT%',
    });
    const right = JSON.parse(shown(await validate(['policies/tiers.yaml'], {}, vocabulary), { sarif: true }, '1.2.3')) as Log;
    expect([wrongIn(right), right.runs[0].results]).toEqual([[], []]);
  });
});
