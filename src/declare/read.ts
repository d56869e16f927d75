// Text to values, bounded before and after the parser: bytes, documents, depth, values, aliases. Keys are checked for
// repetition here, since the parser does that in quadratic time.
import { type Alias, isAlias, isMap, isScalar, isSeq, Parser, Composer, type CST, type Document, type Node } from 'yaml';
import type { Json } from '../core/values.ts';
import { linesOf, type Lines } from './lines.ts';
import type { Origin } from './origin.ts';
import { below } from './pointer.ts';
import { quoted, type Code } from './problem.ts';

export const limits = { bytes: 1 << 20, documents: 1_000, depth: 48, values: 100_000, aliases: 100, problems: 200 } as const;

export type Located = {
  readonly line: number;
  readonly column: number;
  readonly code: Code;
  readonly message: string;
  readonly remedy: string;
};
/** `spoiled` are the pointers of values that already have a problem: nothing more is said about them. */
/** `origin`: of a document that was made from a template, where values that do not stand in it stand instead. */
export type ReadDocument = {
  readonly index: number;
  readonly value: Json;
  readonly spoiled: ReadonlySet<string>;
  readonly origin?: Origin;
};
export type Parsed = { readonly documents: readonly Document.Parsed[]; readonly lines: Lines };

/** `lost` are the documents that could not be read, with what is known of them, so that references to them are not called unknown. */
export type Read = { readonly documents: readonly ReadDocument[]; readonly problems: readonly Located[]; readonly lost: readonly Lost[] };
export type Lost = { readonly kind: string | undefined; readonly name: string | undefined };
const nothingKnown: Lost = { kind: undefined, name: undefined };

/** The documents of a text that may be looked at further, and what was wrong with the others. Never throws. */
export function read(text: string): Read {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) return { documents: [], problems: [tooLarge(bytes)], lost: [nothingKnown] };
  const parsed = parse(text);
  if ('code' in parsed) return { documents: [], problems: [parsed], lost: [nothingKnown] };
  const documents: ReadDocument[] = [];
  const problems: Located[] = [];
  const lost: Lost[] = [];
  const say: Say = (offset, code, message, remedy) => {
    const { line, column } = parsed.lines.at(offset);
    problems.push({ line, column, code, message, remedy });
  };
  for (const [index, document] of parsed.documents.entries()) {
    if (problems.length > limits.problems) {
      lost.push(nothingKnown);
      break;
    }
    const isEmpty = document.contents === null || (isScalar(document.contents) && document.contents.value === null);
    if (isEmpty && document.errors.length === 0) continue;
    const one = readOne(document, index, say);
    if (one === undefined) lost.push(identityOf(document));
    else documents.push(one);
  }
  return { documents, problems, lost };
}

type Say = (offset: number, code: Code, message: string, remedy: string) => void;
function readOne(document: Document.Parsed, index: number, say: Say): ReadDocument | undefined {
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) {
    say(broken.pos[0], 'YAML_SYNTAX', firstSentence(broken.message), syntaxRemedy(broken.code));
    return undefined;
  }
  const spoiled = inspect(document, say);
  if (spoiled === undefined) return undefined;
  let trouble = 'aliases make this document larger or deeper than is allowed';
  try {
    const value = document.toJS({ maxAliasCount: limits.aliases }) as Json;
    if (isBounded(value)) return { index, value, spoiled };
  } catch (error) {
    trouble = firstSentence(error instanceof Error ? error.message : String(error));
  }
  say(document.range[0], 'YAML_ALIASES', trouble, aliasRemedy);
  return undefined;
}

/** A document with a syntax error is mostly there all the same. */
function identityOf(document: Document.Parsed): Lost {
  const at = (path: readonly string[]): string | undefined => {
    const found: unknown = isMap(document.contents) ? document.getIn(path) : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  return { kind: at(['kind']), name: at(['metadata', 'name']) };
}

/**
 * The documents with their positions, or why they were not composed. The composer calls itself for every level of nesting,
 * and an exhausted stack can end the whole process, so the depth is measured first on the tokens, without recursion.
 */
export function parse(text: string): Parsed | Located {
  const lines = linesOf(text);
  const tokens = [...new Parser().parse(text)];
  const deep = tokens.map(tooDeepIn).find((offset) => offset !== undefined);
  if (deep !== undefined) {
    const { line, column } = lines.at(deep);
    return tooDeep(line, column);
  }
  const documents: Document.Parsed[] = [];
  const composer = new Composer({
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // The composer makes an error for every stumble; collecting their stacks would cost several times the parsing.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (const document of composer.compose(tokens)) {
      documents.push(document as Document.Parsed);
      if (documents.length > limits.documents) return tooManyDocuments;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { documents, lines };
}

/** Where a token is nested deeper than is allowed, or undefined. */
function tooDeepIn(token: CST.Token): number | undefined {
  const todo: { token: CST.Token; depth: number }[] = [{ token, depth: 0 }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { token: at, depth } = next;
    if (at.type === 'document') {
      if (at.value !== undefined) todo.push({ token: at.value, depth });
    } else if ('items' in at) {
      if (depth >= limits.depth) return at.offset;
      for (const item of at.items) {
        if (item.value !== undefined) todo.push({ token: item.value, depth: depth + 1 });
        if ('key' in item && item.key !== undefined && item.key !== null) todo.push({ token: item.key, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

const tooManyDocuments: Located = {
  line: 1,
  column: 1,
  code: 'TOO_MANY_DOCUMENTS',
  message: `the file holds more than ${limits.documents} documents`,
  remedy: 'split it into several files',
};
export const tooLarge = (bytes: number): Located => ({
  line: 1,
  column: 1,
  code: 'FILE_TOO_LARGE',
  message: `the file has ${bytes} bytes; ${limits.bytes} are allowed, and it was not parsed`,
  remedy: 'split it into several files',
});
const tooDeep = (line: number, column: number): Located => ({
  line,
  column,
  code: 'TOO_DEEP',
  message: `values are nested more than ${limits.depth} deep`,
  remedy: 'check the brackets and the indentation',
});

/** Walks every node once, without recursion. Undefined when the document is too deep or too big to go on with. */
function inspect(document: Document.Parsed, say: Say): Set<string> | undefined {
  const spoiled = new Set<string>();
  const todo: { node: Node | null; depth: number; pointer: string; at: number }[] = [];
  const anchors: Node[] = [];
  const aliases: Alias.Parsed[] = [];
  let values = 0;
  todo.push({ node: document.contents, depth: 0, pointer: '', at: document.range[0] });
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { node, depth, pointer } = next;
    const at = node?.range?.[0] ?? next.at;
    if (++values > limits.values) {
      say(
        document.contents?.range[0] ?? 0,
        'TOO_BIG',
        `the document holds more than ${limits.values} values`,
        'split it into several documents',
      );
      return undefined;
    }
    if (depth > limits.depth) {
      say(at, 'TOO_DEEP', `values are nested more than ${limits.depth} deep`, 'check the brackets and the indentation');
      return undefined;
    }
    if (node?.tag !== undefined && !isAlias(node)) {
      spoiled.add(pointer);
      say(at, 'YAML_SYNTAX', `the tag ${quoted(node.tag)} is not used here`, 'leave the tag out; only plain YAML values are used');
      continue;
    }
    if (isAlias(node)) aliases.push(node as Alias.Parsed);
    else if (node?.anchor !== undefined) anchors.push(node);
    if (isMap<Node, Node | null>(node)) {
      const seen = new Set<string>();
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : '';
        const keyAt = pair.key.range?.[0] ?? at;
        if (seen.has(key)) say(keyAt, 'DUPLICATE_KEY', `the key ${quoted(key)} is here twice`, 'keep one of them');
        if (key === '__proto__') say(keyAt, 'FORBIDDEN_KEY', `the key ${quoted(key)} is not allowed`, 'rename it');
        seen.add(key);
        const inside = below(pointer, key);
        if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) {
          spoiled.add(inside);
          say(keyAt, 'EMPTY_VALUE', `the key ${quoted(key)} has no value`, 'give it one or leave the key out');
        } else todo.push({ node: pair.value, depth: depth + 1, pointer: inside, at: keyAt });
      }
    } else if (isSeq<Node | null>(node)) {
      node.items.forEach((item, index) => {
        const inside = below(pointer, index);
        if (item === null || (isScalar(item) && item.value === null)) {
          spoiled.add(inside);
          say(item?.range?.[0] ?? at, 'EMPTY_VALUE', `item ${index + 1} of this list has no value`, 'give it one or leave it out');
        } else todo.push({ node: item, depth: depth + 1, pointer: inside, at });
      });
    } else if (isScalar(node)) {
      if (typeof node.value === 'number' && !Number.isSafeInteger(node.value)) {
        spoiled.add(pointer);
        const source = typeof node.source === 'string' ? node.source : String(node.value);
        say(
          at,
          'NOT_AN_INTEGER',
          `${quoted(source)} is not a whole number between -2^53 and 2^53`,
          `write a whole number, or '${source.slice(0, 40)}' in quotes if text is meant`,
        );
      }
    }
  }
  return aliasesAreSound(aliases, anchors, say) ? spoiled : undefined;
}

/** An alias must come after its anchor and outside it; a value that holds itself has no end. */
function aliasesAreSound(aliases: readonly Alias.Parsed[], anchors: readonly Node[], say: Say): boolean {
  const tooMany = aliases[limits.aliases * 10];
  if (tooMany !== undefined) {
    say(tooMany.range[0], 'YAML_ALIASES', `the document has ${aliases.length} aliases`, aliasRemedy);
    return false;
  }
  let sound = true;
  for (const alias of aliases) {
    const at = alias.range[0];
    const before = anchors.filter((node) => node.anchor === alias.source && (node.range?.[0] ?? 0) < at);
    if (before.length === 0)
      say(at, 'YAML_ALIASES', `there is no anchor ${quoted(alias.source)} before this alias`, 'define the anchor before it is used');
    else if (before.some((node) => (node.range?.[1] ?? 0) > at))
      say(at, 'YAML_ALIASES', `the alias ${quoted(alias.source)} stands inside its own anchor`, 'write the value out');
    else continue;
    sound = false;
  }
  return sound;
}

/** With its aliases followed, a value can be far larger than its text. */
function isBounded(value: Json): boolean {
  const todo: { value: Json; depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (++values > limits.values || next.depth > limits.depth) return false;
    if (typeof next.value === 'object' && next.value !== null)
      for (const each of Object.values(next.value) as Json[]) todo.push({ value: each, depth: next.depth + 1 });
  }
  return true;
}

const aliasRemedy = `write the values out; at most ${limits.aliases} repetitions of one anchor are allowed`;
const firstSentence = (message: string): string => {
  const line = message.split('\n')[0] ?? message;
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
};
const syntaxRemedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  NON_STRING_KEY: 'keys are plain texts',
  TAG_RESOLVE_FAILED: 'leave the tag out; only plain YAML values are used',
  MULTIPLE_DOCS: 'separate documents with a line `---`',
  BAD_ALIAS: 'define the anchor before it is used',
  UNEXPECTED_TOKEN: 'check the indentation and the quotes here',
  MISSING_CHAR: 'check the quotes, brackets and colons here',
  BLOCK_AS_IMPLICIT_KEY: 'check the indentation, and quote texts that hold `: `',
};
const syntaxRemedy = (code: string): string =>
  syntaxRemedies[code] ?? 'correct the YAML here; later problems in this document show once it parses';
