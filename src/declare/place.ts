// From a document and a JSON pointer back to line and column. Texts are parsed again for this, since keeping their
// documents would cost a hundred times the memory; only files that have problems come here.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { keysOf } from './pointer.ts';
import { parse } from './read.ts';

export type Place = { readonly line: number; readonly column: number };
/** `key`: the place of that key in the mapping at `pointer`. `offset`: a place inside the text at `pointer`. */
export type Wanted = { readonly document: number; readonly pointer: string; readonly key?: string; readonly offset?: number };

/** Finds places in one text. What cannot be found gets the nearest place above it; never throws. */
export function placesIn(text: string): (wanted: Wanted) => Place {
  const result = parse(text);
  const parsed = 'code' in result ? undefined : result;
  // Both are kept, since a file with many problems asks for the same mappings again and again.
  const targets = new Map<Node, Node>();
  const pairs = new Map<Node, ReadonlyMap<string, Pair<Node, Node | null>>>();
  const pairOf = (node: Node | null | undefined, key: string): Pair<Node, Node | null> | undefined => {
    if (!isMap<Node, Node | null>(node)) return undefined;
    const known = pairs.get(node) ?? new Map(node.items.map((each) => [isScalar(each.key) ? String(each.key.value) : '', each]));
    pairs.set(node, known);
    return known.get(key);
  };
  return ({ document: index, pointer, key, offset }) => {
    const document = parsed?.documents[index];
    if (parsed === undefined || document === undefined) return { line: 1, column: 1 };
    const followed = (from: Node | null | undefined): Node | null | undefined => {
      if (!isAlias(from)) return from;
      const known = targets.get(from) ?? from.resolve(document) ?? undefined;
      if (known !== undefined) targets.set(from, known);
      return known;
    };
    let node: Node | null | undefined = followed(document.contents);
    let at = document.contents?.range?.[0] ?? document.range[0];
    for (const part of keysOf(pointer)) {
      const pair = pairOf(node, part);
      const item = isSeq<Node | null>(node) ? node.items[Number(part)] : undefined;
      const inner = followed(pair?.value ?? item);
      if (pair === undefined && item === undefined) break;
      at = inner?.range?.[0] ?? pair?.key.range?.[0] ?? at;
      node = inner;
    }
    if (key !== undefined) at = pairOf(node, key)?.key.range?.[0] ?? at;
    if (offset !== undefined && isScalar(node)) at = insideScalar(text, node, offset) ?? at;
    return parsed.lines.at(at);
  };
}

/** Where in the source the character at `offset` of a text value stands; undefined for folded texts, whose lines moved. */
function insideScalar(text: string, node: Scalar, offset: number): number | undefined {
  if (!node.range || typeof node.value !== 'string') return undefined;
  const [start, end] = node.range;
  if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
    return insideQuotes(text, start, end, offset, node.type === 'QUOTE_DOUBLE');
  const source = text.slice(start, end);
  let from = 0;
  let consumed = 0;
  for (const line of node.value.split('\n')) {
    const found = source.indexOf(line, from);
    if (found < 0) return undefined;
    if (offset <= consumed + line.length) return start + found + offset - consumed;
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
