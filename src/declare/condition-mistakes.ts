// Expressions that an action evaluates itself, over what only the world can tell: here it is checked that they parse. A schema marks
// them as `contentMediaType: application/cel`.
import type { TSchema } from 'typebox';
import type { Json } from '../core/values.ts';
import { parsed, remedyOf } from './expression.ts';
import type { Saying } from './mistakes.ts';
import { below } from './pointer.ts';
import { hasExpression } from './template.ts';

type Node = {
  readonly contentMediaType?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
};

/** What is filled in later (`${{ }}`) is not known yet, and what has another shape was said already. */
export function conditionMistakes(schema: TSchema | undefined, value: Json | undefined, pointer: string): Saying[] {
  const { contentMediaType, properties = {}, patternProperties = {}, items } = (schema ?? {}) as Node;
  if (typeof value === 'string') {
    if (contentMediaType !== 'application/cel' || hasExpression(value)) return [];
    const checked = parsed(value);
    if (checked.ok) return [];
    const { code, message, offset } = checked;
    return [{ pointer, offset, code, message, remedy: remedyOf({ code }, []) }];
  }
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((each, index) => conditionMistakes(items, each, below(pointer, index)));
  if (typeof value !== 'object' || value === null) return [];
  const [anyKey] = Object.values(patternProperties);
  return Object.entries(value).flatMap(([key, each]) =>
    conditionMistakes(Object.hasOwn(properties, key) ? properties[key] : anyKey, each as Json, below(pointer, key)),
  );
}
