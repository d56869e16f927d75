// Rehearsals one after the other on this thread; threads are tried with the program itself.
import type { Catalogue } from '../../src/core/catalogue.ts';
import type { RehearseParts } from '../../src/cli/rehearse.ts';
import { rehearseOnce } from '../../src/rehearsal/rehearse-once.ts';

export const inTurn =
  (catalogue: Catalogue): RehearseParts['rehearseAll'] =>
  (task, seeds, progress) =>
    Promise.resolve(
      seeds.map((seed) => {
        const rehearsed = rehearseOnce(task, catalogue, seed);
        progress(rehearsed);
        return rehearsed;
      }),
    );
