// What a code means, for every code that there is; where a value came from, for each way in which it can come.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings } from '../../src/analysis/index.ts';
import { told } from '../../src/cli/explain.ts';
import { runCli } from '../../src/cli/index.ts';
import { codes } from '../../src/declare/index.ts';
import { base, catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from './stdio.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-explain-'));
  const texts = { ...base, tier: base.tier.replace('rto: 15m', "rto: '${{ inventory.rto }}'") };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.yaml`), text);
  writeFileSync(join(folder, 'inventory'), 'rto: 20m\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
async function resus(...args: string[]): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  const io = recordedIo();
  const exit = await runCli(args, { io, version: '1', vocabulary, catalogue });
  return { exit, out: io.printed().replaceAll(`${folder}/`, ''), err: io.complained().replaceAll(`${folder}/`, '') };
}
const explained = (what: string, ...more: string[]) => resus('explain', `${folder}/${what}`, '--with', folder, ...more);

describe('a code', () => {
  it.each([...Object.keys(codes), ...findings.map(({ code }) => code)])('%s says why it matters and what to do', (code) => {
    const { means, why, fix, example, page } = told(code);
    for (const sentence of [means, why, fix]) expect(sentence).toMatch(/^\S.{15,}[.!]$/s);
    expect(example.trim()).not.toBe('');
    expect(page).toMatch(/^docs\/[a-z]+\.md#/);
  });
  it('is one of a problem or of a finding, never of both', () => {
    expect(findings.filter(({ code }) => Object.hasOwn(codes, code))).toEqual([]);
  });
  it('is printed to be read', async () => {
    expect((await resus('explain', 'NO_FAILBACK')).out).toBe(`NO_FAILBACK (warning)

A workload can be moved to another replica and has no runbook for the way home.

Why:  After a failover it stands where it was not meant to stay, often smaller and without a standby of its own. A way home that is written at night, under strain, is where data are lost.
Do:   Write a failback runbook and practise it in a game day (\`failback: true\`).

    runbooks: { onDiagnosis: { RegionLost: ehr-region-failover }, failback: ehr-failback }

See docs/findings.md#no_failback
`);
  });
  it('that never fails a check is called a warning', async () => {
    expect((await resus('explain', 'TARGET_PENDING')).out).toMatch(/^TARGET_PENDING \(warning\)\n/);
    expect((await resus('explain', 'UNKNOWN_KEY')).out).toMatch(/^UNKNOWN_KEY \(error\)\n/);
  });
  it('may be written as links to its page have it', async () => {
    expect((await resus('explain', 'no_failback')).out).toBe((await resus('explain', 'NO_FAILBACK')).out);
  });
  it('that is none gets the nearest', async () => {
    expect(await resus('explain', 'NO_FAILBAK')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('Did you mean NO_FAILBACK?') as string,
    });
    expect(await resus('explain', 'toString')).toMatchObject({ exit: 2 });
  });
});

describe('a value', () => {
  it.each(['tier.yaml:6', 'tier.yaml:6:8'])('is not asked for by a line: %s', async (what) => {
    expect(await explained(what)).toMatchObject({
      exit: 2,
      err: expect.stringContaining(
        `NOT_EXPLAINED ${what} is a line, and a value is asked for by its name. Write tier.yaml:NAME.PATH`,
      ) as string,
    });
  });
  it.each([
    ['written', 'tier.yaml:spec.rpo', ['Tier gold: spec.rpo is "10s"', '  it is written there (tier.yaml:6:8)']],
    ['by default', 'tier.yaml:spec.cooldown', ['Tier gold: spec.cooldown is "15m"', '  the default of a Tier']],
    [
      'by default, below a key that is left out',
      'tier.yaml:spec.usersPath.good',
      ['Tier gold: spec.usersPath.good is 5', '  the default of a Tier'],
    ],
    [
      'not at all',
      'tier.yaml:spec.approvals.escalate',
      ['Tier gold: spec.approvals.escalate is not set', '  it is left out, and has no default'],
    ],
    ['of no key', 'tier.yaml:spec.rot', ['Tier gold: spec.rot is not set', '  a Tier has no such key']],
    [
      'of an action',
      'across.yaml:spec.steps[0].with.force',
      ['Runbook across: spec.steps[0].with.force is not set', '  it is left out, and has no default'],
    ],
    [
      'inherited from a site',
      'sites.yaml:us-west-2b.spec.residency',
      ['Site us-west-2b: spec.residency is "US"', '  inherited from site cloud (sites.yaml:4:45)'],
    ],
    [
      'of the replica',
      'ehr.yaml:spec.replicas[1].probes[4].site',
      ['Workload ehr: spec.replicas[1].probes[4].site is "us-west-2"', '  the site of its replica (ehr.yaml:25:13)'],
    ],
    [
      'of the step above',
      'away.yaml:spec.steps[1].needs',
      ['Runbook away: spec.steps[1].needs is ["yes"]', '  the step above it (away.yaml:8:11)'],
    ],
    [
      'of the situation',
      'across.yaml:spec.steps[0].with.target',
      [
        'Runbook across: spec.steps[0].with.target is "${{ to.resources.instanceB }}"',
        '  it is known when a run is planned or the step starts (across.yaml:10:63)',
      ],
    ],
    [
      'that waits for an inventory',
      'tier.yaml:spec.rto',
      ['Tier gold: spec.rto is "${{ inventory.rto }}"', '  it waits for `rto` of the inventory: give --inventory FILE (tier.yaml:5:8)'],
    ],
  ])('%s', async (_, what, lines) => {
    const { exit, out } = await explained(what);
    expect([exit, ...out.split('\n').slice(0, 2)]).toEqual([0, ...lines]);
  });
  it('filled in from the inventory', async () => {
    const { out } = await explained('tier.yaml:spec.rto', '--inventory', join(folder, 'inventory'), '--json');
    expect(JSON.parse(out)).toMatchObject({
      value: '20m',
      from: 'inventory',
      because: 'it is ${{ inventory.rto }}, filled in from `rto` of the inventory',
    });
  });
  it('of tiers that are put together is their name, and where to ask on', async () => {
    const { exit, out } = await resus('explain', 'policies/riverside/ehr.yaml:ehr.spec.tier');
    expect([exit, ...out.split('\n').slice(0, 2)]).toEqual([
      0,
      'Workload ehr: spec.tier is "life-critical+bedside"',
      '  its `tiers`, and what its sites promise; ask for `spec.tiers.rto` and its like to see which of them sets what',
    ]);
  });
  it.each([
    ['a file of several declarations wants a name', 'sites.yaml:spec.level', 'sites.yaml declares cloud, us-east-2, us-east-2a'],
    ['a file that is not there', 'nowhere.yaml:spec.level', 'PATH_MISSING'],
  ])('%s', async (_, what, says) => {
    expect(await explained(what)).toMatchObject({ exit: 1, err: expect.stringContaining(says) as string });
  });
});
