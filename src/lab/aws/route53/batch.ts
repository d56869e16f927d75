// One change batch against the record sets of the zone: all of it or nothing, with one message for each problem, worded as
// Route 53 words them.

import { encodeValue, type RecordSet } from '../../dns/record-set.ts';
import { inOrder, positionOf } from './order.ts';

export interface RecordChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly set: RecordSet;
}

const labelOf = ({ name, type, setIdentifier }: RecordSet): string =>
  `[name='${name}', type='${type}'${setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`}]`;

const sameKey = (a: RecordSet, b: RecordSet): boolean => a.name === b.name && a.type === b.type && a.setIdentifier === b.setIdentifier;

function sameContent(a: RecordSet, b: RecordSet): boolean {
  const shape = (set: RecordSet): string =>
    JSON.stringify([
      set.weight,
      set.failover,
      set.alias === undefined ? set.ttl : 0,
      set.values.toSorted(),
      set.alias ?? null,
      set.healthCheckId,
    ]);
  return shape(a) === shape(b);
}

const routing = (set: RecordSet): string => (set.weight !== undefined ? 'weighted' : set.failover !== undefined ? 'failover' : 'simple');

/** What is wrong with this set beside the others that would stand in the zone with it. */
function conflicts(zoneName: string, set: RecordSet, others: readonly RecordSet[]): readonly string[] {
  const { name, type } = set;
  const problems: string[] = [];
  const siblings = others.filter((other) => other.name === name && !sameKey(other, set));
  if (type === 'CNAME' && name === zoneName) {
    problems.push(`RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zoneName}`);
  } else if (siblings.some((other) => (other.type === 'CNAME') !== (type === 'CNAME'))) {
    problems.push(
      `RRSet of type ${type} with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`,
    );
  }
  const rivals = siblings.filter((other) => other.type === type);
  const identifier = set.setIdentifier === undefined ? '' : `, SetIdentifier ${set.setIdentifier}`;
  if (rivals.some((other) => routing(other) !== routing(set))) {
    problems.push(
      `RRSet with DNS name ${name}, type ${type}${identifier} cannot be created as other RRSets exist with the same name and type.`,
    );
  } else if (set.failover !== undefined && rivals.some((other) => other.failover === set.failover)) {
    problems.push(
      `RRSet with DNS name ${name}, type ${type}${identifier} cannot be created because a failover ${set.failover} RRSet exists with the same name and type.`,
    );
  }
  return problems;
}

function invalidValues(set: RecordSet): readonly string[] {
  return set.values.flatMap((value) => {
    const encoded = encodeValue(set.type, value);
    return 'data' in encoded
      ? []
      : [`Invalid Resource Record: 'FATAL problem: ${encoded.problem} encountered with '${value.slice(0, 100)}''`];
  });
}

/** Aliases lead to another record set of the zone, of the same type, that exists once the whole batch is applied. */
function aliasProblems(zone: { readonly id: string; readonly name: string }, set: RecordSet, all: readonly RecordSet[]): readonly string[] {
  const { alias } = set;
  if (alias === undefined) return [];
  const target = `Tried to create an alias that targets ${alias.name}, type ${set.type} in zone ${alias.zoneId}`;
  if (alias.zoneId !== zone.id) return [`${target}, but that zone does not exist in the lab`];
  if (alias.name !== zone.name && !alias.name.endsWith(`.${zone.name}`))
    return [`${target}, but the alias target name does not lie within the target zone`];
  if (alias.name === set.name) return [`${target}, but an alias cannot target its own name`];
  return all.some((other) => other.name === alias.name && other.type === set.type) ? [] : [`${target}, but that target was not found`];
}

/** The record sets after the batch, in Route 53's order, or every problem. */
export function applyBatch(
  zone: { readonly id: string; readonly name: string },
  records: readonly RecordSet[],
  changes: readonly RecordChange[],
): { readonly records: readonly RecordSet[] } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  let after = [...records];
  for (const { action, set } of changes) {
    const existing = after.find((other) => sameKey(other, set));
    if (set.name !== zone.name && !set.name.endsWith(`.${zone.name}`)) {
      problems.push(`RRSet with DNS name ${set.name} is not permitted in zone ${zone.name}`);
    } else if (action === 'DELETE') {
      if (existing === undefined) problems.push(`Tried to delete resource record set ${labelOf(set)} but it was not found`);
      else if (!sameContent(existing, set)) {
        problems.push(`Tried to delete resource record set ${labelOf(set)} but the values provided do not match the current values`);
      } else after = after.filter((other) => other !== existing);
    } else if (action === 'CREATE' && existing !== undefined) {
      problems.push(`Tried to create resource record set ${labelOf(set)} but it already exists`);
    } else {
      problems.push(...invalidValues(set), ...conflicts(zone.name, set, after));
      after = [...after.filter((other) => other !== existing), set];
    }
  }
  for (const { action, set } of changes) if (action !== 'DELETE') problems.push(...aliasProblems(zone, set, after));
  if (!after.some((set) => set.name === zone.name && set.type === 'SOA'))
    problems.push('A HostedZone must contain exactly one SOA record.');
  if (!after.some((set) => set.name === zone.name && set.type === 'NS')) {
    problems.push('A HostedZone must contain at least one NS record for the zone itself.');
  }
  if (problems.length > 0) return { problems: [...new Set(problems)] };
  return { records: after.toSorted((a, b) => inOrder(positionOf(a), positionOf(b))) };
}
