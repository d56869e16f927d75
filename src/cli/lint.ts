// `resus lint`: what will not work, found in what was declared before anything burns. Needs no controller and no network.
// What is wrong with the declarations themselves comes first: then nothing can be concluded from them.
import { Command } from 'commander';
import { analyse, type Analysis, type Reported } from '../analysis/index.ts';
import type { Catalogue } from '../core/catalogue.ts';
import { declare, inOrder, printed, readTree, whereabouts, type Problem, type Vocabulary } from '../declare/index.ts';
import { inventoryFrom, provingActions } from './declared.ts';
import type { Io } from './io.ts';

type Options = { readonly json?: true; readonly strict?: true; readonly inventory?: string };
export type Knowing = { readonly vocabulary: Vocabulary; readonly catalogue: Catalogue };
export type Line = Omit<Problem, 'code'> & { readonly code: string; readonly evidence?: readonly string[]; readonly page?: string };
export type Lint = {
  readonly problems: readonly Line[];
  readonly accepted: readonly (Line & { readonly reason: string })[];
  /** Whether something waits for an inventory, so that less could be concluded. */
  readonly isOpen: boolean;
};

export function lintCommand(knowing: Knowing, io: Io): Command {
  return new Command('lint')
    .description('what will not work, before it is needed: targets, replicas, runbooks, drills, secrets')
    .argument('<path...>', 'files, and folders of .yaml and .yml files')
    .option('--json', 'print one JSON object instead of lines')
    .option('--strict', 'fail on warnings, too')
    .option('--inventory <file>', 'facts of one environment, to fill in and look at as well')
    .action(async (paths: string[], options: Options) => {
      const linted = await lint(paths, options, knowing);
      const { output, exitCode } = shown(linted, options);
      io.out(`${output}\n`);
      io.exit(exitCode);
    });
}

/** Problems of the declarations if there are any, else the findings, in the order of files and lines. */
export async function lint(
  paths: readonly string[],
  options: Pick<Options, 'inventory'>,
  { vocabulary, catalogue }: Knowing,
): Promise<Lint> {
  const problems: Problem[] = [];
  const inventory = options.inventory === undefined ? undefined : await inventoryFrom(options.inventory, problems);
  const tree = await readTree(paths);
  problems.push(...tree.problems);
  const declared = declare(tree.files, { vocabulary, inventory, partial: tree.problems.length > 0 });
  problems.push(...(declared.ok ? declared.warnings : declared.problems));
  if (!declared.ok || problems.some((each) => each.severity === 'error')) return { problems, accepted: [], isOpen: false };
  const placeOf = whereabouts(tree.files, declared.written);
  const placed = (each: Reported): Line => {
    const { code, severity, sentence: message, evidence, remedy, page } = each;
    return { ...placeOf(each.at), code, severity, message, evidence, remedy, page };
  };
  const { found, accepted }: Analysis = analyse({
    estate: declared.estate,
    catalogue,
    proving: provingActions(vocabulary),
    written: declared.written,
    isOpen: declared.open,
  });
  return {
    problems: [...problems, ...found.map(placed)].sort(inOrder),
    accepted: accepted.map((each) => ({ ...placed(each), reason: each.reason })).sort(inOrder),
    isOpen: declared.open,
  };
}

/** Errors fail, warnings only with `--strict`; what was accepted is told and never fails. */
export function shown(
  { problems, accepted, isOpen }: Lint,
  { json, strict }: Options,
): { readonly output: string; readonly exitCode: 0 | 1 } {
  const errors = problems.filter((each) => each.severity === 'error').length;
  const warnings = problems.length - errors;
  const exitCode = errors > 0 || (strict === true && warnings > 0) ? 1 : 0;
  if (json === true) return { output: JSON.stringify({ ok: exitCode === 0, problems, accepted }), exitCode };
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const summary = [
    problems.length === 0 ? 'Nothing found' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
    ...(accepted.length === 0 ? [] : [`${accepted.length} accepted`]),
    ...(isOpen ? ['nothing was filled in from an inventory; give --inventory FILE to look at that too'] : []),
  ];
  return {
    output: [
      ...problems.map((each) => printed(withEvidence(each))),
      ...accepted.map((each) => printed({ ...withEvidence(each), severity: 'accepted', remedy: `accepted: ${each.reason}` })),
      `${summary.join('; ')}.${problems.length === 0 ? '' : ' `resus explain CODE` says more.'}`,
    ].join('\n'),
    exitCode,
  };
}
const withEvidence = (each: Line): Line =>
  each.evidence === undefined || each.evidence.length === 0 ? each : { ...each, message: `${each.message}: ${each.evidence.join('; ')}` };
