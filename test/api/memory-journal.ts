// A journal that forgets with the process, for tests of what stands on one.
import type { Batch, Journal } from '../../src/ports.ts';
import type { Hash } from '../../src/core/values.ts';

export class MemoryJournal implements Journal {
  readonly lines: string[] = [];
  readonly blobs = new Map<Hash, Uint8Array>();
  #checkpoint: { readonly size: number; readonly note: string } | undefined;
  /** Makes every later append fail, as a full disk does. */
  broken: Error | undefined;

  append({ lines, blobs }: Batch): Promise<void> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    this.lines.push(...lines);
    for (const blob of blobs ?? []) this.blobs.set(blob.hash, blob.bytes);
    return Promise.resolve();
  }
  *read(fromSeq: number): Generator<string> {
    for (let at = fromSeq; at < this.lines.length; at += 1) yield this.lines[at] ?? '';
  }
  size(): number {
    return this.lines.length;
  }
  blob(hash: Hash): Uint8Array | undefined {
    return this.blobs.get(hash);
  }
  saveCheckpoint(size: number, note: string): Promise<void> {
    this.#checkpoint = { size, note };
    return Promise.resolve();
  }
  lastCheckpoint(): { readonly size: number; readonly note: string } | undefined {
    return this.#checkpoint;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
