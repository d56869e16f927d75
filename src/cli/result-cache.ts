// What `validate` found in a large estate, kept by the hash of everything that it was found from, so that an estate that did not
// change is answered at once. A kept result that is damaged is as if there were none, and nothing fails because it cannot be kept.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vocabulary } from '../declare/index.ts';
import type { Checked } from './checked.ts';
import type { Sources } from './declared.ts';

export type ResultCache = { found(sources: Sources): Checked | undefined; keep(sources: Sources, checked: Checked): void };

/** Smaller estates are checked sooner than anybody waits for, and leave nothing behind. */
const leastCharacters = 256 * 1024;
/** The newest are kept; one takes some hundred bytes, or as many as its problems. */
const most = 32;

/** `$XDG_CACHE_HOME/resus`, else `~/.cache/resus` (on Windows, `%LOCALAPPDATA%\resus`); undefined where there is no home. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const home = given('HOME');
  const folder = given('XDG_CACHE_HOME') ?? given('LOCALAPPDATA') ?? (home === undefined ? undefined : join(home, '.cache'));
  return folder === undefined ? undefined : join(folder, 'resus', 'validate');
}

/** `program` is what is compared beside what was read: results of another program are not ours. */
export function resultCache(folder: string, program: string): ResultCache {
  const pathOf = (key: string): string => join(folder, `${key}.json`);
  // Hashed once for both.
  let last: { readonly sources: Sources; readonly key: string } | undefined;
  const keyFor = (sources: Sources): string => {
    last = last?.sources === sources ? last : { sources, key: keyOf(sources, program) };
    return last.key;
  };
  const isWorthIt = ({ files }: Sources): boolean => files.reduce((sum, { text }) => sum + text.length, 0) >= leastCharacters;
  return {
    found: (sources) =>
      isWorthIt(sources) ? quietly(() => opened(readFileSync(pathOf(keyFor(sources)), 'utf8'), keyFor(sources))) : undefined,
    keep: (sources, checked) => {
      if (!isWorthIt(sources)) return;
      quietly(() => {
        const key = keyFor(sources);
        // Messages quote what people wrote, which is nobody else's business.
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const path = pathOf(key);
        const body = JSON.stringify({ key, checked });
        writeFileSync(`${path}.${process.pid}`, `${sha256(body)}\n${body}`, { mode: 0o600 });
        renameSync(`${path}.${process.pid}`, path);
        forgetOld(folder);
      });
    },
  };
}

/** Of the program that runs: every file that has a say in what is found, its libraries by their exact versions, and the terms of providers. */
export function programOf(vocabulary: Vocabulary): string {
  const hash = createHash('sha256').update(`${process.version} ${process.versions['icu'] ?? ''}\n`);
  hash.update(readFileSync(new URL('../../package.json', import.meta.url)));
  for (const room of ['declare', 'core']) {
    const folder = new URL(`../${room}/`, import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => /\.[jt]s$/.test(each));
    for (const file of files.sort()) hash.update(`\n${file}\n`).update(readFileSync(new URL(file.replaceAll('\\', '/'), folder)));
  }
  for (const file of readdirSync(new URL('.', import.meta.url)).filter((each) => /^(?:validate|declared)\.[jt]s$/.test(each)))
    hash.update(readFileSync(new URL(file, import.meta.url)));
  for (const terms of Object.values(vocabulary)) hash.update(JSON.stringify([...terms]));
  return hash.digest('hex');
}

function keyOf({ files, inventory, problems }: Sources, program: string): string {
  const hash = createHash('sha256').update(JSON.stringify([program, files.length, inventory ?? null, problems]));
  // Each length goes before its text, so that no two estates give the same bytes.
  for (const { path, text } of files) hash.update(JSON.stringify([path, text.length])).update(text);
  return hash.digest('hex');
}

function opened(text: string, key: string): Checked | undefined {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, end) !== sha256(body)) return undefined;
  const kept = JSON.parse(body) as { readonly key: string; readonly checked: Checked };
  return kept.key === key ? kept.checked : undefined;
}

function forgetOld(folder: string): void {
  const kept = readdirSync(folder).map((name) => join(folder, name));
  const byAge = kept.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(most)) rmSync(path, { force: true });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A cache that cannot be read or written is no reason to fail. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
