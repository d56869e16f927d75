// Every technology that Resus knows: one line each. `catalogueOf` and `vocabularyOf` are what the core and the reader of YAML may know of them.
import type { TObject } from 'typebox';
import type { ActionFacts, Effect, FaultFacts } from '../core/catalogue.ts';
import type { ActionName, Json } from '../core/values.ts';
import type { Action, IamStatement, Provider } from '../ports.ts';
import { aws } from './aws/index.ts';
import { dns } from './dns/index.ts';
import { lab } from './lab/index.ts';
import { net } from './net/index.ts';
import { postgres } from './postgres/index.ts';
import { resus } from './resus/index.ts';
import { web } from './web/index.ts';

export const providers = [resus, web, net, dns, postgres, aws, lab] as const;

/** What the core may know of each action, by its full name. Pure: opens nothing. */
export function catalogueOf(known: readonly Provider[]): ReadonlyMap<string, ActionFacts> {
  return new Map(known.flatMap((provider) => provider.actions.map((action) => [action.name, factsOf(action)] as const)));
}

/** The same of each fault. */
export function faultsOf(known: readonly Provider[]): ReadonlyMap<string, FaultFacts> {
  return new Map(
    known.flatMap((provider) =>
      provider.faults.map((fault): [string, FaultFacts] => [
        fault.name,
        { named: (input, site) => guarded(() => fault.named(input as Record<string, Json>, site), `${fault.name} on ${site}`) },
      ]),
    ),
  );
}

/** The names that YAML may use, with the schemas of their inputs and outputs. */
export type Vocabulary = {
  readonly actions: ReadonlyMap<string, { readonly with: TObject; readonly gives: TObject; readonly effect: Effect }>;
  readonly probes: ReadonlyMap<string, { readonly with: TObject }>;
  readonly faults: ReadonlyMap<string, { readonly with: TObject }>;
};
export function vocabularyOf(known: readonly Provider[]): Vocabulary {
  return {
    actions: new Map(
      known.flatMap((provider) =>
        provider.actions.map((action) => [action.name, { with: action.with, gives: action.gives, effect: action.effect }] as const),
      ),
    ),
    probes: new Map(known.flatMap((provider) => provider.probes.map((probe) => [probe.name, { with: probe.with }] as const))),
    faults: new Map(known.flatMap((provider) => provider.faults.map((fault) => [fault.name, { with: fault.with }] as const))),
  };
}

/** What each action and fault says that it may call of AWS, by its full name. One that says nothing is not in it. */
export function permissionsOf(known: readonly Provider[]): {
  readonly actions: ReadonlyMap<string, (input: Json) => readonly IamStatement[]>;
  readonly faults: ReadonlyMap<string, (input: Json) => readonly IamStatement[]>;
} {
  type Saying = { readonly name: string; iam?(input: Record<string, Json>): readonly IamStatement[] };
  const said = (all: readonly Saying[]): ReadonlyMap<string, (input: Json) => readonly IamStatement[]> =>
    new Map(
      all.flatMap((each): [string, (input: Json) => readonly IamStatement[]][] =>
        each.iam === undefined ? [] : [[each.name, (input) => each.iam?.(input as Record<string, Json>) ?? []]],
      ),
    );
  return { actions: said(known.flatMap(({ actions }) => actions)), faults: said(known.flatMap(({ faults }) => faults)) };
}

/** The input was checked against the action's schema, but expressions over earlier outputs may still stand in it as text. */
function factsOf(action: Action<unknown>): ActionFacts {
  return {
    name: action.name as ActionName,
    effect: action.effect,
    mayLoseData: action.mayLoseData ?? false,
    irreversible: action.irreversible ?? false,
    settleMs: action.settleMs,
    priorMs: action.priorMs,
    describe: (input) => guarded(() => action.describe(input as Record<string, Json>), action.summary),
    ...(action.proof === undefined
      ? {}
      : { proof: (input: Json) => guarded(() => action.proof?.(input as Record<string, Json>) ?? '', '') }),
    needs: (input) => guarded(() => action.needs(input as Record<string, Json>), []),
    ...(action.changes === undefined
      ? {}
      : { changes: (input: Json) => guarded(() => action.changes?.(input as Record<string, Json>) ?? [], []) }),
  };
}
function guarded<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
