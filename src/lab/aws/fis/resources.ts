// What FIS can aim at in a region, and which of it a target of a template means.

import type { Hospital } from '../../hospital.ts';
import { LAB_TAGS, arn } from '../names.ts';
import type { RdsState } from '../rds/state.ts';
import type { Target } from './state.ts';

export interface Resource {
  readonly type: string;
  readonly arn: string;
  /** Of a cluster: of its writer. */
  readonly zone: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What filters can see, by path. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The EC2 resources of a zone have ids made from its name, such as `subnet-us-east-2a`. */
export function resourcesOf(hospital: Hospital, rds: RdsState, region: string): readonly Resource[] {
  const zones = hospital.regions.find((candidate) => candidate.name === region)?.zones ?? [];
  const ec2 = zones.flatMap(({ name: zone }): readonly Resource[] => {
    const tags = { ...LAB_TAGS, zone };
    const state = hospital.isLost(zone) ? 'stopped' : 'running';
    return [
      {
        type: 'aws:ec2:subnet',
        arn: arn.subnet(region, `subnet-${zone}`),
        zone,
        tags,
        attributes: { AvailabilityZone: zone, SubnetId: `subnet-${zone}` },
      },
      {
        type: 'aws:ec2:instance',
        arn: arn.computer(region, `i-${zone}`),
        zone,
        tags,
        attributes: { 'Placement.AvailabilityZone': zone, 'State.Name': state, InstanceId: `i-${zone}` },
      },
    ];
  });
  const clusters = Object.values(rds.clusters)
    .filter((cluster) => cluster.region === region)
    .flatMap((cluster): readonly Resource[] => {
      const zone = cluster.instances.find((instance) => instance.name === cluster.active)?.zone ?? '';
      const members = cluster.instances.map((instance) => ({
        type: 'aws:rds:db',
        arn: arn.instance(region, instance.name),
        zone: instance.zone,
        tags: LAB_TAGS,
        attributes: { DBInstanceIdentifier: instance.name, AvailabilityZone: instance.zone },
      }));
      return [
        {
          type: 'aws:rds:cluster',
          arn: arn.cluster(region, cluster.name),
          zone,
          tags: LAB_TAGS,
          attributes: { DBClusterIdentifier: cluster.name },
        },
        ...members,
      ];
    });
  const instances = Object.values(rds.instances)
    .filter((instance) => instance.region === region)
    .map((instance) => ({
      type: 'aws:rds:db',
      arn: arn.instance(region, instance.name),
      zone: instance.zone,
      tags: LAB_TAGS,
      attributes: { DBInstanceIdentifier: instance.name, AvailabilityZone: instance.zone },
    }));
  return [...ec2, ...clusters, ...instances];
}

/** The parameters that narrow a target to zones; each takes one zone or several with commas. */
const ZONE_PARAMETERS = ['availabilityZoneIdentifier', 'availabilityZoneIdentifiers', 'writerAvailabilityZoneIdentifiers'];

function selected(resources: readonly Resource[], mode: string): readonly Resource[] {
  const [, kind, number] = /^(COUNT|PERCENT)\((\d+)\)$/.exec(mode) ?? [];
  if (kind === undefined) return resources;
  const count = kind === 'COUNT' ? Number(number) : Math.floor((resources.length * Number(number)) / 100);
  return resources.slice(0, count);
}

/** In the order in which the region has them. FIS draws COUNT and PERCENT by lot; the lab takes the first, so that drills repeat. */
export function resolveTarget(resources: readonly Resource[], target: Target): readonly Resource[] {
  const zones = ZONE_PARAMETERS.flatMap((name) => target.parameters?.[name]?.split(',').map((zone) => zone.trim()) ?? []);
  const matching = resources.filter(
    (resource) =>
      resource.type === target.resourceType &&
      (target.resourceArns === undefined || target.resourceArns.includes(resource.arn)) &&
      Object.entries(target.resourceTags ?? {}).every(([key, value]) => resource.tags[key] === value) &&
      (target.filters ?? []).every((filter) => filter.values.includes(resource.attributes[filter.path] ?? '')) &&
      (zones.length === 0 || zones.includes(resource.zone)),
  );
  return selected(matching, target.selectionMode);
}
