// The Riverside estate, whole: 22 hospitals and 200 clinics made of templates, what each workload must say for itself, what nobody may be asked
// to believe, and the plan that is read at night.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { componentsOf } from '../../src/declare/tiers.ts';
import { declare, printed, readTree } from '../../src/declare/index.ts';
import type { PlanReport } from '../../src/cli/plan-report.ts';
import type { Estate, Workload } from '../../src/core/estate.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from '../cli/stdio.ts';

const paths = ['policies/tiers.yaml', 'policies/calendars.yaml', 'policies/riverside', 'runbooks'];
let estate: Estate;
let workloads: readonly Workload[];
beforeAll(async () => {
  const { files, problems } = await readTree(paths);
  expect(problems).toEqual([]);
  const made = declare(files, { vocabulary });
  expect((made.ok ? made.warnings : made.problems).map(printed)).toEqual([]);
  if (!made.ok) throw new Error('the estate is wrong');
  ({ estate } = made);
  workloads = Object.values(estate.workloads);
});
const named = (prefix: string): readonly Workload[] => workloads.filter(({ id }) => id.startsWith(prefix));

describe('222 sites of templates', () => {
  it('are 22 hospitals and 200 clinics, beside the regions and the campus', () => {
    const sites = Object.keys(estate.sites);
    expect([sites.filter((id) => id.startsWith('hospital-')).length, sites.filter((id) => id.startsWith('clinic-')).length]).toEqual([
      22, 200,
    ]);
    expect(sites).toHaveLength(222 + 9);
    expect(new Set(sites).size).toBe(sites.length);
  });
  it('have a downtime viewer each, in the site itself, that asks how old the copy is', () => {
    const viewers = named('viewer-');
    expect(viewers).toHaveLength(222);
    expect(new Set(viewers.map(({ replicas }) => replicas[0]?.site)).size).toBe(222);
    for (const { replicas, usersPath } of viewers) {
      expect(usersPath.populations.map(({ site }) => site)).toEqual([replicas[0]?.site]);
      expect(replicas[0]?.probes.map(({ with: input }) => JSON.stringify(input)).join()).toContain('/fresh?within=');
    }
  });
  it('have a gateway of devices and a server of cabinets in each hospital', () => {
    for (const prefix of ['gateway-', 'cabinets-']) expect(new Set(named(prefix).map(({ replicas }) => replicas[0]?.site)).size).toBe(22);
  });
  it('come to so many workloads, replicas and probes', () => {
    const replicas = workloads.flatMap((each) => each.replicas);
    expect([workloads.length, replicas.length, replicas.flatMap(({ probes }) => probes).length]).toEqual([289, 307, 650]);
  });
});

describe('every workload', () => {
  it('names its people, its harm and what to do without it, in words of its own', () => {
    for (const key of ['owner', 'onCall', 'clinicalOwner'] as const)
      expect(workloads.filter((each) => each[key].length < 5).map(({ id }) => id)).toEqual([]);
    expect(
      workloads.filter(({ impact, downtimeProcedure }) => impact.length < 25 || downtimeProcedure.length < 40).map(({ id }) => id),
    ).toEqual([]);
    const own = workloads.filter(({ id }) => !/^(viewer|gateway|cabinets)-/.test(id));
    expect(new Set(own.map(({ impact }) => impact)).size).toBe(own.length);
  });
  it('of the two highest tiers has its procedure on paper, where it hangs and with the hash of the copy, or stands in its site', () => {
    const without = workloads.filter(
      ({ tier, downtimeCopy }) => componentsOf(tier).includes('life-critical') && downtimeCopy === undefined,
    );
    // Names, clocks and keys are for engineers: wards have nothing to do about them that a sheet of paper could say.
    expect(without.map(({ id }) => id)).toEqual(['names', 'clocks', 'keys']);
    const hashes = workloads.flatMap(({ downtimeCopy }) => downtimeCopy?.sha256 ?? []);
    expect(new Set(hashes).size).toBeGreaterThan(8);
  });
  it('keeps its data in the country, and uses nothing of the inventory but what the laboratory fills in', async () => {
    expect(workloads.filter(({ residency }) => residency.join() !== 'US').map(({ id }) => id)).toEqual([]);
    const { files } = await readTree(['policies/riverside']);
    const users = files.filter(({ text }) => text.includes('inventory.')).map(({ path }) => path);
    expect(users).toEqual(['policies/riverside/ehr.yaml', 'policies/riverside/gamedays/zone-loss.yaml', 'policies/riverside/sites.yaml']);
  });
  it('that runs in two places is moved by a runbook, or says in a label why not', async () => {
    const { files } = await readTree(['policies/riverside']);
    const texts = files.map(({ text }) => text).join('\n');
    const still = workloads.filter(({ replicas, runbooks }) => replicas.length > 1 && runbooks.switchover === undefined);
    expect(still.map(({ id }) => id).toSorted()).toEqual([
      'clocks',
      'erp',
      'interface-engine',
      'keys',
      'lake-store',
      'lake-streams',
      'names',
    ]);
    expect(texts.match(/accept\/no-switchover/g)).toHaveLength(still.length);
  });
});

describe('a region that is left in good time', () => {
  const evacuation = async (to: string) => {
    const io = recordedIo({ columns: 120, readFile: (path) => readFileSync(path, 'utf8') });
    const from = paths.flatMap((path) => ['--policies', path]);
    const args = ['plan', 'home-region', '--runbook', 'region-evacuation', '--to', to, '--json', ...from];
    expect(await runCli(args, { io, version: '0', vocabulary, catalogue })).toBe(0);
    return JSON.parse(io.printed()) as PlanReport;
  };
  it('is one plan, which people choose by hand and whose every move is one that its workload knows', async () => {
    const { byHand, mode, steps, findings, plan } = await evacuation('us-west-2');
    expect([byHand, mode, plan.from, plan.to]).toEqual(['region-evacuation', 'switchover', 'east', 'west']);
    const moved = plan.steps.filter(({ uses }) => uses === 'move').map(({ with: input }) => input as { workload: string; leave: string });
    expect(moved.map(({ workload }) => workload)).toEqual([
      'identity',
      'ehr',
      'blood-bank',
      'iomt-hub',
      'lis',
      'pharmacy',
      'fhir',
      'portal',
      'telehealth',
    ]);
    expect(moved.filter(({ leave }) => leave !== 'us-east-2')).toEqual([]);
    expect(moved.filter(({ workload }) => estate.workloads[workload]?.runbooks.switchover === undefined)).toEqual([]);
    expect(steps.filter(({ uses }) => uses === 'human').map(({ id }) => id)).toEqual(['roles', 'interfaces', 'look']);
    expect(findings.filter(({ accepted }) => accepted === undefined)).toEqual([]);
  });
  it('has its users led to the other side by the last step but the look, so that the way home is the same runbook', async () => {
    const { plan } = await evacuation('us-west-2');
    expect(plan.steps.filter(({ effect }) => effect === 'routes').map(({ id }) => id)).toEqual(['home']);
    expect(plan.steps.map(({ id }) => id).slice(-2)).toEqual(['home', 'look']);
    expect(estate.workloads['home-region']?.replication).toEqual([]);
  });
  it('moves all that care is given with: what stays says that nothing is moved, or waits for its owners', () => {
    const stays = workloads.filter(
      ({ id, replicas, runbooks, resources }) =>
        replicas.length > 1 &&
        runbooks.switchover !== undefined &&
        !Object.values(estate.workloads['home-region']?.resources ?? resources).includes(id),
    );
    expect(stays.map(({ id }) => id).toSorted()).toEqual(['downtime-mode', 'home-region']);
  });
});

describe('what must not be mistaken', () => {
  it('the reporting copy, the rehearsal and the training are no replicas of the record', () => {
    expect(estate.workloads['ehr']?.replicas.map(({ name }) => name)).toEqual(['east', 'west']);
    const environments = workloads.flatMap(({ id, product }) =>
      product === undefined ? [] : [[id, product.environment, product.evictable]],
    );
    expect(environments.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['ehr', 'production', false],
      ['ehr-dr', 'dr', false],
      ['ehr-training', 'training', true],
    ]);
  });
  it('nobody connects to the port on which the interface engine takes messages', () => {
    const probes = estate.workloads['interface-engine']?.replicas.flatMap((each) => each.probes) ?? [];
    expect(probes.map(({ uses }) => uses)).not.toContain('tcp');
    expect(probes).toHaveLength(6);
  });
  it('a lag that a standby reports of itself has a second witness', () => {
    const reported = workloads.flatMap(({ replication }) => replication).filter(({ measuredBy }) => measuredBy === 'reported');
    expect(reported.map(({ lagProbe, arrivalProbe }) => [lagProbe, arrivalProbe])).toEqual([
      ['queue', 'arrival'],
      ['queue', 'arrival'],
    ]);
  });
  it('each key stands in its own region, and the validated system is the only one', () => {
    for (const id of ['keys', 'lake-store'])
      for (const { site, resources } of estate.workloads[id]?.replicas ?? []) expect(resources['key']).toContain(`:${site}:`);
    expect(workloads.filter(({ validated }) => validated === true).map(({ id }) => id)).toEqual(['erp']);
  });
  it('the record needs people, names, time and keys before anything else', () => {
    const hard = estate.workloads['ehr']?.dependsOn.filter(({ strength }) => strength === 'hard').map(({ workload }) => workload);
    expect(hard).toEqual(['identity', 'names', 'clocks', 'keys']);
  });
  it('a planned move and a failover of the pairs look for security findings first', () => {
    for (const name of ['pair-region-failover', 'pair-switchover'])
      expect(estate.runbooks[name]?.steps[0]).toMatchObject({ id: 'clean', uses: 'probe' });
    const users = workloads.filter(({ runbooks }) => runbooks.switchover === 'pair-switchover').map(({ id }) => id);
    expect(users).toEqual(['blood-bank', 'lis', 'pharmacy', 'iomt-hub']);
  });
});

/** As `resus plan NAME --mode failover` prints it. */
async function planned(name: string): Promise<string> {
  const io = recordedIo({ columns: 120, readFile: (path) => readFileSync(path, 'utf8') });
  const given = [...paths.flatMap((path) => ['--policies', path]), '--inventory', 'docs/riverside/inventory.yaml'];
  expect(await runCli(['plan', name, '--mode', 'failover', ...given], { io, version: '0', vocabulary, catalogue })).toBe(0);
  return io.printed();
}
// That of the record over everything that is shipped is test/cli/plan.golden.txt.
describe('the plan that is read at night', () => {
  it.each(['pharmacy'])('of %s', async (name) => {
    const out = await planned(name);
    await expect(out).toMatchFileSnapshot(`plan-${name}.golden.txt`);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
    const rows = out.split(/\n(?=T\+)|\n\n/).filter((each) => each.startsWith('T+'));
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row).toMatch(/^T\+\d+:\d\d(?::\d\d)? {2,}[A-Z][a-z]+ \S[\s\S]*\n {14}holds when \S/);
  });
});
