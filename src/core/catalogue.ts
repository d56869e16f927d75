// What the core may know of an action without being able to run it. Providers fill it, main hands it in.
import type { ActionName, Json, SiteId } from './values.ts';

/** A control plane that a call must reach, and the site whose loss takes it away. */
export type ControlPlane = { readonly service: string; readonly site: SiteId };
/** What an action does to the world, in the vocabulary that the simulated world interprets. */
export type Effect = 'promotes' | 'fences' | 'fences-and-promotes' | 'routes' | 'restarts' | 'nothing';

export type ActionFacts = {
  readonly name: ActionName;
  readonly effect: Effect;
  readonly mayLoseData: boolean;
  readonly irreversible: boolean;
  /** How far apart two `absent` answers must be before another attempt: more than the provider's read-back lag. */
  readonly settleMs: number;
  /** How long it takes, until this installation's own history says better. */
  readonly priorMs: { readonly p50: number; readonly p95: number };
  /** The sentence an operator reads before approving. */
  describe(input: Json): string;
  /** How it is known that the goal holds, a clause without a full stop. */
  proof?(input: Json): string;
  /** The control planes it must reach; the analysis refuses a plan that needs one in the lost site. */
  needs(input: Json): readonly ControlPlane[];
  /** The resources that it changes, by names that are the same wherever they are named: no two runs hold one. */
  changes?(input: Json): readonly string[];
};

/** A pure evaluator of expressions, so that the core decides with them and knows no expression library. */
export type Evaluate = (expression: string, scope: Readonly<Record<string, Json>>) => Evaluated;
export type Evaluated = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

/** What the core may know of a fault: its name in words, what it does to which site. */
export type FaultFacts = { named(input: Json, site: string): string };

export type Catalogue = {
  readonly actions: ReadonlyMap<string, ActionFacts>;
  /** A fault that is not in it is called by what it uses. */
  readonly faults?: ReadonlyMap<string, FaultFacts>;
  readonly evaluate: Evaluate;
};
