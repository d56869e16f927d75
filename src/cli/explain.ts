// `resus explain CODE`: what a code means, why it matters, how it is mended. `resus explain FILE:PATH`: where a value came from.
import { Command } from 'commander';
import { findings, pageOf } from '../analysis/index.ts';
import { codes, explanations, nearest, provenance, warnings, type Code, type Vocabulary } from '../declare/index.ts';
import { CliError } from './cli-error.ts';
import { sourcesIn, usualPaths } from './declared.ts';
import { printable, type Io } from './io.ts';

type Options = { readonly json?: true; readonly inventory?: string; readonly with?: readonly string[] };
export type Told = {
  readonly code: string;
  readonly severity: string;
  readonly means: string;
  readonly why: string;
  readonly fix: string;
  readonly example: string;
  readonly page: string;
};

export function explainCommand(vocabulary: Vocabulary, io: Io): Command {
  return new Command('explain')
    .description('what a code of `validate` or `lint` means; or where a value came from')
    .argument('<what>', 'a CODE, or FILE:PATH, e.g. policies/tiers.yaml:life-critical.spec.rto')
    .option('--json', 'print one JSON object')
    .option('--inventory <file>', 'facts of one environment, to say what they fill in')
    .option('--with <path...>', 'files and folders that hold what the file refers to; policies and runbooks otherwise')
    .action(async (what: string, options: Options) => {
      const code = what.toUpperCase();
      // Pages name codes in small letters in their links.
      if (/^[A-Z][A-Z0-9_]*$/.test(what) || allCodes().includes(code)) return show(io, options, told(code), lines);
      const asked = /^(.+?):([^:\\/]+)$/.exec(what);
      if (asked === null)
        throw new CliError(2, 'NOT_EXPLAINED', `${what} is neither a code nor FILE:PATH.`, 'E.g. `resus explain RTO_UNREACHABLE`.');
      const line = /^(.+?):\d+(?::\d+)?$/.exec(what)?.[1];
      if (line !== undefined)
        throw new CliError(
          2,
          'NOT_EXPLAINED',
          `${what} is a line, and a value is asked for by its name.`,
          `Write ${line}:NAME.PATH, e.g. \`resus explain policies/tiers.yaml:life-critical.spec.rto\`; a code is explained by itself.`,
        );
      return show(io, options, await originOf({ file: asked[1] ?? '', path: asked[2] ?? '' }, options, vocabulary), originLines);
    });
}

function show<T>(io: Io, { json }: Options, what: T, lines: (what: T) => readonly string[]): void {
  io.out(json === true ? `${JSON.stringify(what)}\n` : `${lines(what).join('\n')}\n`);
}

/** What is known of a code of `validate` or `lint`. */
export function told(code: string): Told {
  const finding = findings.find((each) => each.code === code);
  if (finding !== undefined) {
    const { severity, means, why, fix, example } = finding;
    return { code, severity, means, why, fix, example, page: pageOf(code) };
  }
  if (Object.hasOwn(codes, code)) {
    const known = code as Code;
    return {
      code,
      severity: warnings.has(known) ? 'warning' : 'error',
      means: codes[known],
      ...explanations[known],
      page: 'docs/declare.md#codes',
    };
  }
  const near = nearest(code, allCodes());
  throw new CliError(
    1,
    'NOT_EXPLAINED',
    `No problem and no finding has the code ${code}.`,
    near === undefined ? 'docs/declare.md and docs/findings.md list them.' : `Did you mean ${near}?`,
  );
}

const allCodes = (): readonly string[] => [...Object.keys(codes), ...findings.map((each) => each.code)];

const lines = ({ code, severity, means, why, fix, example, page }: Told): readonly string[] => [
  `${code} (${severity})`,
  '',
  means,
  '',
  `Why:  ${why}`,
  `Do:   ${fix}`,
  '',
  ...example.split('\n').map((line) => `    ${line}`),
  '',
  `See ${page}`,
];

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The declarations around the file are read too, since it is checked and resolved with them. */
async function originOf(what: { readonly file: string; readonly path: string }, options: Options, vocabulary: Vocabulary) {
  const { files, inventory, problems } = await sourcesIn([what.file, ...(options.with ?? usualPaths)], options);
  // The usual folders need not be there; what was named must be.
  const unreadable = problems.find(({ file }) => options.with !== undefined || file === what.file || file === options.inventory);
  if (unreadable !== undefined)
    throw new CliError(1, unreadable.code, `${unreadable.file}: ${unreadable.message}.`, `${asSentence(unreadable.remedy)}.`);
  const sought = provenance(files, what, { vocabulary, inventory, partial: true });
  if (!sought.ok) throw new CliError(1, 'NOT_EXPLAINED', `${sought.message}.`, `${asSentence(sought.remedy)}.`);
  return sought.found;
}

const originLines = (found: Awaited<ReturnType<typeof originOf>>): readonly string[] => [
  `${found.declaration}: ${found.path}${found.value === undefined ? ' is not set' : ` is ${printable(JSON.stringify(found.value))}`}`,
  `  ${found.because}${found.at === undefined ? '' : ` (${found.at.file}:${found.at.line}:${found.at.column})`}`,
  ...(found.meaning === '' ? [] : [`  meaning: ${found.meaning}`]),
];
