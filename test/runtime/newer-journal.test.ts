// A journal that a newer release wrote, in the real store: refused before anything is done, and both releases are named.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Hash, Instant } from '../../src/core/values.ts';
import { signerFor } from '../../src/journal/checkpoint.ts';
import { Seal } from '../../src/journal/seal.ts';
import { Controller } from '../../src/runtime/controller.ts';
import { steadyClock } from '../../src/runtime/steady-clock.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { estate } from '../core/estate.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-newer-'));
  file = join(folder, 'journal.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const origin = { log: 'test/log', floor: 'lab', controlDomain: 'central', boot: 'b' } as const;
const began = (version: string): Event => ({
  type: 'EpochBegan',
  data: { controller: 'c1', version, lastSeq: -1, lastHash: '0'.repeat(64) as Hash },
});
const newFact = { type: 'MoonPhaseChanged', data: { phase: 'full' } } as unknown as Event;
function lines(events: readonly Event[]): readonly string[] {
  const seal = new Seal(origin);
  return events.map(
    (event) => seal.seal(event, { epoch: 1, at: Date.UTC(2026, 0, 1) as Instant, ns: 0n, actor: { kind: 'engine', id: 'c1' } }).line,
  );
}
const ofFormat2 = (line: string): string => line.replace(/"v":1\}$/, '"v":2}');

const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a fact that it does not know',
    lines([began('0.1.0'), began('0.9.0'), newFact]),
    /^entry 2 is a MoonPhaseChanged, which this release does not know/,
  ],
  [
    'an entry of another format',
    [
      ...lines([began('0.9.0')]),
      ...lines([began('0.9.0'), newFact])
        .slice(1)
        .map(ofFormat2),
    ],
    /^entry 1 has format v2, this release reads v1/,
  ],
];
test.each(cases)('%s', { timeout: 60_000 }, async (_name, written, says) => {
  const before = await openSqlite(file);
  await before.append({ epoch: 1, lines: written });
  await before.close();
  const controller = new Controller({
    ...origin,
    name: 'c1',
    version: '0.1.0',
    clock: steadyClock(),
    catalogue: { actions: new Map(), evaluate: () => ({ ok: false, message: '' }) },
    registry: { actions: new Map(), faults: new Map() },
    signer: signerFor('test/log', generateKeyPairSync('ed25519').privateKey),
    open: () => openSqlite(file),
    estate,
  });
  const refused = await controller.start().then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string },
  );
  expect(refused?.code).toBe('UNKNOWN_VERSION');
  expect(refused?.message).toMatch(says);
  expect(refused?.message).toContain('release 0.9.0 wrote this journal, this is release 0.1.0: start release 0.9.0 or a newer one');
  expect(controller.standing).toEqual({ ready: false, because: refused?.message });
  const after = await openSqlite(file);
  expect([...after.read(0)]).toEqual(written);
  await after.close();
  await controller.stop();
});
