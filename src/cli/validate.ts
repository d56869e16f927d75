// `resus validate`: everything that is wrong with what was declared, each with its place and what to do about it.
// Nothing is started and nothing is asked of the network.
import { Command } from 'commander';
import { declare, printed, readTree, type Problem, type Vocabulary } from '../declare/index.ts';
import type { Estate } from '../core/estate.ts';
import { inventoryFrom } from './declared.ts';

type Options = { readonly json?: true; readonly inventory?: string };
export type Validation = { readonly output: string; readonly exitCode: 0 | 1 };

export function validateCommand(vocabulary: Vocabulary): Command {
  return new Command('validate')
    .description('check declared files: every problem at once, with its place')
    .argument('<path...>', 'files, and folders of .yaml and .yml files')
    .option('--json', 'print one JSON object instead of lines')
    .option('--inventory <file>', 'facts of one environment, to fill in and check as well')
    .action(async (paths: string[], options: Options) => {
      const { output, exitCode } = await validate(paths, options, vocabulary);
      process.stdout.write(`${output}\n`);
      if (exitCode !== 0) process.exitCode = exitCode;
    });
}

/** What the command prints, and its exit code: 1 when there is an error, 0 with warnings or nothing. */
export async function validate(paths: readonly string[], options: Options, vocabulary: Vocabulary): Promise<Validation> {
  const problems: Problem[] = [];
  const inventory = options.inventory === undefined ? undefined : await inventoryFrom(options.inventory, problems);
  const tree = await readTree(paths);
  problems.push(...tree.problems);
  const declared = declare(tree.files, { vocabulary, inventory, partial: tree.problems.length > 0 });
  problems.push(...(declared.ok ? declared.warnings : declared.problems));
  if (problems.length === 0 && declared.ok && Object.values(declared.estate).every((each) => Object.keys(each).length === 0))
    problems.push(nothing(paths[0] ?? '.'));
  const ok = !problems.some((each) => each.severity === 'error');
  const found = ok && declared.ok ? counted(declared.estate) : undefined;
  if (options.json === true)
    return { output: JSON.stringify({ ok, ...(found === undefined ? {} : { found }), problems }), exitCode: ok ? 0 : 1 };
  const lines = problems.map(printed);
  if (found !== undefined && declared.ok)
    lines.push(
      `Valid: ${spelled(found)}${declared.open ? ' (nothing was filled in from an inventory; give --inventory FILE to check that too)' : ''}.`,
    );
  else lines.push(`${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was started.`);
  return { output: lines.join('\n'), exitCode: ok ? 0 : 1 };
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

const nouns: Readonly<Record<keyof Estate, readonly [one: string, many: string]>> = {
  sites: ['site', 'sites'],
  tiers: ['tier', 'tiers'],
  workloads: ['workload', 'workloads'],
  runbooks: ['runbook', 'runbooks'],
  gamedays: ['game day', 'game days'],
  calendars: ['calendar', 'calendars'],
  frameworks: ['framework', 'frameworks'],
};
type Counts = Readonly<Partial<Record<keyof Estate, number>>>;
const counted = (estate: Estate): Counts =>
  Object.fromEntries(Object.entries(estate).map(([collection, each]) => [collection, Object.keys(each).length])) as Counts;
const spelled = (counts: Counts): string =>
  Object.entries(nouns)
    .flatMap(([collection, [one, many]]) => {
      const count = counts[collection as keyof Estate];
      return count === undefined ? [] : [`${count} ${count === 1 ? one : many}`];
    })
    .join(', ');
