// One thing under many: a dependency that is lost more easily than what stands on it.
import { regionOf } from '../../core/detection/targets.ts';
import { declaredAs, type Estate, type Tier, type Workload } from '../../core/estate.ts';
import { zonesOf } from '../examined.ts';
import { chain, needed } from '../needed.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const singlePoint: Finding = {
  code: 'SINGLE_POINT',
  severity: 'error',
  means: 'A workload is to outlast the loss of a region or a zone, and hard-depends on one that stands in a single region or zone.',
  why: 'However many replicas it has, it is lost with the one thing that all of them need. Such things hide two or three dependencies deep.',
  fix: 'Give the dependency a replica in another region or zone, make the dependency soft (and test that), or promise less.',
  example: `kind: Workload
metadata: { name: identity }
spec:
  replicas:
    - { name: east, site: us-east-2, role: primary }
    - { name: west, site: us-west-2, role: standby }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const least = declaredAs(estate.tiers, workload.tier)?.least;
      if (least === undefined || !(least.regions > 1 || least.zones > 1)) continue;
      for (const reached of needed(estate.workloads, workload.id)) {
        const on = declaredAs(estate.workloads, reached.name);
        const single = on === undefined ? undefined : singleOf(estate, least, on);
        if (single === undefined || on === undefined) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: `/spec/dependsOn/${reached.index}/workload` },
          sentence: `${quoted(workload.id)} is to outlast the loss of a ${single.noun}, and needs ${quoted(on.id)}, which stands in ${single.where}`,
          evidence: [
            `by ${chain(workload.id, reached)}`,
            `tier ${workload.tier} demands ${least.regions > 1 ? `${least.regions} regions` : `${least.zones} zones`}`,
            `${on.id} has ${on.replicas.length === 1 ? 'one replica' : `${on.replicas.length} replicas`}`,
          ],
          remedy: `give ${quoted(on.id)} a replica in another ${single.noun}, or make the dependency soft`,
        };
      }
    }
  },
};

/** The one region or zone whose loss takes a workload, where more are demanded. */
function singleOf(estate: Estate, least: Tier['least'], on: Workload): { readonly noun: string; readonly where: string } | undefined {
  const regions = new Set(on.replicas.flatMap(({ site }) => regionOf(estate, site) ?? []));
  if (regions.size !== 1) return undefined;
  const [region = ''] = regions;
  if (least.regions > 1) return { noun: 'region', where: `${quoted(region)} alone` };
  const zones = new Set(on.replicas.flatMap((replica) => zonesOf(estate, replica)));
  if (!(least.zones > 1) || zones.size > 1) return undefined;
  const [zone] = zones;
  return { noun: 'zone', where: zone === undefined ? `no zone that is declared, in ${quoted(region)}` : `${quoted(zone)} alone` };
}
