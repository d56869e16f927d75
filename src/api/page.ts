// Lists a page at a time: `limit`, and `cursor` as the page before gave it in `next`. A cursor names the last item that was given, so that what
// comes or goes meanwhile neither repeats nor hides anything else.
import type { Request } from 'express';
import { refuse } from './api-error.ts';
import { query } from './check.ts';

export const pageLimits = { default: 1_000, most: 10_000 } as const;
export const limitOf = (request: Request): number =>
  count(query(request, 'limit'), 'limit', { otherwise: pageLimits.default, least: 1, most: pageLimits.most });

export type Page<T> = { readonly items: readonly T[]; /** `{}` on the last page. */ readonly more: { readonly next?: string } };

/** In the order of their names. A name that is gone since is no obstacle. */
export function pageByName<T>(request: Request, all: readonly T[], nameOf: (item: T) => string): Page<T> {
  const sorted = all.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const cursor = query(request, 'cursor');
  const begin = cursor === undefined ? 0 : sorted.findIndex((item) => nameOf(item) > cursor);
  return cut(request, sorted, begin < 0 ? sorted.length : begin, nameOf);
}

/** Newest first, from a list in the order of arrival. Throws 400 BAD_CURSOR for one that no page gave. */
export function pageByAge<T>(request: Request, all: Iterable<T>, idOf: (item: T) => string): Page<T> {
  const sorted = [...all].reverse();
  const cursor = query(request, 'cursor');
  const at = cursor === undefined ? -1 : sorted.findIndex((item) => idOf(item) === cursor);
  if (cursor !== undefined && at < 0)
    throw refuse(
      400,
      'BAD_CURSOR',
      'No page of this list gave that cursor.',
      'Give `next` of the page before as it is, or begin without a cursor.',
    );
  return cut(request, sorted, at + 1, idOf);
}

function cut<T>(request: Request, sorted: readonly T[], begin: number, keyOf: (item: T) => string): Page<T> {
  const items = sorted.slice(begin, begin + limitOf(request));
  const last = items.at(-1);
  const isLast = last === undefined || begin + items.length >= sorted.length;
  return { items, more: isLast ? {} : { next: keyOf(last) } };
}

/** A whole number out of a query or a header. Throws 400 BAD_REQUEST for anything else and beyond its bounds. */
export function count(
  text: string | undefined,
  name: string,
  { otherwise, least = 0, most }: { readonly otherwise: number; readonly least?: number; readonly most: number },
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most)
    throw refuse(400, 'BAD_REQUEST', `\`${name}\` is not a whole number from ${least} to ${most}.`, 'Correct it.');
  return value;
}
