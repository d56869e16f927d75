import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  checkpointBody,
  keyFromSeed,
  openCheckpoint,
  openNote,
  parseCheckpointBody,
  signCheckpoint,
  signerFor,
  signNote,
  verifierFrom,
  vkeyOf,
} from '../../src/journal/checkpoint.ts';
import { emptyRoot } from '../../src/journal/hash.ts';

const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
const signer = signerFor('dr.example.org/evidence/prod', keyFromSeed(seed));
const vkey = 'dr.example.org/evidence/prod+d8b89631+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4';

test('the vkey of a known seed', () => {
  expect(vkeyOf(signer)).toBe(vkey);
  expect(vkeyOf(verifierFrom(vkey))).toBe(vkey);
});

test('a note that another implementation signed', () => {
  // From the documentation of golang.org/x/mod/sumdb/note.
  const verifier = verifierFrom('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
  expect(openNote(note, verifier).body).toBe(text);
});

test('a checkpoint goes there and back', () => {
  const note = signCheckpoint(0, emptyRoot, signer);
  expect(note).toMatch(
    /^dr\.example\.org\/evidence\/prod\n0\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 dr\.example\.org\/evidence\/prod 2LiWM/,
  );
  expect(openCheckpoint(note, verifierFrom(vkey))).toEqual({ origin: signer.name, size: 0, root: emptyRoot });
});

test('no byte of a note can change, go or come', () => {
  const bytes = Buffer.from(signCheckpoint(7, emptyRoot, signer));
  const verifier = verifierFrom(vkey);
  const attempts: Buffer[] = [Buffer.concat([bytes, Buffer.from('\n')])];
  for (let i = 0; i < bytes.length; i += 1) {
    for (const bit of [1, 2, 4, 32, 128]) attempts.push(Buffer.from(bytes.map((byte, j) => (i === j ? byte ^ bit : byte))));
    attempts.push(Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + 1)]));
  }
  for (const attempt of attempts)
    expect(() => openCheckpoint(attempt.toString(), verifier), attempt.toString()).toThrow(expect.objectContaining({ code: 'BAD_NOTE' }));
});

test.each([
  ['another origin', signNote(checkpointBody({ origin: 'else', size: 1, root: emptyRoot }), signer), 'the checkpoint is of else'],
  ['two signatures', `${signCheckpoint(1, emptyRoot, signer)}\u2014 ${signer.name} AAAA\n`, 'not base64 of 68 bytes'],
  ['no signature', checkpointBody({ origin: signer.name, size: 1, root: emptyRoot }), 'no signature line'],
  [
    'a key of the same name',
    signCheckpoint(1, emptyRoot, signerFor(signer.name, generateKeyPairSync('ed25519').privateKey)),
    'signed with another key',
  ],
])('refuses %s', (_, note, message) => {
  expect(() => openCheckpoint(note, verifierFrom(vkey))).toThrow(message);
});

test.each([
  'x\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'x\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n',
  'x\n1\nAAAA\n',
  '\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'x\n9007199254740993\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
  'x\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextra\n',
])('refuses the body %j', (body) => {
  expect(() => parseCheckpointBody(body)).toThrow(expect.objectContaining({ code: 'BAD_NOTE' }));
});

test.each([
  `${vkey}\n`,
  ` ${vkey}`,
  vkey.replace('d8b89631', 'D8B89631'),
  vkey.replace('d8b89631', 'd8b89632'),
  vkey.replace('G4', 'G5'),
  vkey.slice(0, -4),
  '',
  'x',
])('refuses the vkey %j', (text) => {
  expect(() => verifierFrom(text)).toThrow(expect.objectContaining({ code: 'BAD_KEY' }));
});

test('only an Ed25519 private key signs', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(() => signerFor('x', privateKey)).toThrow('not an Ed25519 private key');
  expect(() => signerFor('a name', keyFromSeed(seed))).toThrow('cannot name a key');
});
