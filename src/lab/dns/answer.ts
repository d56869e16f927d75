// The authoritative answer to one question: which of a name's record sets is in force (failover, weights, health, aliases), or
// why there is none. It knows nothing of packets and draws its lots from the zone.

import { encodeValue, type RecordSet } from './record-set.ts';

export interface ZoneView {
  /** Lower case, ends in a dot. */
  readonly name: string;
  /** The record sets in force for that name, or undefined when the zone does not have the name. */
  sets(name: string): readonly RecordSet[] | undefined;
  /** Whether any name ends in `.name`: then the name exists even if it has no record. */
  hasBelow(name: string): boolean;
  healthy(healthCheckId: string): boolean;
  /** Uniform in [0, 1): the choice among weights. */
  lot(): number;
}

export interface Resource {
  /** Without the last dot. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  readonly data: unknown;
}

export interface Answer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED' | 'SERVFAIL';
  readonly answers: readonly Resource[];
  readonly authorities: readonly Resource[];
}

/** Aliases and CNAMEs that lead on longer than this lead nowhere. */
const DEPTH = 8;

export const normalName = (name: string): string => (name.endsWith('.') ? name : `${name}.`).toLowerCase();

function targetHealthy(zone: ZoneView, name: string, type: string, depth: number): boolean {
  const sets = zone.sets(name)?.filter((set) => set.type === type) ?? [];
  return sets.some((set) => isHealthy(zone, set, depth));
}

/** A record set is healthy when its check is, and its alias's target if that is to be evaluated; one without either always is. */
export function isHealthy(zone: ZoneView, set: RecordSet, depth = 0): boolean {
  if (depth > DEPTH) return false;
  if (set.healthCheckId !== undefined && !zone.healthy(set.healthCheckId)) return false;
  return set.alias?.evaluateHealth === true ? targetHealthy(zone, set.alias.name, set.type, depth + 1) : true;
}

function byWeight(zone: ZoneView, sets: readonly RecordSet[]): RecordSet | undefined {
  const healthy = sets.filter((set) => isHealthy(zone, set));
  // When none is healthy, Route 53 treats all as healthy; a weight of zero counts only when nothing else is there.
  const candidates = healthy.length > 0 ? healthy : sets;
  const weighted = candidates.filter((set) => (set.weight ?? 0) > 0);
  const pool = weighted.length > 0 ? weighted : candidates;
  const weights = pool.map((set) => (weighted.length > 0 ? (set.weight ?? 0) : 1));
  let left = zone.lot() * weights.reduce((sum, weight) => sum + weight, 0);
  return pool.find((_set, index) => (left -= weights[index] ?? 0) < 0) ?? pool.at(-1);
}

/** The one record set in force among those of a name and type. */
export function choose(zone: ZoneView, sets: readonly RecordSet[]): RecordSet | undefined {
  if (!sets.some((set) => set.failover !== undefined)) return sets.length > 1 ? byWeight(zone, sets) : sets[0];
  const primary = sets.find((set) => set.failover === 'PRIMARY');
  const secondary = sets.find((set) => set.failover === 'SECONDARY');
  if (primary !== undefined && isHealthy(zone, primary)) return primary;
  if (secondary !== undefined && isHealthy(zone, secondary)) return secondary;
  return primary ?? secondary;
}

/** The resources of a name and type under the name that was asked for, aliases followed. */
function resources(zone: ZoneView, owner: string, name: string, type: string, depth = 0): readonly Resource[] {
  const sets = zone.sets(name)?.filter((set) => set.type === type) ?? [];
  const chosen = choose(zone, sets);
  if (chosen === undefined || depth > DEPTH) return [];
  if (chosen.alias !== undefined) return resources(zone, owner, chosen.alias.name, type, depth + 1);
  return chosen.values.flatMap((value) => {
    const encoded = encodeValue(type, value);
    return 'data' in encoded ? [{ name: owner.replace(/\.$/, ''), type, ttl: chosen.ttl ?? 0, data: encoded.data }] : [];
  });
}

/** The SOA of a negative answer lives as long as the lesser of its TTL and its minimum (RFC 2308). */
function negative(zone: ZoneView): readonly Resource[] {
  return resources(zone, zone.name, zone.name, 'SOA').map((soa) => {
    const { data } = soa;
    const minimum = typeof data === 'object' && data !== null && 'minimum' in data ? Number(data.minimum) : soa.ttl;
    return { ...soa, ttl: Math.min(soa.ttl, minimum) };
  });
}

export function answer(zone: ZoneView, askedName: string, type: string): Answer {
  const asked = normalName(askedName);
  const answers: Resource[] = [];
  let name = asked;
  for (let hop = 0; hop <= DEPTH; hop++) {
    if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
      return hop === 0 ? { rcode: 'REFUSED', answers, authorities: [] } : { rcode: 'NOERROR', answers, authorities: [] };
    }
    const found = resources(zone, hop === 0 ? askedName : name, name, type);
    if (found.length > 0) return { rcode: 'NOERROR', answers: [...answers, ...found], authorities: [] };
    const [alias] = type === 'CNAME' ? [] : resources(zone, hop === 0 ? askedName : name, name, 'CNAME');
    if (alias === undefined) {
      const exists = zone.sets(name) !== undefined || zone.hasBelow(name);
      return { rcode: exists ? 'NOERROR' : 'NXDOMAIN', answers, authorities: negative(zone) };
    }
    answers.push(alias);
    name = normalName(String(alias.data));
  }
  return { rcode: 'SERVFAIL', answers: [], authorities: [] };
}
