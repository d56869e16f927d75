// Which functions only make text that people read: a mutant of one changes no decision, and golden transcripts hold it. Found by a rule
// over all of the source: it gives a string, and whatever calls it puts that into words or is such a function itself.
import { codeOnly } from './code.ts';

type Span = { readonly path: string; readonly name: string; readonly from: number; readonly to: number };
export type Words = { isIn(path: string, at: number): boolean };

/** The value of this line is read by people: what is said, why, in which sentence. */
export const isWording = (line: string): boolean =>
  /\b(?:because|sentence|message|says|detail)\b\s*[:=]|\bbecause\b.*\?|^\s*\?|^\s*: /.test(line);

/** `sources`: text by path, of everything that decides; what pages show is words. `pages`, `others`: the same of what reads it beside that. */
export function wordsIn(sources: ReadonlyMap<string, string>, pages: readonly string[] = [], others: readonly string[] = []): Words {
  const codes = new Map([...sources].map(([path, text]) => [path, withoutImports(codeOnly(text))]));
  let found = [...codes].flatMap(([path, code]) => stringFunctions(path, code));
  for (let before = Infinity; found.length < before;) {
    before = found.length;
    const inside = found;
    found = found.filter(({ name }) => name.startsWith('said') || !isReadElsewhere(name, codes, inside));
  }
  const asked = askedByPages(codes, found, { pages: pages.map(plain), others: others.map(plain) });
  const kept = keptForPages([...codes.values(), ...others.map(plain)]);
  return {
    isIn: (path, at) =>
      [...found, ...asked].some((each) => each.path === path && each.from <= at && at < each.to) ||
      [...lineAt(codes.get(path) ?? '', at).matchAll(/\.(\w+)\.(?:push|shift)\(/g)].some(([, name]) => kept.has(name ?? '')),
  };
}
const plain = (text: string): string => withoutImports(codeOnly(text));

/** Functions that pages ask, or what pages ask, and nothing that decides. */
function askedByPages(
  codes: ReadonlyMap<string, string>,
  words: readonly Span[],
  { pages, others }: { readonly pages: readonly string[]; readonly others: readonly string[] },
): readonly Span[] {
  const all = [...codes].flatMap(([path, code]) => functionsIn(path, code));
  const found: Span[] = [];
  for (let before = -1; before < found.length;) {
    before = found.length;
    for (const each of all) {
      const named = new RegExp(`(?<![.\\w#])${each.name}\\b`);
      const uses = [...codes].flatMap(([path, code]) =>
        [...code.matchAll(new RegExp(named, 'g'))].map(({ index }) => ({ path, index })).filter((use) => !isIn([each], use)),
      );
      const isForPages = uses.length > 0 || pages.some((page) => named.test(page));
      if (
        !found.includes(each) &&
        isForPages &&
        uses.every((use) => isIn([...words, ...found], use)) &&
        !others.some((text) => named.test(text))
      )
        found.push(each);
    }
  }
  return found;
}
const isIn = (spans: readonly Span[], { path, index }: { readonly path: string; readonly index: number }): boolean =>
  spans.some((each) => each.path === path && each.from <= index && index < each.to);
function functionsIn(path: string, code: string): readonly Span[] {
  return [...code.matchAll(/^(?:export )?function (\w+)\(/gm)].flatMap((match) => {
    const end = code.indexOf('\n}', match.index);
    return match[1] === undefined || end === -1 ? [] : [{ path, name: match[1], from: match.index, to: end }];
  });
}

/** Lists of the state to which something is added, and which nothing here reads: they are kept for pages. */
function keptForPages(codes: readonly string[]): ReadonlySet<string> {
  const names = new Set(codes.flatMap((code) => [...code.matchAll(/\bstate\.(\w+)\.push\(/g)].flatMap(([, name]) => name ?? [])));
  const isRead = (name: string): boolean => {
    const named = new RegExp(`\\b(?:state|known)\\.${name}\\b(?!\\.(?:push|shift|length))`);
    const taken = new RegExp(`\\{[^{}]*\\b${name}\\b[^{}]*\\} = [\\w.]*(?:state|known)\\b`);
    return codes.some((code) => named.test(code) || taken.test(code));
  };
  return new Set([...names].filter((name) => !isRead(name)));
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
