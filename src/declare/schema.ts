// The words that the schemas of all kinds are made of. `duration`, `refers`, `distinct` and `schedule` are keywords of
// ours (see `shape.ts`), so that a kind says its rules in its definition and nowhere else.
import Type, { type TObject, type TSchema, type TUnsafe } from 'typebox';
import type { Stricter } from './tiers.ts';
import type { TermKind } from './vocabulary.ts';

export const kindNames = ['Site', 'Tier', 'Workload', 'Runbook', 'GameDay', 'Calendar', 'Framework'] as const;
export type KindName = (typeof kindNames)[number];
export type Referred = KindName | TermKind;

export const closed = { additionalProperties: false } as const;
/** A DNS label: names stand in URLs, targets and host names. */
const label = { pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', form: 'a name of lower-case letters, digits and dashes, at most 63' };
/** Usable in expressions as it stands, after a dot. */
const identifier = '^[A-Za-z][A-Za-z0-9_]{0,62}$';

export const Name = (about: string) => Type.String({ ...label, title: about });
export const Identifier = (about: string) =>
  Type.String({ pattern: identifier, form: 'a name of letters, digits and `_` that begins with a letter', title: about });
export const Text = (about: string, most = 500) => Type.String({ minLength: 1, maxLength: most, title: about });
export const LongText = (about: string) => Text(about, 4_000);
/** A flag, a count or a text of the environment, named for expressions: `to.resources.cluster`. */
export const Resources = Type.Record(Type.String({ pattern: identifier }), Type.String({ minLength: 1, maxLength: 2_048 }), {
  additionalProperties: false,
  default: {},
  title: 'provider resources by name',
});
/** What a probe, action or fault takes; checked against the schema of what `uses` names. */
export const With = Type.Unsafe<Readonly<Record<string, JsonIn>>>({ type: 'object', default: {}, title: 'what it takes' });
export type JsonIn = null | boolean | number | string | readonly JsonIn[] | { readonly [key: string]: JsonIn };

/** A target that nobody has decided yet: it waits for a business impact analysis. */
export const pendingWord = 'pending-bia';
type DurationBounds = {
  readonly least: string;
  readonly most: string;
  readonly default?: string;
  readonly or?: string;
  readonly about: string;
};
export const Duration = ({ least, most, about, or, ...rest }: DurationBounds): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', duration: { least, most, ...(or === undefined ? {} : { or }) }, title: about, ...rest });
/** Says which of several tiers wins, value by value. */
export const strict = <S extends TSchema>(stricter: Stricter, schema: S): S => Object.assign(schema, { stricter });
export const Refers = (to: Referred, about: string): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', refers: to, title: about });
export const Count = (least: number, most: number, about: string, otherwise?: number) =>
  Type.Integer({ minimum: least, maximum: most, title: about, ...(otherwise === undefined ? {} : { default: otherwise }) });
export const Choice = <const T extends readonly string[]>(of: T, about: string, otherwise?: T[number]): TUnsafe<T[number]> =>
  Type.Unsafe<T[number]>({ enum: [...of], title: about, ...(otherwise === undefined ? {} : { default: otherwise }) });
/** A list whose items have different values of one property. */
export const Distinct = <S extends TSchema>(
  item: S,
  by: 'id' | 'name',
  rest: { minItems?: number; maxItems?: number; default?: readonly never[]; title?: string } = {},
) => Type.Array(item, { distinct: by, maxItems: 1_000, ...rest });
/** An expression without `${{ }}` that says yes or no. */
export const Condition = Type.String({ minLength: 1, maxLength: 4_096, title: 'an expression without `${{ }}` that says yes or no' });

/** What templates are filled with: mappings of names to anything. */
export const ItemList = Type.Unsafe<readonly Readonly<Record<string, JsonIn>>[]>({
  type: 'array',
  minItems: 1,
  maxItems: 5_000,
  title: 'one mapping for each declaration that is made',
  items: { type: 'object', patternProperties: { [identifier]: {} }, additionalProperties: false },
});
/** Not a kind of the estate: only templates see it. */
export const listKind = {
  kind: 'List',
  summary: 'Items that templates are filled with: `each: NAME` in a declaration makes one of each.',
  spec: Type.Object({ items: ItemList }, closed),
} as const;

/** A whole declaration: the same four keys for every kind. */
export const Envelope = (kind: string, spec: TObject): TObject =>
  Type.Object(
    {
      apiVersion: Type.Unsafe<string>({ enum: ['resus/v1'] }),
      kind: Type.Unsafe<string>({ enum: [kind] }),
      metadata: Type.Object(
        {
          name: Name('how others refer to it'),
          labels: Type.Optional(
            Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9./-]{0,126}$' }), Type.String({ maxLength: 256 }), {
              additionalProperties: false,
              title: 'notes of your own',
            }),
          ),
        },
        closed,
      ),
      each: Type.Optional(
        Type.Unsafe<unknown>({
          anyOf: [{ type: 'string', ...label }, ItemList],
          title: 'makes one declaration of each item: the name of a List, or the items; `${{ each.KEY }}` stands for what an item says',
        }),
      ),
      spec,
    },
    closed,
  );
