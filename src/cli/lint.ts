// `resus lint`: what will not work, found in what was declared before anything burns. Needs no controller and no network.
// What is wrong with the declarations themselves comes first: then nothing can be concluded from them.
import type { Command } from 'commander';
import { analyse, type Reported } from '../analysis/index.ts';
import { inOrder, whereabouts } from '../declare/index.ts';
import { overPaths, checking, type AcceptedLine, type Checked, type CheckOptions, type Line } from './checked.ts';
import { declaredIn, givenOf, sourcesIn, type Knowing } from './declared.ts';
import type { Io } from './io.ts';

type Options = CheckOptions & { readonly strict?: true };

export function lintCommand({ version, ...knowing }: Knowing & { readonly version: string }, io: Io): Command {
  return overPaths('lint', 'what will not work, before it is needed: targets, replicas, runbooks, drills, secrets')
    .option('--strict', 'fail on warnings, too')
    .action((paths: string[], options: Options) => checking({ paths, options, io, version }, () => lint(paths, options, knowing)));
}

/** Problems of the declarations if there are any, else the findings, in the order of files and lines. Warnings fail only with `strict`. */
export async function lint(paths: readonly string[], options: Pick<Options, 'inventory' | 'strict'>, knowing: Knowing): Promise<Checked> {
  const sources = await sourcesIn(paths, options);
  const { declared, problems } = declaredIn(sources, knowing.vocabulary);
  if (!declared.ok || problems.some((each) => each.severity === 'error')) return checkedOf(options, { problems });
  const placeOf = whereabouts(sources.files, declared.written);
  const placed = (each: Reported): Line => {
    const { code, severity, sentence: message, evidence, remedy, page } = each;
    return { ...placeOf(each.at), code, severity, message, evidence, remedy, page };
  };
  const { found, accepted } = analyse(givenOf(declared, knowing));
  return checkedOf(options, {
    problems: [...problems, ...found.map(placed)].sort(inOrder),
    accepted: accepted.map((each) => ({ ...placed(each), reason: each.reason })).sort(inOrder),
    isOpen: declared.open,
  });
}

type Linted = { readonly problems: readonly Line[]; readonly accepted?: readonly AcceptedLine[]; readonly isOpen?: boolean };
/** Errors fail, warnings only with `--strict`. `isOpen`: something waits for an inventory, so that less could be concluded. */
function checkedOf({ strict }: Pick<Options, 'strict'>, { problems, accepted = [], isOpen = false }: Linted): Checked {
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
