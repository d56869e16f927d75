// DSSE 1.0 around an in-toto statement, signed with the log's key. One spelling only: a canonical envelope, one signature.
import { canonical, isCanonical } from '../journal/canonical.ts';
import { decodeBase64, keyId, type Signer, type Verifier } from '../journal/checkpoint.ts';

export const payloadType = 'application/vnd.in-toto+json';

/** What is signed: lengths in bytes, so that no two pairs of type and body read the same. */
export function preAuthEncoding(type: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}

export function signDsse(body: Uint8Array, signer: Signer): string {
  const signature = signer.sign(preAuthEncoding(payloadType, body));
  return envelope(body, keyIdOf(signer), signature);
}

/** The body, or undefined when this is not exactly an envelope that `signDsse` wrote with this key. */
export function openDsse(text: string, verifier: Verifier): Uint8Array | undefined {
  const parsed = parse(text.slice(0, -1));
  const body = decodeBase64(parsed?.payload ?? '');
  const signature = decodeBase64(parsed?.signature ?? '');
  if (body === undefined || signature === undefined || envelope(body, keyIdOf(verifier), signature) !== text) return undefined;
  return verifier.verify(preAuthEncoding(payloadType, body), signature) ? new Uint8Array(body) : undefined;
}

const keyIdOf = ({ name, publicKey }: Pick<Signer, 'name' | 'publicKey'>): string =>
  `${name}+${Buffer.from(keyId(name, publicKey)).toString('hex')}`;
const envelope = (body: Uint8Array, keyid: string, signature: Uint8Array): string =>
  `${canonical({ payload: Buffer.from(body).toString('base64'), payloadType, signatures: [{ keyid, sig: Buffer.from(signature).toString('base64') }] })}\n`;

function parse(text: string): { readonly payload: string; readonly signature: string } | undefined {
  try {
    const value = JSON.parse(text) as { readonly payload?: unknown; readonly signatures?: readonly { readonly sig?: unknown }[] };
    const signature = value.signatures?.[0]?.sig;
    return isCanonical(text, value) && typeof value.payload === 'string' && typeof signature === 'string'
      ? { payload: value.payload, signature }
      : undefined;
  } catch {
    return undefined;
  }
}
