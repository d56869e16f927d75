// Everything that vantages and canaries report, as lines of JSON, for `resus backtest`. Not the journal: nothing is proven by it, nothing
// waits for it, and what does not fit or cannot be written is left out and counted. At most so many bytes, the oldest go first.
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Estate } from '../core/estate.ts';
import type { Input, Observation, Sampled } from '../core/input.ts';
import type { Instant } from '../core/values.ts';

/** The first line of a file, and again whenever a controller begins: what was declared then. */
export type RecordedEstate = { readonly recording: 1; readonly at: Instant; readonly estate: Estate };
/** When it arrived, by the controller's clock, and what. */
export type RecordedSample = { readonly at: Instant; readonly probed: Omit<Observation, 'detail'> };
export type RecordedCanaries = {
  readonly at: Instant;
  readonly sampled: Sampled;
};
export type Recorded = RecordedEstate | RecordedSample | RecordedCanaries;

const atOnce = 64 * 1024;

export class Recording {
  readonly #file: string;
  readonly #most: number;
  readonly #estate: Estate;
  readonly #failed: (error: Error) => void;
  #fd: number | undefined;
  #size = 0;
  #waiting: string[] = [];
  #waitingLength = 0;

  /** Goes on behind what `file` holds already. `mostBytes` is shared by it and the file before, `FILE.1`. Throws what opening throws. */
  constructor(file: string, mostBytes: number, estate: Estate, at: Instant, failed: (error: Error) => void) {
    [this.#file, this.#most, this.#estate, this.#failed] = [file, mostBytes, estate, failed];
    this.#open(at);
  }

  /** Takes observations and canaries, and nothing else. Never throws. */
  take(input: Input, at: Instant): void {
    if (input.kind === 'probed') {
      const { target, vantage, ok, at: seenAt, measured } = input;
      this.#put({ at, probed: { target, vantage, ok, at: seenAt, ...(measured === undefined ? {} : { measured }) } });
    }
    if (input.kind === 'sampled') {
      const { workload, population, samples, lastAckedAt } = input;
      this.#put({ at, sampled: { workload, population, samples, ...(lastAckedAt === undefined ? {} : { lastAckedAt }) } });
    }
  }
  /** Writes what waits; also done whenever enough of it does. */
  flush(at: Instant): void {
    if (this.#fd === undefined || this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    [this.#waiting, this.#waitingLength] = [[], 0];
    try {
      this.#size += writeSync(this.#fd, text);
      if (this.#size > this.#most / 2) this.#turnOver(at);
    } catch (error) {
      // A full disk must not take the journal's place: no more is recorded until the next start.
      closeSync(this.#fd);
      this.#fd = undefined;
      this.#failed(error as Error);
    }
  }
  close(at: Instant): void {
    this.flush(at);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #put(line: RecordedSample | RecordedCanaries): void {
    if (this.#fd === undefined) return;
    const text = `${JSON.stringify(line)}\n`;
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    if (this.#waitingLength >= atOnce) this.flush(line.at);
  }
  #open(at: Instant): void {
    this.#fd = openSync(this.#file, 'a', 0o600);
    const header: RecordedEstate = { recording: 1, at, estate: this.#estate };
    this.#size = statSync(this.#file).size + writeSync(this.#fd, `${JSON.stringify(header)}\n`);
  }
  #turnOver(at: Instant): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    if (existsSync(this.#file)) renameSync(this.#file, `${this.#file}.1`);
    this.#open(at);
  }
}
