// What the commands that look at declarations without a controller share.
import { readInventory, readTree, type Inventory, type Problem, type Vocabulary } from '../declare/index.ts';

/** The inventory of one file; what is wrong with it is added to the problems. */
export async function inventoryFrom(path: string, problems: Problem[]): Promise<Inventory | undefined> {
  const tree = await readTree([path]);
  problems.push(...tree.problems);
  const [file] = tree.files;
  if (file === undefined) return undefined;
  const read = readInventory(file.path, file.text);
  if (read.ok) return read.inventory;
  problems.push(...read.problems);
  return undefined;
}

/** Actions whose outcome says how the old writer was fenced. */
export const provingActions = ({ actions }: Vocabulary): ReadonlySet<string> =>
  new Set(
    [...actions].flatMap(([name, { gives }]) =>
      gives !== undefined && 'fencing' in ((gives as { properties?: object }).properties ?? {}) ? [name] : [],
    ),
  );
