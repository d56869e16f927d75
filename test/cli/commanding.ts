// A controller that runs, taken in hand from the command line: one estate with a switchover of its own steps, and commands as people type them.
import type { Estate, StepSpec } from '../../src/core/estate.ts';
import type { StepId } from '../../src/core/values.ts';
import { runCli } from '../../src/cli/index.ts';
import type { Io } from '../../src/cli/io.ts';
import { evaluate } from '../../src/declare/index.ts';
import { vocabularyOf } from '../../src/providers/index.ts';
import { fast, secrets, type House } from '../api/house.ts';
import { recordedIo } from './stdio.ts';

export const step = (id: string, uses: string, more: Partial<StepSpec> = {}): StepSpec => ({
  id: id as StepId,
  uses,
  with: {},
  needs: [],
  timeoutMs: 60_000,
  retries: 0,
  ...more,
});
export const switchedBy = (summary: string, steps: readonly StepSpec[]): Estate => ({
  ...fast,
  runbooks: { ...fast.runbooks, switchover: { id: 'switchover', summary, modes: ['switchover'], steps } },
});

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };
/** As a person of the house types it, with that person's token. */
export async function typed(house: House, args: readonly string[], by = 'olga', io: Partial<Io> = {}): Promise<Ran> {
  const recorded = recordedIo({ env: { RESUS_URL: house.url, RESUS_TOKEN: secrets[by] }, ...io });
  const knowing = { vocabulary: vocabularyOf([]), catalogue: { actions: new Map(), evaluate } };
  const exit = await runCli(args, { io: recorded, version: '1.2.3', ...knowing });
  return { exit, out: recorded.printed(), err: recorded.complained() };
}
/** What `resus status` says of the only workload. */
export const stateIn = async (house: House): Promise<unknown> => (await house.get('/api/v1/workloads/ehr')).body['state'];
/** @throws with the journal so far, if it does not come to hold within 15 s */
export async function until(house: House, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await holds());) {
    if (Date.now() > end) throw new Error(`not in time: ${what}\n${(await typed(house, ['events'])).out}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
