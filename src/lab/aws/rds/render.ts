// RDS resources in XML, with the element names of the service model 2014-10-31.

import { ZONE_NAME, arn, GLOBAL_CLUSTER, LAB_TAGS } from '../names.ts';
import { leaf, node } from '../wire/xml.ts';
import type { ClusterState, GlobalState, InstanceState, RdsEvent, RdsState } from './state.ts';

const ENGINE = { cluster: 'aurora-postgresql', instance: 'postgres', version: '16.6' } as const;
const CREATED = '2026-01-01T00:00:00.000Z';

export const endpointOf = (name: string, kind: 'cluster' | 'instance'): string => `${name}.${kind}.${ZONE_NAME}`;

const tags = (): string =>
  node('TagList', ...Object.entries(LAB_TAGS).map(([key, value]) => node('Tag', leaf('Key', key), leaf('Value', value))));

export function globalXml(tag: string, state: RdsState, global: GlobalState): string {
  const arnOf = (name: string): string => arn.cluster(state.clusters[name]?.region ?? '', name);
  const members = global.members.map((member) => {
    const readers = member.writer
      ? global.members.filter((other) => !other.writer).map((other) => leaf('member', arnOf(other.cluster)))
      : [];
    return node(
      'GlobalClusterMember',
      leaf('DBClusterArn', arnOf(member.cluster)),
      node('Readers', ...readers),
      leaf('IsWriter', member.writer),
      leaf('GlobalWriteForwardingStatus', 'disabled'),
      leaf('SynchronizationStatus', member.sync),
    );
  });
  const failover = global.failover;
  return node(
    tag,
    leaf('GlobalClusterIdentifier', global.name),
    leaf('GlobalClusterResourceId', 'cluster-7d3a5c1e9b2f4860'),
    leaf('GlobalClusterArn', arn.globalCluster(global.name)),
    leaf('Status', global.status),
    leaf('Engine', ENGINE.cluster),
    leaf('EngineVersion', ENGINE.version),
    leaf('EngineLifecycleSupport', 'open-source-rds-extended-support-disabled'),
    leaf('StorageEncrypted', false),
    leaf('DeletionProtection', true),
    node('GlobalClusterMembers', ...members),
    leaf('Endpoint', endpointOf(global.name, 'cluster')),
    failover === undefined
      ? ''
      : node(
          'FailoverState',
          leaf('Status', failover.status),
          leaf('FromDbClusterArn', arnOf(failover.from)),
          leaf('ToDbClusterArn', arnOf(failover.to)),
          leaf('IsDataLossAllowed', failover.dataLoss),
        ),
    tags(),
  );
}

export function clusterXml(cluster: ClusterState, writer: boolean, port: number): string {
  const members = cluster.instances.map((instance) =>
    node(
      'DBClusterMember',
      leaf('DBInstanceIdentifier', instance.name),
      leaf('IsClusterWriter', writer && instance.name === cluster.active),
      leaf('DBClusterParameterGroupStatus', 'in-sync'),
      leaf('PromotionTier', 1),
    ),
  );
  return node(
    'DBCluster',
    leaf('AllocatedStorage', 1),
    node('AvailabilityZones', ...cluster.instances.map((instance) => leaf('AvailabilityZone', instance.zone))),
    leaf('BackupRetentionPeriod', 7),
    leaf('DatabaseName', 'ehr'),
    leaf('DBClusterIdentifier', cluster.name),
    leaf('DBClusterParameterGroup', 'default.aurora-postgresql16'),
    leaf('DBSubnetGroup', 'hospital'),
    leaf('Status', cluster.status),
    leaf('Endpoint', endpointOf(cluster.name, 'cluster')),
    leaf('ReaderEndpoint', endpointOf(`${cluster.name}-ro`, 'cluster')),
    leaf('MultiAZ', cluster.instances.length > 1),
    leaf('Engine', ENGINE.cluster),
    leaf('EngineVersion', ENGINE.version),
    leaf('Port', port),
    leaf('MasterUsername', 'resus'),
    node('DBClusterMembers', ...members),
    leaf('StorageEncrypted', false),
    leaf('DbClusterResourceId', `cluster-${cluster.name.toUpperCase().replaceAll('-', '')}`),
    leaf('DBClusterArn', arn.cluster(cluster.region, cluster.name)),
    leaf('IAMDatabaseAuthenticationEnabled', false),
    leaf('ClusterCreateTime', CREATED),
    leaf('EngineMode', 'provisioned'),
    leaf('DeletionProtection', true),
    leaf('HttpEndpointEnabled', false),
    leaf('CopyTagsToSnapshot', false),
    leaf('CrossAccountClone', false),
    leaf('GlobalClusterIdentifier', GLOBAL_CLUSTER),
    leaf('GlobalWriteForwardingRequested', false),
    tags(),
  );
}

/** What DescribeDBInstances shows of an instance, in a cluster or not. */
export interface InstanceView {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly zone: string;
  readonly port: number;
  readonly cluster?: string;
  readonly secondaryZone?: string;
  /** Name and region of the source of a read replica, and of its replicas. */
  readonly source?: InstanceState;
  readonly replicas: readonly InstanceState[];
  readonly groups: InstanceState['groups'];
}

/** Across regions RDS names a source or a replica by its ARN. */
const reference = (other: InstanceState, from: InstanceView): string =>
  other.region === from.region ? other.name : arn.instance(other.region, other.name);

export function instanceXml(instance: InstanceView): string {
  const { source } = instance;
  return node(
    'DBInstance',
    leaf('DBInstanceIdentifier', instance.name),
    leaf('DBInstanceClass', 'db.r6g.large'),
    leaf('Engine', instance.cluster === undefined ? ENGINE.instance : ENGINE.cluster),
    leaf('DBInstanceStatus', instance.status),
    leaf('MasterUsername', 'resus'),
    leaf('DBName', instance.cluster === undefined ? 'reports' : 'ehr'),
    node('Endpoint', leaf('Address', endpointOf(instance.name, 'instance')), leaf('Port', instance.port), leaf('HostedZoneId', 'ZRDSLAB')),
    leaf('AllocatedStorage', 20),
    leaf('InstanceCreateTime', CREATED),
    leaf('BackupRetentionPeriod', 7),
    node(
      'VpcSecurityGroups',
      ...instance.groups.map((group) =>
        node('VpcSecurityGroupMembership', leaf('VpcSecurityGroupId', group.id), leaf('Status', group.status)),
      ),
    ),
    leaf('AvailabilityZone', instance.zone),
    leaf('MultiAZ', instance.secondaryZone !== undefined),
    leaf('EngineVersion', ENGINE.version),
    leaf('AutoMinorVersionUpgrade', false),
    leaf('ReadReplicaSourceDBInstanceIdentifier', source === undefined ? undefined : reference(source, instance)),
    node(
      'ReadReplicaDBInstanceIdentifiers',
      ...instance.replicas.map((other) => leaf('ReadReplicaDBInstanceIdentifier', reference(other, instance))),
    ),
    leaf('LicenseModel', 'postgresql-license'),
    leaf('SecondaryAvailabilityZone', instance.secondaryZone),
    leaf('PubliclyAccessible', false),
    source === undefined
      ? ''
      : node(
          'StatusInfos',
          node('DBInstanceStatusInfo', leaf('StatusType', 'read replication'), leaf('Normal', true), leaf('Status', 'replicating')),
        ),
    leaf('StorageType', instance.cluster === undefined ? 'gp3' : 'aurora'),
    leaf('DbInstancePort', 0),
    leaf('DBClusterIdentifier', instance.cluster),
    leaf('StorageEncrypted', false),
    leaf('DbiResourceId', `db-${instance.name.toUpperCase().replaceAll('-', '')}`),
    leaf('DeletionProtection', true),
    instance.cluster === undefined ? '' : leaf('PromotionTier', 1),
    leaf('DBInstanceArn', arn.instance(instance.region, instance.name)),
    tags(),
  );
}

export function eventXml(event: RdsEvent): string {
  const sourceArn = event.sourceType === 'db-cluster' ? arn.cluster(event.region, event.source) : arn.instance(event.region, event.source);
  return node(
    'Event',
    leaf('SourceIdentifier', event.source),
    leaf('SourceType', event.sourceType),
    leaf('Message', event.message),
    node('EventCategories', ...event.categories.map((category) => leaf('EventCategory', category))),
    leaf('Date', new Date(event.at).toISOString()),
    leaf('SourceArn', sourceArn),
  );
}
