// A state file of Terraform or OpenTofu (format 4) as what stands in AWS. A state holds passwords, so only the attributes that are named
// here are looked at, and each is taken only if it has the form of an identifier or an address.
import type { Seen, SeenInstance, SeenRecord } from '../providers/aws/seen.ts';

export type ReadState =
  { readonly ok: true; readonly seen: Seen } | { readonly ok: false; readonly message: string; readonly remedy: string };

type Attributes = Readonly<Record<string, unknown>>;
const remedy = 'Give the file that `terraform state pull` prints.';

export function terraformState(text: string): ReadState {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    return { ok: false, message: 'it is not JSON', remedy };
  }
  if (!isRecord(state) || !Array.isArray(state['resources'])) return { ok: false, message: 'it has no list `resources`', remedy };
  if (state['version'] !== 4)
    return { ok: false, message: 'it is not of format 4', remedy: 'Terraform 0.12 and newer write it; pull the state with one of those.' };
  const of = (type: string): readonly Attributes[] =>
    (state['resources'] as unknown[]).flatMap((each) =>
      isRecord(each) && each['mode'] === 'managed' && each['type'] === type && Array.isArray(each['instances'])
        ? (each['instances'] as unknown[]).flatMap((instance) =>
            isRecord(instance) && isRecord(instance['attributes']) ? [instance['attributes']] : [],
          )
        : [],
    );
  return {
    ok: true,
    seen: {
      globals: of('aws_rds_global_cluster').map((each) => ({
        id: identifier(each['global_cluster_identifier']) ?? identifier(each['id']) ?? '',
        members: mappings(each['global_cluster_members']).flatMap((member) => {
          const arn = identifier(member['db_cluster_arn']);
          return arn === undefined ? [] : [{ arn, isWriter: member['global_writer'] === true || member['is_writer'] === true }];
        }),
      })),
      clusters: of('aws_rds_cluster').map((each) => ({
        arn: identifier(each['arn']) ?? '',
        id: identifier(each['cluster_identifier']) ?? '',
        address: identifier(each['endpoint']),
        port: port(each['port']),
        backupDays: count(each['backup_retention_period'], 35),
      })),
      instances: [...of('aws_rds_cluster_instance'), ...of('aws_db_instance')].map((each): SeenInstance => ({
        arn: identifier(each['arn']) ?? '',
        id: identifier(each['identifier']) ?? '',
        cluster: identifier(each['cluster_identifier']),
        zone: identifier(each['availability_zone']),
        // `endpoint` of an instance alone has the port in it; that of a cluster's has none.
        address: identifier(each['address']) ?? identifier(each['endpoint'])?.replace(/:\d+$/, ''),
        port: port(each['port']),
        source: identifier(each['replicate_source_db']),
        backupDays: count(each['backup_retention_period'], 35),
        restorableAt: instant(each['latest_restorable_time']),
      })),
      records: of('aws_route53_record').map((each): SeenRecord => ({
        name: withoutDot(identifier(each['fqdn']) ?? identifier(each['name']) ?? ''),
        type: identifier(each['type']) ?? '',
        routing:
          routings.find((routing) => mappings(each[`${routing}_routing_policy`]).length > 0) ??
          (each['multivalue_answer_routing_policy'] === true ? 'multivalue' : 'simple'),
        targets: [...mappings(each['alias']).map((alias) => alias['name']), ...list(each['records'])].flatMap((target) => {
          const name = identifier(target);
          return name === undefined ? [] : [withoutDot(name)];
        }),
        // An alias has none, and Terraform writes 0 for it.
        ttlSeconds: mappings(each['alias']).length > 0 ? undefined : count(each['ttl'], weekSeconds),
      })),
    },
  };
}

const routings = ['failover', 'weighted', 'latency', 'geolocation', 'geoproximity', 'cidr'] as const;
const isRecord = (value: unknown): value is Attributes => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const mappings = (value: unknown): readonly Attributes[] => list(value).filter(isRecord);
/** An identifier, an ARN, a host, an address: what none of these can be is not taken. */
const identifier = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9*_][A-Za-z0-9*._:/-]{0,255}$/.test(value) ? value : undefined;
const port = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
const weekSeconds = 604_800;
const count = (value: unknown, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined;
const instant = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value) ? value : undefined;
const withoutDot = (name: string): string => name.replace(/\.$/, '');
