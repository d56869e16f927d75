// RFC 8785 for the values that entries may hold: null, booleans, safe integers, well-formed strings, arrays, plain objects.
// Anything else is refused with its path, because two readers could disagree about it.
import { scansAsCanonical } from './canonical-scan.ts';
import { JournalError } from './journal-error.ts';

/** Deeper values are refused, so that no reader needs an unbounded stack. */
export const maxDepth = 100;

/** The canonical text. Throws `NOT_CANONICAL` and names the path (`$.a[2]`) of the first value that has none. */
export function canonical(value: unknown): string {
  try {
    return write(value, 0);
  } catch (error) {
    const fault = locate(value, '$', 0);
    if (fault === undefined) throw error;
    throw new JournalError(
      'NOT_CANONICAL',
      `${fault.path} ${fault.reason}; entries hold safe integers, strings, booleans, null, lists and plain objects`,
    );
  }
}

/** True when `text` is the canonical text of `value`, which was parsed from it. */
export function isCanonical(text: string, value: unknown): boolean {
  if (scansAsCanonical(text, maxDepth)) return true;
  try {
    return canonical(value) === text;
  } catch {
    return false;
  }
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `${value}` : refuse();
  if (value === null || value === true || value === false) return `${value}`;
  if (depth === maxDepth) return refuse();
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i += 1) text += (i === 0 ? '' : ',') + write(value[i], depth + 1);
    return `${text}]`;
  }
  if (!isPlain(value)) return refuse();
  let text = '{';
  for (const key of Object.keys(value).sort()) text += `${text === '{' ? '' : ','}${quote(key)}:${write(value[key], depth + 1)}`;
  return `${text}}`;
}

function quote(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.includes('\\ud') && hasLoneSurrogate(text) ? refuse() : quoted;
}
const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text);

/** Plain in any realm: made by `{}` or without a prototype. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'));
}

function refuse(): never {
  throw new JournalError('NOT_CANONICAL', 'the value has no canonical form');
}

/** The second walk, only after a refusal: entries are sealed thousands of times a second and almost never refused. */
function locate(value: unknown, path: string, depth: number): { readonly path: string; readonly reason: string } | undefined {
  switch (typeof value) {
    case 'string':
      return hasLoneSurrogate(value) ? { path, reason: 'is not well-formed Unicode' } : undefined;
    case 'number':
      return Number.isSafeInteger(value) ? undefined : { path, reason: `is ${value}, not a safe integer` };
    case 'boolean':
      return undefined;
    case 'object':
      break;
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      return { path, reason: `is ${value === undefined ? '' : 'a '}${typeof value}` };
  }
  if (value === null) return undefined;
  if (depth === maxDepth) return { path, reason: `is nested more than ${maxDepth} deep` };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const fault = locate(value[i], `${path}[${i}]`, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!isPlain(value)) return { path, reason: 'is not a plain object' };
  for (const key of Object.keys(value).sort()) {
    if (hasLoneSurrogate(key)) return { path, reason: 'has a key that is not well-formed Unicode' };
    const fault = locate(value[key], `${path}.${key}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
