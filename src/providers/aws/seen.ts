// What stands in an AWS account and may belong to a workload: global databases, clusters, instances, records. Read with the clients of the
// actions, and only read: Describe and List. Nothing of it is a secret, and nothing else is asked.
import type { ListResourceRecordSetsCommandInput, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { within, type SendOptions, READ_DEADLINE_MS } from './send.ts';
import type { AwsTools } from './tools.ts';

/** Identifiers and addresses as AWS writes them. A cluster and an instance are known by their ARN, which says the region. */
export type Seen = {
  readonly globals: readonly { readonly id: string; readonly members: readonly { readonly arn: string; readonly isWriter: boolean }[] }[];
  readonly clusters: readonly {
    readonly arn: string;
    readonly id: string;
    readonly address?: string | undefined;
    readonly port?: number | undefined;
    readonly backupDays?: number | undefined;
    readonly restorableAt?: string | undefined;
  }[];
  readonly instances: readonly SeenInstance[];
  readonly records: readonly SeenRecord[];
};
/**
 * `source` is the ARN or the identifier of the instance that a read replica follows. `backupDays`: how long automated backups are kept, 0 for
 * none; an instance of a cluster has none of its own. `restorableAt`: the latest instant that they reached to, in ISO 8601.
 */
export type SeenInstance = {
  readonly arn: string;
  readonly id: string;
  readonly cluster?: string | undefined;
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly source?: string | undefined;
  readonly backupDays?: number | undefined;
  readonly restorableAt?: string | undefined;
};
/** Without the dot at the end. `routing`: how Route 53 chooses among records of one name. An alias has no TTL of its own. */
export type SeenRecord = {
  readonly name: string;
  readonly type: string;
  readonly routing: string;
  readonly targets: readonly string[];
  readonly ttlSeconds?: number | undefined;
};

/** Everything in these regions, and every record of the account. @throws what the SDK throws, or an AbortError at the deadline of a call. */
export async function seenIn(tools: AwsTools, regions: readonly string[], signal: AbortSignal): Promise<Seen> {
  const here = await Promise.all(regions.map((region) => databasesIn(tools, region, signal)));
  const globals = new Map(here.flatMap((each) => each.globals).map((each) => [each.id, each]));
  return {
    globals: [...globals.values()],
    clusters: here.flatMap((each) => each.clusters),
    instances: here.flatMap((each) => each.instances),
    records: await recordsOf(tools, signal),
  };
}

async function databasesIn(tools: AwsTools, region: string, signal: AbortSignal): Promise<Omit<Seen, 'records'>> {
  const { read } = await tools.rds(region);
  const [globals, clusters, instances] = await Promise.all([
    pages(signal, async (Marker: string | undefined, options) => {
      const { GlobalClusters = [], Marker: next } = await read.describeGlobalClusters({ Marker }, options);
      return { items: GlobalClusters, next };
    }),
    pages(signal, async (Marker: string | undefined, options) => {
      const { DBClusters = [], Marker: next } = await read.describeDBClusters({ Marker }, options);
      return { items: DBClusters, next };
    }),
    pages(signal, async (Marker: string | undefined, options) => {
      const { DBInstances = [], Marker: next } = await read.describeDBInstances({ Marker }, options);
      return { items: DBInstances, next };
    }),
  ]);
  return {
    globals: globals.map((each) => ({
      id: each.GlobalClusterIdentifier ?? '',
      members: (each.GlobalClusterMembers ?? []).map((member) => ({ arn: member.DBClusterArn ?? '', isWriter: member.IsWriter === true })),
    })),
    clusters: clusters.map((each) => ({
      arn: each.DBClusterArn ?? '',
      id: each.DBClusterIdentifier ?? '',
      address: each.Endpoint,
      port: each.Port,
      backupDays: each.BackupRetentionPeriod,
      restorableAt: each.LatestRestorableTime?.toISOString(),
    })),
    instances: instances.map((each) => ({
      arn: each.DBInstanceArn ?? '',
      id: each.DBInstanceIdentifier ?? '',
      cluster: each.DBClusterIdentifier,
      zone: each.AvailabilityZone,
      address: each.Endpoint?.Address,
      port: each.Endpoint?.Port,
      source: each.ReadReplicaSourceDBInstanceIdentifier,
      backupDays: each.BackupRetentionPeriod,
      restorableAt: each.LatestRestorableTime?.toISOString(),
    })),
  };
}

async function recordsOf(tools: AwsTools, signal: AbortSignal): Promise<readonly SeenRecord[]> {
  const { read } = await tools.route53();
  const zones = await pages(signal, async (Marker: string | undefined, options) => {
    const { HostedZones = [], NextMarker } = await read.listHostedZones({ Marker }, options);
    return { items: HostedZones, next: NextMarker };
  });
  const records: SeenRecord[] = [];
  for (const { Id } of zones) {
    const sets = await pages(signal, async (from: From | undefined, options) => {
      const page = await read.listResourceRecordSets({ HostedZoneId: Id, ...from }, options);
      const { ResourceRecordSets = [], IsTruncated, NextRecordName, NextRecordType, NextRecordIdentifier } = page;
      const next = { StartRecordName: NextRecordName, StartRecordType: NextRecordType, StartRecordIdentifier: NextRecordIdentifier };
      return { items: ResourceRecordSets, next: IsTruncated === true ? next : undefined };
    });
    records.push(...sets.map(recordOf));
  }
  return records;
}
type From = Pick<ListResourceRecordSetsCommandInput, 'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'>;

function recordOf(set: ResourceRecordSet): SeenRecord {
  const routing =
    set.Failover !== undefined
      ? 'failover'
      : set.Weight !== undefined
        ? 'weighted'
        : set.Region !== undefined
          ? 'latency'
          : set.GeoLocation !== undefined
            ? 'geolocation'
            : set.GeoProximityLocation !== undefined
              ? 'geoproximity'
              : set.CidrRoutingConfig !== undefined
                ? 'cidr'
                : set.MultiValueAnswer === true
                  ? 'multivalue'
                  : 'simple';
  const targets = [set.AliasTarget?.DNSName, ...(set.ResourceRecords ?? []).map(({ Value }) => Value)];
  return {
    name: withoutDot(set.Name ?? ''),
    type: set.Type ?? '',
    routing,
    targets: targets.flatMap((each) => (each === undefined ? [] : [withoutDot(each)])),
    ttlSeconds: set.TTL,
  };
}
const withoutDot = (name: string): string => name.replace(/\.$/, '');

/** A bound, so that an answer that always says "more" ends. */
const mostPages = 1_000;
async function pages<M, T>(
  signal: AbortSignal,
  page: (from: M | undefined, options: SendOptions) => Promise<{ readonly items: readonly T[]; readonly next: M | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let from: M | undefined;
  for (let n = 0; n < mostPages; n += 1) {
    const { items, next } = await within(signal, READ_DEADLINE_MS, (options) => page(from, options));
    all.push(...items);
    if (next === undefined) return all;
    from = next;
  }
  return all;
}
