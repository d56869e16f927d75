// The hosted zone that the lab starts with: the users' name as a failover pair of aliases, and below each region's name one
// weighted address a zone with a health check on that zone's EHR. The same again as a service (SRV, RFC 2782), for sites that
// share one address and differ by port.

import type { Hospital, Region, Zone } from '../hospital.ts';
import type { RecordSet } from '../dns/record-set.ts';
import { EHR_NAME, HTTP_SERVICE, ZONE_NAME } from './names.ts';
import { DEFAULT_REGIONS, type CheckConfig } from './route53/state.ts';

/** Regions by the part they play; the first is the primary. */
export const ROLES: Readonly<Record<string, string>> = { 'us-east-2': 'east', 'us-west-2': 'west' };
const APEX = `${ZONE_NAME}.`;
const ADDRESS_TTL = 2;

const base = {
  intervalSeconds: 10,
  disabled: false,
  measureLatency: false,
  regions: DEFAULT_REGIONS,
  children: [],
} as const;

/** Route 53's own records of a new zone. */
function apexRecords(): readonly RecordSet[] {
  const servers = ['ns-1.resus-lab.test.', 'ns-2.resus-lab.test.'];
  return [
    { name: APEX, type: 'NS', ttl: 172_800, values: servers },
    { name: APEX, type: 'SOA', ttl: 900, values: [`${servers[0] ?? ''} hostmaster.${APEX} 1 7200 900 1209600 2`] },
  ];
}

/** What the users' service is answered with when it leads to that zone. */
export const serviceRecord = (zone: Zone): string => `0 0 ${zone.ehrPort} ${zone.name}.${EHR_NAME}`;
/** The two ways to ask where the EHR is, and what leads to a zone. */
const WAYS = [
  { prefix: '', type: 'A', valueOf: (zone: Zone): string => zone.address },
  { prefix: HTTP_SERVICE, type: 'SRV', valueOf: (zone: Zone): string => `${serviceRecord(zone)}.` },
] as const;
const sideName = (prefix: string, region: Region): string => `${prefix}${ROLES[region.name] ?? region.name}.${EHR_NAME}.`;

/** An endpoint given by URL as a health check polls it. */
export function httpCheck(url: string, path: string, threshold: number, inverted: boolean): CheckConfig {
  const { hostname, port } = new URL(url);
  return { ...base, type: 'HTTP', ipAddress: hostname, port: Number(port === '' ? 80 : port), path, threshold, inverted };
}

export interface ZonePlan {
  readonly records: readonly RecordSet[];
  readonly checks: readonly {
    readonly id: string;
    readonly reference: string;
    readonly config: CheckConfig;
    readonly initiallyOk: boolean;
  }[];
}

/** `uuid` names the checks; `switchCheckId` is the inverted one's. */
export function planZone(hospital: Hospital, zoneId: string, switchUrl: string, switchCheckId: string, uuid: () => string): ZonePlan {
  const records: RecordSet[] = [...apexRecords()];
  const { pathname, search } = new URL(switchUrl);
  // An inverted check that has failed all along: the primary is in force from the start.
  const checks = [
    { id: switchCheckId, reference: 'standby-switch', config: httpCheck(switchUrl, `${pathname}${search}`, 1, true), initiallyOk: false },
  ];
  const zoneRecord = (region: Region, zone: Zone): void => {
    const id = uuid();
    const config = {
      ...base,
      type: 'HTTP',
      ipAddress: zone.address,
      port: zone.ehrPort,
      path: '/metadata',
      threshold: 3,
      inverted: false,
    } as const;
    checks.push({ id, reference: `ehr-${zone.name}`, config, initiallyOk: true });
    const set = { setIdentifier: zone.name, weight: 10, ttl: ADDRESS_TTL, healthCheckId: id };
    for (const { prefix, type, valueOf } of WAYS) records.push({ ...set, name: sideName(prefix, region), type, values: [valueOf(zone)] });
    records.push({ name: `${zone.name}.${EHR_NAME}.`, type: 'A', ttl: ADDRESS_TTL, values: [zone.address] });
  };
  const [primary, secondary] = Object.keys(ROLES).flatMap((name) => hospital.regions.find((region) => region.name === name) ?? []);
  for (const region of [primary, secondary]) for (const zone of region?.zones ?? []) if (region !== undefined) zoneRecord(region, zone);
  for (const { prefix, type } of WAYS) {
    const user = { name: `${prefix}${EHR_NAME}.`, type, values: [] };
    const to = (region: Region) => ({ alias: { zoneId, name: sideName(prefix, region), evaluateHealth: false } });
    if (primary !== undefined)
      records.push({ ...user, setIdentifier: 'primary', failover: 'PRIMARY', ...to(primary), healthCheckId: switchCheckId });
    if (secondary !== undefined) records.push({ ...user, setIdentifier: 'secondary', failover: 'SECONDARY', ...to(secondary) });
  }
  return { records, checks };
}
