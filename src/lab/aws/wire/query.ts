// The Query protocol (RDS, STS): parameters in a form, answers and errors in XML.

import { Refusal } from '../refusal.ts';
import type { Call, Reply } from './service.ts';
import { document, leaf, node } from './xml.ts';

/** The errors that the front raises have other names in the Query protocol. */
const RENAMED: Readonly<Record<string, string>> = { UnrecognizedClientException: 'InvalidClientTokenId' };

export interface Params {
  text(name: string): string | undefined;
  /** Throws `MissingParameter`. */
  required(name: string): string;
  flag(name: string): boolean | undefined;
  /** Throws `InvalidParameterValue` when it is no integer within the range. */
  integer(name: string, least: number, most: number): number | undefined;
  instant(name: string): number | undefined;
  /** `Name.MEMBER.1`, `Name.MEMBER.2` ... and `Name.member.1` ... */
  list(name: string, member: string): readonly string[];
}

export function readParams(call: Call): URLSearchParams {
  const merged = new URLSearchParams(call.query);
  if (call.method === 'POST') for (const [name, value] of new URLSearchParams(call.body)) merged.set(name, value);
  return merged;
}

export function params(raw: URLSearchParams): Params {
  const text = (name: string): string | undefined => raw.get(name) ?? undefined;
  const invalid = (name: string, value: string, what: string): Refusal =>
    new Refusal('InvalidParameterValue', `Invalid value ${value} for ${name}. ${what}`);
  return {
    text,
    required(name) {
      const value = text(name);
      if (value === undefined || value === '') throw new Refusal('MissingParameter', `The request must contain the parameter ${name}.`);
      return value;
    },
    flag(name) {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (value !== 'true' && value !== 'false') throw invalid(name, value, 'Must be true or false.');
      return value === 'true';
    },
    integer(name, least, most) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= least && number <= most)) throw invalid(name, value, `Must be between ${String(least)} and ${String(most)}.`);
      return number;
    },
    instant(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const at = Date.parse(value);
      if (Number.isNaN(at)) throw invalid(name, value, 'Must be an ISO 8601 date.');
      return at;
    },
    list(name, member) {
      const values: string[] = [];
      for (let index = 1; index <= 100; index++) {
        const value = raw.get(`${name}.${member}.${String(index)}`) ?? raw.get(`${name}.member.${String(index)}`);
        if (value === null) break;
        values.push(value);
      }
      return values;
    },
  };
}

export function queryReply(operation: string, namespace: string, requestId: string, result: string): Reply {
  const body = document(
    `${operation}Response`,
    namespace,
    node(`${operation}Result`, result),
    node('ResponseMetadata', leaf('RequestId', requestId)),
  );
  return { status: 200, contentType: 'text/xml', body };
}

export function queryRefusal(refusal: Refusal, namespace: string, requestId: string): Reply {
  const error = node(
    'Error',
    leaf('Type', refusal.status >= 500 ? 'Receiver' : 'Sender'),
    leaf('Code', RENAMED[refusal.code] ?? refusal.code),
    leaf('Message', refusal.message),
  );
  return {
    status: refusal.status,
    contentType: 'text/xml',
    body: document('ErrorResponse', namespace, error, leaf('RequestId', requestId)),
  };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly marker?: string;
}

/** `Marker`/`MaxRecords` paging: 20 to 100 records, 100 unless told. The marker is opaque to clients and names the last item given. */
export function page<Item>(input: Params, items: readonly Item[], idOf: (item: Item) => string): Page<Item> {
  const size = input.integer('MaxRecords', 20, 100) ?? 100;
  const marker = input.text('Marker');
  let start = 0;
  if (marker !== undefined && marker !== '') {
    const last = Buffer.from(marker, 'base64url').toString('utf8');
    const found = items.findIndex((item) => idOf(item) === last);
    if (found < 0) throw new Refusal('InvalidParameterValue', `The marker ${marker.slice(0, 100)} is not valid.`);
    start = found + 1;
  }
  const given = items.slice(start, start + size);
  const last = given.at(-1);
  const more = start + size < items.length && last !== undefined;
  return more ? { items: given, marker: Buffer.from(idOf(last), 'utf8').toString('base64url') } : { items: given };
}
