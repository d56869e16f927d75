// The reads of RDS. Each answers from one state of the model, which may be an older one.

import { arn } from '../names.ts';
import { Refusal } from '../refusal.ts';
import { page, type Params } from '../wire/query.ts';
import { leaf, node } from '../wire/xml.ts';
import type { RdsModel } from './model.ts';
import { clusterXml, eventXml, globalXml, instanceXml, type InstanceView } from './render.ts';
import { FIRST_GROUP, type ClusterState, type RdsEvent, type RdsState } from './state.ts';

const DAY_MS = 86_400_000;
const EVENTS_KEPT_MS = 14 * DAY_MS;

/** `Filters.Filter.N.Name` with `Values.Value.M`: every filter must match one of its values. */
function matches<Item>(input: Params, known: Readonly<Record<string, (item: Item) => readonly string[]>>): (item: Item) => boolean {
  const tests: ((item: Item) => boolean)[] = [];
  for (let index = 1; index <= 20; index++) {
    const prefix = `Filters.Filter.${String(index)}`;
    const name = input.text(`${prefix}.Name`);
    if (name === undefined) break;
    const read = Object.hasOwn(known, name) ? known[name] : undefined;
    if (read === undefined) throw new Refusal('InvalidParameterValue', `Unrecognized filter name: ${name}`);
    const wanted = new Set(input.list(`${prefix}.Values`, 'Value'));
    tests.push((item) => read(item).some((value) => wanted.has(value)));
  }
  return (item) => tests.every((test) => test(item));
}

/** Identifiers are case-blind and may be given as ARNs. */
export const sameName = (asked: string, name: string, itsArn: string): boolean => asked === itsArn || asked.toLowerCase() === name;

/** Of a cluster's databases, or of the instances that stand alone: the reports. */
export function portOf(model: RdsModel, zone: string, isAlone: boolean): number {
  const ports = model.hospital.regions.flatMap((region) => region.zones).find((candidate) => candidate.name === zone);
  return (isAlone ? ports?.reportsPort : ports?.postgresPort) ?? 5432;
}

export const isWriter = (state: RdsState, cluster: string): boolean =>
  state.global.members.some((member) => member.cluster === cluster && member.writer);

const activeZone = (cluster: ClusterState): string => cluster.instances.find((instance) => instance.name === cluster.active)?.zone ?? '';

/** As RDS shows it in the answer to a mutation as well. */
export function clusterBody(model: RdsModel, state: RdsState, name: string): string {
  const cluster = state.clusters[name];
  return cluster === undefined ? '' : clusterXml(cluster, isWriter(state, name), portOf(model, activeZone(cluster), false));
}

export function instanceViews(model: RdsModel, state: RdsState): readonly InstanceView[] {
  const members = Object.values(state.clusters).flatMap((cluster) =>
    cluster.instances.map((instance) => ({
      name: instance.name,
      region: cluster.region,
      status: instance.status,
      zone: instance.zone,
      port: portOf(model, instance.zone, false),
      cluster: cluster.name,
      replicas: [],
      groups: [{ id: FIRST_GROUP, status: 'active' as const }],
    })),
  );
  const singles = Object.values(state.instances).map((instance): InstanceView => {
    const source = instance.source === undefined ? undefined : state.instances[instance.source];
    return {
      name: instance.name,
      region: instance.region,
      status: instance.status,
      zone: instance.zone,
      port: portOf(model, instance.zone, true),
      groups: instance.groups,
      ...(instance.secondaryZone === undefined ? {} : { secondaryZone: instance.secondaryZone }),
      ...(source === undefined ? {} : { source }),
      replicas: Object.values(state.instances).filter((other) => other.source === instance.name),
    };
  });
  return [...members, ...singles].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function describeGlobalClusters(_model: RdsModel, region: string, state: RdsState, input: Params): string {
  const here = state.global.members.some((member) => state.clusters[member.cluster]?.region === region);
  const asked = input.text('GlobalClusterIdentifier');
  const found = here && (asked === undefined || sameName(asked, state.global.name, arn.globalCluster(state.global.name)));
  if (asked !== undefined && !found) throw new Refusal('GlobalClusterNotFoundFault', `Global cluster ${asked} not found`, 404);
  const filter = matches<RdsState>(input, {
    'db-cluster-id': (item) =>
      item.global.members.flatMap(({ cluster }) => [cluster, arn.cluster(item.clusters[cluster]?.region ?? '', cluster)]),
    region: (item) => item.global.members.map(({ cluster }) => item.clusters[cluster]?.region ?? ''),
  });
  const given = page(input, found && filter(state) ? [state] : [], (item) => item.global.name);
  return (
    leaf('Marker', given.marker) + node('GlobalClusters', ...given.items.map((item) => globalXml('GlobalClusterMember', item, item.global)))
  );
}

export function describeDBClusters(model: RdsModel, region: string, state: RdsState, input: Params): string {
  const asked = input.text('DBClusterIdentifier');
  const filter = matches<ClusterState>(input, {
    'db-cluster-id': (item) => [item.name, arn.cluster(item.region, item.name)],
    'db-cluster-resource-id': (item) => [`cluster-${item.name.toUpperCase().replaceAll('-', '')}`],
    engine: () => ['aurora-postgresql'],
  });
  const here = Object.values(state.clusters).filter((cluster) => cluster.region === region);
  const found = here.filter((item) => asked === undefined || sameName(asked, item.name, arn.cluster(item.region, item.name)));
  if (asked !== undefined && found.length === 0) throw new Refusal('DBClusterNotFoundFault', `DBCluster ${asked} not found.`, 404);
  const given = page(input, found.filter(filter), (item) => item.name);
  return leaf('Marker', given.marker) + node('DBClusters', ...given.items.map((item) => clusterBody(model, state, item.name)));
}

export function describeDBInstances(model: RdsModel, region: string, state: RdsState, input: Params): string {
  const asked = input.text('DBInstanceIdentifier');
  const filter = matches<InstanceView>(input, {
    'db-instance-id': (item) => [item.name, arn.instance(item.region, item.name)],
    'db-cluster-id': (item) => (item.cluster === undefined ? [] : [item.cluster, arn.cluster(item.region, item.cluster)]),
    'dbi-resource-id': (item) => [`db-${item.name.toUpperCase().replaceAll('-', '')}`],
    engine: (item) => [item.cluster === undefined ? 'postgres' : 'aurora-postgresql'],
  });
  const here = instanceViews(model, state).filter((instance) => instance.region === region);
  const found = here.filter((item) => asked === undefined || sameName(asked, item.name, arn.instance(item.region, item.name)));
  if (asked !== undefined && found.length === 0) throw new Refusal('DBInstanceNotFound', `DBInstance ${asked} not found.`, 404);
  const given = page(input, found.filter(filter), (item) => item.name);
  return leaf('Marker', given.marker) + node('DBInstances', ...given.items.map(instanceXml));
}

/** Oldest first. Without a time it shows the last hour, as RDS does. */
export function describeEvents(model: RdsModel, region: string, state: RdsState, input: Params): string {
  const now = model.tempo.now();
  const source = input.text('SourceIdentifier');
  const type = input.text('SourceType');
  if (source !== undefined && type === undefined) {
    throw new Refusal('InvalidParameterCombination', 'SourceType must be specified when SourceIdentifier is specified');
  }
  if (type !== undefined && !/^(db|custom|blue|zero)-[a-z-]+$/.test(type)) {
    throw new Refusal('InvalidParameterValue', `The parameter SourceType must be one of the source types of RDS, not ${type}`);
  }
  const minutes = input.integer('Duration', 1, 20_160) ?? 60;
  const start = input.instant('StartTime');
  const end = input.instant('EndTime') ?? now;
  if (start !== undefined && (start > end || start < now - EVENTS_KEPT_MS - DAY_MS)) {
    throw new Refusal('InvalidParameterValue', 'StartTime must be before EndTime and at most 14 days ago');
  }
  const since = start ?? end - minutes * 60_000;
  const categories = input.list('EventCategories', 'EventCategory');
  const wanted = (event: RdsEvent): boolean =>
    event.region === region &&
    (source === undefined || event.source === source) &&
    (type === undefined || event.sourceType === type) &&
    (categories.length === 0 || event.categories.some((category) => categories.includes(category))) &&
    event.at >= since &&
    event.at <= end;
  const given = page(input, state.events.filter(wanted), (event) => String(event.number));
  return leaf('Marker', given.marker) + node('Events', ...given.items.map(eventXml));
}
