// The name that was probably meant. Bounded: long names and long lists of candidates are not compared.

/** The nearest candidate within a third of the length (three edits at most), or undefined. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > 64) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.min(3, Math.max(1, Math.floor(name.length / 3))) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > 2_000) break;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(wanted, candidate.toLowerCase(), least);
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** `did you mean X?`, or the known names, or what to do when there are none. */
export function didYouMean(name: string, candidates: Iterable<string>, otherwise: string): string {
  const known = [...candidates];
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (known.length === 0) return otherwise;
  const shown = known.slice(0, 12).map((each) => `\`${each}\``);
  return `known: ${shown.join(', ')}${known.length > 12 ? ' and others' : ''}`;
}

/** Edits between two texts: insertions, deletions, substitutions and swaps of neighbours. Gives up once there are `enough`. */
function distance(a: string, b: string, enough: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    if (Math.min(...row) >= enough && Math.min(...last) >= enough) return enough;
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
