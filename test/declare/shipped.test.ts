// The files that are shipped, against what the providers really offer: they validate as they are and with an inventory.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { shown } from '../../src/cli/checked.ts';
import { runCli } from '../../src/cli/index.ts';
import { validate } from '../../src/cli/validate.ts';
import { labPolicies } from '../../src/demo/lab-policies.ts';
import { evaluate, printed, readTree, declare, type Declared } from '../../src/declare/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';
import type { Json } from '../../src/core/values.ts';
import { recordedIo } from '../cli/stdio.ts';

const vocabulary = vocabularyOf(providers);
const inventory: Record<string, string> = {
  ehrName: 'ehr.hospital.test',
  ehrUrl: 'http://ehr.hospital.test:18080',
  nameServer: '127.0.0.1:5300',
  globalCluster: 'ehr-global',
  clusterEast: 'arn:aws:rds:us-east-2:123456789012:cluster:ehr-east',
  clusterWest: 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west',
  instanceEastA: 'ehr-east-a',
  instanceEastB: 'ehr-east-b',
  instanceWestA: 'ehr-west-a',
  instanceWestB: 'ehr-west-b',
  ehrEastA: 'http://127.0.20.1:18080',
  ehrEastB: 'http://127.0.20.2:18080',
  ehrWestA: 'http://127.0.30.1:18080',
  ehrWestB: 'http://127.0.30.2:18080',
  ehrRecordEastA: '127.0.20.1',
  ehrRecordEastB: '127.0.20.2',
  ehrRecordWestA: '127.0.30.1',
  ehrRecordWestB: '127.0.30.2',
  databaseEast: 'postgres://resus@ehr-east.cluster.hospital.test:15432/ehr',
  databaseWest: 'postgres://resus@ehr-west.cluster.hospital.test:15432/ehr',
  instanceEndpointEastA: '127.0.20.1:15432',
  instanceEndpointEastB: '127.0.20.2:15432',
  instanceEndpointWestA: '127.0.30.1:15432',
  instanceEndpointWestB: '127.0.30.2:15432',
  standbySwitch: 'http://127.0.30.9:4566/standby-takes-over',
  fisTemplateZoneLoss: 'EXTzone',
  route53: 'http://127.0.10.9:4566',
};
const shipped = ['policies', 'runbooks'];

describe('what is shipped', () => {
  let declared: Declared;
  beforeAll(async () => {
    const tree = await readTree(shipped);
    expect(tree.problems).toEqual([]);
    declared = declare(tree.files, { vocabulary, inventory });
  });
  const estate = () => {
    expect((declared.ok ? declared.warnings : declared.problems).map(printed)).toEqual([]);
    if (!declared.ok) throw new Error('the shipped files are wrong');
    return declared.estate;
  };

  it('validates without an inventory', async () => {
    const { output, exitCode } = await validated(shipped);
    expect(output).toMatch(
      /^Valid: \d+ sites, \d+ tiers, \d+ workloads, \d+ runbooks, \d+ game days.* \(nothing was filled in from an inventory; give --inventory FILE to check that too\)\.$/,
    );
    expect(exitCode).toBe(0);
  });
  it('uses each key of the inventory, and no other', async () => {
    estate();
    const texts = await Promise.all((await readTree(shipped)).files.map((file) => readFile(file.path, 'utf8')));
    const used = new Set([...texts.join('\n').matchAll(/inventory\.([A-Za-z0-9]+)/g)].map((match) => match[1] ?? ''));
    expect([...used].sort((a, b) => (a < b ? -1 : 1))).toEqual(Object.keys(inventory).sort((a, b) => (a < b ? -1 : 1)));
  });
  it('holds nothing that cannot be hashed canonically', () => {
    let values = 0;
    const check = (value: unknown): void => {
      values++;
      if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
      else if (Array.isArray(value)) value.forEach(check);
      else if (typeof value === 'object' && value !== null) {
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
        Object.values(value).forEach(check);
      } else if (typeof value === 'string') expect(value).not.toContain('${{ inventory');
      else expect(typeof value).toBe('boolean');
    };
    check(estate());
    expect(values).toBeGreaterThan(300);
  });
  it('has three vantages in three sites, each with two references or more outside its own site', () => {
    const all = Object.values(estate().sites).flatMap((site) => site.vantages);
    // The other estate is looked at in mekong.test.ts.
    const vantages = all.filter(({ id }) => !id.startsWith('mekong-'));
    expect(vantages.map((vantage) => [vantage.id, vantage.site])).toEqual([
      ['east', 'us-east-2'],
      ['west', 'us-west-2'],
      ['campus', 'riverside-campus'],
    ]);
    for (const { site, references } of vantages) expect(references.filter((each) => !each.site.startsWith(site)).length).toBeGreaterThan(1);
  });
  it('promises the record what its two tiers promise, the stricter of each value', () => {
    expect(estate().tiers[estate().workloads['ehr']!.tier]).toMatchObject({
      rtoMs: 60_000,
      rpoMs: 5_000,
      detection: { intervalMs: 500, timeoutMs: 450, failures: 3, successes: 2 },
      usersPath: { intervalMs: 200, timeoutMs: 1_000, failures: 3, good: 5, sustainedMs: 1_000 },
      automation: { replica: 'automatic', zone: 'automatic', region: 'automatic' },
    });
  });
  it('inherits what sites inherit', () => {
    expect(estate().sites['us-west-2b']).toEqual({
      id: 'us-west-2b',
      parent: 'us-west-2',
      level: 'zone',
      kind: 'aws',
      residency: 'US',
      vantages: [],
    });
  });

  // Every direction of every runbook, expressions and all, fits what its actions take.
  it.each([
    ['ehr-region-failover', 0, 1, 'us-east-2'],
    ['ehr-switchover', 0, 1, ''],
    ['ehr-failback', 1, 0, ''],
    ['ehr-zone-failover', 0, 0, 'us-east-2a'],
  ])('%s gives each action what it takes', (runbook, from, to, site) => {
    const { workloads, runbooks } = estate();
    const ehr = workloads['ehr']!;
    const replica = (at: number): Json => ({
      name: ehr.replicas[at]!.name,
      site: ehr.replicas[at]!.site,
      resources: ehr.replicas[at]!.resources,
    });
    const scope = { workload: { id: ehr.id, resources: ehr.resources }, from: replica(from), to: replica(to), site };
    const filled = (value: Json): Json => {
      if (typeof value === 'string') {
        const result = value.includes('${{') ? evaluate(value, scope) : { ok: true as const, value };
        if (!result.ok) throw new Error(`${value}: ${result.message}`);
        return result.value;
      }
      if (Array.isArray(value)) return (value as readonly Json[]).map(filled);
      return typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each as Json)]))
        : value;
    };
    const steps = runbooks[runbook]!.steps.map((step) => ({ id: step.id, uses: step.uses, with: filled(step.with) }));
    const text = JSON.stringify({
      apiVersion: 'resus/v1',
      kind: 'Runbook',
      metadata: { name: runbook },
      spec: { summary: 'As it would run.', modes: ['failover'], steps },
    });
    const again = declare([{ path: 'plan.json', text }], { vocabulary, inventory });
    expect((again.ok ? again.warnings : again.problems).map(printed)).toEqual([]);
    if (runbook === 'ehr-zone-failover') expect(steps[0]!.with).toMatchObject({ target: 'ehr-east-b', region: 'us-east-2' });
    if (runbook === 'ehr-region-failover')
      expect(steps.map((step) => step.with)).toMatchObject([
        { target: inventory['clusterWest'], region: 'us-west-2', allowDataLoss: true },
        { state: 'standby', expect: ['127.0.30.1', '127.0.30.2'] },
      ]);
    if (runbook === 'ehr-failback')
      expect(steps.map((step) => step.with)).toMatchObject([
        { target: inventory['clusterEast'], region: 'us-west-2' },
        { state: 'primary' },
      ]);
  });
});

const validated = async (paths: readonly string[], options: { json?: true } = {}) => {
  const checked = await validate(paths, {}, vocabulary);
  return { output: shown(checked, options, '1.2.3'), exitCode: checked.exitCode };
};

describe('resus validate', () => {
  it('prints every problem on a line, and fails', async () => {
    const { output, exitCode } = await validated(['policies/tiers.yaml', 'no-such-path']);
    expect(output.split('\n')).toEqual([
      'no-such-path:1:1: PATH_MISSING there is no such file or folder (check the path)',
      '1 problem. `resus explain CODE` says more.',
    ]);
    expect(exitCode).toBe(1);
  });
  it('looks at policies and runbooks when nothing is named', async () => {
    const io = recordedIo();
    const catalogue = { actions: new Map(), evaluate };
    expect(await runCli(['validate', '--no-cache'], { io, version: '1.2.3', vocabulary, catalogue })).toBe(0);
    expect(io.printed()).toMatch(/^Valid: \d+ sites, /);
  });
  it('counts what is declared, not what was put together of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'resus-'));
    const paths = labPolicies('.', folder);
    const { output } = await validated(paths);
    await rm(folder, { recursive: true });
    expect(output).toContain('Valid: 9 sites, 7 tiers, 1 workload');
  });
  it('prints one JSON object with --json', async () => {
    const { output, exitCode } = await validated(['policies/riverside/ehr.yaml', 'policies/riverside/ehr-surroundings.yaml'], {
      json: true,
    });
    const { ok, problems } = JSON.parse(output) as { ok: boolean; problems: Record<string, unknown>[] };
    expect([ok, exitCode]).toEqual([false, 1]);
    expect(problems.find(({ code }) => code === 'UNKNOWN_TIER')).toEqual({
      file: 'policies/riverside/ehr.yaml',
      line: 25,
      column: 11,
      code: 'UNKNOWN_TIER',
      severity: 'error',
      message: 'there is no tier `life-critical`',
      remedy: 'declare a tier of that name, in a file that is given too',
    });
    expect(problems.length).toBeGreaterThan(5);
  });
  it('says what was found with --json, too', async () => {
    const { output, exitCode } = await validated(['policies/tiers.yaml'], { json: true });
    expect([JSON.parse(output), exitCode]).toEqual([
      { ok: true, found: { sites: 0, tiers: 7, workloads: 0, runbooks: 0, gamedays: 0 }, problems: [] },
      0,
    ]);
  });
  it('refuses files that declare nothing', async () => {
    const { output, exitCode } = await validated(['package.json']);
    expect(output).toContain('package.json:1:1: MISSING_KEY the declaration has no `kind`');
    expect(exitCode).toBe(1);
  });
});
