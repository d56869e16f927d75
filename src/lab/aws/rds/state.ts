// What RDS knows, as one immutable value: the global database, its clusters, the single instances and the events.

import type { Hospital } from '../../hospital.ts';
import { GLOBAL_CLUSTER } from '../names.ts';

export interface GlobalMember {
  readonly cluster: string;
  readonly writer: boolean;
  readonly sync: 'connected' | 'pending-resync';
}
export interface GlobalState {
  readonly name: string;
  readonly status: 'available' | 'failing-over' | 'switching-over';
  readonly members: readonly GlobalMember[];
  readonly failover?: { readonly status: string; readonly from: string; readonly to: string; readonly dataLoss: boolean };
}
export interface ClusterState {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  /** One instance a zone; the cluster's storage is one. */
  readonly instances: readonly { readonly name: string; readonly zone: string; readonly status: string }[];
  /** The instance in whose zone the database's process runs. */
  readonly active: string;
}
/** An instance outside any cluster. */
export interface InstanceState {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly zone: string;
  /** Set when it is Multi-AZ. */
  readonly secondaryZone?: string;
  /** Set when it is a read replica. */
  readonly source?: string;
  /** Its VPC security groups. The lab shows them as RDS does; they open and close nothing, since there is no EC2. */
  readonly groups: readonly { readonly id: string; readonly status: 'active' | 'adding' }[];
}
export interface RdsEvent {
  /** In order of occurrence, across regions. */
  readonly number: number;
  readonly at: number;
  readonly region: string;
  readonly sourceType: 'db-cluster' | 'db-instance';
  readonly source: string;
  readonly categories: readonly string[];
  readonly message: string;
}
export interface RdsState {
  readonly global: GlobalState;
  readonly clusters: Readonly<Record<string, ClusterState>>;
  readonly instances: Readonly<Record<string, InstanceState>>;
  readonly events: readonly RdsEvent[];
}

/** Clusters are the databases that the global database spans; the first of them is its writer. */
const CLUSTERS = ['ehr-east', 'ehr-west'];
const SOURCES: Readonly<Record<string, string>> = { 'reports-west': 'reports' };
/** The security group that every instance has at first. */
export const FIRST_GROUP = 'sg-0hospital';
const MULTI_AZ = new Set(['reports']);

/** `us-east-2a` in `us-east-2` is `a`. */
const letterOf = (zone: string, region: string): string => zone.slice(region.length);

export function initialState(hospital: Hospital): RdsState {
  const clusters: Record<string, ClusterState> = {};
  const instances: Record<string, InstanceState> = {};
  for (const database of hospital.databases) {
    const zones = hospital.regions.find((region) => region.name === database.region)?.zones ?? [];
    const base = { name: database.name, region: database.region, status: 'available' };
    if (CLUSTERS.includes(database.name)) {
      const members = zones.map((zone) => ({
        name: `${database.name}-${letterOf(zone.name, database.region)}`,
        zone: zone.name,
        status: 'available',
      }));
      const active = members.find((member) => member.zone === database.zone())?.name ?? members[0]?.name ?? database.name;
      clusters[database.name] = { ...base, instances: members, active };
    } else {
      const secondary = zones.find((zone) => zone.name !== database.zone())?.name;
      const source = SOURCES[database.name];
      instances[database.name] = {
        ...base,
        zone: database.zone(),
        groups: [{ id: FIRST_GROUP, status: 'active' }],
        ...(MULTI_AZ.has(database.name) && secondary !== undefined ? { secondaryZone: secondary } : {}),
        ...(source === undefined ? {} : { source }),
      };
    }
  }
  const members = CLUSTERS.filter((name) => clusters[name] !== undefined);
  const global: GlobalState = {
    name: GLOBAL_CLUSTER,
    status: 'available',
    members: members.map((cluster, index) => ({ cluster, writer: index === 0, sync: 'connected' })),
  };
  return { global, clusters, instances, events: [] };
}
