// Reads an inventory: a flat mapping of names to texts, in YAML or JSON. What is wrong with it is said with its place.
import { inventoryMistakes, type Inventory } from './fill.ts';
import { placesIn } from './place.ts';
import { quoted, type Problem } from './problem.ts';
import { read } from './read.ts';

export type ReadInventory =
  { readonly ok: true; readonly inventory: Inventory } | { readonly ok: false; readonly problems: readonly Problem[] };

/** A mapping `inventory: {...}`, as the lab and `resus.yaml` have it, is taken for its inside. */
export function readInventory(path: string, text: string): ReadInventory {
  const { documents, problems } = read(text);
  if (problems.length > 0) return { ok: false, problems: problems.map((each) => ({ file: path, severity: 'error', ...each })) };
  const [first] = documents;
  const bad = (message: string, key?: string, pointer = ''): ReadInventory => {
    const place = placesIn(text)({ document: first?.index ?? 0, pointer, ...(key === undefined ? {} : { key }) });
    return {
      ok: false,
      problems: [{ file: path, ...place, code: 'BAD_INVENTORY', severity: 'error', message, remedy: 'write `name: text`, one a line' }],
    };
  };
  const value = first?.value;
  if (first === undefined || documents.length > 1 || !isMapping(value)) return bad('an inventory is one mapping of names to texts');
  const wrapped = value['inventory'];
  const inside = isMapping(wrapped) ? wrapped : value;
  const pointer = inside === wrapped ? '/inventory' : '';
  const inventory: Record<string, string> = {};
  for (const [key, each] of Object.entries(inside)) {
    const [mistake] = inventoryMistakes({ [key]: each });
    if (mistake !== undefined || typeof each !== 'string') return bad(mistake ?? `${quoted(key)} is not a text`, key, pointer);
    inventory[key] = each;
  }
  return { ok: true, inventory };
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
