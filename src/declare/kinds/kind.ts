// What a kind of declaration is: its schema, and how all declarations of it become a part of the estate. One file a
// kind exports one of these, and `index.ts` names it.
import type { Static, TObject } from 'typebox';
import type { Estate, Tier } from '../../core/estate.ts';
import type { Json } from '../../core/values.ts';
import { durationMs } from '../duration.ts';
import type { Hole } from '../fill.ts';
import type { Saying, Told } from '../mistakes.ts';
import type { Origin } from '../origin.ts';
import type { KindName } from '../schema.ts';
import type { TierSource } from '../tiers.ts';
import type { TermKind, Vocabulary } from '../vocabulary.ts';

/** One document whose shape is right. `written` is its `spec` as it stands in the file, before the inventory was put in. */
export type Declaration<Spec> = {
  readonly file: string;
  readonly document: number;
  readonly origin?: Origin;
  readonly name: string;
  readonly spec: Spec;
  readonly written: Json;
  /** By pointer from the document's root; their types become known as the scopes of their expressions do. */
  readonly holes: Map<string, Hole>;
};

/** What resolving may use: the collections of the kinds before it in `index.ts`, and where to say what is wrong. */
export type Resolving = {
  readonly estate: Estate;
  readonly vocabulary: Vocabulary;
  /** Resource names that a runbook takes, by runbook; what uses the runbook must have them. */
  readonly wants: Map<string, Wants>;
  readonly tiers: Tiers;
  /** Whether every document of the kind could be read: only then can it be said that something is missing. */
  readonly isWhole: boolean;
  say(of: Told, said: Saying): void;
  /** Checks one `with` against the schema of what `uses` names. */
  checkWith(of: Declaration<unknown>, kind: TermKind, uses: string, pointer: string, value: Json): void;
};
/** What workloads put together of tiers. `sources` and `bySite` (nearest first) are filled before workloads are resolved; `composed` by them. */
export type Tiers = {
  readonly sources: Map<string, TierSource>;
  readonly bySite: Map<string, readonly string[]>;
  readonly composed: Map<string, Tier>;
};
export type Wants = { readonly from: ReadonlySet<string>; readonly to: ReadonlySet<string>; readonly workload: ReadonlySet<string> };

export type Kind<S extends TObject = TObject, C extends keyof Estate = keyof Estate> = {
  readonly kind: KindName;
  readonly collection: C;
  readonly summary: string;
  readonly spec: S;
  /** Checks what a schema cannot say and makes what the core reads. Called once, with every declaration of the kind. */
  resolve(all: readonly Declaration<Static<S>>[], resolving: Resolving): Estate[C];
};

/** Typed by its schema, then forgotten. */
export const kindOf = <S extends TObject, C extends keyof Estate>(kind: Kind<S, C>): Kind<S, C> => kind;

/** Milliseconds of a duration that its schema accepted. Without an inventory it may be an expression, and stays one. */
export const ms = (text: string): number => durationMs(text) ?? (text as unknown as number);
/** An object from entries, without the keys whose value is undefined. */
export const present = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
/** Records by name; own keys only, so that a name such as `constructor` finds nothing that was not declared. */
export const find = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
