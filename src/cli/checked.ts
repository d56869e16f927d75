// What `validate` and `lint` share: their options, how what was found is printed (lines, one JSON object, SARIF), and looking again
// at each change. What is looked for is theirs.
import { Command, Option } from 'commander';
import { printed, type Problem } from '../declare/index.ts';
import { onEachChange } from './changes.ts';
import type { Io } from './io.ts';
import { sarif } from './sarif.ts';

/** `page` is of the documentation, relative to the root of the project. */
export type Line = Omit<Problem, 'code'> & { readonly code: string; readonly evidence?: readonly string[]; readonly page?: string };
/** What somebody answers for, with the reason: told each time, and never a failure. */
export type AcceptedLine = Line & { readonly reason: string };
export type Checked = {
  readonly problems: readonly Line[];
  readonly accepted?: readonly AcceptedLine[];
  readonly exitCode: 0 | 1;
  /** The last line for people. */
  readonly summary: string;
  /** What `--json` prints. */
  readonly json: Readonly<Record<string, unknown>>;
};
export type CheckOptions = { readonly json?: true; readonly sarif?: true; readonly watch?: true; readonly inventory?: string };

const QUIET_MS = 100;
const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

/** A command over paths with the options of both; `otherwise`: what is looked at when none is named. */
export const overPaths = (name: string, description: string, otherwise: string): Command =>
  new Command(name)
    .description(description)
    .argument('[path...]', `files, and folders of .yaml and .yml files (default: ${otherwise})`)
    .option('--json', 'print one JSON object instead of lines')
    .addOption(new Option('--sarif', 'print SARIF 2.1.0, which pull requests show beside the lines').conflicts('json'))
    .addOption(new Option('--watch', 'look again at each change, until Ctrl-C').conflicts('sarif'))
    .option('--inventory <file>', 'facts of one environment, to fill in and check as well');

export type Printing = {
  readonly paths: readonly string[];
  /** Files that are looked at, too, and whose change is worth another look. */
  readonly beside?: readonly string[];
  readonly options: CheckOptions;
  readonly io: Io;
  readonly version: string;
};

/** Looks once, or with `--watch` again at each change; the exit code is that of the last look. */
export async function checking({ paths, beside = [], options, io, version }: Printing, look: () => Promise<Checked>): Promise<void> {
  const once = async (): Promise<void> => {
    const checked = await look();
    if (options.watch === true && options.json !== true && io.isTty) io.out(clearScreen);
    io.out(`${shown(checked, options, version)}\n`);
    io.exit(checked.exitCode);
  };
  if (options.watch !== true) return once();
  const { signal } = io;
  await onEachChange([...paths, ...beside, ...(options.inventory === undefined ? [] : [options.inventory])], once, {
    signal,
    quietMs: QUIET_MS,
  });
}

/** Without a line end after it. */
export function shown(checked: Checked, options: Pick<CheckOptions, 'json' | 'sarif'>, version: string): string {
  if (options.json === true) return JSON.stringify(checked.json);
  const { problems, accepted = [], summary } = checked;
  if (options.sarif === true) return JSON.stringify(sarif({ problems, accepted, version, folder: process.cwd() }), undefined, 2);
  return [
    ...problems.map((each) => printed(withEvidence(each))),
    ...accepted.map((each) => printed({ ...withEvidence(each), severity: 'accepted', remedy: `accepted: ${each.reason}` })),
    summary,
  ].join('\n');
}

export const withEvidence = (each: Line): Line =>
  each.evidence === undefined || each.evidence.length === 0 ? each : { ...each, message: `${each.message}: ${each.evidence.join('; ')}` };
