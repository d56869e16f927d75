// The Mekong estate, alone with what it borrows: it declares and lints clean, its hospitals come out of one list, and nothing that holds a
// patient's data stands, or can be moved, outside of Vietnam.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/index.ts';
import { givenOf } from '../../src/cli/declared.ts';
import { compile } from '../../src/core/runbook/compile.ts';
import { declare, evaluate, printed, readTree, type SourceFile } from '../../src/declare/index.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';
import type { Provider } from '../../src/ports.ts';

const vocabulary = vocabularyOf(providers);
const catalogue = { actions: catalogueOf(providers as readonly unknown[] as readonly Provider[]), evaluate };
const borrowed = ['policies/tiers.yaml', 'runbooks/route53-standby-takes-over.yaml'];
const { files, problems } = await readTree(['policies/mekong', ...borrowed]);
const made = declare(files, { vocabulary });
const estate = () => {
  expect([...problems, ...(made.ok ? made.warnings : made.problems)].map(printed)).toEqual([]);
  if (!made.ok) throw new Error('not declared');
  return made.estate;
};
const changed = (path: string, from: string, to: string): readonly SourceFile[] =>
  files.map((file) => {
    if (!file.path.endsWith(path)) return file;
    expect(file.text).toContain(from);
    return { ...file, text: file.text.replaceAll(from, to) };
  });
const withPacs = ['my-tho', 'long-xuyen', 'rach-gia', 'ca-mau'];

describe('the Mekong estate', () => {
  it('makes a site and a PACS client of each hospital, and a PACS of those that have one', () => {
    const { workloads, sites } = estate();
    const names = Object.keys(workloads);
    const hospitals = names.flatMap((name) => (name.startsWith('mekong-pacs-client-') ? [name.slice('mekong-pacs-client-'.length)] : []));
    expect(hospitals).toHaveLength(12);
    expect(hospitals.map((name) => sites[`mekong-${name}`]?.level)).toEqual(hospitals.map(() => 'campus'));
    expect(names.filter((name) => name.startsWith('mekong-local-pacs-')).sort()).toEqual(
      withPacs.map((name) => `mekong-local-pacs-${name}`).sort(),
    );
    expect(names).toHaveLength(12 + 4 + 3);
  });
  it('lets a client do without the cloud only where the hospital has a PACS of its own', () => {
    for (const [name, { dependsOn }] of Object.entries(estate().workloads)) {
      if (!name.startsWith('mekong-pacs-client-')) continue;
      const hospital = name.slice('mekong-pacs-client-'.length);
      expect([hospital, dependsOn.map((each) => `${each.strength} ${each.workload}`)]).toEqual([
        hospital,
        withPacs.includes(hospital) ? [`hard mekong-local-pacs-${hospital}`, 'soft mekong-pacs-cloud'] : ['hard mekong-pacs-cloud'],
      ]);
    }
  });
  it('has a name of its own for everything, but for the region, which AWS named', () => {
    const { workloads, sites, calendars, gamedays } = estate();
    const own = [workloads, sites, calendars, gamedays].flatMap((each) => Object.keys(each ?? {}));
    expect(own.filter((name) => !/^mekong(-|$)/.test(name))).toEqual(['ap-southeast-1']);
  });
  it('says what it says to people in both languages', () => {
    const vietnamese = /[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]/i;
    for (const { id, impact, downtimeProcedure } of Object.values(estate().workloads))
      for (const text of [impact, downtimeProcedure]) {
        const [vi = '', en = ''] = text.split(' EN: ');
        expect([id, vi.startsWith('VI: '), vietnamese.test(vi)]).toEqual([id, true, true]);
        expect([id, en.length > 20, vietnamese.test(en)]).toEqual([id, true, false]);
      }
  });
  it('is watched from three failure domains', () => {
    expect(Object.values(estate().sites).flatMap((site) => site.vantages.map((vantage) => `${vantage.id} at ${site.id}`))).toEqual([
      'mekong-can-tho at mekong-can-tho',
      'mekong-hcm at mekong-hcm',
      'mekong-singapore at ap-southeast-1',
    ]);
  });
  it('asks only what there are probes for', () => {
    const uses = Object.values(estate().workloads).flatMap(({ replicas }) =>
      replicas.flatMap(({ probes }) => probes.map((probe) => probe.uses)),
    );
    expect([...new Set(uses)].sort()).toEqual(['dns', 'http', 'postgres', 'tcp']);
  });
  it('has no finding that nobody answers for', () => {
    if (!made.ok) throw new Error('not declared');
    const { found, accepted } = analyse(givenOf(made, { vocabulary, catalogue }));
    expect(found.map((each) => [each.code, each.at.name, each.sentence])).toEqual([]);
    expect(accepted.length).toBeLessThan(8);
  });
});

describe('the data of patients', () => {
  it('stands in Vietnam alone; the only workload that may stand elsewhere has none', () => {
    const { workloads, sites } = estate();
    const abroad = Object.values(workloads).filter(({ replicas }) => replicas.some((replica) => sites[replica.site]?.residency !== 'VN'));
    expect(abroad.map(({ id }) => id)).toEqual(['mekong-dashboard']);
    for (const { id, residency } of Object.values(workloads)) if (id !== 'mekong-dashboard') expect([id, residency]).toEqual([id, ['VN']]);
    expect(made.ok && made.written.find((each) => each.name === 'mekong-dashboard')?.value).toMatchObject({
      metadata: { labels: { 'patient-data': 'none' } },
    });
  });
  it.each([
    ['the archive', 'cloud.yaml', 'site: mekong-hcm', 'site: ap-southeast-1'],
    ['a client', 'edge.yaml', 'site: mekong-${{ each.name }}\n      role', 'site: ap-southeast-1\n      role'],
  ])('cannot be declared to stand in Singapore: %s', (_what, path, from, to) => {
    const again = declare(changed(path, from, to), { vocabulary });
    expect(again.ok ? [] : [...new Set(again.problems.map(({ code }) => code))]).toEqual(['RESIDENCY']);
  });
});

it('moves the dashboard both ways without a control plane of AWS', () => {
  const { workloads } = estate();
  const workload = workloads['mekong-dashboard'];
  const [singapore, canTho] = workload?.replicas ?? [];
  if (workload === undefined || singapore === undefined || canTho === undefined) throw new Error('no dashboard');
  for (const [from, to, state] of [
    [singapore, canTho, 'standby'],
    [canTho, singapore, 'primary'],
  ] as const) {
    const plan = compile(estate(), catalogue, { workload, mode: 'switchover', runbook: 'route53-standby-takes-over', from, to });
    expect(plan.ok && plan.value.steps.map((step) => step.with)).toMatchObject([{ state, expect: [to.resources['address']] }]);
    expect(plan.ok && plan.value.steps.flatMap((step) => catalogue.actions.get(step.uses)?.needs(step.with) ?? [])).toEqual([]);
  }
});
