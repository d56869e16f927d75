// Problems and findings as SARIF 2.1.0 (OASIS), the form in which code hosts show them beside the changed lines of a pull request.
// What somebody accepted is a suppressed result, with the reason.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AcceptedLine, Line } from './checked.ts';
import { told } from './explain.ts';

export type ToTell = {
  readonly problems: readonly Line[];
  readonly accepted: readonly AcceptedLine[];
  readonly version: string;
  /** Files inside it are named relative to it, since that is where a pipeline has checked the project out. */
  readonly folder: string;
};

/** One run with a rule for each code that occurs. Places count UTF-16 units, as those of the lines do. */
export function sarif({ problems, accepted, version, folder }: ToTell): object {
  const codes = [...new Set([...problems, ...accepted].map(({ code }) => code))].sort();
  const results = [
    ...problems.map((each) => resultOf(each, codes, folder)),
    ...accepted.map((each) => ({
      ...resultOf(each, codes, folder),
      suppressions: [{ kind: 'inSource', status: 'accepted', justification: each.reason }],
    })),
  ];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'resus', version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

/** The documentation is a file of the project and has no address of its own, so it is in `help` and not in `helpUri`. */
function ruleOf(code: string): object {
  const { severity, means, why, fix, example, page } = told(code);
  return {
    id: code,
    shortDescription: { text: means },
    fullDescription: { text: `${means} ${why}` },
    help: {
      text: `${why} ${fix}\n\n${example}\n\nSee ${page}, or \`resus explain ${code}\`.`,
      markdown: `${why}\n\n**What to do**: ${fix}\n\n\`\`\`yaml\n${example}\n\`\`\`\n\nSee \`${page}\`, or \`resus explain ${code}\`.`,
    },
    defaultConfiguration: { level: severity },
    properties: { page },
  };
}

const resultOf = (
  { file, line, column, code, severity, message, evidence = [], remedy }: Line,
  codes: readonly string[],
  folder: string,
) => ({
  ruleId: code,
  ruleIndex: codes.indexOf(code),
  level: severity,
  message: { text: `${[message, ...(evidence.length === 0 ? [] : [evidence.join('; ')])].join(': ')} (${remedy})` },
  // What stands in no file has no place.
  locations:
    file === ''
      ? []
      : [{ physicalLocation: { artifactLocation: located(file, folder), region: { startLine: line, startColumn: column } } }],
});

/** Relative with forward slashes and escapes as in a URI; a file elsewhere by its whole address. */
function located(file: string, folder: string): { readonly uri: string; readonly uriBaseId?: string } {
  const path = relative(folder, resolve(folder, file));
  if (path.startsWith('..') || isAbsolute(path)) return { uri: pathToFileURL(resolve(folder, file)).href };
  return { uri: path.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
