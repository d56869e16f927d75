// Certificates for tests, made with Node alone: an authority, and what it signs. Nothing here is meant to be trusted anywhere else.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** DER: a tag, a length, and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const bytes: number[] = [];
  for (let left = body.length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  const length = body.length < 128 ? [body.length] : [128 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (content: Uint8Array): Buffer => der(0x04, content);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const yes = Buffer.from([0x01, 0x01, 0xff]);
const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content);
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] => {
    const digits = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(128 + (left % 128));
    return digits;
  };
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}
const named = (commonName: string): Buffer => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
const instant = (at: Date): Buffer => der(0x17, Buffer.from(`${at.toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`));
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

const pem = (label: string, content: Buffer): string =>
  `-----BEGIN ${label}-----\n${(content.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;

export type Certificate = { readonly certificate: string; readonly key: string };
export type Authority = Certificate & {
  /** For DNS names and IPv4 addresses; from yesterday on, until `until` (tomorrow if left out). */
  sign(subject: { readonly names?: readonly string[]; readonly addresses?: readonly string[]; readonly until?: Date }): Certificate;
};

const dayMs = 86_400_000;
export function authority(commonName: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const make = (subject: string, publicKey: KeyObject, extensions: readonly Buffer[], until = new Date(Date.now() + dayMs)): string => {
    const content = sequence(
      der(0xa0, integer(2)),
      integer(1 + (Math.floor(performance.now()) % 100)),
      ecdsaWithSha256,
      named(commonName),
      sequence(instant(new Date(Date.now() - 2 * dayMs)), instant(until)),
      named(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    return pem('CERTIFICATE', sequence(content, ecdsaWithSha256, bits(sign('sha256', content, own.privateKey))));
  };
  const isAuthority = sequence(oid('2.5.29.19'), yes, octets(sequence(yes)));
  return {
    certificate: make(commonName, own.publicKey, [isAuthority]),
    key: String(own.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    sign: ({ names = [], addresses = [], until }) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const alternatives = sequence(
        ...names.map((name) => der(0x82, Buffer.from(name))),
        ...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
      );
      return {
        certificate: make('server', publicKey, [sequence(oid('2.5.29.17'), octets(alternatives))], until),
        key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      };
    },
  };
}
