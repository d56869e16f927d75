// Collects what is wrong while the texts are gone through, and gives each its place at the end.
import type { SourceFile } from './declare.ts';
import { placesIn } from './place.ts';
import type { Mistake, Problem } from './problem.ts';
import { limits } from './read.ts';

export type Told = Pick<Mistake, 'file' | 'document'>;
export type Saying = Omit<Mistake, 'file' | 'document'>;

/** Mistakes are kept until the end and then placed, file by file, since a file is parsed again for its places. */
export class Mistakes {
  readonly #byFile = new Map<string, Mistake[]>();

  say(of: Told, said: Saying): void {
    const list = this.#byFile.get(of.file) ?? [];
    this.#byFile.set(of.file, list);
    if (list.length <= limits.problems * 4) list.push({ file: of.file, document: of.document, ...said });
  }

  placed(files: readonly SourceFile[]): Problem[] {
    const texts = new Map(files.map((file) => [file.path, file.text]));
    return [...this.#byFile].flatMap(([file, mistakes]) => {
      const placeOf = placesIn(texts.get(file) ?? '');
      return mistakes.map((mistake): Problem => {
        const { code, severity = 'error', message, remedy } = mistake;
        return { file, ...placeOf(mistake), code, severity, message, remedy };
      });
    });
  }
}

/** At most 200 a file, each once; the rest is counted. */
export function bounded(sorted: readonly Problem[]): Problem[] {
  const kept: Problem[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const each of sorted) {
    const key = `${each.file}\n${each.line}:${each.column} ${each.code} ${each.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const count = (counts.get(each.file) ?? 0) + 1;
    counts.set(each.file, count);
    if (count <= limits.problems) kept.push(each);
    else if (count === limits.problems + 1)
      kept.push({
        ...each,
        code: 'TOO_MANY_PROBLEMS',
        severity: 'error',
        message: `more than ${limits.problems} problems in this file`,
        remedy: 'correct these first',
      });
  }
  return kept;
}
