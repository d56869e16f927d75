// Who a request says it is and which service of which region it is for: the SigV4 credential scope, from the Authorization
// header or from a presigned query. The signature's form is checked, its value is not: the lab has no secrets, and any access
// key of a plausible form is an administrator here.

import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusal.ts';

export interface Scope {
  readonly accessKey: string;
  readonly region: string;
  /** The signing name: `rds`, `route53`, `fis`, `sts`. */
  readonly service: string;
}

const CREDENTIAL = /^([^/\s]{1,256})\/(\d{8})\/([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})\/aws4_request$/;
const ACCESS_KEY = /^\w{3,128}$/;

function incomplete(what: string): Refusal {
  return new Refusal('IncompleteSignature', `Authorization header requires ${what}.`, 400);
}

/** Throws `MissingAuthenticationToken`, `IncompleteSignature` or `UnrecognizedClientException`; the protocols rename them as AWS does. */
export function readScope(headers: IncomingHttpHeaders, query: URLSearchParams): Scope {
  const header = headers.authorization;
  const fields = new Map<string, string>();
  if (header !== undefined) {
    const match = /^AWS4-HMAC-SHA256\s+(.*)$/s.exec(header);
    if (match === null) throw incomplete("the algorithm 'AWS4-HMAC-SHA256'");
    for (const part of (match[1] ?? '').split(',')) {
      const [name, ...value] = part.trim().split('=');
      if (name !== undefined) fields.set(name, value.join('='));
    }
  } else if (query.has('X-Amz-Credential')) {
    for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
      const value = query.get(`X-Amz-${name}`);
      if (value !== null) fields.set(name, value);
    }
  } else {
    throw new Refusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  }
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if (!fields.get(name)) throw incomplete(`'${name}' parameter`);
  }
  if (headers['x-amz-date'] === undefined && headers.date === undefined && !query.has('X-Amz-Date')) {
    throw incomplete("existence of either a 'X-Amz-Date' or a 'Date' header");
  }
  if (!/^[0-9a-f]{64}$/.test(fields.get('Signature') ?? '')) throw incomplete('a signature of 64 hexadecimal digits');
  if (!(fields.get('SignedHeaders') ?? '').split(';').includes('host')) throw incomplete("'host' among 'SignedHeaders'");
  const credential = CREDENTIAL.exec(fields.get('Credential') ?? '');
  const [, accessKey = '', , region = '', service = ''] = credential ?? [];
  if (credential === null) throw incomplete('a credential of the form KEY/DATE/REGION/SERVICE/aws4_request');
  if (!ACCESS_KEY.test(accessKey)) {
    throw new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  }
  return { accessKey, region, service };
}
