// Mutants of one source text, made by rules over its code and never by hand: each is one small change that somebody could have made by
// mistake. The same text always gives the same candidates, in the order of their lines.

import { codeOnly } from './code.ts';
import { isWording, type Words } from './wording.ts';

export type Candidate = {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
  /** The whole text with the change in it. */
  readonly text: string;
};
type Edit = { readonly from: number; readonly to: number; readonly by: string };
type Rule = { readonly name: string; readonly edits: (code: string, text: string) => readonly Edit[] };

const replacing = (name: string, pattern: RegExp, by: (found: string) => string): Rule => ({
  name,
  edits: (code) => [...code.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length, by: by(match[0]) })),
});
/** One line after the other; `change` gives what stands there instead, or undefined. */
const lineByLine = (name: string, change: (code: string, line: string) => string | undefined): Rule => ({
  name,
  edits: (code, text) =>
    linesOf(code).flatMap(({ from, to }) => {
      const by = change(code.slice(from, to), text.slice(from, to));
      return by === undefined ? [] : [{ from, to, by }];
    }),
});
function linesOf(code: string): readonly { readonly from: number; readonly to: number }[] {
  let from = 0;
  return code.split('\n').map((line) => {
    const at = { from, to: from + line.length };
    from += line.length + 1;
    return at;
  });
}

const opposite: Readonly<Record<string, string>> = {
  ' < ': ' >= ',
  ' >= ': ' < ',
  ' > ': ' <= ',
  ' <= ': ' > ',
  ' === ': ' !== ',
  ' !== ': ' === ',
  ' && ': ' || ',
  ' || ': ' && ',
  '.every(': '.some(',
  '.some(': '.every(',
  'Math.max(': 'Math.min(',
  'Math.min(': 'Math.max(',
};
const swap = (found: string): string => opposite[found] ?? found;
const isBalanced = (code: string): boolean =>
  ['()', '{}', '[]'].every((pair) => code.split(pair[0] ?? '').length === code.split(pair[1] ?? '').length);
/** An expression for what it does, whole on its line. */
const isStatement = (code: string): boolean =>
  /^\s+(?!(?:return|const|let|type|export|import|if|for|else|case|default|break|continue|throw|switch|readonly)\b|[#\w]+:)[\w#([].*;$/.test(
    code,
  ) &&
  isBalanced(code) &&
  (/[^=!<>]=[^=>]/.test(code) || code.includes('('));

export const rules: readonly Rule[] = [
  replacing('flip a comparison', / (?:<|>=|>|<=|===|!==) /g, swap),
  replacing('and for or', / (?:&&|\|\|) /g, swap),
  replacing('every for some', /\.(?:every|some)\(/g, swap),
  replacing('most for least', /\bMath\.(?:max|min)\(/g, swap),
  replacing('change a majority', /\/ 2\) \+ 1/g, () => '/ 2)'),
  replacing('off by one', / \+ 1\b(?! ===)/g, () => ' + 0'),
  {
    name: 'negate a condition',
    edits: (code) =>
      [...code.matchAll(/\bif \(/g)].flatMap(({ index }) => {
        const from = index + 'if ('.length;
        const to = closing(code, from);
        return to === undefined ? [] : [{ from, to, by: `!(${code.slice(from, to)})` }];
      }),
  },
  lineByLine('drop a check', (code) => (/^\s+if \(.*\) (?:return\b.*|continue);$/.test(code) && isBalanced(code) ? '' : undefined)),
  lineByLine('drop a statement', (code) => (isStatement(code) ? '' : undefined)),
  lineByLine('drop a row', (code) =>
    /^\s+(?:'[\s\w:-]*'|\w+): (?:\{.*\}|\(.*\) =>.*[^{]),$/.test(code) && !code.includes('readonly ') && isBalanced(code) ? '' : undefined,
  ),
  {
    name: 'drop a guard',
    edits: (code) =>
      [...code.matchAll(/^ {2}\{\n {4}name: [\s\S]*?^ {2}\},\n/gm)].map((match) => ({
        from: match.index,
        to: match.index + match[0].length,
        by: '',
      })),
  },
  {
    name: 'swap an order',
    edits: (code, text) => {
      const lines = linesOf(code);
      return lines.flatMap((first, i) => {
        const second = lines[i + 1];
        if (second === undefined) return [];
        const [a, b] = [code.slice(first.from, first.to), code.slice(second.from, second.to)];
        const isPair = isStatement(a) && isStatement(b) && indentOf(a) === indentOf(b) && !isIndependent(a, b);
        return isPair
          ? [{ from: first.from, to: second.to, by: `${text.slice(second.from, second.to)}\n${text.slice(first.from, first.to)}` }]
          : [];
      });
    },
  },
  replacing('no time', /(?<=\bconst \w+Ms = )\d[\d_]*(?=;)/g, () => '0'),
];
/** Two assignments of which neither reads what the other writes: their order says nothing. */
function isIndependent(a: string, b: string): boolean {
  const [first, second] = [a, b].map((line) => /^\s*([\w.#]+) (?:[+-]|\?\?)?= /.exec(line)?.[1]);
  return first !== undefined && second !== undefined && !b.includes(first) && !a.includes(second);
}
const indentOf = (line: string): number => line.length - line.trimStart().length;
function closing(code: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')' && (depth -= 1) === 0) return at;
  }
  return undefined;
}

/** What only tells the checkers what happened changes what is known of the world, not what is tried. */
const isTelling = (path: string, line: string): boolean => path.startsWith('src/simulation/') && /[.#]say\(/.test(line);

/** A value that its function reads only in words: a template or a line of wording. */
function isReadInWords(code: string, from: number): boolean {
  const begin = code.lastIndexOf('\n', from) + 1;
  const name = /^\s+const (\w+) = /.exec(code.slice(begin))?.[1];
  if (name === undefined) return false;
  const end = code.indexOf('\n', from);
  const rest = code.slice(end, Math.max(end, code.indexOf('\n}', end)));
  const isNamed = new RegExp(`\\b${name}\\b`);
  return !rest.split('\n').some((line) => isNamed.test(line) && !isWording(line));
}

/** Asks only whether something is there that always is: the compiler wants it, and without it or half of it nothing changes. */
const isForTheCompiler = ({ rule, before }: Pick<Candidate, 'rule' | 'before'>): boolean =>
  (rule === 'and for or' || rule === 'drop a check') && /^if \((?:[\w.?]+ === undefined(?: \|\| )?)+\) /.test(before);

/** `words`: the functions of all sources that only make text; none are known where it is absent. */
export function candidatesOf(path: string, text: string, words?: Words): readonly Candidate[] {
  const code = codeOnly(text);
  return rules
    .flatMap(({ name, edits }) =>
      edits(code, text).map(({ from, to, by }) => {
        const changed = text.slice(0, from) + unmask(by, code, text, from, to) + text.slice(to);
        const line = text.slice(0, from).split('\n').length;
        const shown = (of: string): string => (of.split('\n')[line - 1] ?? '').trim();
        const gone = text.slice(from, to).trim().replaceAll(/\s+/g, ' ').slice(0, 60);
        // What takes whole lines away is told by what it takes, not by what comes after it.
        const [before, after] = by === '' ? [gone, ''] : [shown(text), shown(changed)];
        return { from, candidate: { path, line, rule: name, before, after, text: changed } };
      }),
    )
    .filter(({ from, candidate }) => {
      const line = text.split('\n')[candidate.line - 1] ?? '';
      if (isWording(line) || words?.isIn(path, from) === true) return false;
      return !isTelling(path, line) && !isReadInWords(code, from) && !isForTheCompiler(candidate);
    })
    .sort((a, b) => a.from - b.from)
    .map(({ candidate }) => candidate);
}

/** A rule that kept a piece of code kept it without its words: they come back. */
function unmask(by: string, code: string, text: string, from: number, to: number): string {
  const kept = code.slice(from, to);
  const at = by.indexOf(kept);
  return kept.trim() === '' || at === -1 ? by : by.slice(0, at) + text.slice(from, to) + by.slice(at + kept.length);
}
