// Where a value came from: the text of a file, the inventory, a default of the definition, or a declaration that it is inherited from.
import { declare, type SourceFile, type Using, type Written } from './declare.ts';
import { hasExpression } from './template.ts';
import { generalOf, spelledOut } from './loss-targets.ts';
import { kinds } from './kinds/index.ts';
import { below, keysOf, spoken } from './pointer.ts';
import { tierSpec } from './kinds/tier.ts';
import { Envelope } from './schema.ts';
import { compose, type TierSource } from './tiers.ts';
import { tierNamesOf } from './workload-tier.ts';
import { whereabouts, type Whereabouts } from './whereabouts.ts';
import { fill } from './fill.ts';
import type { Json } from '../core/values.ts';

export type Provenance = {
  readonly declaration: string;
  readonly path: string;
  /** The value that holds; undefined when nothing does. An expression that waits stays as it is written. */
  readonly value: Json | undefined;
  readonly from: 'file' | 'inventory' | 'situation' | 'default' | 'inherited' | 'tier' | 'nothing';
  /** In words. */
  readonly because: string;
  /** Where that is written; absent for a default. */
  readonly at?: Whereabouts;
  /** What the key means. */
  readonly meaning: string;
};
export type Sought =
  { readonly ok: true; readonly found: Provenance } | { readonly ok: false; readonly message: string; readonly remedy: string };

/** `path` is dotted, e.g. `spec.tier` or `spec.replicas[0].site`; in a file of several documents it begins with a declaration's name, `gold.spec.rto`. */
export function provenance(
  files: readonly SourceFile[],
  { file, path }: { readonly file: string; readonly path: string },
  using: Using,
): Sought {
  const declared = declare(files, using);
  if (!declared.ok) return { ok: false, message: 'the declarations have problems', remedy: 'see `resus validate`' };
  const here = declared.written.filter((each) => each.file === file);
  if (here.length === 0) return { ok: false, message: `${file} declares nothing`, remedy: 'name a file that holds declarations' };
  const keys = keysIn(path);
  const named = here.find((each) => each.name === keys[0]);
  const one = named ?? (here.length === 1 ? here[0] : undefined);
  const names = here.map((each) => each.name);
  if (one === undefined)
    return {
      ok: false,
      message: `${file} declares ${names.slice(0, 12).join(', ')}`,
      remedy: `say which: ${file}:${names[0] ?? 'NAME'}.${path}`,
    };
  const wanted = named === undefined ? keys : keys.slice(1);
  const pointer = below('', ...wanted);
  return { ok: true, found: found(one, pointer, { ...using, written: declared.written, placeOf: whereabouts(files, declared.written) }) };
}

/** `a.b[2].c` and `a.b.2.c` alike. */
const keysIn = (path: string): string[] =>
  path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key) => key !== '');

type Around = Using & { readonly written: readonly Written[]; readonly placeOf: ReturnType<typeof whereabouts> };

function found(of: Written, pointer: string, around: Around): Provenance {
  const schema = schemaAt(of, pointer);
  const base = { declaration: `${of.kind} ${of.name}`, path: spoken(pointer), meaning: schema.meaning };
  const at = around.placeOf({ ...of, pointer });
  const text = valueAt(of.value, pointer);
  if (text !== undefined) {
    const { value, holes } = fill(text, around.inventory, () => true);
    const expressions = JSON.stringify(text).includes('${{');
    if (!expressions || typeof text !== 'string' || !hasExpression(text))
      return { ...base, value: text, from: 'file', because: 'it is written there', at };
    const keys = [...new Set([...text.matchAll(/inventory\.([A-Za-z][A-Za-z0-9_]*)/g)].map(([, key = '']) => key))];
    const says = keys.length === 0 ? '' : `${keys.map((key) => `\`${key}\``).join(', ')} of the inventory`;
    if (holes.length === 0) return { ...base, value, from: 'inventory', because: `it is ${text}, filled in from ${says}`, at };
    if (around.inventory === undefined && keys.length > 0)
      return { ...base, value: text, from: 'inventory', because: `it waits for ${says}: give --inventory FILE`, at };
    return { ...base, value, from: 'situation', because: 'it is known when a run is planned or the step starts', at };
  }
  const composed = composedBy(of, pointer, around);
  if (composed !== undefined) return { ...base, ...composed };
  const inherited = inheritedBy(of, pointer, around);
  if (inherited !== undefined) return { ...base, ...inherited };
  if (schema.byDefault !== undefined) return { ...base, value: schema.byDefault, from: 'default', because: `the default of a ${of.kind}` };
  return schema.isKnown
    ? { ...base, value: undefined, from: 'nothing', because: 'it is left out, and has no default' }
    : { ...base, value: undefined, from: 'nothing', because: `a ${of.kind} has no such key` };
}

/** Of a workload that does not write it: what its tiers are called together. */
const nameOf = (names: readonly string[], meaning: string): Pick<Provenance, 'value' | 'from' | 'because' | 'meaning'> => ({
  value: names.join('+'),
  from: 'tier',
  because: 'its `tiers`, and what its sites promise; ask for `spec.tiers.rto` and its like to see which of them sets what',
  meaning,
});

/** `tier.rto` or `tiers.detection.interval` of a workload: the value that holds for it, and which of its tiers sets it. */
function composedBy(
  of: Written,
  pointer: string,
  around: Around,
): Pick<Provenance, 'value' | 'from' | 'because' | 'at' | 'meaning'> | undefined {
  const { inventory, written, placeOf } = around;
  const [, first = '', ...keys] = keysOf(pointer);
  if (of.kind !== 'Workload' || (first !== 'tier' && first !== 'tiers') || /^\d+$/.test(keys[0] ?? '')) return undefined;
  const specOf = (each: Written | undefined): Json =>
    each === undefined ? {} : (valueAt(fill(each.value, inventory, () => true).value, '/spec') ?? {});
  const named = (kind: string, name: string): Written | undefined => written.find((each) => each.kind === kind && each.name === name);
  const bySite = (site: string): readonly string[] => {
    const tiers: string[] = [];
    const seen = new Set<string>();
    for (let at = named('Site', site); at !== undefined && !seen.has(at.name); at = parentOf(at, written)) {
      seen.add(at.name);
      const tier = valueAt(at.value, '/spec/tier');
      if (typeof tier === 'string') tiers.push(tier);
    }
    return tiers;
  };
  const names = tierNamesOf(specOf(of) as never, bySite);
  if (keys.length === 0) return names.length === 0 ? undefined : nameOf(names, schemaAt(of, pointer).meaning);
  const own = names.flatMap((name): TierSource[] => {
    const spec = specOf(named('Tier', name));
    return [{ name, spec, written: spec }];
  });
  const tiers = spelledOut(own);
  const inTier = below('', ...keys);
  const { isKnown, meaning, byDefault } = schemaAt({ ...of, kind: 'Tier' }, `/spec${inTier}`);
  if (!isKnown || tiers.length === 0) return undefined;
  const { spec, setBy } = compose(tiers, tierSpec);
  const value = valueAt(spec, inTier);
  const general = generalOf(inTier);
  if (value === undefined && general !== undefined) {
    const held = composedBy(of, `/spec/${first}${general}`, around);
    return held && { ...held, because: `no tier of it names this loss, so its \`rto\` holds: ${held.because}`, meaning };
  }
  const winner = tiers.find(({ name }) => name === setBy.get(inTier));
  const others = tiers.flatMap(({ name, written: own }) => {
    const said = valueAt(own, inTier);
    return said === undefined || name === winner?.name ? [] : [`${name} says ${JSON.stringify(said)}`];
  });
  const beside = others.length === 0 ? '' : `, the strictest of its tiers; ${others.join(', ')}`;
  if (winner === undefined)
    return value === undefined || setBy.get(inTier) === undefined
      ? { value: value ?? byDefault, from: 'default', because: `no tier of it says so: the default of a Tier`, meaning }
      : { value, from: 'tier', because: `what all its tiers allow: ${others.join(', ')}`, meaning };
  const isByGeneral = valueAt(own.find(({ name }) => name === winner.name)?.spec ?? {}, inTier) === undefined;
  const at = placeOf({ kind: 'Tier', name: winner.name, pointer: `/spec${isByGeneral && general !== undefined ? general : inTier}` });
  return { value, from: 'tier', because: `tier ${winner.name} sets it${isByGeneral ? ' by its general `rto`' : ''}${beside}`, at, meaning };
}

/** What sites take from above, steps from the one before, and probes from their replica. */
function inheritedBy(
  of: Written,
  pointer: string,
  { written, placeOf }: Around,
): Pick<Provenance, 'value' | 'from' | 'because' | 'at'> | undefined {
  const keys = keysOf(pointer);
  const key = keys.at(-1) ?? '';
  const general = of.kind === 'Tier' ? generalOf(pointer) : undefined;
  if (general !== undefined)
    return {
      value: valueAt(of.value, general),
      from: 'inherited',
      because: 'it is left out, so `rto` holds',
      at: placeOf({ ...of, pointer: general }),
    };
  if (of.kind === 'Site' && (pointer === '/spec/kind' || pointer === '/spec/residency')) {
    const seen = new Set<string>();
    for (let above = parentOf(of, written); above !== undefined && !seen.has(above.name); above = parentOf(above, written)) {
      seen.add(above.name);
      const value = valueAt(above.value, pointer);
      if (value !== undefined)
        return { value, from: 'inherited', because: `inherited from site ${above.name}`, at: placeOf({ ...above, pointer }) };
    }
  }
  if (of.kind === 'Runbook' && key === 'needs' && keys.length === 4) {
    const index = Number(keys[2]);
    const before = below('/spec/steps', index - 1, 'id');
    const id = index > 0 ? valueAt(of.value, before) : undefined;
    return {
      value: id === undefined ? [] : [id],
      from: 'default',
      because: id === undefined ? 'the first step waits for none' : 'the step above it',
      ...(id === undefined ? {} : { at: placeOf({ ...of, pointer: before }) }),
    };
  }
  if (of.kind === 'Workload' && key === 'site' && keys[3] === 'probes') {
    const replica = below('/spec/replicas', keys[2] ?? '', 'site');
    const value = valueAt(of.value, replica);
    if (value !== undefined)
      return { value, from: 'inherited', because: 'the site of its replica', at: placeOf({ ...of, pointer: replica }) };
  }
  return undefined;
}
const parentOf = (of: Written, written: readonly Written[]): Written | undefined => {
  const name = valueAt(of.value, '/spec/parent');
  return written.find((each) => each.kind === 'Site' && each.name === name);
};

function valueAt(value: Json, pointer: string): Json | undefined {
  let at: unknown = value;
  for (const key of keysOf(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at as Json | undefined;
}

type Node = {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
};
function schemaAt(
  of: Written,
  pointer: string,
): { readonly isKnown: boolean; readonly meaning: string; readonly byDefault: Json | undefined } {
  const kind = kinds.find((each) => each.kind === of.kind);
  let at = kind === undefined ? undefined : (Envelope(kind.kind, kind.spec) as Node);
  for (const key of keysOf(pointer)) {
    const { properties, items, patternProperties }: Node = at ?? {};
    // What an action or a probe takes is not a matter of the kind.
    if (at !== undefined && (properties ?? items ?? patternProperties) === undefined)
      return { isKnown: true, meaning: '', byDefault: undefined };
    at =
      properties === undefined
        ? (items ?? Object.values(patternProperties ?? {})[0])
        : Object.hasOwn(properties, key)
          ? properties[key]
          : undefined;
    if (at === undefined) break;
  }
  return { isKnown: at !== undefined, meaning: at?.title ?? at?.description ?? '', byDefault: at?.default as Json | undefined };
}
