// Which mutants there are, and in which order they come: all that the rules make of the files that are asked for, and a draw among them
// that depends on them alone.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { stripped, type Copy } from './bundle.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { wordsIn, type Words } from './wording.ts';

/** Nothing else takes part in a schedule, but for what pages show. */
const deciding = ['src/core', 'src/engine', 'src/simulation'];
const pages = 'src/core/views/';
/** Beside those, what answers people who look. */
const isForPeople = (path: string): boolean => path.startsWith('src/api/') || path.startsWith('src/cli/');

export const filesIn = (path: string): readonly string[] =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(path, { withFileTypes: true })
        .flatMap((each) =>
          each.isDirectory() ? filesIn(`${path}/${each.name}`) : each.name.endsWith('.ts') ? [`${path}/${each.name}`] : [],
        )
        .sort();

export class Choice {
  readonly #copy: Copy;
  readonly #words: Words;

  constructor(copy: Copy) {
    this.#copy = copy;
    const paths = deciding.flatMap(filesIn).filter((path) => !path.startsWith(pages));
    const shown = filesIn('src/core/views');
    const others = filesIn('src').filter((path) => !paths.includes(path) && !shown.includes(path) && !isForPeople(path));
    const textOf = (path: string): string => copy.read(path);
    this.#words = wordsIn(new Map(paths.map((path) => [path, textOf(path)])), shown.map(textOf), others.map(textOf));
  }
  /** Only what is still a program, and another one once its types are gone. */
  of(path: string): readonly Candidate[] {
    const text = this.#copy.read(path);
    const known = new Set([stripped(text)]);
    return candidatesOf(path, text, this.#words).filter((candidate) => {
      const code = stripped(candidate.text);
      if (code === undefined || known.has(code)) return false;
      known.add(code);
      return true;
    });
  }
}

export const placeOf = ({ path, line }: Pick<Candidate, 'path' | 'line'>): string => `${path}:${line}`;

type Lot = { readonly each: Candidate; readonly lot: string };
/** In an order that depends on the candidates alone. */
export const lotted = (list: readonly Candidate[]): readonly Lot[] =>
  list
    .map((each) => ({ each, lot: createHash('sha256').update([each.path, each.rule, each.before, each.after].join('\n')).digest('hex') }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1));

/** File by file in turn. `count` 0: all. */
export function drawn(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const byFile = new Map<string, Candidate[]>();
  for (const each of candidates) byFile.set(each.path, [...(byFile.get(each.path) ?? []), each]);
  const ranked = [...byFile.values()].flatMap((list) =>
    lotted(list).map(({ each, lot }, i) => ({ each, rank: (i + 1) / list.length, lot })),
  );
  const taken = ranked.sort((a, b) => a.rank - b.rank || (a.lot < b.lot ? -1 : 1)).slice(0, count === 0 ? undefined : count);
  return taken.map(({ each }) => each).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}
