// A Route 53 resource record set, and its values in the form that goes out in a DNS packet. Names are lower case and end in a dot.

import { isIPv4, isIPv6 } from 'node:net';

export interface RecordSet {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
  /** 0 to 255. */
  readonly weight?: number;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  /** Seconds; an alias has its target's. */
  readonly ttl?: number;
  readonly values: readonly string[];
  /** Another record set of the same zone and type. */
  readonly alias?: { readonly zoneId: string; readonly name: string; readonly evaluateHealth: boolean };
  readonly healthCheckId?: string;
}

type Encoded = { readonly data: unknown } | { readonly problem: string };

const isName = (text: string): boolean =>
  text.length <= 255 &&
  text.split('.').every((label, at, all) => (label === '' && at === all.length - 1 && at > 0) || /^[\w*-]{1,63}$/.test(label));
const bare = (name: string): string => name.replace(/\.$/, '');
const whole = (text: string | undefined, most: number): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : undefined;

function nameValue(value: string): Encoded {
  return isName(value) ? { data: bare(value) } : { problem: 'DomainNameIllegal (Domain name is not valid)' };
}

function textValue(value: string): Encoded {
  const strings = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  if (strings.length === 0 || value.replace(/"(?:[^"\\]|\\.)*"/g, '').trim() !== '') {
    return { problem: 'InvalidCharacterString (Value should be enclosed in quotation marks)' };
  }
  const plain = strings.map((quoted) =>
    quoted
      .slice(1, -1)
      .replace(/\\(\d{3}|.)/g, (_all, escaped: string) => (escaped.length === 3 ? String.fromCharCode(parseInt(escaped, 8)) : escaped)),
  );
  if (plain.some((text) => Buffer.byteLength(text) > 255)) return { problem: 'CharacterStringTooLong (Value is too long)' };
  return { data: plain };
}

function mailValue(value: string): Encoded {
  const [preference, exchange = '', ...rest] = value.trim().split(/\s+/);
  const number = whole(preference, 65_535);
  if (number === undefined || rest.length > 0 || !isName(exchange))
    return { problem: 'MXRRDATANotTwoFields (MX needs a preference and a name)' };
  return { data: { preference: number, exchange: bare(exchange) } };
}

function serviceValue(value: string): Encoded {
  const [priority, weight, port, target = '', ...rest] = value.trim().split(/\s+/);
  const numbers = [priority, weight, port].map((text) => whole(text, 65_535));
  if (numbers.includes(undefined) || rest.length > 0 || !isName(target))
    return { problem: 'SRVRRDATANotFourFields (SRV needs priority, weight, port and name)' };
  return { data: { priority: numbers[0], weight: numbers[1], port: numbers[2], target: bare(target) } };
}

function authorityValue(value: string): Encoded {
  const [mname = '', rname = '', ...rest] = value.trim().split(/\s+/);
  const [serial, refresh, retry, expire, minimum] = rest.map((text) => whole(text, 4_294_967_295));
  if (!isName(mname) || !isName(rname) || rest.length !== 5 || minimum === undefined)
    return { problem: 'SOARRDATANotSevenFields (SOA needs two names and five numbers)' };
  return { data: { mname: bare(mname), rname: bare(rname), serial, refresh, retry, expire, minimum } };
}

/** The record types that the lab serves. */
export const RECORD_TYPES: Readonly<Record<string, (value: string) => Encoded>> = {
  A: (value) => (isIPv4(value) ? { data: value } : { problem: 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)' }),
  AAAA: (value) => (isIPv6(value) ? { data: value } : { problem: 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)' }),
  CNAME: nameValue,
  NS: nameValue,
  PTR: nameValue,
  TXT: textValue,
  MX: mailValue,
  SRV: serviceValue,
  SOA: authorityValue,
};

/** The value for a DNS packet, or why it has none. */
export function encodeValue(type: string, value: string): Encoded {
  const encode = Object.hasOwn(RECORD_TYPES, type) ? RECORD_TYPES[type] : undefined;
  return encode === undefined ? { problem: `the lab serves no records of type ${type}` } : encode(value);
}
