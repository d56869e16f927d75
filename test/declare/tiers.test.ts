// Several tiers for one workload: of each value that one of them writes the stricter holds, and where it came from can be asked.
// Targets that nobody has decided are said, and never become a number that somebody could take for a promise.
import { describe, expect, it } from 'vitest';
import type { Tier } from '../../src/core/estate.ts';
import { provenance } from '../../src/declare/index.ts';
import { base, linesOf, run, vocabulary } from './base.ts';

const tier = (name: string, spec: string): string => `apiVersion: resus/v1\nkind: Tier\nmetadata: { name: ${name} }\nspec:\n${spec}`;
const strictOne = tier(
  'ward',
  `  rto: 15m
  rpo: 1m
  availability: '99.95'
  strategy: pilot-light
  automation: { region: manual }
  approvals: { people: 2, emergency: { role: commander } }
  fencing: { accepts: [confirmed, powered-off] }
  drillEvery: 30d
  retention: 10y
`,
);
const edited = (tiers: string, from = '  tier: gold\n', sites: readonly [string, string] = ['', '']) => {
  const texts = Object.entries(base).map(([path, text]) => ({
    path,
    text: path === 'workload.yaml' ? text.replace(from, tiers) : path === 'sites.yaml' ? text.replace(...sites) : text,
  }));
  return [...texts, { path: 'ward.yaml', text: strictOne }, { path: 'open.yaml', text: tier('open', openSpec) }];
};
/** The two tiers with targets of a loss. */
const losing = (gold: string, ward: string, names: string) =>
  edited(`  tiers: ${names}\n`).map((each) => ({
    ...each,
    text: each.path === 'tier.yaml' ? `${each.text}${gold}` : each.path === 'ward.yaml' ? `${each.text}${ward}` : each.text,
  }));
const openSpec = "  rto: pending-bia\n  rpo: pending-bia\n  availability: '99.9'\n  strategy: warm-standby\n";
const heldBy = (files: ReturnType<typeof edited>): Tier => {
  const declared = run(files);
  expect(linesOf(declared).filter((line) => !line.includes('TARGET_PENDING'))).toEqual([]);
  if (!declared.ok) throw new Error('wrong');
  const found = declared.estate.tiers[declared.estate.workloads['ehr']?.tier ?? ''];
  if (found === undefined) throw new Error('no tier');
  return found;
};

describe('several tiers', () => {
  it('the stricter of each value holds, and a default outweighs nothing that was written', () => {
    expect(heldBy(edited('  tiers: [gold, ward]\n'))).toMatchObject({
      id: 'gold+ward',
      rtoMs: 60_000,
      rpoMs: 5_000,
      availability: '99.95',
      strategy: 'warm-standby',
      // Of gold, which writes it; ward has only the default of 5 s.
      detection: { intervalMs: 1_000, timeoutMs: 500, failures: 3, successes: 2 },
      automation: { replica: 'approve', zone: 'approve', region: 'manual' },
      approvals: { people: 2, expireMs: 1_800_000 },
      fencing: { accepts: ['confirmed', 'powered-off'] },
      cooldownMs: 60_000,
      drillEveryMs: 30 * 86_400_000,
      retentionMs: 10 * 365 * 86_400_000,
    });
  });
  it('the emergency rule of one alone does not hold', () => {
    expect(heldBy(edited('  tiers: [gold, ward]\n')).approvals.emergency).toBeUndefined();
    expect(heldBy(edited('  tier: ward\n')).approvals.emergency).toEqual({ role: 'commander' });
  });
  it('one tier is that tier', () => {
    expect(heldBy(edited('  tiers: [gold]\n')).id).toBe('gold');
    expect(heldBy(edited('  tier: gold\n')).id).toBe('gold');
  });
  it.each<[string, string, string]>([
    ['of its site', '  tier: gold\n', 'gold+ward'],
    ['of its site alone', '', 'ward'],
    ['of its site, named by itself too', '  tiers: [ward]\n', 'ward'],
  ])('%s', (_, own, id) => {
    expect(heldBy(edited(own, undefined, ['{ level: region, parent: cloud }', '{ level: region, parent: cloud, tier: ward }'])).id).toBe(
      id,
    );
  });
  it('a site passes it on to those that stand in it', () => {
    expect(heldBy(edited('', undefined, ['{ level: cloud, kind: aws', '{ level: cloud, tier: ward, kind: aws'])).id).toBe('ward');
  });
  it.each<[string, string, (tier: Tier) => unknown]>([
    ['a choice of which the later is stricter', 'strategy: ${{ inventory.x }}', ({ strategy }) => strategy],
    ['a choice of which the earlier is stricter', 'automation: { zone: "${{ inventory.x }}" }', ({ automation }) => automation.zone],
    [
      'a list of which what is common holds',
      'fencing: { accepts: [confirmed, "${{ inventory.x }}"] }',
      ({ fencing }) => fencing.accepts[1],
    ],
    ['a duration', 'cooldown: ${{ inventory.x }}', ({ cooldownMs }) => cooldownMs],
  ])('%s that waits for an inventory may be the stricter one, whichever tier has it', (_, written, of) => {
    const key = written.slice(0, written.indexOf(':'));
    const waiting = strictOne.replace(new RegExp(`  ${key}: .*\n`), '').concat(`  ${written}\n`);
    const known = tier(
      'known',
      openSpec
        .replace('pending-bia', '1h')
        .replace('pending-bia', '1h')
        .concat('  automation: { zone: automatic }\n  fencing: { accepts: [confirmed] }\n  cooldown: 1d\n'),
    );
    for (const names of ['[ward, known]', '[known, ward]']) {
      const texts = edited(`  tiers: ${names}\n`).map((each) => (each.path === 'ward.yaml' ? { ...each, text: waiting } : each));
      expect(of(heldBy([...texts, { path: 'known.yaml', text: known }]))).toBe('${{ inventory.x }}');
    }
  });
  it.each<[string, string, string, Tier['byLoss']]>([
    ['one names it, more than the other promises at all', '  byLoss: { zone: { rto: 40s } }\n', '', { zone: { rtoMs: 40_000 } }],
    ['one names it, less than the other promises at all', '', '  byLoss: { zone: { rto: 10m } }\n', undefined],
    [
      'both name some',
      '  byLoss: { zone: { rto: 50s }, replica: { rto: 20s } }\n',
      '  byLoss: { zone: { rto: 30s }, region: { rto: 55s } }\n',
      { replica: { rtoMs: 20_000 }, zone: { rtoMs: 30_000 }, region: { rtoMs: 55_000 } },
    ],
  ])('of a loss the stricter holds: %s', (_, gold, ward, held) => {
    for (const names of ['[gold, ward]', '[ward, gold]']) expect(heldBy(losing(gold, ward, names)).byLoss).toEqual(held);
  });
  it('a loss is as undecided as the other tier is', () => {
    const held = heldBy(losing('  byLoss: { zone: { rto: 40s } }\n', '', '[gold, open]'));
    expect([held.pending, held.byLoss]).toEqual([['rto', 'rpo'], undefined]);
  });
  it('of a loss alone a tier may have decided', () => {
    const texts = edited('  tier: open\n').map((each) =>
      each.path === 'open.yaml' ? { ...each, text: `${each.text}  byLoss: { zone: { rto: 5m } }\n` } : each,
    );
    expect(heldBy(texts)).toMatchObject({ pending: ['rto', 'rpo'], byLoss: { zone: { rtoMs: 300_000 } } });
  });
  it('a target that waits for an inventory is not called weaker', () => {
    const waiting = losing('', '  byLoss: { zone: { rto: "${{ inventory.zone }}" } }\n', '[ward]');
    expect(
      heldBy(
        waiting.map((each) => (each.path === 'ward.yaml' ? { ...each, text: each.text.replace('15m', '${{ inventory.any }}') } : each)),
      ).byLoss,
    ).toEqual({
      zone: { rtoMs: '${{ inventory.zone }}' },
    });
  });
  it('order changes nothing but the name', () => {
    const { id: _, ...one } = heldBy(edited('  tiers: [gold, ward]\n'));
    const { id: __, ...other } = heldBy(edited('  tiers: [ward, gold]\n'));
    expect(other).toEqual(one);
  });
  it.each<[string, string, readonly string[]]>([
    [
      'one and several',
      '  tier: gold\n  tiers: [ward]\n',
      ['workload.yaml:5:3: TIER_TWICE `ehr` has `tier` and `tiers` (write all of them in `tiers`)'],
    ],
    ['none', '', ['workload.yaml:5:3: MISSING_KEY `spec` has no `tier` (add `tier`: what it is promised)']],
    [
      'one that is not there',
      '  tiers: [gold, wrad]\n',
      ['workload.yaml:5:17: UNKNOWN_TIER there is no tier `wrad` (did you mean `ward`?)'],
    ],
    [
      'one twice',
      '  tiers: [gold, gold]\n',
      ['workload.yaml:5:10: NOT_UNIQUE `spec.tiers` holds an item twice (keep one of items 2 and 1)'],
    ],
  ])('%s is a mistake', (_, tiers, lines) => {
    expect(linesOf(run(edited(tiers)))).toEqual(lines);
  });
  it('that do not go together are a mistake of the workload', () => {
    const slow = tier('slow', `${openSpec.replaceAll('pending-bia', '1h')}  detection: { interval: 5s, timeout: 3s }\n`);
    const fast = tier('fast', `${openSpec.replaceAll('pending-bia', '1h')}  detection: { interval: 2500ms }\n`);
    const files = [...edited('  tiers: [slow, fast]\n'), { path: 'more.yaml', text: `${slow}---\n${fast}` }];
    expect(linesOf(run(files))).toEqual([
      'workload.yaml:5:10: TIMEOUT_OVER_INTERVAL a probe may take 3s, and the next is due after 2500ms (make the timeout shorter than the interval)',
    ]);
  });
});

describe('a target that nobody has decided', () => {
  it('is a warning of the workload, and no number', () => {
    const declared = run(edited('  tier: open\n'));
    expect(linesOf(declared)).toEqual([
      'workload.yaml:5:9: warning TARGET_PENDING nobody has decided the RTO, RPO of `ehr` yet (pending-bia) (decide them with its clinical owner; until then nothing is done about it without a person)',
    ]);
    expect(heldBy(edited('  tier: open\n'))).toMatchObject({ rtoMs: 0, rpoMs: 0, pending: ['rto', 'rpo'] });
    expect('pending' in heldBy(edited('  tier: gold\n'))).toBe(false);
  });
  it('is not decided by another tier', () => {
    expect(heldBy(edited('  tiers: [gold, open]\n')).pending).toEqual(['rto', 'rpo']);
    expect(heldBy(edited('  tiers: [open, gold]\n')).pending).toEqual(['rto', 'rpo']);
  });
  it.each([
    [
      'rto: 60s',
      'rto: pending',
      'tier.yaml:5:8: BAD_DURATION `spec.rto` is `pending`, which is not a duration (write e.g. `500ms`, `90s`, `15m`, `36h`, `90d` or `6y`)',
    ],
    [
      'cooldown: 1m',
      'cooldown: pending-bia',
      'tier.yaml:10:13: BAD_DURATION `spec.cooldown` is `pending-bia`, which is not a duration (write e.g. `500ms`, `90s`, `15m`, `36h`, `90d` or `6y`)',
    ],
  ])('only a target can wait: %s as %s', (from, to, line) => {
    const files = Object.entries(base).map(([path, text]) => ({ path, text: path === 'tier.yaml' ? text.replace(from, to) : text }));
    expect(linesOf(run(files))).toEqual([line]);
  });
});

describe('where a value came from', () => {
  const files = edited('  tiers: [gold, ward]\n');
  it.each<[string, unknown, string, string | undefined]>([
    ['spec.tiers.rto', '60s', 'tier gold sets it, the strictest of its tiers; ward says "15m"', 'tier.yaml:5:8'],
    ['spec.tiers.drillEvery', '30d', 'tier ward sets it', 'ward.yaml:12:15'],
    ['spec.tiers.detection.interval', '1s', 'tier gold sets it', 'tier.yaml:9:26'],
    ['spec.tiers.cooldown', '1m', 'tier gold sets it', 'tier.yaml:10:13'],
    ['spec.tiers.automation.zone', 'approve', 'no tier of it says so: the default of a Tier', undefined],
    ['spec.tiers[1]', 'ward', 'it is written there', 'workload.yaml:5:17'],
  ])('%s', (path, value, because, place) => {
    const sought = provenance(files, { file: 'workload.yaml', path }, { vocabulary });
    if (!sought.ok) throw new Error(sought.message);
    const { at } = sought.found;
    expect([sought.found.value, sought.found.because, at && `${at.file}:${at.line}:${at.column}`]).toEqual([value, because, place]);
  });
  it.each<[string, string, unknown, string, string]>([
    ['[gold, ward]', 'zone', '60s', 'tier gold sets it by its general `rto`, the strictest of its tiers; ward says "10m"', 'tier.yaml:5:8'],
    ['[ward]', 'zone', '10m', 'tier ward sets it', 'ward.yaml:14:26'],
    [
      '[gold, ward]',
      'region',
      '60s',
      'no tier of it names this loss, so its `rto` holds: tier gold sets it, the strictest of its tiers; ward says "15m"',
      'tier.yaml:5:8',
    ],
  ])('of %s for a lost %s', (names, loss, value, because, place) => {
    const texts = losing('', '  byLoss: { zone: { rto: 10m } }\n', names);
    const sought = provenance(texts, { file: 'workload.yaml', path: `spec.tiers.byLoss.${loss}.rto` }, { vocabulary });
    if (!sought.ok) throw new Error(sought.message);
    const { at } = sought.found;
    expect([sought.found.value, sought.found.because, at && `${at.file}:${at.line}:${at.column}`]).toEqual([value, because, place]);
  });
  it('of a loss that a tier leaves out', () => {
    const sought = provenance(files, { file: 'ward.yaml', path: 'spec.byLoss.zone.rto' }, { vocabulary });
    expect(sought).toMatchObject({ ok: true, found: { value: '15m', because: 'it is left out, so `rto` holds', at: { line: 5 } } });
  });
});
