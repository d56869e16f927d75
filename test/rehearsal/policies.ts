// The hospital that the laboratory has, as it is declared in this repository, ready to be rehearsed: as the command does it, without its command line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declare, evaluate, readTree, withStandIns } from '../../src/declare/index.ts';
import type { Catalogue } from '../../src/core/catalogue.ts';
import type { Estate } from '../../src/core/estate.ts';
import { labPolicies } from '../../src/demo/lab-policies.ts';
import type { Provider } from '../../src/ports.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';
import { rehearseOnce, type Rehearsed } from '../../src/rehearsal/rehearse-once.ts';
import { taskOf, type Asked, type Task } from '../../src/rehearsal/task.ts';

const known = providers as readonly unknown[] as readonly Provider[];
export const vocabulary = vocabularyOf(known);
export const catalogue: Catalogue = { actions: catalogueOf(known), evaluate };

/** `change` edits the text of a file before it is read. */
export async function hospital(change: (text: string) => string = (text) => text): Promise<Estate> {
  const folder = mkdtempSync(join(tmpdir(), 'resus-lab-'));
  const { files } = await readTree(labPolicies('.', folder));
  rmSync(folder, { recursive: true });
  const declared = declare(
    files.map(({ path, text }) => ({ path, text: change(text) })),
    { vocabulary },
  );
  if (!declared.ok) throw new Error(JSON.stringify(declared.problems.slice(0, 3)));
  return withStandIns(declared.estate);
}
export function taskFor(estate: Estate, scenario: string, more: Partial<Asked> = {}): Task {
  const made = taskOf(estate, { workload: 'ehr', scenario, given: {}, outputs: {}, ...more }, catalogue);
  if (!made.ok) throw new Error(`${made.error.code} ${made.error.message}`);
  return made.value;
}
export const rehearse = (task: Task, seeds: number): readonly Rehearsed[] =>
  Array.from({ length: seeds }, (_, i) => rehearseOnce(task, catalogue, i + 1));
export const partOf = ({ parts }: Rehearsed, name: string): number => parts.find((part) => part.name === name)?.ms ?? 0;
