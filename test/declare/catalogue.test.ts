// Every runbook that is shipped, as a workload would use it: a workload is made that has the resources which the runbook takes, the runbook
// is declared with it, compiled in each of its modes, and what each step would be given fits what its action takes.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/analysis/index.ts';
import { givenOf } from '../../src/cli/declared.ts';
import type { Json } from '../../src/core/values.ts';
import { compile } from '../../src/core/runbook/compile.ts';
import { declare, evaluate, printed } from '../../src/declare/index.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';
import type { Action, Provider } from '../../src/ports.ts';

const vocabulary = vocabularyOf(providers);
const known = providers as readonly unknown[] as readonly Provider[];
const catalogue = { actions: catalogueOf(known), evaluate };
const actions = new Map(known.flatMap((provider) => provider.actions.map((action): [string, Action<unknown>] => [action.name, action])));
const names = readdirSync('runbooks').filter((name) => name.endsWith('.yaml'));

/** What a resource of this name could be; most are plain names. */
const samples: readonly (readonly [RegExp, (site: string) => string])[] = [
  [/^cluster$/, (site) => `arn:aws:rds:${site}:123456789012:cluster:ehr`],
  [/^address/, () => '192.0.2.10'],
  [/^zone([AB])$/, (site) => `${site}a`],
  [/Parameter$/, () => '/ehr/database'],
  [/^side$/, () => 'primary'],
  [/Switch$/, () => 'https://switch.example/standby'],
  [/^nameServer$/, () => '192.0.2.53'],
  [/Template$/, () => 'https://templates.example/stack.yaml'],
  [/^name$/, () => 'ehr.hospital.example'],
  [/[uU]rl$/, () => 'https://ehr.hospital.example/metadata'],
  [/^instanceArn$/, (site) => `arn:aws:rds:${site}:123456789012:db:ehr`],
  [/^quarantineGroup$/, () => 'sg-0quarantine'],
  [/Role$/, () => 'arn:aws:iam::123456789012:role/fhir-data'],
];
const sample = (name: string, site: string): string =>
  samples.find(([pattern]) => pattern.test(name))?.[1](site) ?? `a-${name.toLowerCase()}`;
const taken = (text: string, of: RegExp, site: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(of)].map(([, name = '']) => [name, sample(name, site)]));

/** A workload in two regions that can use this runbook. */
function around(text: string): readonly { readonly path: string; readonly text: string }[] {
  const document = (kind: string, name: string, spec: Json): string =>
    JSON.stringify({ apiVersion: 'resus/v1', kind, metadata: { name }, spec });
  const replica = (name: string, site: string, role: string): Json => ({
    name,
    site,
    role,
    resources: taken(text, /\b(?:from|to)\.resources\.(\w+)/g, site),
    probes: [{ id: 'web', uses: 'tcp', with: { address: '192.0.2.10:443' } }],
  });
  const site = (name: string, spec: Json): string => document('Site', name, spec);
  return [
    { path: 'runbook.yaml', text },
    { path: 'aws.json', text: site('aws', { level: 'cloud', kind: 'aws', residency: 'US' }) },
    { path: 'east.json', text: site('us-east-2', { level: 'region', parent: 'aws' }) },
    { path: 'west.json', text: site('us-west-2', { level: 'region', parent: 'aws' }) },
    {
      path: 'tier.json',
      text: document('Tier', 'gold', {
        rto: '1h',
        rpo: '5s',
        availability: '99.9',
        strategy: 'warm-standby',
        detection: { interval: '1s', timeout: '500ms', failures: 3, successes: 2 },
        cooldown: '1m',
      }),
    },
    {
      path: 'workload.json',
      text: document('Workload', 'ehr', {
        tier: 'gold',
        owner: 'Platform',
        onCall: 'platform',
        clinicalOwner: 'CMIO',
        impact: 'Wards cannot see allergies.',
        downtimeProcedure: 'Paper.',
        residency: ['US'],
        resources: taken(text, /\bworkload\.resources\.(\w+)/g, 'us-east-2'),
        replicas: [replica('east', 'us-east-2', 'primary'), replica('west', 'us-west-2', 'standby')],
        usersPath: { url: 'https://ehr.hospital.example/', populations: [{ name: 'ward', site: 'aws' }] },
        runbooks: usesOf(text),
      }),
    },
  ];
}
function usesOf(text: string): Json {
  const name = /metadata: \{ name: ([\w-]+) \}/.exec(text)?.[1] ?? '';
  const modes = modesOf(text);
  return {
    ...(modes.includes('failover') ? { onDiagnosis: { [treats(name)]: name } } : {}),
    ...(modes.includes('switchover') ? { switchover: name } : {}),
    ...(modes.includes('failback') ? { failback: name } : {}),
  };
}
/** What cannot be done without the region that is left treats the loss of less. */
const treats = (name: string): string => (name.startsWith('read-replica') ? 'ReplicaDown' : 'RegionLost');
const modesOf = (text: string): readonly string[] => (/modes: \[([^\]]+)\]/.exec(text)?.[1] ?? '').split(', ');

test('there are runbooks', () => expect(names.length).toBeGreaterThan(17));

describe.each(names)('%s', (file) => {
  const text = readFileSync(`runbooks/${file}`, 'utf8');
  const name = file.replace('.yaml', '');
  const made = declare(around(text), { vocabulary });

  test('is called as its file is, and can be used by a workload', () => {
    expect((made.ok ? made.warnings : made.problems).map(printed)).toEqual([]);
    expect(made.ok && Object.keys(made.estate.runbooks)).toEqual([name]);
  });

  test('has no finding of its own, whatever the workload around it is', () => {
    if (!made.ok) throw new Error('not declared');
    const { found } = analyse(givenOf(made, { vocabulary, catalogue }));
    expect(found.filter((each) => each.at.kind === 'Runbook').map((each) => [each.code, each.sentence])).toEqual([]);
  });

  test.each(modesOf(text))('compiles for %s, and every step gets what its action takes', (mode) => {
    if (!made.ok) throw new Error('not declared');
    const { estate } = made;
    const workload = estate.workloads['ehr'];
    const [east, west] = workload?.replicas ?? [];
    if (workload === undefined || east === undefined || west === undefined) throw new Error('no workload');
    const zone = name.includes('zone') || name.includes('multi-az');
    const plan = compile(estate, catalogue, {
      workload,
      mode: mode as 'failover',
      runbook: name,
      from: east,
      to: zone ? east : west,
      ...(mode === 'failover' && treats(name) !== 'ReplicaDown' ? { leave: (zone ? 'us-east-2a' : 'us-east-2') as never } : {}),
    });
    expect(plan).toMatchObject({ ok: true });
    if (!plan.ok) return;
    for (const step of plan.value.steps) {
      expect(step.sentence).toMatch(/^[A-Z][^\n]{5,}[.?!]$/);
      expect(step.sentence).not.toMatch(/undefined|\[object|NaN/);
      const stated = actions.get(step.uses)?.iam?.(step.with as never) ?? [];
      for (const { actions: allowed, resources } of stated) {
        expect(allowed.filter((each) => !/^[a-z0-9-]+:[A-Z]\w+$/.test(each))).toEqual([]);
        expect(resources.filter((each) => each !== '*' && !/^arn:aws:[\w-]+:/.test(each))).toEqual([]);
      }
    }
    // The same with everything known put in: types and forms, not only names.
    const steps = plan.value.steps.map(({ id, uses, with: input, needs }) => ({ id, uses, with: input, needs }));
    const spec = { summary: 'As it would run.', modes: ['failover'], steps } as unknown as Json;
    const again = declare(
      [{ path: 'plan.json', text: JSON.stringify({ apiVersion: 'resus/v1', kind: 'Runbook', metadata: { name: 'plan' }, spec }) }],
      { vocabulary },
    );
    expect((again.ok ? again.warnings : again.problems).map(printed)).toEqual([]);
  });
});

test('a read replica is promoted after its source is fenced, and not for a region that is lost, where that cannot be done', () => {
  const text = readFileSync('runbooks/read-replica-promotion.yaml', 'utf8');
  const found = (diagnosis: string): readonly string[] => {
    const files = around(text).map((file) => ({ ...file, text: file.text.replace('"ReplicaDown"', JSON.stringify(diagnosis)) }));
    const made = declare(files, { vocabulary });
    if (!made.ok) throw new Error(made.problems.map(printed).join());
    return analyse(givenOf(made, { vocabulary, catalogue }))
      .found.filter((each) => each.severity === 'error')
      .map((each) => each.code);
  };
  expect(found('ReplicaDown')).not.toContain('LOST_CONTROL_PLANE');
  expect(found('RegionLost')).toContain('LOST_CONTROL_PLANE');
  const made = declare(around(text), { vocabulary });
  const steps = made.ok ? (made.estate.runbooks['read-replica-promotion']?.steps ?? []) : [];
  const effects = steps.map((step) => catalogue.actions.get(step.uses)?.effect);
  expect(effects.indexOf('fences')).toBe(0);
  expect(effects.indexOf('promotes')).toBeGreaterThan(0);
});

test('a rebuild from code stays within its 4 hours, also when every step takes all the time that it has', () => {
  const made = declare(around(readFileSync('runbooks/rebuild-from-code.yaml', 'utf8')), { vocabulary });
  const steps = made.ok ? (made.estate.runbooks['rebuild-from-code']?.steps ?? []) : [];
  const endsAt = new Map<string, number>();
  for (const step of steps) endsAt.set(step.id, Math.max(0, ...step.needs.map((need) => endsAt.get(need) ?? Infinity)) + step.timeoutMs);
  expect(endsAt.size).toBeGreaterThan(5);
  expect(Math.max(...endsAt.values())).toBeLessThanOrEqual(4 * 3_600_000);
});

test('a restore from a clean point promotes nothing, and asks who may let it out', () => {
  const text = readFileSync('runbooks/ransomware-clean-restore.yaml', 'utf8');
  const made = declare(around(text), { vocabulary });
  const steps = made.ok ? (made.estate.runbooks['ransomware-clean-restore']?.steps ?? []) : [];
  const effects = steps.map((step) => catalogue.actions.get(step.uses)?.effect);
  expect(effects.filter((effect) => effect === 'promotes' || effect === 'fences-and-promotes')).toEqual([]);
  const ids: readonly string[] = steps.map((step) => step.id);
  expect(ids.indexOf('search')).toBeGreaterThan(ids.indexOf('restore'));
  expect(ids.indexOf('release')).toBeLessThan(ids.indexOf('route'));
  expect(steps.find((step) => step.id === 'release')).toMatchObject({ uses: 'approve', with: { people: 2 } });
});
