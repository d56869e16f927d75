// The DNS names that RDS keeps: each cluster's and instance's endpoint leads to the zone in which its database runs now. As a
// service (SRV) it says the port there as well, which AWS's do not: sites that share one address differ by port alone.

import type { Database, Hospital } from '../../hospital.ts';
import type { RecordSet } from '../../dns/record-set.ts';
import { POSTGRES_SERVICE } from '../names.ts';
import { portOf } from './describe.ts';
import type { RdsModel } from './model.ts';
import { endpointOf } from './render.ts';

/** Seconds; Aurora's endpoints have 5 s. */
const TTL = 1;

function addressOf(hospital: Hospital, zone: string): string | undefined {
  return hospital.regions.flatMap((region) => region.zones).find((candidate) => candidate.name === zone)?.address;
}

/** Answers from where the processes are, not from what RDS says of them: DNS does not lag with the control plane. */
export function rdsEndpoints(model: RdsModel): () => ReadonlyMap<string, RecordSet> {
  const { hospital } = model;
  return () => {
    const state = model.history.current;
    const endpoints = new Map<string, RecordSet>();
    const put = (endpoint: string, zone: string, isAlone = false): void => {
      const address = addressOf(hospital, zone);
      if (address === undefined) return;
      const set = (name: string, type: string, value: string): void => void endpoints.set(name, { name, type, ttl: TTL, values: [value] });
      set(`${endpoint}.`, 'A', address);
      set(`${POSTGRES_SERVICE}${endpoint}.`, 'SRV', `0 0 ${portOf(model, zone, isAlone)} ${endpoint}.`);
    };
    const zoneOf = (database: Database): string => database.zone();
    for (const database of hospital.databases) {
      const cluster = state.clusters[database.name];
      if (cluster === undefined) {
        put(endpointOf(database.name, 'instance'), zoneOf(database), true);
        continue;
      }
      put(endpointOf(cluster.name, 'cluster'), zoneOf(database));
      put(endpointOf(`${cluster.name}-ro`, 'cluster'), zoneOf(database));
      for (const instance of cluster.instances) put(endpointOf(instance.name, 'instance'), instance.zone);
      if (state.global.members.some((member) => member.cluster === cluster.name && member.writer)) {
        put(endpointOf(state.global.name, 'cluster'), zoneOf(database));
      }
    }
    return endpoints;
  };
}

/** The database that this one follows, as RDS has it: across a global database, or as a read replica. */
export function upstreamOf(model: RdsModel, database: Database): Database | undefined {
  const { global, instances } = model.history.current;
  const find = (name: string | undefined): Database | undefined => model.hospital.databases.find((candidate) => candidate.name === name);
  const member = global.members.find((candidate) => candidate.cluster === database.name);
  if (member === undefined) return find(instances[database.name]?.source);
  // From the moment the fence was tried, the old primary belongs below the one that is being promoted.
  if (member.writer && member.sync === 'pending-resync' && global.failover !== undefined) return find(global.failover.to);
  return member.writer ? undefined : find(global.members.find((candidate) => candidate.writer)?.cluster);
}

/** A copy that lost its role while it was away must not come back with what it has. */
export function mustRebuild(model: RdsModel, database: Database): boolean {
  return model.history.current.global.members.some((member) => member.cluster === database.name && member.sync === 'pending-resync');
}
