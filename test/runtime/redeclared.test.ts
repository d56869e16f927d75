// A controller that is started with other files while a run is open: it leads with what was declared before, keeps the new text, and whoever
// starts after the run has closed reads it from the journal.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { Actor, RunId, WorkloadId } from '../../src/core/values.ts';
import { signerFor } from '../../src/journal/checkpoint.ts';
import { Controller } from '../../src/runtime/controller.ts';
import { MemoryJournal } from '../api/memory-journal.ts';
import { estate } from '../core/estate.ts';
import { controllerOptions } from './controller-options.ts';

const ann: Actor = { kind: 'person', id: 'ann' };
const signer = signerFor('test/log', generateKeyPairSync('ed25519').privateKey);
async function started(journal: MemoryJournal, declared: Estate): Promise<Controller> {
  const controller = new Controller({ ...controllerOptions(journal), signer, estate: declared });
  await controller.start();
  return controller;
}
const ask = async (controller: Controller, request: Request): Promise<boolean> =>
  (await controller.submit({ kind: 'requested', by: ann, request }, ann)).ok;

test('the run goes on, also over two restarts; when it closes the new files are in force', async () => {
  const journal = new MemoryJournal();
  const first = await started(journal, estate);
  expect(await ask(first, { kind: 'run', workload: 'ehr' as WorkloadId, mode: 'switchover', reason: 'patching' })).toBe(true);
  await first.stop();

  const dropped: Estate = { ...estate, workloads: {}, gamedays: {} };
  for (const _ of [1, 2]) {
    const next = await started(journal, dropped);
    expect(next.standing.ready).toBe(true);
    expect(Object.keys(next.known?.estate?.workloads ?? {})).toEqual(['ehr']);
    expect([...(next.known?.openRuns ?? [])]).toEqual(['ehr-1']);
    await next.stop();
  }
  const last = await started(journal, dropped);
  const waiting = last.known?.waitingEstate?.estate;
  expect(waiting === undefined ? undefined : journal.blob(waiting)).toBeDefined();
  expect(await ask(last, { kind: 'cancel', run: 'ehr-1' as RunId, reason: 'it is gone' })).toBe(true);
  expect([last.known?.estateHash, last.known?.estate?.workloads]).toEqual([waiting, {}]);
  await last.stop();
  const types = journal.lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.filter((type) => type.startsWith('Estate'))).toEqual(['EstateDeclared', 'EstateDeferred', 'EstateDeclared']);

  // The journal alone tells it all again.
  const again = await started(journal, dropped);
  expect([again.known?.estateHash, again.known?.waitingEstate]).toEqual([waiting, undefined]);
  await again.stop();
});
