// What a provider answered, in the shape that the engine takes. Whatever has another shape says nothing that can be relied on: it is
// `unknown`, with the code `BAD_ANSWER`, and the goal is looked at before anything else.
import type { Command } from '../core/kernel.ts';
import type { Observed, Outcome } from '../core/outcome.ts';
import type { Instant, Json } from '../core/values.ts';

type Answer = Outcome | Observed;
type Raw = Readonly<Record<string, unknown>>;
/** `undefined` where the answer lacks what its kind promises. Only what is promised is passed on. */
type Reader = (raw: Raw) => Answer | undefined;

const acting: Readonly<Record<string, Reader>> = {
  succeeded: ({ data }) => (canBeKept(data) ? { kind: 'succeeded', data: (data ?? null) as Json } : undefined),
  accepted: ({ checkAt }) => (isInstant(checkAt) ? { kind: 'accepted', checkAt: whole(checkAt) } : undefined),
  // That nothing took effect is believed only of one that says what was refused, and whether to try again.
  failed: ({ code, message, retriable }) =>
    isText(code) && code !== '' && isText(message) && typeof retriable === 'boolean'
      ? { kind: 'failed', code, message, retriable }
      : undefined,
  unknown: ({ message }) => (isText(message) ? { kind: 'unknown', message } : undefined),
};
const looking: Readonly<Record<string, Reader>> = {
  holds: ({ data }) => (canBeKept(data) ? { kind: 'holds', data: (data ?? null) as Json } : undefined),
  underway: ({ checkAt }) => (isInstant(checkAt) ? { kind: 'underway', checkAt: whole(checkAt) } : undefined),
  absent: ({ because, isFinal }) => (isText(because) ? { kind: 'absent', because, ...(isFinal === true ? { isFinal } : {}) } : undefined),
  unknown: ({ message }) => (isText(message) ? { kind: 'unknown', message } : undefined),
};

/** Never throws, whatever was answered. */
export function answerOf({ kind, uses }: Pick<Command, 'kind' | 'uses'>, raw: unknown): Answer {
  const readers = kind === 'observe' || kind === 'check' ? looking : acting;
  try {
    const said = typeof raw === 'object' && raw !== null ? (raw as Raw) : {};
    const name = said['kind'];
    const answer = typeof name === 'string' && Object.hasOwn(readers, name) ? readers[name]?.(said) : undefined;
    if (answer !== undefined) return answer;
  } catch {
    // Reading it failed: that is no answer either.
  }
  const wanted = Object.keys(readers).join(', ');
  return {
    kind: 'unknown',
    message: `BAD_ANSWER: ${uses} answered \`${kind}\` with ${described(raw)}, which is none of ${wanted} as its contract has them; report it to whoever maintains the action`,
  };
}

/** The message of whatever was thrown. Never throws itself. */
export function saidBy(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'something was thrown that has no text';
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isInstant = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(Math.round(value));
const whole = (value: number): Instant => Math.round(value) as Instant;
/** Its content may be anything: `bounded` makes JSON of it. A ring, or what throws when it is read, cannot be walked. */
const canBeKept = (value: unknown): boolean => {
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  return true;
};
function described(raw: unknown): string {
  if (raw === null || typeof raw !== 'object') return raw === undefined ? 'nothing' : `a ${raw === null ? 'null' : typeof raw}`;
  try {
    const text = JSON.stringify(raw, (_, each: unknown) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each));
    return text.length <= 200 ? text : `${text.slice(0, 200)}...`;
  } catch {
    return 'an object that cannot be read';
  }
}
