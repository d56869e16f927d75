// One item put into one template: `${{ each.KEY }}` becomes what the item says. Every value remembers whether it stands in the template or in
// the list, and what is made is counted while it is made.
import type { Json } from '../core/values.ts';
import { parsed } from './expression.ts';
import { usesOf } from './fill.ts';
import type { Mistakes, Told } from './mistakes.ts';
import type { Origin } from './origin.ts';
import { below } from './pointer.ts';
import { quoted } from './problem.ts';
import { didYouMean } from './suggest.ts';
import { hasExpression, template } from './template.ts';

export type Items = { readonly told: Told; readonly pointer: string; readonly name: string; readonly items: readonly Json[] };
/** All that templates of one estate may make together. */
export const mostExpanded = { documents: 20_000, values: 2_000_000, characters: 64 << 20 } as const;
export type Spent = { documents: number; values: number; characters: number };
export const isWithin = ({ documents, values, characters }: Spent): boolean =>
  documents <= mostExpanded.documents && values <= mostExpanded.values && characters <= mostExpanded.characters;
export function add(spent: Spent, { values, characters }: Size): void {
  spent.values += values;
  spent.characters += characters;
}

type Around = { readonly told: Told; readonly list: Items; readonly spent: Spent; readonly mistakes: Mistakes };
type Item = { readonly own: Readonly<Record<string, Json>>; readonly index: number };
type Filled = { readonly value: Json; readonly origin: Origin; readonly isSound: boolean };

/** For all items of one list and one template: what is found out about a text of the template serves each of them. */
export class Filler {
  readonly #around: Around;
  readonly #compiled = new Map<string, Compiled>();
  #item: Item = { own: {}, index: 0 };
  #origin: Record<string, Origin[string]> = {};
  #isSound = true;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Not sound where the item lacks something or a text cannot be filled, which was said then. Cut short when too much was made. */
  fill(body: Json, own: Item['own'], index: number): Filled {
    this.#item = { own, index };
    this.#origin = {};
    this.#isSound = true;
    const value = this.#value(body, '');
    return { value, origin: this.#origin, isSound: this.#isSound };
  }

  #value(value: Json, pointer: string): Json {
    if (typeof value === 'string') return hasExpression(value) ? this.#text(value, pointer) : value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((inner, which) => this.#value(inner, below(pointer, which)));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#value(inner as Json, below(pointer, key))]));
  }

  #text(written: string, pointer: string): Json {
    const { list, spent } = this.#around;
    const parts = this.#compiled.get(written) ?? compile(written);
    this.#compiled.set(written, parts);
    let done = '';
    for (const part of parts) {
      if (!isWithin(spent)) return '';
      const value = part.kind === 'text' ? part.text : this.#said(part, pointer);
      if (value === undefined) continue;
      if (part.kind === 'use' && part.isWhole) {
        const at = below(list.pointer, this.#item.index, part.key ?? '');
        this.#origin[pointer] = { file: list.told.file, document: list.told.document, pointer: at };
        add(spent, sizeOf(value));
        return value;
      }
      const piece = part.kind === 'use' && part.isLiteral ? literal(value) : typeof value === 'string' ? value : JSON.stringify(value);
      done += piece;
      spent.characters += piece.length;
    }
    return done;
  }

  /** What the item says under the key; undefined where it cannot be taken there. */
  #said({ key, start, isWhole }: Use, pointer: string): Json | undefined {
    const { told, list } = this.#around;
    const { own, index } = this.#item;
    if (key === undefined)
      return this.#wrong(told, {
        pointer,
        offset: start,
        code: 'EXPRESSION_NAME',
        message: '`each` stands alone',
        remedy: 'name one key, e.g. `each.name`',
      });
    if (!Object.hasOwn(own, key))
      return this.#wrong(list.told, {
        pointer: below(list.pointer, index),
        code: 'EACH_KEY',
        message: `item ${index + 1} of ${quoted(list.name)} has no ${quoted(key)}, which the template in ${told.file} takes`,
        remedy: didYouMean(key, Object.keys(own), 'add it'),
      });
    const value = own[key] ?? null;
    if (isWhole || typeof value !== 'object' || value === null) return value;
    return this.#wrong(told, {
      pointer,
      offset: start,
      code: 'EXPRESSION_TYPE',
      message: `${quoted(`each.${key}`)} is ${Array.isArray(value) ? 'a list' : 'a mapping'}, which cannot stand inside a text or a longer expression`,
      remedy: 'take it as a whole value, or one text of it',
    });
  }
  #wrong(at: Told, mistake: Parameters<Mistakes['say']>[1]): undefined {
    this.#isSound = false;
    this.#around.mistakes.say(at, mistake);
  }
}

type Use = {
  readonly kind: 'use';
  readonly key: string | undefined;
  readonly start: number;
  /** The text is this use and nothing else, so that its value keeps its type. */
  readonly isWhole: boolean;
  /** It stands inside a longer expression. */
  readonly isLiteral: boolean;
};
type Compiled = readonly ({ readonly kind: 'text'; readonly text: string } | Use)[];
/** Where a text takes something of an item. What does not parse stays, and is said when the declaration is looked at. */
function compile(written: string): Compiled {
  const { parts, whole, unclosed } = template(written);
  if (unclosed !== undefined) return [{ kind: 'text', text: written }];
  return parts.flatMap((part): Compiled => {
    if (part.kind === 'text') return [part];
    const { body, start } = part;
    const asItIs: Compiled = [{ kind: 'text', text: `\${{${body}}}` }];
    const loose = /\beach\b/.test(body) ? parsed(body) : undefined;
    if (loose?.ok !== true) return asItIs;
    const uses = usesOf(loose.ast, 'each').sort((a, b) => a.start - b.start);
    const [only] = uses;
    if (only === undefined) return asItIs;
    const use = { kind: 'use', key: only.key, start: start + only.start } as const;
    if (body.trim() === body.slice(only.start, only.end)) return [{ ...use, isWhole: whole, isLiteral: false }];
    let done = 0;
    const inside = uses.flatMap(({ key, start: from, end }): Compiled => {
      const before = body.slice(done, from);
      done = end;
      return [
        { kind: 'text', text: before },
        { kind: 'use', key, start: start + from, isWhole: false, isLiteral: true },
      ];
    });
    return [{ kind: 'text', text: '${{' }, ...inside, { kind: 'text', text: `${body.slice(done)}}}` }];
  });
}

/** As CEL writes it; no brace may close the expression. */
const literal = (value: Json): string => JSON.stringify(value).replaceAll('}', '\\u007d');

type Size = Pick<Spent, 'values' | 'characters'>;
export function sizeOf(value: Json): Size {
  const todo: Json[] = [value];
  let values = 0;
  let characters = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    values += 1;
    if (typeof next === 'string') characters += next.length;
    else if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) todo.push(each as Json);
  }
  return { values, characters };
}
