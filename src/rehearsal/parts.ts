// Where the recovery time of one run went: detection, the decision, people, each step of the longest path, the caches of clients, and the
// users' own first good answer. The parts follow one another, so that they add up to the whole.
import type { Entry } from './world.ts';
import type { EventData, EventType } from '../core/event.ts';
import type { Plan } from '../core/runbook/plan.ts';

export type Part = { readonly name: string; readonly ms: number };
type Span = { readonly id: string; readonly from: number; readonly to: number };

/** `followedAt`: when the last population's resolver learned the new way. Entries are those of one run and of the incident before it. */
export function partsOf(
  entries: readonly Entry[],
  run: string,
  measured: { readonly onsetAt: number; readonly restoredAt: number },
  followedAt: number | undefined,
): readonly Part[] {
  const at = (type: EventType): number | undefined => entries.find(({ event }) => event.type === type && runOf(event.data) === run)?.at;
  const opened = at('RunOpened') ?? measured.restoredAt;
  // The last incident that opened before the run did is the one that it treats.
  const detected = entries.findLast(({ event, at: when }) => event.type === 'IncidentOpened' && when <= opened)?.at;
  const plan = entries.flatMap(({ event }) => (event.type === 'PlanCompiled' && event.data.run === run ? [event.data.plan] : []))[0];
  const path = plan === undefined ? [] : longestPath(plan, spansOf(entries, run));
  const cuts: [name: string, at: number | undefined][] = [
    ['detection', detected ?? opened],
    ['decision', opened],
    ['approvals', at('RunStarted')],
    ...path.flatMap(({ id, from, to }): [string, number][] => [
      ['between steps', from],
      [`step ${id}`, to],
    ]),
    ['DNS TTL and client caches', followedAt],
    ['validation', measured.restoredAt],
  ];
  const parts = new Map<string, number>();
  let from = measured.onsetAt;
  for (const [name, cut] of cuts) {
    const to = Math.max(from, Math.min(measured.restoredAt, cut ?? from));
    parts.set(name, (parts.get(name) ?? 0) + to - from);
    from = to;
  }
  return [...parts].map(([name, ms]) => ({ name, ms }));
}

const runOf = (data: object): unknown => ('run' in data ? data.run : undefined);

/** From the first attempt to where the step was known to hold. */
function spansOf(entries: readonly Entry[], run: string): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  const end = (data: EventData['StepAnswered'] | EventData['StepObserved'], at: number): void => {
    const span = data.run === run ? spans.get(data.step) : undefined;
    if (span !== undefined) spans.set(data.step, { ...span, to: at });
  };
  for (const { event, at } of entries) {
    if (event.type === 'StepStarted' && event.data.run === run && !spans.has(event.data.step))
      spans.set(event.data.step, { id: event.data.step, from: at, to: Infinity });
    if (event.type === 'StepAnswered' && event.data.outcome.kind === 'succeeded') end(event.data, at);
    if (event.type === 'StepObserved' && event.data.observed.kind === 'holds') end(event.data, at);
  }
  return spans;
}

/** Back from what ended last, each time to what it waited for longest; in the order of time. */
function longestPath(plan: Plan, spans: ReadonlyMap<string, Span>): readonly Span[] {
  const latest = (ids: Iterable<string>): Span | undefined => {
    let last: Span | undefined;
    for (const id of ids) {
      const span = spans.get(id);
      if (span !== undefined && Number.isFinite(span.to) && (last === undefined || span.to > last.to)) last = span;
    }
    return last;
  };
  const needs = new Map(plan.steps.map((step) => [step.id as string, step.needs]));
  const path: Span[] = [];
  for (let span = latest(spans.keys()); span !== undefined && !path.includes(span); span = latest(needs.get(span.id) ?? []))
    path.unshift(span);
  return path;
}
