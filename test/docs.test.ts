// Pages that people configure from, held to the code: every field and every permission is on them, and nothing else is.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema, readConfig } from '../src/config.ts';
import { aws } from '../src/providers/aws/index.ts';

const configuration = readFileSync('docs/configuration.md', 'utf8');
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| `(.+)$/gm)].map(([row]) => row.split(' | ').map((cell) => cell.replace(/^\|?\s*|\s*\|?$/g, '')));
const inTicks = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

type Node = TSchema & { readonly properties?: Record<string, Node>; readonly items?: Node; readonly default?: unknown };
/** `listen.host`, `tokens[].name`: every field that a person may write, but not the objects that only hold others. */
function fieldsOf(schema: Node, path = ''): { readonly path: string; readonly node: Node }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, node]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (node.properties !== undefined) return fieldsOf(node, here);
    const inside = node.items?.properties === undefined ? [] : fieldsOf(node.items, `${here}[]`);
    return [{ path: here, node }, ...inside];
  });
}

test('docs/configuration.md names every field, with its default', () => {
  const rows = new Map(rowsOf(configuration).map(([field = '', byDefault = '']) => [inTicks(field)[0] ?? '', byDefault]));
  const fields = fieldsOf(configSchema as Node);
  expect(fields.length).toBeGreaterThan(15);
  const holders = [...rows.keys()].filter((path) => fields.some((field) => field.path.startsWith(`${path}.`)));
  expect([...rows.keys()].filter((path) => !holders.includes(path)).sort()).toEqual(fields.map(({ path }) => path).sort());
  for (const { path, node } of fields)
    if (typeof node.default === 'string' || typeof node.default === 'number')
      expect([path, rows.get(path)]).toEqual([path, `\`${String(node.default)}\``]);
});

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'resus-docs-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
test('the example that it points at is read as it stands', () => {
  const [, example = ''] = /\]\((riverside\/resus\.yaml)\)/.exec(configuration) ?? [];
  const config = readConfig(join('docs', example), 'host');
  expect(config).toMatchObject({ name: 'dr-controller-1', floor: 'live', data: '/var/lib/resus', vantage: 'campus' });
  expect(config.policies.filter((path) => !existsSync(path))).toEqual([]);
  expect(config.inventory).toMatchObject({ ehrName: 'ehr.riverside.example' });
  expect(config.tokens.map(({ role }) => role)).toEqual(['operator', 'vantage', 'canary']);
  const path = join(folder, 'resus.yaml');
  writeFileSync(path, readFileSync(join('docs', example), 'utf8').replace('floor: live', 'flor: live'));
  expect(() => readConfig(path, 'host')).toThrow(/flor/);
  // Copied without what it names: that is what is missing, not the file itself.
  writeFileSync(path, readFileSync(join('docs', example), 'utf8'));
  const missing = `${join(folder, 'inventory.yaml')}:1:1: BAD_CONFIG there is no such file (write it, or correct \`inventory\` of the configuration)`;
  expect(() => readConfig(path, 'host')).toThrow(missing);
});

test('docs/aws.md lists the permissions that each action states', () => {
  const told = new Map(
    rowsOf(readFileSync('docs/aws.md', 'utf8')).map(([action = '', permissions = '']) => [inTicks(action)[0], inTicks(permissions).sort()]),
  );
  const input = {
    cluster: 'c',
    region: 'us-west-2',
    target: 'arn:aws:rds:us-west-2:1:cluster:c',
    hostedZone: 'Z1',
    instance: 'i',
    template: 'EXT1',
    iam: [],
    name: 'ehr.hospital.example',
  };
  const stated = new Map(
    aws.actions.map((action) => [action.name, (action.iam?.(input as never) ?? []).flatMap(({ actions }) => actions).sort()]),
  );
  expect(stated.size).toBeGreaterThan(8);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(stated));
});

test('the Dockerfile copies only what is there', () => {
  const sources = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
  expect(sources.length).toBeGreaterThan(8);
  const kept = readFileSync('.dockerignore', 'utf8').split('\n');
  for (const path of sources) {
    expect(() => readFileSync(path)).not.toThrow(/ENOENT/);
    expect(kept).toContain(`!${path.replace('./', '')}`);
  }
});
