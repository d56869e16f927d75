// Several tiers that apply to one workload, put together: of each value that a tier writes, the stricter holds. What no tier writes
// keeps its default, so that a default never outweighs what somebody meant. Each value remembers which tier it came from.
import type { Json } from '../core/values.ts';
import { durationMs } from './duration.ts';
import { below } from './pointer.ts';
import { pendingWord } from './schema.ts';
import { hasExpression } from './template.ts';

/** Which of two values is stricter. `common`: what all lists hold; `all`: it holds only where every tier has it; `first`: the first tier's. */
export type Stricter = 'less' | 'more' | 'earlier' | 'later' | 'common' | 'all' | 'first';
/** `spec` has its defaults, `written` is as it stands in the file. */
export type TierSource = { readonly name: string; readonly spec: Json; readonly written: Json };
export type Composed = {
  readonly name: string;
  readonly spec: Json;
  /** By pointer into the spec, the tier that sets the value; a default has none. */
  readonly setBy: ReadonlyMap<string, string>;
};
type Node = {
  readonly stricter?: Stricter;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
};

/** No declaration can have such a name, since names hold no `+`. */
export const composedName = (names: readonly string[]): string => names.join('+');
export const componentsOf = (name: string): readonly string[] => name.split('+');

/** `tiers` is not empty; its order decides only between equals. */
export function compose(tiers: readonly TierSource[], schema: unknown): Composed {
  const setBy = new Map<string, string>();
  const composeAt = (node: Node, keys: readonly string[]): Json | undefined => {
    if (node.stricter !== undefined) return leaf(node, keys);
    const entries = Object.entries(node.properties ?? {}).flatMap(([key, inner]): [string, Json][] => {
      const value = composeAt(inner, [...keys, key]);
      return value === undefined ? [] : [[key, value]];
    });
    return entries.length === 0 && keys.length > 0 ? undefined : Object.fromEntries(entries);
  };
  const leaf = (node: Node, keys: readonly string[]): Json | undefined => {
    const said = tiers.flatMap(({ name, spec, written }) => {
      const value = at(spec, keys);
      return value === undefined || at(written, keys) === undefined ? [] : [{ name, value }];
    });
    if (node.stricter === 'all' && said.length < tiers.length) return undefined;
    const [first, ...others] = said;
    if (first === undefined) return tiers.map(({ spec }) => at(spec, keys)).find((each) => each !== undefined);
    const won = others.reduce((best, next) => stricterOf(node, best, next), first);
    setBy.set(below('', ...keys), won.name);
    return won.value;
  };
  return { name: composedName(tiers.map(({ name }) => name)), spec: composeAt(schema as Node, []) ?? {}, setBy };
}

type Said = { readonly name: string; readonly value: Json };
function stricterOf({ stricter, enum: choices = [] }: Node, a: Said, b: Said): Said {
  if (stricter === 'common') {
    const [mine, theirs] = [a.value, b.value];
    const waiting = [a, b].find(({ value }) => !Array.isArray(value) || (value as readonly Json[]).some(isOpen));
    if (waiting !== undefined || !Array.isArray(mine) || !Array.isArray(theirs)) return waiting ?? a;
    const both = (mine as readonly Json[]).filter((each) => (theirs as readonly Json[]).includes(each));
    return { name: both.length === mine.length ? a.name : both.length === theirs.length ? b.name : `${a.name}+${b.name}`, value: both };
  }
  if (stricter === 'all' || stricter === 'first') return a;
  const isChoice = stricter === 'earlier' || stricter === 'later';
  const [one, other] = [a.value, b.value].map((each) => (isChoice ? placeOf(each, choices) : measure(each)));
  // What nobody has decided, or what waits for an inventory, may be the stricter one.
  if (one === undefined || Number.isNaN(one)) return a;
  if (other === undefined || Number.isNaN(other)) return b;
  return (stricter === 'less' || stricter === 'earlier' ? other < one : other > one) ? b : a;
}

const isOpen = (value: Json): boolean => typeof value === 'string' && hasExpression(value);
const placeOf = (value: Json, choices: readonly unknown[]): number => (choices.includes(value) ? choices.indexOf(value) : NaN);
/** Durations, counts and percentages alike; NaN for what cannot be compared. */
const measure = (value: Json): number =>
  typeof value === 'number' ? value : typeof value !== 'string' || value === pendingWord ? NaN : (durationMs(value) ?? Number(value));

function at(value: Json, keys: readonly string[]): Json | undefined {
  let here: unknown = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here as Json | undefined;
}
