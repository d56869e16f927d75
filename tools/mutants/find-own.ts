// For each checker one mutant that it alone catches: what a checker is for. A candidate counts when so many schedules show nobody else.
import { about } from './about.ts';
import type { Copy } from './bundle.ts';
import { Choice, lotted, placeOf } from './choice.ts';
import type { Candidate } from './candidates.ts';
import { tryOut, type Trial, type Verdict } from './trial.ts';

export type Search = {
  readonly copy: Copy;
  readonly wanted: readonly string[];
  readonly tries: number;
  readonly threads: number;
  readonly trial: Omit<Trial, 'file'>;
  readonly print: (line: string) => void;
  readonly rowOf: (verdict: Verdict) => string;
};

/** By the name of the checker; those that have none are missing. */
export async function findOwn({ copy, wanted, tries, threads, trial, print, rowOf }: Search): Promise<ReadonlyMap<string, Verdict>> {
  const choice = new Choice(copy);
  const own = new Map<string, Verdict>();
  const judged = new Map<string, Promise<Verdict>>();
  const judge = async (candidate: Candidate, id: string): Promise<Verdict> => {
    const file = await copy.bundle(`own-${judged.size}`, candidate);
    const verdict = await tryOut(candidate, { ...trial, file });
    const [name, ...others] = verdict.checkers;
    if (name === undefined || others.length > 0) print(`  ${id}: ${verdict.checkers.join(', ') || 'nobody'}`);
    else if (!own.has(name)) {
      own.set(name, verdict);
      print(`${name}: ${rowOf(verdict)}`);
    }
    return verdict;
  };
  const queue = [...wanted];
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      let tried = 0;
      for (const candidate of placesOf(name, choice)) {
        if (own.has(name) || tried >= tries) break;
        tried += 1;
        const id = `${placeOf(candidate)} ${candidate.rule}: ${candidate.after || 'nothing'}`;
        const verdict = judged.get(id) ?? judge(candidate, id);
        judged.set(id, verdict);
        await verdict;
      }
      if (!own.has(name)) print(`${name}: none among ${tried}`);
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return own;
}

/** Candidates of the code that the invariant is about, place by place in their order, and drawn within a place. */
function placesOf(checker: string, choice: Choice): readonly Candidate[] {
  const taken = new Set<string>();
  return (about[checker] ?? []).flatMap((place) => {
    const [path = '', ...rest] = place.split(' ');
    const text = rest.join(' ');
    const inPlace = choice.of(path).filter((each) => `${each.before} ${each.after} ${each.rule}`.includes(text));
    return lotted(inPlace).flatMap(({ each }) => {
      if (taken.has(each.text)) return [];
      taken.add(each.text);
      return [each];
    });
  });
}

/** For the page. */
export function tableOf(wanted: readonly string[], own: ReadonlyMap<string, Verdict>): readonly string[] {
  const rows = wanted.map((name) => {
    const found = own.get(name);
    if (found === undefined) return `| \`${name}\` | none yet | | |`;
    const change = `${found.before} -> ${found.after || '(nothing)'}`.replaceAll('|', '\\|').replaceAll('`', "'");
    return `| \`${name}\` | \`${placeOf(found).replace('src/', '')}\` | ${found.rule}: \`${change}\` | ${found.caughtBy?.schedules ?? ''} |`;
  });
  return ['| checker | mutant | what it changes | caught after |', '| --- | --- | --- | --- |', ...rows];
}
