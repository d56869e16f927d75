// What the entries of a journal show of a framework: per control, whether each of its queries finds an entry and how old the newest is. It says
// "found", "stale" or "missing", and never that anybody complies: that is for people who know the text.
import type { Evaluate } from '../core/catalogue.ts';
import type { Framework } from '../core/estate.ts';
import type { Event } from '../core/event.ts';
import type { Floor, Instant, Json } from '../core/values.ts';

/** An entry as a journal, a bundle or the API has it. */
export type Shown = {
  /** Which log; a controller has one and does not say. */
  readonly log?: string;
  readonly seq: number;
  readonly at: Instant;
  readonly floor: Floor;
  readonly controlDomain?: string;
  readonly actor: { readonly kind: string; readonly id: string };
} & Event;
/** `not-asked`: the framework is off. `not-assessed`: the journal cannot show it, and `notAssessed` says who can. */
export type ControlState = 'found' | 'stale' | 'missing' | 'not-asked' | 'not-assessed';
export type ShownEvidence = {
  readonly id: string;
  readonly event: string;
  readonly state: 'found' | 'stale' | 'missing';
  readonly freshMs: number;
  /** The newest entry that shows it, and its age in milliseconds, never negative. */
  readonly entry?: Pick<Shown, 'log' | 'seq' | 'at'>;
  readonly ageMs?: number;
};
export type ShownControl = Pick<Framework['controls'][number], 'id' | 'oscalId' | 'unchecked' | 'paraphrase' | 'notAssessed'> & {
  readonly state: ControlState;
  readonly evidence: readonly ShownEvidence[];
};
export type ShownFramework = Pick<Framework, 'id' | 'title' | 'edition' | 'source' | 'checkedOn' | 'status' | 'enabled'> & {
  readonly controls: readonly ShownControl[];
};

/** Entries of one floor, in any order; the age counts until `now`. Looking for the newest, it stops at the first that fits. */
export function shownBy(entries: readonly Shown[], now: Instant, evaluate: Evaluate): (framework: Framework) => ShownFramework {
  const newestFirst = new Map<string, Shown[]>();
  for (const entry of [...entries].sort((a, b) => b.at - a.at || b.seq - a.seq)) {
    const same = newestFirst.get(entry.type);
    if (same === undefined) newestFirst.set(entry.type, [entry]);
    else same.push(entry);
  }
  const evidence = ({ id, event, where, freshMs }: Query): ShownEvidence => {
    const entry = newestFirst.get(event)?.find((each) => where === undefined || holds(evaluate, where, each));
    if (entry === undefined) return { id, event, state: 'missing', freshMs };
    const { log, seq, at } = entry;
    const ageMs = Math.max(0, now - at);
    return {
      id,
      event,
      state: ageMs > freshMs ? 'stale' : 'found',
      freshMs,
      entry: { ...(log === undefined ? {} : { log }), seq, at },
      ageMs,
    };
  };
  return ({ id, title, edition, source, checkedOn, status, enabled, controls }) => ({
    id,
    title,
    edition,
    source,
    checkedOn,
    status,
    enabled,
    controls: controls.map(({ evidence: queries, ...control }) => {
      const shown = enabled ? queries.map(evidence) : [];
      return { ...control, state: enabled ? stateOf(shown) : 'not-asked', evidence: shown };
    }),
  });
}
type Query = Framework['controls'][number]['evidence'][number];

/** All of it must be there and fresh. */
function stateOf(evidence: readonly ShownEvidence[]): ControlState {
  if (evidence.length === 0) return 'not-assessed';
  return (['missing', 'stale'] as const).find((state) => evidence.some((each) => each.state === state)) ?? 'found';
}

/** A field that an entry lacks makes the condition fail for it. */
function holds(evaluate: Evaluate, where: string, { controlDomain, actor, data }: Shown): boolean {
  const domain = controlDomain === undefined ? {} : { controlDomain };
  const judged = evaluate(where, { ...domain, actor: { kind: actor.kind, id: actor.id }, data: data as unknown as Json });
  return judged.ok && judged.value === true;
}
