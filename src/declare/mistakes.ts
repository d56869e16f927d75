// Collects what is wrong while the texts are gone through, and gives each its place at the end.
import type { SourceFile } from './declare.ts';
import { placesIn } from './place.ts';
import { inOrder, warnings, type Mistake, type Problem } from './problem.ts';
import { standing, type InDocument } from './origin.ts';
import { limits } from './read.ts';

export type Told = InDocument;
export type Saying = Omit<Mistake, 'file' | 'document'>;

/** A problem whose remedy is not worked out yet. */
export type Located = Omit<Problem, 'remedy'> & Pick<Mistake, 'remedy'>;

/** Mistakes are kept until the end and then placed, file by file, since a file is parsed again for its places. */
export class Mistakes {
  readonly #byFile = new Map<string, Mistake[]>();

  say(of: Told, said: Saying): void {
    const { file, document, pointer, isElsewhere } = standing(of, said.pointer);
    const list = this.#byFile.get(file) ?? [];
    this.#byFile.set(file, list);
    if (list.length > limits.problems * 4) return;
    const { offset, ...rest } = said;
    // An offset counts in the text of the template, not in that of the list.
    list.push({ ...rest, ...(offset === undefined || isElsewhere ? {} : { offset }), file, document, pointer });
  }

  placed(files: readonly SourceFile[]): Located[] {
    const texts = new Map(files.map((file) => [file.path, file.text]));
    return [...this.#byFile].flatMap(([file, mistakes]) => {
      const placeOf = placesIn(texts.get(file) ?? '');
      return mistakes.map((mistake): Located => {
        const { code, message, remedy } = mistake;
        return { file, ...placeOf(mistake), code, severity: warnings.has(code) ? 'warning' : 'error', message, remedy };
      });
    });
  }
}

/** At most 200 a file, each once, in order. */
export function bounded(found: readonly Located[]): Problem[] {
  const sorted = [...found].sort(inOrder);
  const kept: Problem[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const each of sorted) {
    const key = `${each.file}\n${each.line}:${each.column} ${each.code} ${each.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const count = (counts.get(each.file) ?? 0) + 1;
    counts.set(each.file, count);
    if (count <= limits.problems) kept.push({ ...each, remedy: typeof each.remedy === 'string' ? each.remedy : each.remedy() });
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
