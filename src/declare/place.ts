// From a document and a JSON pointer back to line and column. Texts are parsed again for this, since keeping their
// documents would cost a hundred times the memory; only files that have problems come here.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { keysOf } from './pointer.ts';
import { parse } from './read.ts';

export type Place = { readonly line: number; readonly column: number };
/** `key`: the place of that key in the mapping at `pointer`. `offset`: a place inside the text at `pointer`. */
export type Wanted = { readonly document: number; readonly pointer: string; readonly key?: string; readonly offset?: number };

/** Finds places in one text. What cannot be found gets the nearest place above it; never throws. */
export function placesIn(text: string): (wanted: Wanted) => Place {
  const parsed = parse(text);
  return ({ document: index, pointer, key, offset }) => {
    const document = parsed?.documents[index];
    if (parsed === undefined || document === undefined) return { line: 1, column: 1 };
    const followed = (node: Node | null | undefined): Node | null | undefined => {
      for (let hops = 0; isAlias(node) && hops < 16; hops++) node = node.resolve(document);
      return node;
    };
    let node: Node | null | undefined = followed(document.contents);
    let at = document.contents?.range?.[0] ?? document.range[0];
    for (const part of keysOf(pointer)) {
      const pair = isMap<Node, Node | null>(node)
        ? node.items.findLast((each) => isScalar(each.key) && String(each.key.value) === part)
        : undefined;
      const item = isSeq<Node | null>(node) ? node.items[Number(part)] : undefined;
      const inner = followed(pair?.value ?? item);
      if (pair === undefined && item === undefined) break;
      at = inner?.range?.[0] ?? pair?.key.range?.[0] ?? at;
      node = inner;
    }
    if (key !== undefined && isMap<Node, Node | null>(node))
      at = node.items.findLast((each) => isScalar(each.key) && String(each.key.value) === key)?.key.range?.[0] ?? at;
    if (offset !== undefined && isScalar(node)) at = insideScalar(text, node, offset) ?? at;
    const { line, col } = parsed.lines.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

/** Where in the source the character at `offset` of a text value stands; undefined for folded texts, whose lines moved. */
function insideScalar(text: string, node: Scalar, offset: number): number | undefined {
  if (!node.range || typeof node.value !== 'string') return undefined;
  const [start, end] = node.range;
  if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
    return insideQuotes(text, start, end, offset, node.type === 'QUOTE_DOUBLE');
  const value = node.value;
  let from = start;
  let consumed = 0;
  for (const line of value.split('\n')) {
    const found = text.indexOf(line, from);
    if (found < 0 || found + line.length > end) return undefined;
    if (offset <= consumed + line.length) return found + offset - consumed;
    from = found + line.length;
    consumed += line.length + 1;
  }
  return undefined;
}

function insideQuotes(text: string, start: number, end: number, offset: number, double: boolean): number | undefined {
  let at = start + 1;
  for (let decoded = 0; decoded < offset; decoded++) {
    if (at >= end || text[at] === '\n') return undefined;
    if (double && text[at] === '\\') at += { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''] ?? 2;
    else at += !double && text[at] === "'" ? 2 : 1;
  }
  return at < end ? at : undefined;
}
