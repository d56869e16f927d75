// `resus frameworks`: what the journal shows of the frameworks that are declared, control by control, out of a bundle, a journal or a controller.
// It finds evidence and says how old it is; whether a requirement is met is for people.
import { statSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Evaluate } from '../core/catalogue.ts';
import type { Floor, Instant } from '../core/values.ts';
import { nearest, type Vocabulary } from '../declare/index.ts';
import { shownBy, type Shown, type ShownControl, type ShownFramework } from '../evidence/shown.ts';
import { verifyBundle } from '../evidence/verify.ts';
import { CliError, misuse } from './cli-error.ts';
import { colors, connect, print, printJson, span, type Colors } from './controller-command.ts';
import { usualPaths, validIn } from './declared.ts';
import { printable, type Io } from './io.ts';
import { pastIn, pastOf, type JournalLines } from './past.ts';

export type FrameworksParts = {
  readonly io: Io;
  readonly vocabulary: Vocabulary;
  readonly evaluate: Evaluate;
  readonly journalLines?: JournalLines | undefined;
};
type Options = {
  readonly history: readonly string[];
  readonly controller?: string;
  readonly tokenFile?: string;
  readonly policies: readonly string[];
  readonly floor: Floor;
  readonly check?: true;
  readonly json?: true;
};
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function frameworksCommand(parts: FrameworksParts): Command {
  return new Command('frameworks')
    .description('what the journal shows of the frameworks that are declared: evidence found, stale or missing, control by control')
    .argument('[name...]', 'only these frameworks')
    .option('--history <path>', 'an evidence bundle or a journal; may be given more than once', collect, [])
    .option('--controller <url>', 'ask this controller for its journal instead (default: RESUS_URL)')
    .option('--token-file <file>', 'file that holds its token (default: the variable RESUS_TOKEN)')
    .option(
      '--policies <path>',
      'declared files or a folder of them; may be given more than once (default: policies and runbooks)',
      collect,
      [],
    )
    .addOption(
      new Option('--floor <floor>', 'entries of another floor than `live` show that the queries find something, and nothing of a control')
        .choices(['simulation', 'lab', 'live'])
        .default('live'),
    )
    .option('--check', 'exit 1 when evidence is stale or missing')
    .option('--json', 'print one JSON object')
    .action(async (names: string[], options: Options) => {
      const { estate } = await validIn(options.policies.length === 0 ? usualPaths : options.policies, {}, parts.vocabulary);
      const frameworks = named(names, Object.values(estate.frameworks ?? {}));
      const all = await entriesFor(options, parts);
      const entries = all.filter(({ floor }) => floor === options.floor);
      const shown = frameworks.map(shownBy(entries, parts.io.now() as Instant, parts.evaluate));
      const seen: Seen = { floor: options.floor, entries: entries.length, ofOtherFloors: all.length - entries.length };
      if (options.json === true) printJson(parts.io, { now: parts.io.now(), ...seen, frameworks: shown });
      else print(parts.io, ...lines(shown, seen, colors(parts.io)));
      if (options.check === true && shown.some(({ controls }) => controls.some(({ state }) => state === 'stale' || state === 'missing')))
        parts.io.exit(1);
    });
}
type Seen = { readonly floor: Floor; readonly entries: number; readonly ofOtherFloors: number };

function named<T extends { readonly id: string }>(names: readonly string[], frameworks: readonly T[]): readonly T[] {
  const known = frameworks.map(({ id }) => id);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    throw misuse(
      'FRAMEWORK_UNKNOWN',
      `There is no framework ${unknown}.`,
      near === undefined ? `Declared are: ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`,
    );
  }
  return names.length === 0 ? frameworks : frameworks.filter(({ id }) => names.includes(id));
}

/** A folder is a bundle, and must verify: nothing is concluded from one that was changed. */
async function entriesFor(options: Options, { io, journalLines }: FrameworksParts): Promise<readonly Shown[]> {
  const { history, controller } = options;
  if (history.length === 0) {
    if ((controller ?? io.env['RESUS_URL'] ?? '').trim() === '')
      throw misuse(
        'NO_JOURNAL',
        'There is nothing to look at.',
        'Name a bundle or a journal with --history, or a controller with --controller.',
      );
    return (await pastOf(connect(options, io))) as readonly Shown[];
  }
  for (const path of history.filter((each) => statSync(each, { throwIfNoEntry: false })?.isDirectory() === true)) {
    const { ok, problems } = verifyBundle(path);
    if (!ok)
      throw new CliError(
        1,
        'BUNDLE_BROKEN',
        `${path} does not verify: ${problems[0] ?? ''}.`,
        'See `resus verify`; compare it with another copy.',
      );
  }
  const embedded =
    journalLines ??
    (() => Promise.reject(misuse('HISTORY_UNREADABLE', 'An embedded journal cannot be read here.', 'Give an evidence bundle.')));
  return (await pastIn(history, embedded)) as readonly Shown[];
}

const words = { found: 'found', stale: 'stale', missing: 'missing', 'not-asked': 'not asked', 'not-assessed': 'not assessed' } as const;
function lines(frameworks: readonly ShownFramework[], { floor, entries, ofOtherFloors }: Seen, paint: Colors): readonly string[] {
  const others = ofOtherFloors === 0 ? '' : `; ${ofOtherFloors} of other floors do not count`;
  return [
    ...frameworks.flatMap((framework) => frameworkLines(framework, paint)),
    `Looked at: ${entries} entries of the floor ${floor}${others}.${floor === 'live' ? '' : ' What is found there shows nothing of a control: only the floor live does.'}`,
    'Evidence is found, stale or missing. Whether a requirement is met is for people who know its text.',
  ];
}

function frameworkLines({ id, title, edition, checkedOn, status, enabled, controls }: ShownFramework, paint: Colors): readonly string[] {
  const head = `${paint.bold(printable(title))} (${id}), ${printable(edition)}, compared with its source on ${checkedOn}`;
  if (!enabled) return [head, `  not asked: ${status === 'proposed' ? 'proposed, and' : 'it is'} off; \`enabled: true\` turns it on`, ''];
  return [head, ...controls.flatMap((control) => controlLines(control, paint)), ''];
}

function controlLines({ id, unchecked, paraphrase, state, evidence, notAssessed }: ShownControl, paint: Colors): readonly string[] {
  const color = { found: paint.green, stale: paint.yellow, missing: paint.red, 'not-asked': paint.dim, 'not-assessed': paint.dim }[state];
  return [
    `  ${color(words[state].padEnd(12))}  ${printable(id)}${unchecked ? ' (identifier not compared with the source)' : ''}: ${printable(paraphrase)}`,
    ...evidence.map((each) => {
      const fresh = `fresh for ${span(each.freshMs)}`;
      const entry =
        each.entry === undefined
          ? `no ${each.event} shows it, ${fresh}`
          : `${entryText(each.event, each.entry)}, ${span(each.ageMs)} old, ${fresh}`;
      return `                  ${each.state.padEnd(7)}  ${each.id}: ${entry}`;
    }),
    ...(notAssessed === undefined ? [] : [`                  ${paint.dim(`not in the journal: ${printable(notAssessed)}`)}`]),
  ];
}

const entryText = (event: string, { log, seq, at }: Pick<Shown, 'log' | 'seq' | 'at'>): string =>
  `${event}, entry ${seq}${log === undefined ? '' : ` of ${printable(log)}`} at ${new Date(at).toISOString()}`;
