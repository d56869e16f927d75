// By which names users may come, and how long resolvers keep their addresses. Which of them it is a person says.
import type { Seen, SeenRecord } from '../providers/aws/seen.ts';
import type { Database } from './databases.ts';
import { known, type Known } from './known.ts';
import { todo } from './todo.ts';

const mostNamed = 5;
const ways = ['A', 'AAAA', 'CNAME', 'SRV'];

/** The records that lead to an address of the database, in the order of their names. */
export function leadingTo({ replicas }: Database, { records }: Seen): readonly SeenRecord[] {
  const addresses = new Set(replicas.flatMap(({ cluster, instances }) => [cluster?.address, ...instances.map(({ address }) => address)]));
  return byName(records.filter(({ targets }) => targets.some((target) => addresses.has(target))));
}

/** The TTL is taken where all records that lead here agree on one; an alias has that of what it leads to. */
export function usersNameOf(database: Database, seen: Seen): { readonly url: string; readonly ttl: string | Known } {
  const all = byName(seen.records.filter(({ type }) => ways.includes(type)));
  const leading = leadingTo(database, seen);
  const names = [...new Set(all.map(({ name }) => name))];
  const url = todo(`where users go${names.length === 0 ? '' : `; Route 53 knows ${some(names, 'names')}`}`);
  const ttls = new Set(leading.map(({ ttlSeconds }) => ttlSeconds));
  const [ttl] = ttls;
  const [first] = leading;
  if (ttls.size === 1 && ttl !== undefined && first !== undefined)
    return { url, ttl: known(`${ttl}s`, `that of ${first.name}; another name has another`) };
  const told = (leading.length === 0 ? all : leading).flatMap(({ name, ttlSeconds }) =>
    ttlSeconds === undefined ? [] : [`${name} has ${ttlSeconds}s`],
  );
  return {
    url,
    ttl: todo(`the TTL of the record of that name${told.length === 0 ? ', e.g. 60s' : `; ${some([...new Set(told)], 'records')}`}`),
  };
}

const some = (all: readonly string[], what: string): string =>
  `${all.slice(0, mostNamed).join(', ')}${all.length > mostNamed ? ` and ${all.length - mostNamed} more ${what}` : ''}`;
const byName = (records: readonly SeenRecord[]): readonly SeenRecord[] =>
  [...records].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (a.ttlSeconds ?? 0) - (b.ttlSeconds ?? 0)));
