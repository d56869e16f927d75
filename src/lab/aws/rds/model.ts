// The RDS model: holds the state and its history, changes it, and knows which real database stands behind which name.

import type { Database, Hospital } from '../../hospital.ts';
import { History } from '../history.ts';
import type { Tally } from '../tally.ts';
import type { Tempo } from '../tempo.ts';
import {
  initialState,
  type ClusterState,
  type GlobalMember,
  type GlobalState,
  type InstanceState,
  type RdsEvent,
  type RdsState,
} from './state.ts';

export interface RdsModel {
  readonly hospital: Hospital;
  readonly tempo: Tempo;
  readonly tally: Tally;
  readonly history: History<RdsState>;
  database(name: string): Database;
  changeGlobal(change: Partial<GlobalState>): void;
  /** Ends what `failover` says is under way. */
  settleGlobal(): void;
  changeMember(cluster: string, change: Partial<GlobalMember>): void;
  changeCluster(name: string, change: Partial<ClusterState>): void;
  changeInstanceStatus(cluster: string, instance: string, status: string): void;
  changeInstance(name: string, change: Partial<InstanceState>): void;
  /** Makes a read replica a database of its own. */
  detach(name: string): void;
  emit(
    source: ClusterState | InstanceState | { readonly instance: string; readonly region: string },
    categories: readonly string[],
    message: string,
  ): void;
  /** The region, or each of its zones, is lost: RDS reaches nothing there. */
  unreachable(region: string): boolean;
}

/** RDS keeps events for 14 days; the lab keeps the last of them. */
const EVENTS_KEPT = 2_000;

export function makeRdsModel(hospital: Hospital, tempo: Tempo, tally: Tally): RdsModel {
  const history = new History(initialState(hospital), () => tempo.now());
  const change = (next: (state: RdsState) => RdsState): void => history.set(next(history.current));
  let eventNumber = 0;

  return {
    hospital,
    tempo,
    tally,
    history,
    database(name) {
      const found = hospital.databases.find((database) => database.name === name);
      if (found === undefined) throw new Error(`the hospital has no database ${name}`);
      return found;
    },
    changeGlobal: (part) => change((state) => ({ ...state, global: { ...state.global, ...part } })),
    settleGlobal: () =>
      change((state) => {
        const { failover: _done, ...rest } = state.global;
        return { ...state, global: { ...rest, status: 'available' } };
      }),
    changeMember: (cluster, part) =>
      change((state) => {
        const members = state.global.members.map((member) => (member.cluster === cluster ? { ...member, ...part } : member));
        return { ...state, global: { ...state.global, members } };
      }),
    changeCluster: (name, part) =>
      change((state) => {
        const cluster = state.clusters[name];
        return cluster === undefined ? state : { ...state, clusters: { ...state.clusters, [name]: { ...cluster, ...part } } };
      }),
    changeInstanceStatus: (name, instance, status) =>
      change((state) => {
        const cluster = state.clusters[name];
        if (cluster === undefined) return state;
        const instances = cluster.instances.map((member) => (member.name === instance ? { ...member, status } : member));
        return { ...state, clusters: { ...state.clusters, [name]: { ...cluster, instances } } };
      }),
    changeInstance: (name, part) =>
      change((state) => {
        const instance = state.instances[name];
        return instance === undefined ? state : { ...state, instances: { ...state.instances, [name]: { ...instance, ...part } } };
      }),
    detach: (name) =>
      change((state) => {
        const instance = state.instances[name];
        if (instance === undefined) return state;
        const { source: _gone, ...rest } = instance;
        return { ...state, instances: { ...state.instances, [name]: rest } };
      }),
    emit(source, categories, message) {
      const event: RdsEvent = {
        number: ++eventNumber,
        at: tempo.now(),
        region: source.region,
        sourceType: 'instances' in source ? 'db-cluster' : 'db-instance',
        source: 'instance' in source ? source.instance : source.name,
        categories,
        message,
      };
      change((state) => ({ ...state, events: [...state.events.slice(-EVENTS_KEPT), event] }));
    },
    unreachable(region) {
      if (hospital.isLost(region)) return true;
      const zones = hospital.regions.find((candidate) => candidate.name === region)?.zones ?? [];
      return zones.length > 0 && zones.every((zone) => hospital.isLost(zone.name));
    },
  };
}
