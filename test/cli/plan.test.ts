// `resus plan` without a controller: the shipped hospital with an inventory, word for word, and what it says when something is missing.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { reportOf, type PlanReport } from '../../src/cli/plan-report.ts';
import { fromFiles } from '../../src/cli/plan-sources.ts';
import { labPolicies } from '../../src/demo/lab-policies.ts';
import { exactly, span, wrapped } from '../../src/cli/plan-text.ts';
import type { History } from '../../src/rehearsal/history.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from './stdio.ts';

let folder: string;
const inventory = ['--inventory', 'docs/riverside/inventory.yaml'];
/** The record and what the laboratory has besides: a tenth of the estate's time to read. */
let lab: readonly string[];
let copied: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-plan-'));
  lab = labPolicies('.', folder);
  for (const name of ['policies', 'runbooks']) cpSync(name, join(folder, name), { recursive: true });
  copied = labPolicies(folder, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function plan(args: readonly string[], columns = 120) {
  const io = recordedIo({ columns, readFile: (path) => readFileSync(path, 'utf8') });
  const exit = await runCli(['plan', ...args], { io, version: '0', vocabulary, catalogue });
  return { exit, out: io.printed(), err: io.complained() };
}
const from = (paths: readonly string[], option = '--policies'): string[] => paths.flatMap((path) => [option, path]);
const inLab = (args: readonly string[]) => plan([...args, ...from(lab)]);
const reported = async (args: readonly string[]): Promise<PlanReport> => JSON.parse((await inLab([...args, '--json'])).out) as PlanReport;

// Of the whole estate, as `policies` and `runbooks` hold it.
describe('what a person reads', () => {
  test.each([
    ['failover', 120, inventory, 'plan.golden.txt'],
    ['failover', 80, inventory, 'plan-narrow.golden.txt'],
    // As somebody types it who has only cloned this: names and expressions stand in, and are longer than what they stand for.
    ['failover', 80, [], 'plan-clone.golden.txt'],
    ['switchover', 120, inventory, 'plan-switchover.golden.txt'],
    ['failover', 120, [...inventory, '--runbook', 'restore'], 'plan-restore.golden.txt'],
  ])('a %s in %i columns, with %j', async (mode, columns, known, golden) => {
    const { exit, out } = await plan(['ehr', '--mode', mode, ...known], columns);
    expect(exit).toBe(0);
    await expect(out).toMatchFileSnapshot(golden);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
  });
  test('each row has a time, a verb, an object and a proof', async () => {
    const { out } = await plan(['ehr', '--mode', 'failover', ...inventory]);
    const rows = out.split(/\n(?=T\+)|\n\n/).filter((each) => each.startsWith('T+'));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row).toMatch(/^T\+\d+:\d\d {2,}[A-Z][a-z]+ \S[\s\S]*\n {14}holds when \S/);
  });
});

describe('what a machine reads', () => {
  test('is the plan, its order, its forecast, who must say yes, and what was found', async () => {
    const report = await reported(['ehr', '--mode', 'failover', ...inventory]);
    expect(report).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      from: 'declarations',
      dag: { edges: [['promote', 'route']], waves: [['promote'], ['route']] },
      approvals: [{ occasion: 'person-asks', people: 1, withinMs: 420_000 }],
      predicted: { lossMs: null, targetRtoMs: 60_000, targetRpoMs: 5_000 },
      evaluated: { asked: false },
      plan: { leave: 'us-east-2', from: 'east', to: 'west' },
    });
    expect(report.criticalPath.map(({ kind }) => kind)).toEqual(['detection', 'step', 'step', 'dns-ttl', 'client-caches', 'validation']);
    expect(report.predicted.rtoMs.p50).toBeLessThan(report.predicted.rtoMs.p95);
    expect(report.steps[0]).toMatchObject({
      id: 'promote',
      needs: [{ service: 'rds', site: 'us-west-2' }],
      estimate: { p50: 60_000, p95: 240_000, n: 0, source: 'declared' },
      ungraceful: { kind: 'same' },
    });
    expect(report.findings.map(({ code, accepted }) => [code, accepted === undefined])).toEqual([
      ['RTO_UNREACHABLE', false],
      ['SHARED_ACCOUNT', false],
      ['IRREVERSIBLE_UNAPPROVED', false],
      ['INNER_HA_UNDECLARED', false],
    ]);
    expect(new Set(report.findings.map(({ from }) => from))).toEqual(new Set(['lint']));
    expect(report.findings[0]).toMatchObject({
      page: 'docs/findings.md#rto_unreachable',
      evidence: expect.arrayContaining([expect.stringMatching(/^promote /)]) as unknown,
      at: { kind: 'Workload', name: 'ehr', pointer: '/spec/runbooks/onDiagnosis/RegionLost' },
    });
  });
  test('says how a step goes on without grace', async () => {
    const [promote] = (await reported(['ehr', ...inventory])).steps;
    expect(promote?.ungraceful).toMatchObject({
      kind: 'replace',
      mayLoseData: true,
      does: expect.stringMatching(/^Promote arn:/) as string,
    });
  });
  test('goes home when it fails back, and is the same plan when the site is named', async () => {
    const home = await reported(['ehr', '--mode', 'failback', ...inventory]);
    expect([home.plan.from, home.plan.to, home.predicted.lossMs]).toEqual(['west', 'east', 0]);
    for (const site of ['us-east-2', 'east'])
      expect((await reported(['ehr', '--mode', 'failback', '--to', site, ...inventory])).hash).toBe(home.hash);
  });
  test('says what gives way to it, where that is declared, and which step does it', async () => {
    const whole = JSON.parse((await plan(['ehr', '--mode', 'failover', '--json', ...inventory])).out) as PlanReport;
    expect(whole.about.evictable).toEqual(['ehr-training']);
    expect(whole.steps.find(({ id }) => id === 'room')).toMatchObject({
      does: expect.stringContaining('ehr-training-west') as string,
      after: ['promote'],
    });
    // It is sent beside the users' way, so that they do not wait for it.
    expect(whole.criticalPath.map(({ name }) => name)).not.toContain('room');
    const alone = await reported(['ehr', '--mode', 'failover', ...inventory]);
    expect([alone.about.evictable, alone.steps.map(({ id }) => id)]).toEqual([undefined, ['promote', 'route']]);
  });
  test('of what people choose has nothing that is detected, and a loss that nobody predicts', async () => {
    const report = JSON.parse((await plan(['ehr', '--runbook', 'restore', '--json', ...inventory])).out) as PlanReport;
    expect(report).toMatchObject({
      byHand: 'restore',
      mode: 'failover',
      predicted: { lossMs: null },
      approvals: [{ occasion: 'person-asks' }],
      plan: { byHand: 'restore', leave: 'us-east-2' },
    });
    expect(report.criticalPath.map(({ kind }) => kind)).not.toContain('detection');
    const here = JSON.parse((await plan(['ehr', '--runbook', 'restore', '--to', 'east', '--json', ...inventory])).out) as PlanReport;
    expect([here.plan.from, here.plan.to, here.predicted.lossMs]).toEqual(['east', 'east', null]);
    expect(here.plan).not.toHaveProperty('leave');
  });
  test('takes what --assume gives, and says so', async () => {
    const report = await reported(['ehr', '--mode', 'failover', '--assume', 'dns-ttl=10s', ...inventory]);
    expect(report.criticalPath.find(({ kind }) => kind === 'dns-ttl')).toMatchObject({ p50: 5_000, p95: 9_500, source: 'given' });
  });
  test('without an inventory says that the hash is not that of a controller', async () => {
    const report = await reported(['ehr', '--mode', 'failover']);
    expect(report.assumes.join(' ')).toContain('the hash is not that of a controller');
    expect(report.hash).not.toBe((await reported(['ehr', '--mode', 'failover', ...inventory])).hash);
  });
});

describe('history', () => {
  const eight = [50, 51, 52, 53, 54, 55, 56, 90].map((seconds) => seconds * 1_000);
  const with_ = (change: Partial<History>): History => ({ floor: 'lab', runs: 8, steps: new Map(), approvalsMs: [], ...change });
  const promoteWith = async (history: History) => {
    const files = { paths: lab, inventory: 'docs/riverside/inventory.yaml' };
    const subject = await fromFiles(files, { workload: 'ehr', mode: 'failover' }, { vocabulary, catalogue }, history);
    return reportOf(subject, catalogue, {});
  };
  test.each<[string, number, object]>([
    ['of eight samples counts', 8, { source: 'history', n: 8, p50: 53_500 }],
    ['of seven does not, and is still said', 7, { source: 'declared', n: 7, p50: 60_000 }],
  ])('%s', async (_what, n, expected) => {
    const { steps, criticalPath } = await promoteWith(with_({ steps: new Map([['aws.rds.failover-global-cluster', eight.slice(0, n)]]) }));
    expect(steps[0]?.estimate).toMatchObject(expected);
    expect(criticalPath.find(({ name }) => name === 'promote')).toMatchObject(expected);
    expect(steps[1]?.estimate).toMatchObject({ source: 'declared', n: 0 });
  });
  test('of people counts where they are asked', async () => {
    const files = { paths: lab, inventory: 'docs/riverside/inventory.yaml' };
    const subject = await fromFiles(
      files,
      { workload: 'ehr', mode: 'switchover' },
      { vocabulary, catalogue },
      with_({ approvalsMs: eight }),
    );
    expect(reportOf(subject, catalogue, {}).criticalPath[0]).toMatchObject({ kind: 'approvals', source: 'history', n: 8, isOutage: false });
  });
  test('holds the forecast against earlier runs by the same runbook, and no other', async () => {
    const rtas = new Map([
      ['ehr-region-failover', [100_000, 900_000]],
      ['ehr-zone-failover', [1]],
    ]);
    expect((await promoteWith(with_({ rtas }))).predicted.backTest).toEqual({ n: 2, under: 1, says: 'too-few' });
    expect((await promoteWith(with_({}))).predicted.backTest).toBeNull();
  });
  test('comes from the lines of a journal', async () => {
    const { exit, out } = await inLab(['ehr', '--mode', 'failover', '--history', 'test/replay/0.1/events.ndjson', ...inventory]);
    expect(exit).toBe(0);
    expect(out).toContain('(declared, n 1)');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('Of 1 earlier run 1 took no longer than slow (too few to judge by).');
  });
});

describe('against another revision', () => {
  test('a saved plan, and a folder, give the same list each time', async () => {
    const saved = join(folder, 'plan.json');
    writeFileSync(saved, (await inLab(['ehr', '--mode', 'failover', '--json', ...inventory])).out);
    const args = ['ehr', '--mode', 'failover', ...inventory];
    expect((await reported([...args, '--against', saved])).diff).toMatchObject({ changes: [] });
    expect((await inLab([...args, '--against', saved])).out).toContain(`${saved}: the same plan.`);

    const runbook = join(folder, 'runbooks', 'ehr-region-failover.yaml');
    writeFileSync(
      runbook,
      readFileSync(runbook, 'utf8').replace('timeout: 10m', 'timeout: 8m').replace('allowDataLoss: true', 'allowDataLoss: false'),
    );
    const against = from(copied, '--against');
    const { changes } = (await reported([...args, ...against])).diff ?? { changes: [] };
    expect(changes.map(({ path }) => path)).toEqual([
      'steps.promote.sentence',
      'steps.promote.timeoutMs',
      'steps.promote.with.allowDataLoss',
    ]);
    expect(changes[1]).toEqual({ path: 'steps.promote.timeoutMs', before: 480_000, after: 600_000 });
    const { out } = await inLab([...args, ...against]);
    expect(out).toContain('~ steps.promote.timeoutMs 480000 -> 600000');
    expect((await inLab([...args, ...against])).out).toBe(out);
  });
});

test('the target of the loss that it treats is told as such, and others are not', async () => {
  const tiers = join(folder, 'policies', 'tiers.yaml');
  const text = readFileSync(tiers, 'utf8');
  const said = async (mode: string, byLoss: string): Promise<readonly (string | undefined)[]> => {
    writeFileSync(tiers, text.replace('  rto: 60s\n', `  rto: 60s\n  byLoss: { ${byLoss} }\n`));
    const { out } = await plan(['ehr', '--mode', mode, ...inventory, ...from(copied)]);
    writeFileSync(tiers, text);
    return /RTO \S+ \S+( for a lost \w+)?: (kept|missed)/.exec(out)?.slice(1) ?? [];
  };
  expect(await said('failover', 'region: { rto: 30s }')).toEqual([' for a lost region', 'missed']);
  expect(await said('failover', 'zone: { rto: 30s }')).toEqual([undefined, 'missed']);
  expect(await said('switchover', 'region: { rto: 1s }')).toEqual([undefined, 'missed']);
});

describe('what goes wrong says what to do', () => {
  const bad = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  test.each<[string, () => readonly string[], string]>([
    ['a workload that nobody declared', () => ['her'], 'WORKLOAD_UNKNOWN There is no workload her. Did you mean ehr?'],
    [
      'a site without a replica',
      () => ['ehr', '--to', 'us-east-1'],
      'TO_UNKNOWN No replica of ehr is at us-east-1. There are: east at us-east-2, west at us-west-2.',
    ],
    ['where it is already', () => ['ehr', '--to', 'us-east-2'], 'NO_STANDBY ehr is at us-east-2 already: east is the writer.'],
    ['a runbook that it does not name', () => ['ehr', '--runbook', 'restore'], 'RUNBOOK_NOT_NAMED ehr names no runbook restore'],
    ['no inventory', () => ['ehr', '--inventory', 'nowhere'], 'BAD_INVENTORY'],
    ['no folder', () => ['ehr', '--policies', 'nowhere'], 'NOT_VALID'],
    ['no such assumption', () => ['ehr', '--assume', 'luck=1s'], 'UNKNOWN_ASSUMPTION'],
    ['an assumption that no plan rests on', () => ['ehr', '--assume', 'replication-lag=1s'], 'UNUSED_ASSUMPTION'],
    ['no history', () => ['ehr', '--history', 'nowhere'], 'HISTORY_UNREADABLE'],
    ['against no JSON', () => ['ehr', '--against', bad('x.json', '{')], 'AGAINST_UNREADABLE'],
    ['against something else', () => ['ehr', '--against', bad('y.json', '{"hash":"x","plan":{"steps":[]}}')], 'it has no `hash`'],
    [
      'against a plan of another form',
      () => ['ehr', '--against', bad('z.json', `{"hash":"${'0'.repeat(64)}","plan":{"steps":[1]}}`)],
      'it has no `plan` with steps',
    ],
    ['against no folder', () => ['ehr', '--against', 'nowhere'], 'NOT_VALID'],
  ])('%s', async (_what, args, message) => {
    const given = args();
    const { exit, err } = await (given.includes('--policies') ? plan(given) : inLab(given));
    expect(err).toContain(message);
    expect(exit).toBe(2);
  });
});

describe('texts', () => {
  test.each([
    ['Promote arn:aws:rds:us-west-2:123456789012:cluster:ehr-west now.', 'Promote cluster ehr-west (us-west-2, 123456789012) now.'],
    ['writer of cluster arn:aws:rds:us-west-2:1:cluster:x;', 'writer of cluster x (us-west-2, 1);'],
    ['arn:aws:route53:::hostedzone/Z1', 'hostedzone Z1'],
    ['no name at all', 'no name at all'],
  ])('%s', (text, expected) => expect(exactly(text)).toBe(expected));
  test.each([
    [0, '0.0 s'],
    [1_950, '2.0 s'],
    [9_960, '10 s'],
    [119_000, '119 s'],
    [150_000, '2.5 min'],
    [900_000, '15 min'],
    [21_600_000, '6 h'],
    [432_000_000, '5 d'],
  ])('%i ms', (ms, expected) => expect(span(ms)).toBe(expected));
  test('are wrapped by words, and what is longer than a line stands alone', () =>
    expect(wrapped('aa bb cccccccc d', 5)).toEqual(['aa bb', 'cccccccc', 'd']));
});
