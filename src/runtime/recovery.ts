// Recovery from a store. A long journal is proven by a thread of its own while this one folds it: a million entries then take half the
// time. What was folded counts for nothing until all of it is proven.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { newState, type Facts } from '../core/state.ts';
import { attempted, fold, recover, type Recovered } from '../engine/recovery.ts';
import type { Entry } from '../journal/entry.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { Proven, Signed } from '../journal/proof.ts';
import { upcast } from '../journal/upcast.ts';
import type { Journal } from '../ports.ts';
import type { FromVerifier, ToVerifier, VerifyData } from './verify-worker.ts';

/** Below this many entries, starting a thread takes longer than it saves. */
const aThreadPaysFrom = 50_000;
const batch = { characters: 1 << 20, onTheirWay: 8 } as const;

/** Rejects with `CHAIN_BROKEN`; nothing may act on such a journal. `threadFrom`: see above. */
export async function recoverFrom(
  journal: Pick<Journal, 'read' | 'size'>,
  facts: Facts,
  signed: Signed | undefined,
  threadFrom = aThreadPaysFrom,
): Promise<Recovered> {
  if (journal.size() < threadFrom) return recover(journal.read(0), facts, signed);
  const verifier = new Verifier(signed);
  const state = newState();
  let folding: unknown;
  try {
    let lines: string[] = [];
    let characters = 0;
    for (const line of journal.read(0)) {
      // Once a line cannot be folded only the verifier's word on it matters.
      if (folding === undefined) folding = attempted(() => fold(state, upcast(JSON.parse(line) as Entry), facts));
      lines.push(line);
      characters += line.length;
      if (characters < batch.characters) continue;
      await verifier.give(lines);
      [lines, characters] = [[], 0];
    }
    if (lines.length > 0) await verifier.give(lines);
    const proven = await verifier.end();
    if (folding !== undefined) throw folding as Error;
    return { state, ...proven };
  } finally {
    await verifier.stop();
  }
}

/** The other end of `verify-worker.ts`. */
class Verifier {
  readonly #worker: Worker;
  #onTheirWay = 0;
  #proven: Proven | undefined;
  #failed: Error | undefined;
  #told: () => void = () => undefined;

  constructor(signed: Signed | undefined) {
    this.#worker = startWorker({ signed });
    this.#worker.on('message', (said: FromVerifier) => {
      if ('taken' in said) this.#onTheirWay -= 1;
      else if ('proven' in said) this.#proven = said.proven;
      else
        this.#fail(
          said.failed.code === undefined ? new Error(said.failed.message) : new JournalError(said.failed.code, said.failed.message),
        );
      this.#told();
    });
    const gone = (error: Error): void => {
      this.#fail(error);
      this.#told();
    };
    this.#worker.on('error', gone);
    this.#worker.on('exit', () => gone(new Error('the thread that verifies the journal ended')));
  }

  /** Resolves when more may be given. */
  async give(lines: readonly string[]): Promise<void> {
    this.#onTheirWay += 1;
    this.#worker.postMessage({ lines: lines.join('\n') } satisfies ToVerifier);
    // Also without a wait, the thread's messages must be heard from time to time.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#onTheirWay >= batch.onTheirWay && this.#failed === undefined) await this.#news();
    if (this.#failed !== undefined) throw this.#failed;
  }
  async end(): Promise<Proven> {
    this.#worker.postMessage({ end: true } satisfies ToVerifier);
    for (;;) {
      if (this.#proven !== undefined) return this.#proven;
      if (this.#failed !== undefined) throw this.#failed;
      await this.#news();
    }
  }
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failed ??= error;
  }
  #news(): Promise<void> {
    return new Promise((resolve) => (this.#told = resolve));
  }
}

/** Built, the worker is JavaScript. From source it is TypeScript, which tsx must teach the new thread first. */
function startWorker(workerData: VerifyData): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./verify-worker.js', import.meta.url), { workerData });
  const tsx = new URL('esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx'))).href;
  const entry = new URL('./verify-worker.ts', import.meta.url).href;
  return new Worker(`import('${tsx}').then(({ register }) => { register(); return import('${entry}'); });`, { workerData, eval: true });
}
