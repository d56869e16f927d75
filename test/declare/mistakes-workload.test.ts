// One mistake in what a workload says of its owners, its validation and its environments, and the line that is printed for it.
import { describe, expect, it } from 'vitest';
import { base, linesOf, run } from './base.ts';

const hash = 'a'.repeat(64);
const more = `  responsibility: provider
  downtimeCopy: { link: 'https://downtime.example/ehr', sha256: ${hash}, printed: binder 3 }
  validated: true
  product: { name: ehr, environment: production }
  owner: Platform
`;
const training = base['workload.yaml']
  .replace('name: ehr }', 'name: ehr-training }')
  .replace('  owner: Platform\n', '  product: { name: ehr, environment: training, evictable: true }\n  owner: Platform\n');
const files = (from: string, to: string) =>
  Object.entries({ ...base, 'training.yaml': training }).map(([path, text]) => {
    const whole = path === 'workload.yaml' ? text.replace('  owner: Platform\n', more) : text;
    return { path, text: path === 'training.yaml' || path === 'workload.yaml' ? whole.replace(from, to) : whole };
  });

it('a workload that says all of it is right', () => {
  const declared = run(files('', ''));
  expect(linesOf(declared)).toEqual([]);
  if (!declared.ok) return;
  expect(declared.estate.workloads['ehr']).toMatchObject({
    responsibility: 'provider',
    downtimeCopy: { link: 'https://downtime.example/ehr', sha256: hash, printed: 'binder 3' },
    validated: true,
    product: { name: 'ehr', environment: 'production', evictable: false },
  });
  expect(declared.estate.workloads['ehr-training']).toMatchObject({ product: { environment: 'training', evictable: true } });
});
it('one that says none of it is as it ever was', () => {
  const declared = run(Object.entries(base).map(([path, text]) => ({ path, text })));
  const keys = declared.ok ? Object.keys(declared.estate.workloads['ehr'] ?? {}) : [];
  expect(keys).toContain('impact');
  expect(keys.filter((key) => ['responsibility', 'downtimeCopy', 'validated', 'product', 'calendar'].includes(key))).toEqual([]);
});

describe('a mistake', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'a responsibility that nobody has',
      'responsibility: provider',
      'responsibility: providers',
      [
        'workload.yaml:6:19: NOT_ALLOWED `spec.responsibility` cannot be `providers` (did you mean `provider`? one of `provider`, `customer`, `vendor`)',
      ],
    ],
    [
      'a hash that is cut short',
      hash,
      'abc',
      [
        'workload.yaml:7:65: BAD_FORM `abc` does not have the form that `spec.downtimeCopy.sha256` wants (write a SHA-256 of 64 lower-case hex digits)',
      ],
    ],
    [
      'a link that is none',
      'https://downtime.example/ehr',
      'the intranet',
      [
        'workload.yaml:7:25: BAD_FORM `the intranet` does not have the form that `spec.downtimeCopy.link` wants (write an http, https or file URL)',
      ],
    ],
    [
      'no place of the printed copy',
      ', printed: binder 3',
      '',
      ['workload.yaml:7:17: MISSING_KEY `spec.downtimeCopy` has no `printed` (add `printed`: where the copy on paper hangs)'],
    ],
    [
      'a validation that is a word',
      'validated: true',
      "validated: 'yes'",
      ['workload.yaml:8:14: WRONG_TYPE `spec.validated` is a text; `true` or `false` is wanted (write `true` or `false`)'],
    ],
    [
      'an environment that is none',
      'environment: production',
      'environment: prod',
      ['workload.yaml:9:38: NOT_ALLOWED `spec.product.environment` cannot be `prod` (one of `production`, `dr`, `training`)'],
    ],
    [
      'a product without a production',
      'environment: production',
      'environment: dr',
      ['workload.yaml:9:38: PRODUCTION_COUNT product `ehr` has no production (give exactly one workload of it `environment: production`)'],
    ],
    [
      'a product with two',
      'environment: training, evictable: true',
      'environment: production',
      ['training.yaml:6:38: PRODUCTION_COUNT product `ehr` has 2 productions (give exactly one workload of it `environment: production`)'],
    ],
    [
      'a production that gives way',
      'environment: production',
      'environment: production, evictable: true',
      [
        'workload.yaml:9:61: EVICTABLE_NEEDED `ehr` is the production of `ehr`, and nothing may evict that (leave `evictable` out; only training may give way)',
      ],
    ],
  ])('%s', (_, from, to, lines) => {
    expect(linesOf(run(files(from, to)))).toEqual(lines);
  });
});
