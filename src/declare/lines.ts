// From an offset to line and column, both from 1. The parser's own counter misses line ends inside what it cannot read.

export type Lines = { at(offset: number): { readonly line: number; readonly column: number } };

/** Columns count UTF-16 units from the last LF. Offsets past the end get the place of the end. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    at(offset) {
      const within = Math.max(0, Math.min(offset, text.length));
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= within) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: within - (starts[low] ?? 0) + 1 };
    },
  };
}
