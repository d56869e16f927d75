// An estate that still waits for an inventory, with the words of each expression in place of its value. Such an estate can be compiled
// and rehearsed, because how long things take does not depend on their names; it can never be acted upon.
import type { Estate } from '../core/estate.ts';
import type { Json } from '../core/values.ts';
import { hasExpression, template } from './template.ts';

/** A copy. What speaks of a situation as well (`to`, `steps`) stays an expression, with texts in place of the inventory's values. */
export const withStandIns = (estate: Estate): Estate => standIn(estate as unknown as Json) as unknown as Estate;

function standIn(value: Json): Json {
  if (typeof value === 'string') return hasExpression(value) ? inText(value) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(standIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, standIn(each as Json)]));
}

const fromInventory = /\binventory(?:\.([A-Za-z]\w*)|\["(\w+)"\])/g;
/** Names that only a run knows. */
const situated = /\b(?:workload|from|to|site|steps)\b/;

function inText(text: string): string {
  return template(text)
    .parts.map((part) => {
      if (part.kind === 'text') return part.text;
      const { body } = part;
      if (body.search(fromInventory) < 0) return `\${{${body}}}`;
      if (!situated.test(body.replaceAll(fromInventory, ''))) return body.trim();
      return `\${{${body.replaceAll(fromInventory, (_, dotted: string | undefined, quoted: string | undefined) => JSON.stringify(`inventory.${dotted ?? quoted ?? ''}`))}}}`;
    })
    .join('');
}
