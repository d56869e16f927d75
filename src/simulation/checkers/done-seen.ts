// What is done and not seen keeps a ward waiting for nothing.
import type { Checker } from '../truth.ts';

/** A person's word is looked at at once: one turn and one append, which may wait for another one. */
const wordMs = 4_000;
/** A read-back that lags, two calls, and an eighth of what the operation took. */
const workMs = 5_000;
/** The longest that one look is waited for. */
const lookMs = 10_000;

export const doneSeen: Checker = {
  name: 'done-seen',
  holds:
    'Once a person has said that a task is done, and in the calm once a provider has promoted, the step is seen to be done within seconds, by a leader that stays the leader.',
  begin(violate, history) {
    /** By token: since when it is done, and when somebody has to have seen it. */
    const done = new Map<string, { readonly at: number; readonly by: number; readonly epoch: number }>();
    /** Tokens of looks that have not been answered. */
    const looking = new Set<string>();
    const judge = (at: number): void => {
      for (const [token, { at: since, by, epoch }] of done) {
        if (at <= by) continue;
        done.delete(token);
        if (history.epoch === epoch) violate(at, `${token} is done since ${at - since} ms, and nobody has seen it`);
      }
    };
    const expect = (token: string, at: number, withinMs: number): void =>
      void done.set(token, { at, by: at + withinMs, epoch: history.epoch });
    const forget = (): void => done.clear();
    return {
      controller: forget,
      'append-refused': forget,
      struck({ fault }) {
        if (fault.startsWith('journal-') || fault.startsWith('partition-') || fault.startsWith('controller-')) forget();
      },
      lease({ what }) {
        if (what === 'granted') forget();
      },
      acknowledged: ({ at }) => judge(at),
      writer({ writes, by, token, at }) {
        const run = history.runOf(token);
        if (token === undefined || run === undefined || !writes || by !== 'provider') return;
        // A look that was sent before the calm may be waited for until its deadline.
        if (history.calmAt === undefined || at - history.calmAt < lookMs) return;
        const step = token.slice(run.id.length + 1);
        const startedAt = run.starts.get(step)?.at(-1)?.at ?? at;
        // What was given up is nobody's to look at any more.
        if (run.closedAt === undefined && !run.failedAt.has(step)) expect(token, at, workMs + (at - startedAt) / 8);
      },
      durable({ event, at }) {
        judge(at);
        if (event.type === 'StepConfirmed') expect(`${event.data.run}/${event.data.step}`, at, wordMs);
        const isSeen =
          (event.type === 'StepAnswered' && event.data.outcome.kind === 'succeeded') ||
          (event.type === 'StepObserved' && event.data.observed.kind === 'holds');
        if (isSeen || event.type === 'StepFailed' || event.type === 'StepSkipped') done.delete(`${event.data.run}/${event.data.step}`);
        // Who could not be asked, or gave no answer, is asked again.
        if (event.type === 'StepObserving' || event.type === 'StepObserved') {
          const token = `${event.data.run}/${event.data.step}`;
          const it = done.get(token);
          const isInVain = event.type === 'StepObserving' ? looking.has(token) : event.data.observed.kind === 'unknown';
          if (it !== undefined && isInVain) done.set(token, { ...it, by: Math.max(it.by, at + workMs + lookMs) });
          if (event.type === 'StepObserving') looking.add(token);
          else looking.delete(token);
        }
        if (event.type === 'RunClosed') for (const token of done.keys()) if (token.startsWith(`${event.data.run}/`)) done.delete(token);
      },
    };
  },
};
