// How every bench measures: a calibration just before, wall and CPU time, one JSON line. The figures of two hours or two
// machines compare only after division by their calibrations. Nothing here asserts: a number that is too low is for people.
import { createHash } from 'node:crypto';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** MiB of SHA-256 a second on this core now, over about 200 ms of CPU. */
export function calibrate(): number {
  const block = Buffer.alloc(1 << 20, 0x5a);
  const began = process.cpuUsage();
  let mib = 0;
  let spent = 0;
  while (spent < 200_000) {
    createHash('sha256').update(block).digest();
    mib += 1;
    const { user, system } = process.cpuUsage(began);
    spent = user + system;
  }
  return Math.round(mib / (spent / 1e6));
}

export type Span = { readonly wallMs: number; readonly cpuMs: number };
/** Adds up spans of work with pauses between them, so that making the input is not measured. */
export class Stopwatch {
  #wallMs = 0;
  #cpuMs = 0;

  async time<T>(work: () => T | Promise<T>): Promise<T> {
    const cpu = process.cpuUsage();
    const wall = performance.now();
    try {
      return await work();
    } finally {
      this.#wallMs += performance.now() - wall;
      const { user, system } = process.cpuUsage(cpu);
      this.#cpuMs += (user + system) / 1000;
    }
  }
  get span(): Span {
    return { wallMs: Math.round(this.#wallMs), cpuMs: Math.round(this.#cpuMs) };
  }
}

export const perSecond = (count: number, ms: number): number => Math.round((count * 1000) / Math.max(1, ms));

/** One line on stdout. `calibration` is what `calibrate` said just before the work. */
export function report(bench: string, calibration: number, figures: Readonly<Record<string, unknown>>): void {
  const machine = {
    calibrationMiBPerS: calibration,
    node: process.version,
    cpu: cpus()[0]?.model ?? '?',
    cores: availableParallelism(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
  process.stdout.write(`${JSON.stringify({ bench, ...figures, ...machine })}\n`);
}

/** A number from the environment, for shorter and longer runs: `RESUS_BENCH_ENTRIES=10000 npm run bench -- replay`. */
export function setting(name: string, otherwise: number): number {
  const value = Number(process.env[`RESUS_BENCH_${name}`] ?? otherwise);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`RESUS_BENCH_${name} must be a number above 0`);
  return value;
}
