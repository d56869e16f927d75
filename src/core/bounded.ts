// A fact as it may be journalled: whatever the world, a person or a provider wrote into it, the entry stays small and can be made
// canonical. What is cut says so; what cannot be kept is null, and whatever needed it then fails with a reason instead of halting us.
import type { Event } from './event.ts';
import type { Json } from './values.ts';

/** Characters of one text of prose. A vantage may say 4,096, a provider anything. */
const mostText = 1_000;
/** Characters of what a provider gave back, as JSON. */
const mostData = 16_000;
const mostDepth = 20;

/** The same event where nothing is too much. Prose is `because` and its like; a plan, an input or an expression is never cut. */
export function bounded(event: Event): Event {
  let data = event.data as Readonly<Record<string, unknown>>;
  for (const key in data) {
    const before = data[key];
    const after = within(key, before);
    if (after !== before) data = { ...data, [key]: after };
  }
  return data === event.data ? event : ({ type: event.type, data } as unknown as Event);
}

const prose: ReadonlySet<string> = new Set(['because', 'sentence', 'message', 'comment', 'code']);
function within(key: string, value: unknown): unknown {
  if (typeof value === 'string') return prose.has(key) ? clip(value) : value;
  if ((key === 'reasons' || key === 'asks') && Array.isArray(value))
    return value.every((each) => typeof each !== 'string' || clip(each) === each) ? value : value.map((each) => clip(String(each)));
  return key === 'outcome' || key === 'observed' ? answer(value) : value;
}

/** Also without half characters: a text that was cut elsewhere between the two halves of one has no canonical form. */
export function clip(text: string): string {
  const whole = text.length <= mostText ? text : `${text.slice(0, mostText)}... (${text.length - mostText} more characters)`;
  return halves.test(whole) ? whole.replace(/\p{Surrogate}/gu, '\uFFFD') : whole;
}
const halves = /\p{Surrogate}/u;

function answer(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  let changed: Readonly<Record<string, unknown>> = value as Readonly<Record<string, unknown>>;
  for (const key in changed) {
    const before = changed[key];
    const after = key === 'data' ? dataOf(before) : within(key, before);
    if (!Object.is(after, before)) changed = { ...changed, [key]: after };
  }
  return changed;
}

/** As it is when it is plain JSON of whole numbers and not too long; else made so, or null. */
function dataOf(value: unknown): Json {
  if (isPlain(value, 0)) return JSON.stringify(value).length <= mostData ? value : null;
  const made = plain(value, 0);
  return JSON.stringify(made).length <= mostData ? made : null;
}
function isPlain(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value === 'string') return !halves.test(value);
  if (typeof value !== 'object' || depth >= mostDepth) return false;
  const isObject = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isObject && Object.entries(value).every(([key, each]) => !halves.test(key) && isPlain(each, depth + 1));
}
function plain(value: unknown, depth: number): Json {
  if (depth >= mostDepth) return null;
  if (typeof value === 'boolean') return value;
  // A number that is not whole is kept as text: two readers must never disagree on its bytes.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
  if (value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key.replace(/\p{Surrogate}/gu, '\uFFFD'), plain(each, depth + 1)]));
}
