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

/** Everything that declarations are made of. `problems`: of the inventory and of paths that cannot be read. */
export type Sources = {
  readonly files: readonly SourceFile[];
  readonly inventory: Inventory | undefined;
  readonly problems: readonly Problem[];
  /** Some files could not be read, so that names may be missing which are not mistakes. */
  readonly partial: boolean;
};
export type DeclaredIn = {
  readonly declared: Declared;
  /** Everything that was said, warnings as well. */
  readonly problems: readonly Problem[];
};

export async function sourcesIn(paths: readonly string[], options: { readonly inventory?: string }): Promise<Sources> {
  const problems: Problem[] = [];
  const inventory = options.inventory === undefined ? undefined : await inventoryFrom(options.inventory, problems);
  const tree = await readTree(paths);
  return { files: tree.files, inventory, problems: [...problems, ...tree.problems], partial: tree.problems.length > 0 };
}

export function declaredIn({ files, inventory, problems, partial }: Sources, vocabulary: Vocabulary): DeclaredIn {
  const declared = declare(files, { vocabulary, inventory, partial });
  return { declared, problems: [...problems, ...(declared.ok ? declared.warnings : declared.problems)] };
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
