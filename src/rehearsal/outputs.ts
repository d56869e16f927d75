// What a step of an action gives to later ones in a rehearsal: a value of each declared type, with no meaning. The schema is read, not
// followed: lists are empty, and what is optional is left out.
import type { Json } from '../core/values.ts';

type Schema = {
  readonly type?: unknown;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};
const plain: Readonly<Record<string, Json>> = { string: 'rehearsed', integer: 0, number: 0, boolean: true, array: [], object: {} };

export function outputOf(gives: object): Json {
  const schema = gives as Schema;
  if (schema.const !== undefined) return schema.const;
  const [first] = schema.enum ?? [];
  if (first !== undefined) return first;
  const { properties, required = [] } = schema;
  if (properties !== undefined)
    return Object.fromEntries(
      Object.entries(properties).flatMap(([name, each]) => (required.includes(name) ? [[name, outputOf(each)]] : [])),
    );
  return plain[String(schema.type)] ?? null;
}
