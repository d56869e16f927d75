// The names that expressions may use, and their types: one scope for the steps of a runbook, one for game days.
import type { TSchema } from 'typebox';
import type { Scope } from './expression.ts';

const replica = { name: 'string', site: 'string', resources: 'map<string, string>' } as const;

/** What a step's `with` and `when` may use, beside `steps` and `inventory`. `site` is empty in a planned move. */
export const stepScope = {
  workload: { id: 'string', resources: 'map<string, string>' },
  from: replica,
  to: replica,
  site: 'string',
} as const satisfies Scope;

/** What gates, aborts and expectations of a game day may use. Times in milliseconds. */
export const gameDayScope = {
  floor: 'string',
  usersPath: { healthy: 'bool' },
  writer: { replica: 'string', site: 'string', region: 'string' },
  standby: { fit: 'bool', lagMs: 'int' },
  incidents: { open: 'int' },
  runs: { open: 'int' },
  diagnosis: 'string',
  run: { outcome: 'string', rtaMs: 'int', rpaMs: 'int', rtoMs: 'int', rpoMs: 'int', fencing: 'string' },
  canaries: { acknowledged: 'int', lost: 'int', duplicated: 'int', unknown: 'int' },
  fault: { bitten: 'bool', reverted: 'bool' },
  failback: { outcome: 'string', rtaMs: 'int' },
} as const satisfies Scope;

const celTypes: Readonly<Record<string, string>> = { string: 'string', integer: 'int', boolean: 'bool' };
type Loose = {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly additionalProperties?: unknown;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
};

/** The type of what an action gives, for checking expressions over it. What cannot be said in CEL's types is `dyn`. */
export function scopeOf(schema: TSchema | undefined): string | Scope {
  const { type, properties, items, patternProperties } = (schema ?? {}) as Loose;
  if (typeof type === 'string' && Object.hasOwn(celTypes, type)) return celTypes[type] ?? 'dyn';
  if (type === 'array') {
    const item = scopeOf(items);
    return typeof item === 'string' ? `list<${item}>` : 'list<dyn>';
  }
  if (type === 'object' && properties !== undefined)
    return Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, scopeOf(each)]));
  const [each] = Object.values(patternProperties ?? {});
  const value = each === undefined ? 'dyn' : scopeOf(each);
  return type === 'object' ? `map<string, ${typeof value === 'string' ? value : 'dyn'}>` : 'dyn';
}

/** Every name of a scope, for suggestions. */
export const namesOf = (scope: Scope): string[] =>
  Object.entries(scope).flatMap(([name, type]) => (typeof type === 'string' ? [name] : [name, ...namesOf(type)]));
