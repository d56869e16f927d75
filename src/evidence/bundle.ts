// Evidence as a folder that anybody can check offline, with this program or with sha256sum and openssl. The same log, checkpoint
// and key give the same bytes. Who vouches for whom: the key signs checkpoint and manifest; the manifest names the hash of every
// other file; the checkpoint's root stands over the events; events name the blobs; SHA256SUMS repeats it all for stock tools.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Hash, RunId } from '../core/values.ts';
import { checkLines } from '../journal/check.ts';
import { openCheckpoint, openNote, publicKeyFrom, type Signer, verifierFrom, vkeyOf } from '../journal/checkpoint.ts';
import { leafHash, sha256 } from '../journal/hash.ts';
import { rootOf } from '../journal/merkle.ts';
import type { Entry } from '../journal/entry.ts';
import { accountOf, all, type BlobReader } from './account.ts';
import { canariesCsv, stepsCsv } from './csv.ts';
import { signDsse } from './dsse.ts';
import { EvidenceError } from './evidence-error.ts';
import { assessmentResults } from './oscal.ts';
import { reportOf } from './report.ts';
import { predicateOf, statementOf } from './statement.ts';
import { instructions } from './instructions.ts';

export type BundleInput = {
  /** The whole log from entry 0, as far as the checkpoint goes. */
  readonly lines: readonly string[];
  /** The signed note over exactly those lines. */
  readonly checkpoint: string;
  /** The key that signed the checkpoint; it signs the manifest too. */
  readonly signer: Signer;
  readonly blob: BlobReader;
  /** The run that the report is about. The log holds the others too. */
  readonly run: RunId;
};
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** Files by their path in the bundle, sorted. Throws when the log, its checkpoint or a blob that the run needs does not fit. */
export function buildBundle({ lines, checkpoint: note, signer, blob, run }: BundleInput): BundleFiles {
  const verifier = verifierFrom(vkeyOf(signer));
  const checkpoint = openCheckpoint(note, verifier);
  const entries = [...checkLines(lines)];
  if (checkpoint.size !== lines.length || checkpoint.root !== rootOf(lines.map(leafHash))) {
    throw new EvidenceError(
      'EVIDENCE_INCOMPLETE',
      `the checkpoint is over ${checkpoint.size} entries, and not over the ${lines.length} that were given; sign a new one first`,
    );
  }
  const account = accountOf(entries, run, blob);
  const { body, signature } = openNote(note, verifier);
  const events = lines.map((line) => `${line}\n`).join('');
  const files = new Map<string, Uint8Array>();
  const put = (path: string, content: string | Uint8Array): unknown =>
    files.set(path, typeof content === 'string' ? Buffer.from(content) : content);

  put('VERIFY.md', instructions(account, checkpoint));
  put('keys/log.vkey', `${vkeyOf(signer)}\n`);
  put('keys/log.pem', pemOf(signer.publicKey));
  put('log/checkpoint', note);
  put('log/checkpoint.body', body);
  put('log/checkpoint.sig', signature);
  put('log/events.ndjson', events);
  for (const hash of blobsOf(entries)) {
    const bytes = blob(hash);
    if (bytes !== undefined) put(`blobs/${hash}`, bytes);
  }
  put('oscal/assessment-results.json', `${JSON.stringify(assessmentResults(account, checkpoint, events), undefined, 2)}\n`);
  put('report.html', reportOf(account, checkpoint));
  put('csv/steps.csv', stepsCsv(account));
  put('csv/canaries.csv', canariesCsv(account));
  const subjects = [...sorted(files)].map(([name, bytes]) => ({ name, digest: { sha256: sha256(bytes) } }));
  const manifest = Buffer.from(statementOf(subjects, predicateOf(account, checkpoint)));
  put('manifest.json', manifest);
  put('manifest.dsse.json', signDsse(manifest, signer));
  put('SHA256SUMS', sumsOf(files));
  return sorted(files);
}

/** The form of `sha256sum`: sorted by path, itself left out. */
export function sumsOf(files: BundleFiles): string {
  return [...sorted(files)]
    .filter(([path]) => path !== 'SHA256SUMS')
    .map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`)
    .join('');
}
export const sorted = (files: BundleFiles): BundleFiles => new Map([...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
export const pemOf = (raw: Uint8Array): string => publicKeyFrom(raw).export({ format: 'pem', type: 'spki' }).toString();

/** Blobs that entries name, in order of first mention. */
export function blobsOf(entries: readonly Entry[]): ReadonlySet<Hash> {
  return new Set([
    ...all(entries, 'EstateDeclared').map(({ data }) => data.estate),
    ...all(entries, 'LedgerReceived').map(({ data }) => data.samples),
  ]);
}

/**
 * Writes a bundle as a whole: beside its place first, then moved there. Replaces an earlier bundle; throws `EVIDENCE_IN_THE_WAY`
 * when the folder holds anything else.
 */
export function writeBundle(dir: string, files: BundleFiles): void {
  const place = resolve(dir);
  const there = namesIn(place);
  if (there.length > 0 && !there.includes('SHA256SUMS')) {
    throw new EvidenceError('EVIDENCE_IN_THE_WAY', `${place} holds something that is no bundle; name an empty or a new folder`);
  }
  mkdirSync(dirname(place), { recursive: true });
  const draft = `${place}.new-${process.pid}`;
  try {
    rmSync(draft, { recursive: true, force: true });
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), bytes);
    }
    rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new EvidenceError(
      'EVIDENCE_IN_THE_WAY',
      `cannot write the bundle ${place}: ${(error as Error).message}; check its folder and the space left`,
      { cause: error },
    );
  }
}
function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new EvidenceError('EVIDENCE_IN_THE_WAY', `cannot use ${dir} for a bundle: ${(error as Error).message}`, { cause: error });
  }
}
