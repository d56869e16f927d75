// Route 53 requests out of XML: change batches and health-check settings, each field checked, refused with `InvalidInput` where
// Route 53 would refuse the request before it looks at the zone.

import { isIP } from 'node:net';
import { RECORD_TYPES, type RecordSet } from '../../dns/record-set.ts';
import { Refusal } from '../refusal.ts';
import { readXml, type Element } from '../wire/xml.ts';
import type { RecordChange } from './batch.ts';
import { readName } from './order.ts';
import { CHECKER_REGIONS, DEFAULT_REGIONS, type CheckConfig, type CheckType } from './state.ts';

const ACTIONS = ['CREATE', 'DELETE', 'UPSERT'] as const;
const FAILOVERS = ['PRIMARY', 'SECONDARY'] as const;
const CHECK_TYPES: readonly CheckType[] = ['HTTP', 'HTTP_STR_MATCH', 'TCP', 'CALCULATED'];
/** Routing that the lab does not have: refused, never ignored. */
const UNSUPPORTED = ['Region', 'GeoLocation', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation', 'TrafficPolicyInstanceId'];
const BATCH_LIMIT = 1_000;

export const invalidInput = (message: string): Refusal => new Refusal('InvalidInput', message);

export function readRoot(body: string, root: string): Element {
  const element = readXml(body, root);
  if ('problem' in element) throw invalidInput(`Invalid XML ; ${element.problem}`);
  return element;
}

function integer(element: Element, name: string, least: number, most: number): number | undefined {
  const text = element.value(name);
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw invalidInput(`Value '${text.slice(0, 50)}' at '${name}' must be between ${String(least)} and ${String(most)}`);
  return value;
}

function flag(element: Element, name: string): boolean | undefined {
  const text = element.value(name);
  if (text !== undefined && text !== 'true' && text !== 'false')
    throw invalidInput(`Value '${text.slice(0, 50)}' at '${name}' must be true or false`);
  return text === undefined ? undefined : text === 'true';
}

function domainName(text: string | undefined, field: string): string {
  const name = text === undefined ? undefined : readName(text);
  if (name === undefined) throw invalidInput(`Value '${(text ?? 'null').slice(0, 100)}' at '${field}' is not a domain name`);
  return name;
}

function readAlias(element: Element): RecordSet['alias'] {
  const zoneId = element.value('HostedZoneId');
  const evaluateHealth = flag(element, 'EvaluateTargetHealth');
  if (zoneId === undefined || evaluateHealth === undefined)
    throw invalidInput('AliasTarget needs HostedZoneId, DNSName and EvaluateTargetHealth');
  return { zoneId: zoneId.replace(/^\/hostedzone\//, ''), name: domainName(element.value('DNSName'), 'DNSName'), evaluateHealth };
}

export function readRecordSet(element: Element): RecordSet {
  const name = domainName(element.value('Name'), 'Name');
  const type = element.value('Type') ?? '';
  if (!Object.hasOwn(RECORD_TYPES, type)) {
    throw invalidInput(
      `Value '${type.slice(0, 20)}' at 'Type' is not one of the types that the lab serves: ${Object.keys(RECORD_TYPES).join(', ')}`,
    );
  }
  const unsupported = UNSUPPORTED.find((field) => element.one(field) !== undefined);
  if (unsupported !== undefined) throw invalidInput(`The lab has no routing by ${unsupported}`);
  const setIdentifier = element.value('SetIdentifier');
  const weight = integer(element, 'Weight', 0, 255);
  const failoverText = element.value('Failover');
  const failover = FAILOVERS.find((value) => value === failoverText);
  if (failoverText !== undefined && failover === undefined)
    throw invalidInput(`Value '${failoverText.slice(0, 20)}' at 'Failover' must be PRIMARY or SECONDARY`);
  const where = `in Change with [Name=${name}, Type=${type}, SetIdentifier=${setIdentifier ?? 'null'}]`;
  if (weight !== undefined && failover !== undefined)
    throw invalidInput(`Invalid request: Expected exactly one of [Weight, Failover], but found more than one ${where}`);
  if (setIdentifier !== undefined && (setIdentifier === '' || setIdentifier.length > 128))
    throw invalidInput(`SetIdentifier must have 1 to 128 characters ${where}`);
  const routed = weight !== undefined || failover !== undefined;
  if (routed && setIdentifier === undefined) throw invalidInput(`Invalid request: Missing field 'SetIdentifier' ${where}`);
  if (!routed && setIdentifier !== undefined)
    throw invalidInput(`Invalid request: Expected exactly one of [Weight, Failover], but found none ${where}`);
  const ttl = integer(element, 'TTL', 0, 2_147_483_647);
  const values = (element.one('ResourceRecords')?.all('ResourceRecord') ?? []).map((record) => record.value('Value') ?? '');
  const aliasElement = element.one('AliasTarget');
  if (aliasElement === undefined && (values.length === 0 || ttl === undefined)) {
    throw invalidInput(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none ${where}`,
    );
  }
  if (aliasElement !== undefined && (values.length > 0 || ttl !== undefined)) {
    throw invalidInput(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one ${where}`,
    );
  }
  const alias = aliasElement === undefined ? undefined : readAlias(aliasElement);
  const healthCheckId = element.value('HealthCheckId');
  return {
    name,
    type,
    values,
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(weight === undefined ? {} : { weight }),
    ...(failover === undefined ? {} : { failover }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(alias === undefined ? {} : { alias }),
    ...(healthCheckId === undefined || healthCheckId === '' ? {} : { healthCheckId }),
  };
}

export function readBatch(body: string): { readonly comment?: string; readonly changes: readonly RecordChange[] } {
  const batch = readRoot(body, 'ChangeResourceRecordSetsRequest').one('ChangeBatch');
  const elements = batch?.one('Changes')?.all('Change') ?? [];
  if (elements.length === 0) throw invalidInput('Invalid request: Missing field Changes');
  if (elements.length > BATCH_LIMIT)
    throw new Refusal('InvalidChangeBatch', 'Number of records limit of 1000 exceeded', 400, ['Number of records limit of 1000 exceeded']);
  const changes = elements.map((element) => {
    const text = element.value('Action') ?? '';
    const action = ACTIONS.find((value) => value === text);
    const set = element.one('ResourceRecordSet');
    if (action === undefined) throw invalidInput(`Value '${text.slice(0, 20)}' at 'Action' must be one of ${ACTIONS.join(', ')}`);
    if (set === undefined) throw invalidInput('Invalid request: Missing field ResourceRecordSet in Change');
    return { action, set: readRecordSet(set) };
  });
  const comment = batch?.value('Comment');
  return comment === undefined ? { changes } : { comment, changes };
}

const text = (element: Element, name: string, most: number): string | undefined => {
  const value = element.value(name);
  if (value !== undefined && value.length > most) throw invalidInput(`Value at '${name}' is longer than ${String(most)} characters`);
  return value === '' ? undefined : value;
};

/** The settings in `element` over those of `before` (of an existing check), checked as a whole. */
export function readCheckConfig(element: Element, before?: CheckConfig): CheckConfig {
  const typeText = before?.type ?? element.value('Type') ?? '';
  const type = CHECK_TYPES.find((value) => value === typeText);
  if (type === undefined)
    throw invalidInput(`Value '${typeText.slice(0, 30)}' at 'Type' is not one of the types that the lab has: ${CHECK_TYPES.join(', ')}`);
  const ipAddress = text(element, 'IPAddress', 45) ?? before?.ipAddress;
  const host = text(element, 'FullyQualifiedDomainName', 255) ?? before?.host;
  const port = integer(element, 'Port', 1, 65_535) ?? before?.port ?? (type.startsWith('HTTP') ? 80 : undefined);
  const path = text(element, 'ResourcePath', 255) ?? before?.path;
  const search = text(element, 'SearchString', 255) ?? before?.search;
  const interval = integer(element, 'RequestInterval', 10, 30) ?? before?.intervalSeconds ?? 30;
  const healthThreshold = integer(element, 'HealthThreshold', 0, 256) ?? before?.healthThreshold;
  const regionElements = element
    .one('Regions')
    ?.all('Region')
    .map((region) => region.text);
  const regions = regionElements !== undefined && regionElements.length > 0 ? regionElements : (before?.regions ?? DEFAULT_REGIONS);
  const childElements = element
    .one('ChildHealthChecks')
    ?.all('ChildHealthCheck')
    .map((child) => child.text);
  const children = childElements ?? before?.children ?? [];
  if (ipAddress !== undefined && isIP(ipAddress) === 0) throw invalidInput(`Invalid IP address: ${ipAddress}`);
  if (type !== 'CALCULATED' && ipAddress === undefined && host === undefined)
    throw invalidInput('Invalid parameter : IPAddress or FullyQualifiedDomainName must be specified');
  if (type === 'TCP' && port === undefined) throw invalidInput('Invalid parameter : Port must be specified for TCP health checks');
  if (type === 'HTTP_STR_MATCH' && search === undefined) throw invalidInput('Invalid parameter : SearchString must be specified');
  if (interval !== 10 && interval !== 30) throw invalidInput('Invalid parameter : RequestInterval must be 10 or 30');
  if (path !== undefined && !path.startsWith('/')) throw invalidInput('Invalid parameter : ResourcePath must begin with /');
  if (regions.length < 3 || new Set(regions).size !== regions.length)
    throw invalidInput('Invalid parameter : at least 3 different Regions are needed');
  const unknown = regions.find((region) => !CHECKER_REGIONS.some((known) => known === region));
  if (unknown !== undefined) throw invalidInput(`Invalid parameter : Region ${unknown.slice(0, 50)} has no health checkers`);
  if (type === 'CALCULATED' && (children.length === 0 || healthThreshold === undefined)) {
    throw invalidInput('Invalid parameter : CALCULATED health checks need ChildHealthChecks and HealthThreshold');
  }
  return {
    type,
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(port === undefined ? {} : { port }),
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
    ...(search === undefined ? {} : { search }),
    intervalSeconds: interval,
    threshold: integer(element, 'FailureThreshold', 1, 10) ?? before?.threshold ?? 3,
    inverted: flag(element, 'Inverted') ?? before?.inverted ?? false,
    disabled: flag(element, 'Disabled') ?? before?.disabled ?? false,
    measureLatency: flag(element, 'MeasureLatency') ?? before?.measureLatency ?? false,
    regions,
    children,
    ...(healthThreshold === undefined ? {} : { healthThreshold }),
  };
}
