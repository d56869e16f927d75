import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogueOf, faultsOf, providers, vocabularyOf } from '../../src/providers/index.ts';

const files = readdirSync('src/providers', { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));

test('every action, probe and fault file is in the index of its provider, and every provider in the list', () => {
  const parts = files.filter((file) => /^[^/]+\/(actions|probes|faults)\/[^/]+\.ts$/.test(file));
  expect(parts.length).toBeGreaterThan(15);
  const missing = parts.filter((file) => {
    const [provider = '', ...rest] = file.split('/');
    return !readFileSync(`src/providers/${provider}/index.ts`, 'utf8').includes(`'./${rest.join('/')}'`);
  });
  expect(missing).toEqual([]);
  const list = readFileSync('src/providers/index.ts', 'utf8');
  const folders = files.filter((file) => /^[^/]+\/index\.ts$/.test(file));
  expect(folders.length).toBe(providers.length);
  expect(folders.filter((file) => !list.includes(`'./${file}'`))).toEqual([]);
});

test('a technology imports no other', () => {
  const strangers = files
    .filter((file) => /^[^/]+\/.+\.ts$/.test(file))
    .flatMap((file) => {
      const own = file.split('/').length - 1;
      const imports = [...readFileSync(`src/providers/${file}`, 'utf8').matchAll(/from '((?:\.\.\/)+)([^']+)'/g)];
      return imports
        .filter(([, up = '', rest = '']) => up.length / 3 === own && rest.includes('/'))
        .map(([, , rest]) => `${file} imports ${rest ?? ''}`);
    });
  expect(strangers).toEqual([]);
});

test('names are unique and belong to their provider', () => {
  for (const kind of ['actions', 'probes', 'faults'] as const) {
    const names = providers.flatMap((provider) => provider[kind].map((part) => part.name));
    expect(new Set(names).size).toBe(names.length);
  }
  for (const { name, actions } of providers)
    for (const action of actions) expect(name === 'resus' ? !action.name.includes('.') : action.name.startsWith(`${name}.`)).toBe(true);
});

test('opening a provider connects to nothing and loads no SDK', async () => {
  for (const provider of providers)
    expect(() => provider.open(provider.name === 'lab' ? ({ labUrl: 'http://127.0.0.1:1' } as never) : ({} as never))).not.toThrow();
  const early = files
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /^import (?!type).* from '@aws-sdk/m.test(readFileSync(`src/providers/${file}`, 'utf8')));
  expect(early).toEqual([]);
});

test('the catalogue knows every action, and survives inputs whose expressions are not resolved', () => {
  const catalogue = catalogueOf(providers);
  expect([...catalogue.keys()].sort()).toEqual([...vocabularyOf(providers).actions.keys()].sort());
  for (const facts of catalogue.values())
    for (const input of [{}, null, { values: '${{ steps.a.outputs.b }}', expect: 7, weights: null }]) {
      expect(facts.describe(input)).toMatch(/^[A-Z].*[.?!]$/);
      expect(facts.needs(input)).toBeInstanceOf(Array);
    }
});

test('only Route 53 changes need its control plane', () => {
  const needing = [...catalogueOf(providers)].filter(([, facts]) =>
    facts.needs({ region: 'us-west-2' }).some((plane) => plane.site === 'us-east-1'),
  );
  expect(needing.map(([name]) => name).sort()).toEqual(['aws.route53.change-record', 'aws.route53.shift-weight']);
  expect(catalogueOf(providers).get('aws.rds.failover-global-cluster')?.needs({ region: 'us-west-2' })).toEqual([
    { service: 'rds', site: 'us-west-2' },
  ]);
});

test.each([
  ['lab.lose-site', { site: 'us-east-2', how: 'silent' }, 'us-east-2', 'silent loss of us-east-2'],
  ['lab.lose-site', { site: 'us-east-2a', how: 'cut' }, 'us-east-2a', 'cut around us-east-2a'],
  ['lab.kill-database', { database: 'ehr-east' }, 'us-east-2', 'death of database ehr-east'],
  ['aws.fis.run-experiment', { template: 'EXT1', region: 'us-east-2' }, 'us-east-2a', 'FIS experiment EXT1 on us-east-2a'],
])('%s is named in words: %j', (uses, input, site, words) => {
  expect(faultsOf(providers).get(uses)?.named(input, site)).toBe(words);
});
