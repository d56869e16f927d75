// Replicas that stand together more narrowly than the tier forbids: it allows that, and one loss still takes them all.
import { ancestry } from '../../core/detection/targets.ts';
import { declaredAs, type Estate, type Replica, type Site, type SiteLevel, type Tier } from '../../core/estate.ts';
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

const nouns: Readonly<Record<SiteLevel, string>> = {
  cloud: 'cloud',
  region: 'region',
  zone: 'zone',
  campus: 'campus',
  'data-centre': 'data centre',
  rack: 'rack',
};

export const sharedSite: Finding = {
  code: 'SHARED_SITE',
  severity: 'warning',
  means: 'All replicas of a workload stand in one rack, zone, data centre, campus or region, though the tier would allow that.',
  why: 'A second replica beside the first helps against a broken machine and against nothing else: power, water, network and the hospital around them are lost for both at once.',
  fix: 'Put one of them elsewhere, or accept it with what is done when that one site is lost.',
  example: `replicas:
  - { name: first, site: river-north-a, role: primary }
  - { name: second, site: river-south-a, role: standby }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const tier = declaredAs(estate.tiers, workload.tier);
      const site = sharedBy(estate, workload.replicas);
      if (tier === undefined || site === undefined || !isWorthSaying(tier, site)) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec/replicas' },
        sentence: `all of its replicas stand in the ${nouns[site.level]} ${quoted(site.id)}`,
        evidence: [listed(workload.replicas.map(({ name }) => name)), `tier ${workload.tier}, ${tier.strategy}`],
        remedy: `put a replica outside of ${quoted(site.id)}, or accept this with what is done when it is lost`,
      };
    }
  },
};

/** The narrowest site that holds every replica; undefined for one replica alone, or where a site is not known. */
function sharedBy(estate: Estate, [first, ...others]: readonly Replica[]): Site | undefined {
  if (first === undefined || others.length === 0) return undefined;
  const paths = others.map(({ site }) => new Set(ancestry(estate, site).map(({ id }) => id)));
  return ancestry(estate, first.site).find(({ id }) => paths.every((path) => path.has(id)));
}

/** What a tier demands is said by REPLICAS_TOGETHER; a region may be shared where data come back from a backup anyhow. */
function isWorthSaying({ least, strategy }: Tier, { level }: Site): boolean {
  if (level === 'cloud' || least.regions > 1) return false;
  if (level === 'region') return strategy !== 'backup-restore';
  return level === 'campus' || !(least.zones > 1);
}
