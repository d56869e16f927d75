// Checks a bundle without trusting anything in it but mathematics and, where the caller has one, a key that came another way.
// Every check that fails is a problem with its place; a check whose ground is gone is reported as not done, never as passed.
import { resolve } from 'node:path';
import type { Json, RunId } from '../core/values.ts';
import { canonical } from '../journal/canonical.ts';
import { Chain } from '../journal/check.ts';
import { type Checkpoint, openCheckpoint, openNote, type Verifier, verifierFrom, vkeyOf } from '../journal/checkpoint.ts';
import type { Entry } from '../journal/entry.ts';
import { sha256 } from '../journal/hash.ts';
import { MerkleTree } from '../journal/merkle.ts';
import { accountOf, all, type Account, type BlobReader, runsIn } from './account.ts';
import { blobsOf, pemOf, sumsOf } from './bundle.ts';
import { openDsse } from './dsse.ts';
import { differences } from './measure-again.ts';
import { readBundle } from './read-bundle.ts';
import { predicateOf, statementOf, type Subject } from './statement.ts';

export type Check = { readonly name: string; readonly state: 'ok' | 'failed' | 'not done'; readonly detail: string };
export type Summary = {
  readonly log: string;
  readonly size: number;
  readonly root: string;
  readonly key: string;
  readonly isPinned: boolean;
  readonly account: Json;
};
export type Verification = {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** One for each failed check: `file or place: what is wrong`. */
  readonly problems: readonly string[];
  /** Present when the bundle verifies. */
  readonly summary?: Summary;
};

/** `vkey`: the key that the caller knows. Throws `NO_BUNDLE` (or `BAD_KEY` for the pin) when there is nothing to check. */
export function verifyBundle(dir: string, { vkey: pin }: { readonly vkey?: string } = {}): Verification {
  if (pin !== undefined) verifierFrom(pin);
  const { files, strangers } = readBundle(resolve(dir));
  const checks: Check[] = [];
  const bundle = new Bundle(files);

  /** Runs one check. Problems fail it; a throw fails it; a missing ground leaves it undone. */
  const check = <T>(
    name: string,
    ground: readonly unknown[],
    work: (fail: (problem: string) => void) => { readonly detail: string; readonly value: T },
  ): T | undefined => {
    if (ground.includes(undefined)) {
      checks.push({ name, state: 'not done', detail: 'what it stands on did not verify' });
      return undefined;
    }
    const failures: string[] = [];
    try {
      const { detail, value } = work((problem) => failures.push(problem));
      if (failures.length === 0) {
        checks.push({ name, state: 'ok', detail });
        return value;
      }
    } catch (error) {
      failures.push((error as Error).message);
    }
    for (const detail of failures.slice(0, 20)) checks.push({ name, state: 'failed', detail });
    return undefined;
  };

  const listed = check('files', [], (fail) => {
    for (const stranger of strangers) fail(stranger);
    for (const problem of bundle.filesAgainstSums()) fail(problem);
    return { detail: `${files.size - 1} files, all listed in SHA256SUMS, all with the hash it says, nothing else there`, value: true };
  });
  const verifier = check('key', [], () => {
    const key = bundle.key(pin);
    return {
      detail: `${vkeyOf(key)}${pin === undefined ? ' (as the bundle has it: pin the one you know with --vkey)' : ' (the one you know)'}`,
      value: key,
    };
  });
  const manifest = check('manifest', [verifier], (fail) => {
    const text = bundle.manifest(needed(verifier));
    for (const problem of bundle.subjectsOf(text)) fail(problem);
    return { detail: 'signed (DSSE) by that key, and names every file with its hash', value: text };
  });
  const checkpoint = check('checkpoint', [verifier], () => {
    const value = bundle.checkpoint(needed(verifier));
    return { detail: `signed by that key: ${value.size} entries, root ${value.root}`, value };
  });
  const entries = check('log', [checkpoint], (fail) => {
    const value = bundle.log(needed(checkpoint), fail);
    return {
      detail: `${value.length} entries in an unbroken chain, every stream complete, with that root; floor ${value[0]?.floor ?? 'unknown'}`,
      value,
    };
  });
  const runs = check('runs', [entries], (fail) => {
    const known = needed(entries);
    for (const problem of runProblems(known)) fail(problem);
    return { detail: `${runsIn(known).length} opened; closing counts and plan hashes agree`, value: true };
  });
  const blob: BlobReader = (hash) => files.get(`blobs/${hash}`);
  const blobs = check('blobs', [entries], (fail) => {
    const named: ReadonlySet<string> = blobsOf(needed(entries));
    const there = [...files.keys()].filter((path) => path.startsWith('blobs/')).map((path) => path.slice(6));
    for (const hash of there) {
      if (!named.has(hash)) fail(`blobs/${hash}: no entry names it`);
      else if (sha256(files.get(`blobs/${hash}`) ?? '') !== hash) fail(`blobs/${hash}: has another hash`);
    }
    return { detail: `${there.length}, each with the hash that an entry names`, value: true };
  });
  const account = check('account', [entries, blobs, manifest, checkpoint], (fail) => {
    const value = accountOf(needed(entries), runOf(needed(manifest)), blob);
    if (bundle.predicateText(needed(manifest)) !== canonical(predicateOf(value, needed(checkpoint))))
      fail('manifest.json: its summary is not what the log says');
    return { detail: `the manifest's summary is what the log says: run ${value.run}`, value };
  });
  const measured = check('measurement', [account, entries], (fail) => {
    let compared = 0;
    let silent = 0;
    for (const each of measurable(needed(entries), needed(account), blob)) {
      compared += 1;
      silent += each.populations.some(({ received }) => received.data.rule === undefined) ? 1 : 0;
      for (const difference of differences(each)) fail(`run ${each.run}: ${difference}`);
    }
    return {
      detail: `RTA and RPA computed again from the canaries of ${compared} measured run${compared === 1 ? '' : 's'}: the same${silent === 0 ? '' : `; ${silent} by the older rule, which did not look for silence of the canary client`}`,
      value: true,
    };
  });

  const ok = [listed, verifier, manifest, checkpoint, entries, runs, blobs, account, measured].every((each) => each !== undefined);
  const problems = checks.filter(({ state }) => state === 'failed').map(({ name, detail }) => `${name}: ${detail}`);
  if (!ok || verifier === undefined || checkpoint === undefined || account === undefined) return { ok: false, checks, problems };
  const { origin: log, size, root } = checkpoint;
  return {
    ok,
    checks,
    problems,
    summary: { log, size, root, key: vkeyOf(verifier), isPinned: pin !== undefined, account: predicateOf(account, checkpoint) },
  };
}

class Bundle {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  /** SHA256SUMS is made again from what is there, so that it can neither miss a file nor differ in a byte. */
  filesAgainstSums(): readonly string[] {
    const said = this.#text('SHA256SUMS');
    const expected = sumsOf(this.#files);
    if (said === expected) return [];
    const saidLines = linesByPath(said);
    const problems = [...linesByPath(expected)].flatMap(([path, line]) =>
      !saidLines.has(path)
        ? [`${path}: is not listed in SHA256SUMS`]
        : saidLines.get(path) === line
          ? []
          : [`${path}: has another hash than SHA256SUMS says`],
    );
    const missing = [...saidLines.keys()]
      .filter((path) => !this.#files.has(path))
      .map((path) => `${path}: is listed in SHA256SUMS and missing`);
    return problems.length + missing.length > 0
      ? [...problems, ...missing]
      : ['SHA256SUMS: is not in the form and order that Resus writes'];
  }

  key(pin: string | undefined): Verifier {
    const text = this.#text('keys/log.vkey');
    const verifier = verifierFrom(text.slice(0, -1));
    if (text !== `${vkeyOf(verifier)}\n`) throw new Error('keys/log.vkey: is not exactly one key and a line end');
    if (pin !== undefined && pin !== vkeyOf(verifier))
      throw new Error(`keys/log.vkey: is ${vkeyOf(verifier)}, and not the key that you know`);
    if (this.#text('keys/log.pem') !== pemOf(verifier.publicKey)) throw new Error('keys/log.pem: is not the same key as keys/log.vkey');
    return verifier;
  }

  manifest(verifier: Verifier): string {
    const body = openDsse(this.#text('manifest.dsse.json'), verifier);
    if (body === undefined) throw new Error('manifest.dsse.json: is not signed by the key of this bundle');
    const text = this.#text('manifest.json');
    if (!Buffer.from(body).equals(Buffer.from(text))) throw new Error('manifest.json: is not what was signed');
    return text;
  }
  /** The statement is made again from the files and its own predicate: nothing else can be in it. */
  subjectsOf(manifest: string): readonly string[] {
    const own = new Set(['manifest.json', 'manifest.dsse.json', 'SHA256SUMS']);
    const subjects: readonly Subject[] = [...this.#files]
      .filter(([path]) => !own.has(path))
      .map(([name, bytes]) => ({ name, digest: { sha256: sha256(bytes) } }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (statementOf(subjects, predicateIn(manifest)) === manifest) return [];
    const said = new Map((statementIn(manifest).subject ?? []).map(({ name, digest }) => [name, digest.sha256]));
    const changed = subjects
      .filter(({ name, digest }) => said.get(name) !== digest.sha256)
      .map(({ name }) => `${name}: is not the file that was signed`);
    const gone = [...said.keys()].filter((name) => !this.#files.has(name)).map((name) => `${name}: was signed and is missing`);
    return changed.length + gone.length > 0 ? [...changed, ...gone] : ['manifest.json: is not in the form that Resus writes'];
  }
  predicateText = (manifest: string): string => canonical(predicateIn(manifest));

  checkpoint(verifier: Verifier): Checkpoint {
    const note = this.#text('log/checkpoint');
    const checkpoint = openCheckpoint(note, verifier);
    const { body, signature } = openNote(note, verifier);
    if (this.#text('log/checkpoint.body') !== body) throw new Error('log/checkpoint.body: is not the text of log/checkpoint');
    if (!Buffer.from(signature).equals(this.#bytes('log/checkpoint.sig')))
      throw new Error('log/checkpoint.sig: is not the signature in log/checkpoint');
    return checkpoint;
  }

  log(checkpoint: Checkpoint, fail: (problem: string) => void): readonly Entry[] {
    const text = this.#text('log/events.ndjson');
    if (text !== '' && !text.endsWith('\n')) fail('log/events.ndjson: its last line does not end');
    const chain = new Chain();
    const tree = new MerkleTree();
    const entries: Entry[] = [];
    for (const line of text.split('\n').slice(0, -1)) {
      const { entry, hash } = chain.check(line);
      tree.append(hash);
      entries.push(entry);
    }
    if (tree.size !== checkpoint.size) fail(`log/events.ndjson: holds ${tree.size} entries, the checkpoint is over ${checkpoint.size}`);
    else if (tree.root() !== checkpoint.root) fail('log/events.ndjson: has another Merkle root than the checkpoint says');
    if (entries[0] !== undefined && entries[0].log !== checkpoint.origin)
      fail(`log/events.ndjson: is of ${entries[0].log}, the checkpoint of ${checkpoint.origin}`);
    return entries;
  }

  #bytes(path: string): Buffer {
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw new Error(`${path}: is missing`);
    return Buffer.from(bytes);
  }
  #text(path: string): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#bytes(path));
    } catch (error) {
      throw error instanceof TypeError ? new Error(`${path}: is not UTF-8`, { cause: error }) : error;
    }
  }
}

/** What the closing entry of a run counts, and what was approved: whole in the log, or something was left out or exchanged. */
function runProblems(entries: readonly Entry[]): readonly string[] {
  const closed = all(entries, 'RunClosed').flatMap(({ seq, data }) => {
    const counted = entries.filter((entry) => entry.seq <= seq && 'run' in entry.data && entry.data.run === data.run).length;
    return counted === data.events ? [] : [`entry ${seq}: run ${data.run} closed after ${data.events} entries; the log holds ${counted}`];
  });
  const compiled = all(entries, 'PlanCompiled').flatMap(({ seq, data }) => {
    const opened = all(entries, 'RunOpened').find((entry) => entry.data.run === data.run);
    const isSame = sha256(canonical(data.plan)) === data.hash && opened?.data.plan === data.hash;
    return isSame ? [] : [`entry ${seq}: the plan of run ${data.run} is not the one whose hash was decided on`];
  });
  const approved = all(entries, 'ApprovalGiven').flatMap(({ seq, data }) => {
    const opened = all(entries, 'RunOpened').find((entry) => entry.data.run === data.run);
    return opened?.data.plan === data.plan ? [] : [`entry ${seq}: ${data.by} approved another plan than that of run ${data.run}`];
  });
  return [...closed, ...compiled, ...approved];
}

/** The run that the bundle is about, and every other measured one whose canaries are in it. */
function* measurable(entries: readonly Entry[], account: Account, blob: BlobReader): Generator<Account> {
  yield account;
  for (const run of runsIn(entries)) {
    const isWhole = all(entries, 'LedgerReceived').every(({ data }) => data.run !== run || blob(data.samples) !== undefined);
    if (run !== account.run && isWhole && all(entries, 'RunMeasured').some(({ data }) => data.run === run))
      yield accountOf(entries, run, blob);
  }
}

const linesByPath = (sums: string): ReadonlyMap<string, string> =>
  new Map(
    sums
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line]),
  );
const statementIn = (manifest: string): { readonly subject?: readonly Subject[]; readonly predicate?: Json } =>
  JSON.parse(manifest) as { readonly subject?: readonly Subject[]; readonly predicate?: Json };
const predicateIn = (manifest: string): Json => statementIn(manifest).predicate ?? null;
function runOf(manifest: string): RunId {
  const predicate = predicateIn(manifest) as { readonly run?: unknown } | null;
  if (typeof predicate?.run !== 'string') throw new Error('manifest.json: names no run');
  return predicate.run as RunId;
}
function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a check ran without what it stands on');
  return value;
}
