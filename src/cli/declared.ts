// What the commands that look at declarations without a controller share: reading them, and what may be concluded from once they hold no error.
import type { Given } from '../analysis/index.ts';
import type { Catalogue } from '../core/catalogue.ts';
import {
  declare,
  printed,
  readInventory,
  readTree,
  type Declared,
  type Inventory,
  type Problem,
  type SourceFile,
  type Vocabulary,
} from '../declare/index.ts';
import { misuse } from './cli-error.ts';

/** What is read where no path is named. */
export const usualPaths = ['policies', 'runbooks'] as const;
export type Knowing = { readonly vocabulary: Vocabulary; readonly catalogue: Catalogue };

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

export async function sourcesIn(paths: readonly string[], options: From): Promise<Sources> {
  const problems: Problem[] = [];
  const inventory = options.inventory === undefined ? options.known : await inventoryFrom(options.inventory, problems);
  const tree = await readTree(paths);
  return { files: tree.files, inventory, problems: [...problems, ...tree.problems], partial: tree.problems.length > 0 };
}

export function declaredIn({ files, inventory, problems, partial }: Sources, vocabulary: Vocabulary): DeclaredIn {
  const declared = declare(files, { vocabulary, inventory, partial });
  return { declared, problems: [...problems, ...(declared.ok ? declared.warnings : declared.problems)] };
}

export type Valid = Extract<Declared, { readonly ok: true }>;
type From = {
  /** A file. */
  readonly inventory?: string | undefined;
  /** One that is known already; that of the file comes before it. */
  readonly known?: Inventory | undefined;
};
const mostShown = 10;

/** @throws CliError with `BAD_INVENTORY` or `NOT_VALID`, and the first ten errors */
export async function validIn(
  paths: readonly string[],
  { inventory: path, known }: From,
  vocabulary: Vocabulary,
  remedy = 'Correct it first; `resus validate` shows everything.',
): Promise<Valid> {
  const ofInventory: Problem[] = [];
  const inventory = path === undefined ? known : await inventoryFrom(path, ofInventory);
  if (ofInventory.length > 0)
    throw misuse('BAD_INVENTORY', ofInventory.slice(0, mostShown).map(printed).join('\n'), 'Correct --inventory.');
  const { files, problems } = await readTree(paths);
  const { declared, problems: all } = declaredIn({ files, inventory, problems, partial: problems.length > 0 }, vocabulary);
  const errors = all.filter(({ severity }) => severity === 'error');
  if (declared.ok && errors.length === 0) return declared;
  throw misuse(
    'NOT_VALID',
    `What is declared has ${errors.length} problem${errors.length === 1 ? '' : 's'}:\n${errors.slice(0, mostShown).map(printed).join('\n')}\n`,
    remedy,
  );
}

/** What the analysis starts from. Where nothing was filled in, expressions over the inventory still stand in the estate. */
export const givenOf = ({ estate, written, open }: Valid, { vocabulary, catalogue }: Knowing): Given => ({
  estate,
  catalogue,
  proving: provingActions(vocabulary),
  written,
  isOpen: open,
});

/** The inventory of one file; what is wrong with it is added to the problems. */
async function inventoryFrom(path: string, problems: Problem[]): Promise<Inventory | undefined> {
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
const provingActions = ({ actions }: Vocabulary): ReadonlySet<string> =>
  new Set(
    [...actions].flatMap(([name, { gives }]) =>
      gives !== undefined && 'fencing' in ((gives as { properties?: object }).properties ?? {}) ? [name] : [],
    ),
  );
