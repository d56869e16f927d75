// A whole list of the API, however many pages it has.
import type { Client } from './client.ts';

const atOnce = 1_000;

/** Every item of `path`, whose pages hold them under `key`, in the order in which the API gives them. */
export async function everyOf<T>(client: Client, path: string, key: string): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor = '';
  for (;;) {
    const page = await client.get<Readonly<Record<string, unknown>>>(`${path}?limit=${atOnce}${cursor}`);
    all.push(...(page[key] as readonly T[]));
    const { next } = page as { readonly next?: string };
    if (next === undefined) return all;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}
