// Signed statements "the log has this size and this root": C2SP tlog-checkpoint in a C2SP signed note, Ed25519.
// Every decoder is canonical: what it accepts has exactly one spelling, so that no byte of a note can change unseen.
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import type { Hash } from '../core/values.ts';
import { JournalError } from './journal-error.ts';

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };
/** Signs for one name. The key itself may live anywhere. */
export interface Signer {
  readonly name: string;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}
export type Verifier = { readonly name: string; readonly publicKey: Uint8Array; verify(bytes: Uint8Array, signature: Uint8Array): boolean };

const ed25519 = 0x01;
// RFC 8410: the fixed DER bytes before the 32 raw ones.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const nameForm = /^[^\s+\p{C}]+$/u;

/** A signer over a key of node:crypto. Throws `BAD_KEY` for another kind of key, or a name with spaces or a plus. */
export function signerFor(name: string, key: KeyObject): Signer {
  if (key.asymmetricKeyType !== 'ed25519' || key.type !== 'private')
    throw new JournalError('BAD_KEY', 'the signing key is not an Ed25519 private key');
  if (!nameForm.test(name)) throw new JournalError('BAD_KEY', `"${name}" cannot name a key: no spaces, no plus sign, not empty`);
  return { name, publicKey: rawPublicKey(createPublicKey(key)), sign: (bytes) => sign(null, bytes, key) };
}
/** For tests and published vectors: the key that RFC 8032 derives from 32 bytes. */
export const keyFromSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
export const rawPublicKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length));
export const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });

/** First four bytes of SHA-256(name, LF, type, key). A hint only; verifiers compare the key. */
export function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519), publicKey]), 'buffer').subarray(0, 4);
}
/** `name+keyid+base64`: what an auditor pins. */
export function vkeyOf({ name, publicKey }: Pick<Signer, 'name' | 'publicKey'>): string {
  return `${name}+${Buffer.from(keyId(name, publicKey)).toString('hex')}+${Buffer.concat([Buffer.of(ed25519), publicKey]).toString('base64')}`;
}
/** Throws `BAD_KEY` for anything but exactly one vkey, without line end. */
export function verifierFrom(vkey: string): Verifier {
  const [name = '', , encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(vkey)?.slice(1) ?? [];
  const bytes = decodeBase64(encoded);
  if (!nameForm.test(name) || bytes === undefined || bytes.length !== 33 || bytes[0] !== ed25519) throw badKey();
  const publicKey = new Uint8Array(bytes.subarray(1));
  if (vkeyOf({ name, publicKey }) !== vkey) throw badKey();
  const key = publicKeyFrom(publicKey);
  return { name, publicKey, verify: (signed, signature) => signature.length === 64 && verify(null, signed, key, signature) };
}
const badKey = (): JournalError =>
  new JournalError('BAD_KEY', 'this is not a verification key; it has the form name+8 hex digits+base64, as log.vkey of a bundle has');

/** The three lines that are signed. */
export function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
}
/** Throws `BAD_NOTE` unless the text is exactly what `checkpointBody` writes. */
export function parseCheckpointBody(body: string): Checkpoint {
  const [origin = '', size = '', root = ''] = body.split('\n');
  const bytes = decodeBase64(root);
  const checkpoint = { origin, size: Number(size), root: (bytes?.toString('hex') ?? '') as Hash };
  if (
    origin === '' ||
    bytes?.length !== 32 ||
    !/^(0|[1-9][0-9]{0,15})$/.test(size) ||
    !Number.isSafeInteger(checkpoint.size) ||
    checkpointBody(checkpoint) !== body
  ) {
    throw new JournalError('BAD_NOTE', 'the checkpoint is not three lines of origin, size and root');
  }
  return checkpoint;
}

/** A checkpoint as a signed note. The origin is the signer's name. */
export function signCheckpoint(size: number, root: Hash, signer: Signer): string {
  return signNote(checkpointBody({ origin: signer.name, size, root }), signer);
}
/** Throws `BAD_NOTE` unless the note holds a checkpoint of the verifier's origin with exactly one, valid, signature by it. */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint {
  const checkpoint = parseCheckpointBody(openNote(note, verifier).body);
  if (checkpoint.origin !== verifier.name)
    throw new JournalError('BAD_NOTE', `the checkpoint is of ${checkpoint.origin}, the key of ${verifier.name}`);
  return checkpoint;
}

/** Text (ending in LF), an empty line, a signature line. */
export function signNote(body: string, signer: Signer): string {
  if (!body.endsWith('\n') || body.includes('\r') || Buffer.from(body).toString() !== body)
    throw new JournalError('BAD_NOTE', 'a note is well-formed text that ends in LF');
  const signature = Buffer.concat([keyId(signer.name, signer.publicKey), signer.sign(Buffer.from(body))]);
  return `${body}\n\u2014 ${signer.name} ${signature.toString('base64')}\n`;
}
/** Throws `BAD_NOTE` unless there is exactly one signature line, by this verifier, spelled canonically, and it verifies. */
export function openNote(note: string, verifier: Verifier): { readonly body: string; readonly signature: Uint8Array } {
  const end = note.lastIndexOf('\n\n');
  const body = note.slice(0, end + 1);
  const line = note.slice(end + 2);
  const start = `\u2014 ${verifier.name} `;
  if (end < 1 || !line.startsWith(start) || !line.endsWith('\n')) throw badNote(`it has no signature line of ${verifier.name}`);
  const bytes = decodeBase64(line.slice(start.length, -1));
  if (bytes === undefined || bytes.length !== 68) throw badNote('its signature is not base64 of 68 bytes');
  if (!bytes.subarray(0, 4).equals(keyId(verifier.name, verifier.publicKey))) throw badNote('it is signed with another key');
  const signature = new Uint8Array(bytes.subarray(4));
  if (!verifier.verify(Buffer.from(body), signature)) throw badNote('its signature does not verify');
  return { body, signature };
}
const badNote = (why: string): JournalError => new JournalError('BAD_NOTE', `the signed note cannot be trusted: ${why}`);

/** Standard alphabet, padded, one spelling for each value; undefined otherwise. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
