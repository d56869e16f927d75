// What the commands that look at declarations without a controller share.
import {
  declare,
  readInventory,
  readTree,
  type Declared,
  type Inventory,
  type Problem,
  type SourceFile,
  type Vocabulary,
} from '../declare/index.ts';

export type DeclaredIn = {
  readonly files: readonly SourceFile[];
  readonly declared: Declared;
  /** Everything that was said: of the inventory, of paths, of declarations, warnings as well. */
  readonly problems: readonly Problem[];
};

/** What the files under the paths declare. What cannot be read is a problem among the others. */
export async function declaredIn(
  paths: readonly string[],
  options: { readonly inventory?: string },
  vocabulary: Vocabulary,
): Promise<DeclaredIn> {
  const problems: Problem[] = [];
  const inventory = options.inventory === undefined ? undefined : await inventoryFrom(options.inventory, problems);
  const tree = await readTree(paths);
  problems.push(...tree.problems);
  const declared = declare(tree.files, { vocabulary, inventory, partial: tree.problems.length > 0 });
  problems.push(...(declared.ok ? declared.warnings : declared.problems));
  return { files: tree.files, declared, problems };
}

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
