// Which functions only make text that people read: a mutant of one changes no decision, and golden transcripts hold it. Found by a rule
// over all of the source: it gives a string, and whatever calls it puts that into words or is such a function itself.
import { codeOnly } from './code.ts';

type Span = { readonly path: string; readonly name: string; readonly from: number; readonly to: number };
export type Words = { isIn(path: string, at: number): boolean };

/** The value of this line is read by people: what is said, why, in which sentence. */
export const isWording = (line: string): boolean =>
  /\b(?:because|sentence|message|says|detail)\b\s*[:=]|\bbecause\b.*\?|^\s*\?|^\s*: /.test(line);

/** `sources`: text by path, of everything that decides; what pages show is words. */
export function wordsIn(sources: ReadonlyMap<string, string>): Words {
  const codes = new Map([...sources].map(([path, text]) => [path, withoutImports(codeOnly(text))]));
  let found = [...codes].flatMap(([path, code]) => stringFunctions(path, code));
  for (let before = Infinity; found.length < before;) {
    before = found.length;
    const inside = found;
    found = found.filter(({ name }) => name.startsWith('said') || !isReadElsewhere(name, codes, inside));
  }
  return { isIn: (path, at) => found.some((each) => each.path === path && each.from <= at && at < each.to) };
}

/** One that may also give nothing is asked whether it does, which decides. */
function stringFunctions(path: string, code: string): readonly Span[] {
  const heads = /^(?:export )?(?:function (\w+)\((?:[^{}]|\{[^{}]*\})*?\): string \{|const (\w+) = \([^\n]*\): string =>)/gm;
  return [...code.matchAll(heads)].flatMap((match) => {
    const name = match[1] ?? match[2];
    const end = /\n(?:\}|\S)/g;
    end.lastIndex = match.index + match[0].length;
    const to = end.exec(code)?.index ?? code.length;
    return name === undefined ? [] : [{ path, name, from: match.index, to }];
  });
}
/** Names in text and templates are gone from the code: what is left is read by something else. */
function isReadElsewhere(name: string, codes: ReadonlyMap<string, string>, inside: readonly Span[]): boolean {
  const named = new RegExp(`(?<![.\\w#])${name}\\b`, 'g');
  return [...codes].some(([path, code]) =>
    [...code.matchAll(named)].some(
      ({ index }) => !inside.some((each) => each.path === path && each.from <= index && index < each.to) && !isWording(lineAt(code, index)),
    ),
  );
}
const lineAt = (code: string, at: number): string => code.slice(code.lastIndexOf('\n', at) + 1, code.indexOf('\n', at));
const withoutImports = (code: string): string =>
  code.replaceAll(/^(?:import|export) (?:type )?\{[^}]*\} from[^\n]*/gm, (found) => found.replaceAll(/[^\n]/g, ' '));
