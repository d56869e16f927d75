// TLS to a PostgreSQL: what `sslmode` asks for, whose certificates are trusted, and in plain words why a server was not. It says
// nothing of a connection without TLS.
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls';

export const sslmodes = ['disable', 'require', 'verify-full'] as const;
export type Sslmode = (typeof sslmodes)[number];
export const isSslmode = (text: string): text is Sslmode => (sslmodes as readonly string[]).includes(text);

/**
 * What the connection is to be made with; false for none. `host` is the name or address that the certificate must be for; `caFile` holds the
 * authorities to trust instead of those that Node knows. @throws with a sentence when `caFile` is of no use.
 */
export async function tlsOf(sslmode: Sslmode, host: string, caFile: string | undefined): Promise<false | ConnectionOptions> {
  if (sslmode === 'disable') return false;
  // An address is no server name (RFC 6066), but it is what the certificate is compared with.
  const bare = host.replace(/^\[|\]$/g, '');
  const whom = isIP(bare) === 0 ? { servername: host } : { host: bare };
  if (sslmode === 'require') return { ...whom, rejectUnauthorized: false };
  return { ...whom, rejectUnauthorized: true, ...(caFile === undefined ? {} : { secureContext: await trusting(caFile) }) };
}

/** By file. A bundle of hundreds of authorities is read anew only when it changed: a probe comes by twice a second. */
const contexts = new Map<string, { readonly stamp: string; readonly context: SecureContext }>();
const mostContexts = 16;

async function trusting(caFile: string): Promise<SecureContext> {
  const unreadable = (error: unknown): Error =>
    new Error(
      `the CA file ${caFile} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); name one on the machine of the probe`,
    );
  const { mtimeMs, size } = await stat(caFile).catch((error: unknown) => {
    throw unreadable(error);
  });
  const stamp = `${mtimeMs} ${size}`;
  const known = contexts.get(caFile);
  if (known?.stamp === stamp) return known.context;
  const ca = await readFile(caFile, 'utf8').catch((error: unknown) => {
    throw unreadable(error);
  });
  const blocks = ca.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`the CA file ${caFile} holds no certificate; it must be PEM`);
  try {
    // Node itself passes over what it cannot read, and would then trust nobody without a word.
    for (const block of blocks) new X509Certificate(block);
  } catch {
    throw new Error(`the CA file ${caFile} holds a certificate that cannot be read; get it again`);
  }
  const context = createSecureContext({ ca: blocks });
  if (contexts.size >= mostContexts) contexts.clear();
  contexts.set(caFile, { stamp, context });
  return context;
}

/** First match wins; tried against the error's code and its message. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE)$/,
    'its certificate is not from an authority that is trusted here; name the file of the right one with `caFile`',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'its certificate is for another name; connect by the name that it is for, or have one made for this name',
  ],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired; renew it on the server'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet; check the clocks of both machines'],
  [/does not support SSL/, 'it offers no TLS; turn `ssl` on there, or ask for sslmode=disable'],
];

/** The same error, in words where it is one of TLS. */
export function toldOfTls(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const reason = reasons.find(([pattern]) => pattern.test(code) || pattern.test(error.message))?.[1];
  return reason === undefined ? error : new Error(`TLS: ${reason}${code === '' ? '' : ` (${code})`}`, { cause: error });
}
