// The operations of Route 53 on hosted zones, record sets and changes.

import type { RecordSet } from '../../dns/record-set.ts';
import { Refusal } from '../refusal.ts';
import { leaf, node } from '../wire/xml.ts';
import { applyBatch } from './batch.ts';
import type { Route53Model } from './model.ts';
import { inOrder, positionOf, readName, showName, type Position } from './order.ts';
import { invalidInput, readBatch } from './read.ts';
import { changeXml, nameServersXml, recordXml, zoneXml } from './render.ts';
import type { Route53State } from './state.ts';

const RECORDS_LIMIT = 300;
const ZONES_LIMIT = 100;

export function maxItems(query: URLSearchParams, limit: number): number {
  const text = query.get('maxitems');
  if (text === null) return limit;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw invalidInput(`Value '${text.slice(0, 20)}' at 'maxItems' must be a positive integer`);
  return Math.min(value, limit);
}

function sameZone(state: Route53State, id: string): void {
  if (id !== state.zone.id) throw new Refusal('NoSuchHostedZone', `No hosted zone found with ID: ${id.slice(0, 32)}`, 404);
}

export function listHostedZones(state: Route53State, query: URLSearchParams): string {
  const limit = maxItems(query, ZONES_LIMIT);
  const marker = query.get('marker') ?? '';
  if (marker !== '' && marker !== state.zone.id) throw invalidInput(`The marker ${marker.slice(0, 64)} names no hosted zone`);
  return (
    node('HostedZones', zoneXml(state)) +
    (marker === '' ? '' : leaf('Marker', marker)) +
    leaf('IsTruncated', false) +
    leaf('MaxItems', limit)
  );
}

/** From the name (and id) on, in the order of names by labels from the right. */
export function listHostedZonesByName(state: Route53State, query: URLSearchParams): string {
  const limit = maxItems(query, ZONES_LIMIT);
  const asked = query.get('dnsname');
  const id = query.get('hostedzoneid');
  if (id !== null && asked === null) throw invalidInput('dnsname is needed when hostedzoneid is given');
  const name = asked === null ? undefined : readName(asked);
  if (asked !== null && name === undefined) throw new Refusal('InvalidDomainName', `${asked.slice(0, 255)} is not a domain name`);
  const from: Position | undefined = name === undefined ? undefined : { name, type: '', identifier: id ?? '' };
  const shown = from === undefined || inOrder({ name: state.zone.name, type: '', identifier: id === null ? '' : state.zone.id }, from) >= 0;
  return (
    node('HostedZones', shown ? zoneXml(state) : '') +
    (asked === null ? '' : leaf('DNSName', name)) +
    (id === null ? '' : leaf('HostedZoneId', id)) +
    leaf('IsTruncated', false) +
    leaf('MaxItems', limit)
  );
}

export function getHostedZone(state: Route53State, id: string): string {
  sameZone(state, id);
  return zoneXml(state) + nameServersXml(state);
}

export function listRecords(state: Route53State, id: string, query: URLSearchParams): string {
  sameZone(state, id);
  const limit = maxItems(query, RECORDS_LIMIT);
  const askedName = query.get('name');
  const type = query.get('type');
  const identifier = query.get('identifier');
  if ((type !== null && askedName === null) || (identifier !== null && type === null)) {
    throw invalidInput('The input is not valid: StartRecordType needs StartRecordName, and StartRecordIdentifier needs StartRecordType');
  }
  const name = askedName === null ? undefined : readName(askedName);
  if (askedName !== null && name === undefined) throw invalidInput(`StartRecordName ${askedName.slice(0, 255)} is not a domain name`);
  const from = name === undefined ? undefined : { name, type: type ?? '', identifier: identifier ?? '' };
  const rest = from === undefined ? state.records : state.records.filter((set) => inOrder(positionOf(set), from) >= 0);
  const next = rest[limit];
  return (
    node('ResourceRecordSets', ...rest.slice(0, limit).map(recordXml)) +
    leaf('IsTruncated', next !== undefined) +
    (next === undefined
      ? ''
      : leaf('NextRecordName', showName(next.name)) +
        leaf('NextRecordType', next.type) +
        leaf('NextRecordIdentifier', next.setIdentifier)) +
    leaf('MaxItems', limit)
  );
}

function missingCheck(state: Route53State, set: RecordSet): string | undefined {
  return set.healthCheckId !== undefined && state.checks[set.healthCheckId] === undefined ? set.healthCheckId : undefined;
}

export function changeRecords(model: Route53Model, id: string, body: string): string {
  const state = model.history.current;
  sameZone(state, id);
  const { comment, changes } = readBatch(body);
  for (const { action, set } of changes) {
    const missing = action === 'DELETE' ? undefined : missingCheck(state, set);
    if (missing !== undefined) throw new Refusal('NoSuchHealthCheck', `A health check with id ${missing.slice(0, 64)} does not exist`, 404);
  }
  const result = applyBatch(state.zone, state.records, changes);
  if ('problems' in result) {
    const problems = result.problems.slice(0, 100);
    throw new Refusal('InvalidChangeBatch', `[${problems.join(', ')}]`, 400, problems);
  }
  model.tally.count('ChangeResourceRecordSets', id);
  return changeXml(model.submit(result.records, comment), false);
}

/** A change that the lagging state does not have yet is pending, not unknown. */
export function getChange(model: Route53Model, state: Route53State, id: string): string {
  const truth = model.history.current.changes[id];
  if (truth === undefined) throw new Refusal('NoSuchChange', `Could not find resource with ID: ${id.slice(0, 32)}`, 404);
  return changeXml(truth, state.changes[id]?.inSync ?? false);
}
