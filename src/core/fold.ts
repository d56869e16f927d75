// The shape of a fold: for each fact that concerns it, how a part of the state changes. A table, so that `ls` of its keys says
// what a part listens to; a fact that is in no table is only recorded.
import type { EventData, EventType } from './event.ts';
import type { Facts, State } from './state.ts';
import type { Actor, Instant } from './values.ts';

/** When, in which term and by whom a fact was journalled. */
export type Stamp = { readonly at: Instant; readonly epoch: number; readonly actor: Actor };
export type Around = { readonly stamp: Stamp; readonly state: State; readonly facts: Facts };
export type Folds<Part> = { readonly [T in EventType]?: (part: Part, data: EventData[T], around: Around) => void };

/** Calls the row for this fact, if there is one. */
export function fold<Part>(
  folds: Folds<Part>,
  part: Part,
  event: { readonly type: EventType; readonly data: unknown },
  around: Around,
): void {
  const row = folds[event.type] as ((part: Part, data: unknown, around: Around) => void) | undefined;
  row?.(part, event.data, around);
}
