// One line of the journal, exactly as it is stored, hashed and exported.
import type { Event } from '../core/event.ts';
import type { Actor, Floor, Hash } from '../core/values.ts';

export type Envelope = {
  readonly v: 1;
  /** Which log: one per control domain and deployment. The same in every entry; also the origin of its checkpoints. */
  readonly log: string;
  /** The term of the leader that wrote it. Never falls. */
  readonly epoch: number;
  /** 0, 1, 2 ... without a gap. */
  readonly seq: number;
  /** Leaf hash of the entry before; 64 zeros at 0. */
  readonly prev: Hash;
  /** What it belongs to (see `streamOf`), and the same chain within that: a subset can be shown to be complete. */
  readonly stream: string;
  readonly sseq: number;
  readonly sprev: Hash;
  /** UTC with milliseconds, e.g. `2026-11-22T02:00:00.000Z`. */
  readonly ts: string;
  /** Monotonic clock: differences mean something within one boot only. Nanoseconds, decimal. */
  readonly mono: { readonly boot: string; readonly ns: string };
  readonly floor: Floor;
  readonly controlDomain: string;
  readonly actor: Actor;
};
/** Flat: an envelope with a fact in it. `switch (entry.type)` narrows `entry.data`. */
export type Entry = Envelope & Event;

/** Bytes of a line without its LF. Tiled logs allow 65,535. Bigger content goes into a blob. */
export const maxLineBytes = 60_000;

/** Where a chain stands after its last entry: what the next one must follow from. */
export type ChainState = {
  /** The next sequence number, which is also the number of entries. */
  readonly seq: number;
  readonly prev: Hash;
  readonly epoch: number;
  readonly streams: ReadonlyMap<string, StreamState>;
};
export type StreamState = { readonly sseq: number; readonly sprev: Hash };

const ledgerOfRuns: ReadonlySet<string> = new Set(['RunOpened', 'RunClosed', 'DrillOpened', 'DrillClosed']);

/**
 * Opening and closing of every run and drill go to `runs`, so that a hidden failed drill leaves a hole there; the rest of a
 * run to `run/<id>`; the rest of a drill to `drill/<id>`; everything else to `fleet`.
 */
export function streamOf(event: { readonly type: string; readonly data: object }): string {
  if (ledgerOfRuns.has(event.type)) return 'runs';
  const { run, drill } = event.data as { readonly run?: unknown; readonly drill?: unknown };
  if (typeof run === 'string') return `run/${run}`;
  return typeof drill === 'string' ? `drill/${drill}` : 'fleet';
}
