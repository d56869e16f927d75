// `resus validate`: everything that is wrong with what was declared, each with its place and what to do about it.
// Nothing is started and nothing is asked of the network.
import type { Command } from 'commander';
import { componentsOf, type Problem, type Vocabulary } from '../declare/index.ts';
import type { Estate } from '../core/estate.ts';
import { overPaths, checking, type Checked, type CheckOptions } from './checked.ts';
import { declaredIn, sourcesIn, usualPaths, type Sources } from './declared.ts';
import type { Io } from './io.ts';
import { cacheFolder, programOf, resultCache, type ResultCache } from './result-cache.ts';

type Knowing = { readonly vocabulary: Vocabulary; readonly version: string };

export function validateCommand({ vocabulary, version }: Knowing, io: Io): Command {
  return overPaths('validate', 'check declared files: every problem at once, with its place', usualPaths.join(' and '))
    .option('--no-cache', 'check everything again, and keep nothing of what was found')
    .action((named: string[], options: CheckOptions & { readonly cache: boolean }) => {
      const paths = named.length === 0 ? usualPaths : named;
      const folder = options.cache ? cacheFolder(io.env) : undefined;
      const cache = folder === undefined ? undefined : resultCache(folder, programOf(vocabulary));
      return checking({ paths, options, io, version }, () => validate(paths, options, vocabulary, cache));
    });
}

/** All problems at once. The exit code is 1 when there is an error, 0 with warnings or nothing. */
export async function validate(
  paths: readonly string[],
  options: Pick<CheckOptions, 'inventory'>,
  vocabulary: Vocabulary,
  cache?: ResultCache,
): Promise<Checked> {
  const sources = await sourcesIn(paths, options);
  const kept = cache?.found(sources);
  if (kept !== undefined) return kept;
  const checked = checkedIn(sources, paths, vocabulary);
  cache?.keep(sources, checked);
  return checked;
}

function checkedIn(sources: Sources, paths: readonly string[], vocabulary: Vocabulary): Checked {
  const { declared, problems: found } = declaredIn(sources, vocabulary);
  const isEmpty = declared.ok && Object.values(declared.estate).every((each) => Object.keys(each).length === 0);
  const problems = found.length === 0 && isEmpty ? [nothing(paths[0] ?? '.')] : found;
  const ok = !problems.some((each) => each.severity === 'error');
  if (!ok || !declared.ok)
    return {
      problems,
      exitCode: 1,
      summary: `${problems.length} problem${problems.length === 1 ? '' : 's'}. \`resus explain CODE\` says more.`,
      json: { ok: false, problems },
    };
  const counts = counted(declared.estate);
  const open = declared.open ? ' (nothing was filled in from an inventory; give --inventory FILE to check that too)' : '';
  return { problems, exitCode: 0, summary: `Valid: ${spelled(counts)}${open}.`, json: { ok, found: counts, problems } };
}

const nothing = (path: string): Problem => ({
  file: path,
  line: 1,
  column: 1,
  code: 'NOTHING_DECLARED',
  severity: 'error',
  message: 'no document in these files declares anything',
  remedy: 'a declaration begins with `apiVersion: resus/v1`',
});

const nouns: Readonly<Record<string, readonly [one: string, many: string]>> = {
  sites: ['site', 'sites'],
  tiers: ['tier', 'tiers'],
  workloads: ['workload', 'workloads'],
  runbooks: ['runbook', 'runbooks'],
  gamedays: ['game day', 'game days'],
  calendars: ['calendar', 'calendars'],
  frameworks: ['framework', 'frameworks'],
};
/** Of kinds that an estate may be without, only those that are there. Tiers that were put together of several are nobody's declaration. */
type Counts = Readonly<Record<string, number>>;
const counted = (estate: Estate): Counts =>
  Object.fromEntries(Object.entries(estate).map(([collection, each]) => [collection, writtenIn(Object.keys(each))]));
const writtenIn = (names: readonly string[]): number => names.filter((name) => componentsOf(name).length === 1).length;
const spelled = (counts: Counts): string =>
  Object.entries(counts)
    .map(([collection, count]) => {
      const [one, many] = nouns[collection] ?? [collection, collection];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(', ');
