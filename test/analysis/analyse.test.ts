// What is accepted is told apart with its reason; what the page says is what the findings say.
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { analyse, findings, findingsPage, labelOf } from '../../src/analysis/index.ts';
import { longestGapMs } from '../../src/analysis/schedule-gap.ts';
import { time } from '../../src/analysis/said.ts';
import { analysed, catalogue, linesOf, type Edit } from './base.ts';

const late: Edit = ['tier', 'rto: 15m', 'rto: 4m'];
const accepting = (label: string, reason: string): Edit => ['ehr', '  name: ehr', `  name: ehr\n  labels: { ${label}: '${reason}' }`];

describe('acceptance', () => {
  it('takes every finding of its code about its declaration, with the reason', () => {
    const { found, accepted } = analysed([late, accepting('accept/rto-unreachable', 'as agreed')]);
    expect(found.map(({ code }) => code)).not.toContain('RTO_UNREACHABLE');
    expect(accepted.map(({ code, reason }) => `${code} ${reason}`)).toEqual(['RTO_UNREACHABLE as agreed', 'RTO_UNREACHABLE as agreed']);
  });
  it('takes what is found at a tier that was put together, by the label of any of them', () => {
    const edits: readonly Edit[] = [
      ...several,
      ['tier', 'rto: 15m', 'rto: 5m'],
      ['tier', 'name: gold', "name: gold, labels: { accept/approval-over-rto: 'as agreed' }"],
    ];
    const { found, accepted } = analysed(edits);
    const about = accepted.filter(({ code }) => code === 'APPROVAL_OVER_RTO').map(({ at, reason }) => `${at.name} ${reason}`);
    expect(about).toEqual(['gold as agreed', 'gold+other as agreed']);
    expect(found.map(({ code }) => code)).not.toContain('ACCEPTANCE_UNUSED');
  });
  it('takes nothing of another declaration', () => {
    const { found, accepted } = analysed([late, ['tier', 'name: gold', "name: gold, labels: { accept/rto-unreachable: 'no' }"]]);
    expect(accepted).toEqual([]);
    expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(['RTO_UNREACHABLE', 'ACCEPTANCE_UNUSED']));
  });
  it('takes nothing without a reason', () => {
    const { found, accepted } = analysed([late, accepting('accept/rto-unreachable', ' ')]);
    expect(accepted).toEqual([]);
    expect(found.find(({ code }) => code === 'ACCEPTANCE_UNUSED')?.sentence).toBe('accept/rto-unreachable gives no reason');
  });
});

/** Beside the first tier, and promising less. */
const second =
  '\n---\napiVersion: resus/v1\nkind: Tier\nmetadata: { name: other }\nspec: { rto: 1h, rpo: 1h, availability: "99", strategy: warm-standby }\n';
const several: readonly Edit[] = [
  ['ehr', 'tier: gold', 'tiers: [gold, other]'],
  ['tier', '  drillEvery: 90d\n', `  drillEvery: 90d\n${second}`],
];

describe('an analysis', () => {
  it('says the same of the same estate', () => expect(analysed([late])).toEqual(analysed([late])));
  it('finds nothing where nothing is declared', () => {
    const estate = { sites: {}, tiers: {}, workloads: {}, runbooks: {}, gamedays: {} };
    expect(analyse({ estate, catalogue, proving: new Set(), written: [], isOpen: false })).toEqual({ found: [], accepted: [] });
  });
  it.each<Edit>([
    ['tier', 'rto: 15m', "rto: '${{ inventory.x }}'"],
    ['tier', 'expire: 5m', "expire: '${{ inventory.x }}'"],
    ['tier', 'interval: 5s', "interval: '${{ inventory.x }}'"],
    ['tier', 'failures: 3', "failures: '${{ int(inventory.x) }}'"],
    ['tier', 'strategy: warm-standby', "strategy: '${{ inventory.x }}'"],
    ['tier', 'region: approve', "region: '${{ inventory.x }}'"],
    ['tier', 'storage-fenced, provider-asserted', '"${{ inventory.x }}"'],
    ['tier', '[storage-fenced, provider-asserted]', '\'${{ inventory.x.split(",") }}\''],
    ['ehr', 'tier: gold', "tier: '${{ inventory.x }}'"],
    ['ehr', 'grace: 60s', "grace: '${{ inventory.x }}'"],
    ['ehr', 'ttl: 60s', "ttl: '${{ inventory.x }}'"],
    ['ehr', 'clientCache: 0s', "clientCache: '${{ inventory.x }}'"],
    ['ehr', '  localHa:', "  backup: { every: '${{ inventory.x }}', at: campus, immutable: true }\n  localHa:"],
    ['ehr', 'residency: [US]', 'residency: ${{ inventory.x.split(",") }}'],
    ['ehr', '    populations:', '    privateZone: { answeredAt: \'${{ inventory.x.split(",") }}\' }\n    populations:'],
    ['away', 'expect: 2m', "expect: '${{ inventory.x }}'"],
    ['away', 'timeout: 10m', "timeout: '${{ inventory.x }}'"],
    ['zoneLoss', "'0 3 * * 2'", "'${{ inventory.x }}'"],
    ['zoneLoss', '[usersPath.healthy, incidents.open == 0, runs.open == 0]', '${{ inventory.x.split(",") }}'],
    ['zoneLoss', '[canaries.lost > 50]', '${{ inventory.x.split(",") }}'],
  ])('claims nothing about what waits for an inventory: in %s %s is %s', (...edit) => {
    expect(linesOf(analysed([edit]))).toEqual([]);
  });
  it('claims nothing about what one of several tiers leaves to an inventory', () => {
    const tight = (region: string): string[] =>
      linesOf(analysed([...several, ['tier', 'rto: 15m', 'rto: 10m'], ['tier', 'region: approve', `region: ${region}`]])).filter((line) =>
        line.startsWith('RTO_TIGHT'),
      );
    expect(tight("'${{ inventory.x }}'")).toEqual([]);
    expect(tight('approve')).toHaveLength(1);
  });
});

describe('the page of findings', () => {
  it('is what the findings say of themselves', async () => {
    const page = await prettier.format(findingsPage(), {
      parser: 'markdown',
      ...((await prettier.resolveConfig('docs/findings.md')) ?? {}),
    });
    await expect(page).toMatchFileSnapshot('../../docs/findings.md');
  });
  it('names each with a label that a declaration may have', () => {
    expect(new Set(findings.map(({ code }) => code)).size).toBe(findings.length);
    for (const { code, means, why, fix } of findings) {
      expect(labelOf(code)).toMatch(/^[a-z0-9][a-z0-9./-]{0,126}$/);
      for (const sentence of [means, why, fix]) expect(sentence.length).toBeGreaterThan(30);
    }
  });
});

it.each([
  ['0 3 * * *', 1],
  ['0 3 * * 2', 7],
  ['0 3 * * mon,thu', 4],
  ['0 3 * * 7', 7],
  ['0 3 8 * *', 31],
  ['0 3 31 * *', 61],
  ['0 3 1 */3 *', 92],
  ['0 3 1 jan *', 366],
  ['0 3 29 2 *', 1461],
  ['0 3 13 * 5', 7],
  ['0 3 31 2 *', undefined],
  ['not cron', undefined],
])('the longest pause of %s is %s days', (cron, days) => {
  expect(longestGapMs(cron)).toBe(days === undefined ? undefined : days * 86_400_000);
});

it.each([
  [0, '0s'],
  [90_000, '1m30s'],
  [1_950, '1s950ms'],
  [3_600_000, '1h'],
  [3_605_000, '1h5s'],
  [31_536_000, '8h45m'],
])('%s ms is said as %s', (ms, said) => expect(time(ms)).toBe(said));
