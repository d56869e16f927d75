// `resus lint`: what will not work, found in what was declared before anything burns. Needs no controller and no network.
// What is wrong with the declarations themselves comes first: then nothing can be concluded from them.
import { isAbsolute, relative } from 'node:path';
import { Option, type Command } from 'commander';
import { analyse, type ControllerFacts, type Reported, type Written } from '../analysis/index.ts';
import { inOrder, whereabouts, type Inventory, type Problem } from '../declare/index.ts';
import { overPaths, checking, type AcceptedLine, type Checked, type CheckOptions, type Line } from './checked.ts';
import { misuse } from './cli-error.ts';
import { declaredIn, givenOf, sourcesIn, usualPaths, type Knowing } from './declared.ts';
import type { Io } from './io.ts';
import { pastFor, type PastOptions } from './lint-past.ts';
import type { JournalLines } from './past.ts';

/** What `resus.yaml` says of this. */
export type LintedConfig = {
  readonly policies: readonly string[];
  readonly inventory: Inventory;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: ControllerFacts;
};
export type LintParts = Knowing & {
  /** Reads a configuration; rejects with an error that has `problems` where it holds mistakes. */
  readonly configured?: ((path: string) => Promise<LintedConfig>) | undefined;
  readonly readFile?: (path: string) => string;
  /** Of an embedded journal. */
  readonly journalLines?: JournalLines | undefined;
  /** What time it is, for what is overdue. */
  readonly now?: () => number;
};
export type LintOptions = PastOptions & { readonly inventory?: string; readonly strict?: true; readonly config?: string };
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function lintCommand({ version, ...parts }: LintParts & { readonly version: string }, io: Io): Command {
  return overPaths(
    'lint',
    'what will not work, before it is needed: targets, replicas, runbooks, drills, secrets',
    `those of --config, else ${usualPaths.join(' and ')}`,
  )
    .option('--strict', 'fail on warnings, too')
    .option('--config <file>', 'the resus.yaml of a controller: where its journal stands and how it signs in are looked at, too')
    .option(
      '--history <path>',
      'an evidence bundle, a journal or a recording, for what was practised and how far copies were behind; may be given more than once',
      collect,
      [],
    )
    .addOption(new Option('--floor <floor>', 'the floor of the history that counts').choices(['simulation', 'lab', 'live']))
    .action(async (named: string[], options: CheckOptions & LintOptions) => {
      const { config } = options;
      const paths = named.length === 0 && config === undefined ? usualPaths : named;
      const beside = config === undefined ? [] : [config, ...(paths.length === 0 ? await policiesOf(config, parts) : [])];
      await checking({ paths, beside, options, io, version }, () =>
        lint(paths, options, { ...parts, readFile: (path) => io.readFile(path), now: () => io.now() }),
      );
    });
}

/** Problems of the declarations if there are any, else the findings, in the order of files and lines. Warnings fail only with `strict`. */
export async function lint(paths: readonly string[], options: LintOptions, parts: LintParts): Promise<Checked> {
  const configured = options.config === undefined ? undefined : await configOf(options.config, parts);
  if (configured?.ok === false) return checkedOf(options, { problems: configured.problems });
  const config = configured?.config;
  const sources = await sourcesIn(paths.length === 0 ? (config?.policies ?? []).map(fromHere) : paths, {
    inventory: options.inventory,
    known: config?.inventory,
  });
  const { declared, problems } = declaredIn(sources, parts.vocabulary);
  if (!declared.ok || problems.some((each) => each.severity === 'error')) return checkedOf(options, { problems });
  const ofConfig = config === undefined ? [] : [config.written];
  const placeOf = whereabouts(
    [...sources.files, ...(config === undefined ? [] : [{ path: config.facts.file, text: config.text }])],
    [...declared.written, ...ofConfig],
  );
  // What one template made stands in one line: only the name tells which of them is meant.
  const made = new Set(declared.written.filter(({ origin }) => origin !== undefined).map(({ kind, name }) => `${kind} ${name}`));
  const placed = (each: Reported): Line => {
    const { at, code, severity, sentence, evidence, remedy, page } = each;
    const isNamed = !made.has(`${at.kind} ${at.name}`) || sentence.includes(`\`${at.name}\``);
    return { ...placeOf(at), code, severity, message: isNamed ? sentence : `${at.name}: ${sentence}`, evidence, remedy, page };
  };
  const { readFile = unreadable, now = Date.now } = parts;
  const past = await pastFor(options, { readFile, now }, parts.journalLines);
  const given = givenOf(declared, parts);
  const { found, accepted } = analyse({
    ...given,
    written: [...given.written, ...ofConfig],
    ...(config === undefined ? {} : { controller: config.facts }),
    ...(past === undefined ? {} : { past }),
  });
  return checkedOf(options, {
    problems: [...problems, ...found.map(placed)].sort(inOrder),
    accepted: accepted.map((each) => ({ ...placed(each), reason: each.reason })).sort(inOrder),
    isOpen: declared.open,
  });
}

const unreadable = (): never => {
  throw misuse('HISTORY_UNREADABLE', 'A recording cannot be read here.', 'Leave it out.');
};

/** As a person would write it here; as it is, where it lies elsewhere. */
function fromHere(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** Where its declarations lie, to look again when they change; what is wrong with it is said by the look itself. */
async function policiesOf(path: string, { configured }: LintParts): Promise<readonly string[]> {
  try {
    return (await configured?.(path))?.policies ?? [];
  } catch {
    return [];
  }
}

type Configured = LintedConfig & {
  readonly text: string;
  /** Its labels alone: what else stands in it is not for a finding to print. */
  readonly written: Written & { readonly kind: 'Config'; readonly file: string; readonly document: number };
};
/** What is wrong with it, where it cannot be read. */
async function configOf(
  path: string,
  { configured, readFile }: LintParts,
): Promise<{ readonly ok: true; readonly config: Configured } | { readonly ok: false; readonly problems: readonly Problem[] }> {
  if (configured === undefined || readFile === undefined)
    throw misuse('CONFIG_UNREADABLE', 'A configuration cannot be read here.', 'Leave --config out.');
  try {
    const config = await configured(path);
    const { file } = config.facts;
    const written = { kind: 'Config', name: file, file, document: 0, value: { labels: { ...config.labels } } } as const;
    return { ok: true, config: { ...config, text: readFile(path), written } };
  } catch (error) {
    if (error instanceof Error && 'problems' in error && Array.isArray(error.problems))
      return { ok: false, problems: error.problems as readonly Problem[] };
    throw error;
  }
}

type Linted = { readonly problems: readonly Line[]; readonly accepted?: readonly AcceptedLine[]; readonly isOpen?: boolean };
/** Errors fail, warnings only with `--strict`. `isOpen`: something waits for an inventory, so that less could be concluded. */
function checkedOf({ strict }: Pick<LintOptions, 'strict'>, { problems, accepted = [], isOpen = false }: Linted): Checked {
  const errors = problems.filter((each) => each.severity === 'error').length;
  const warnings = problems.length - errors;
  const exitCode = errors > 0 || (strict === true && warnings > 0) ? 1 : 0;
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const summary = [
    problems.length === 0 ? 'Nothing found' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
    ...(accepted.length === 0 ? [] : [`${accepted.length} accepted`]),
    ...(isOpen ? ['nothing was filled in from an inventory; give --inventory FILE to look at that too'] : []),
  ];
  return {
    problems,
    accepted,
    exitCode,
    summary: `${summary.join('; ')}.${problems.length === 0 ? '' : ' `resus explain CODE` says more.'}`,
    json: { ok: exitCode === 0, problems, accepted },
  };
}
