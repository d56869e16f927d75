// Every question we ask of the world. Adapters implement these; the core never imports them.
import type { Static, TObject } from 'typebox';
import type { ControlPlane, Effect } from './core/catalogue.ts';
import type { Observed, Outcome } from './core/outcome.ts';
import type { Hash, Instant, Json } from './core/values.ts';

export interface Clock {
  now(): Instant;
  /** Monotonic within one boot; differences only. */
  monotonicNs(): bigint;
}

/** What one commit makes durable together: entries, the blobs that they name, and a checkpoint when one was signed. */
export type Batch = {
  readonly epoch: number;
  /** Canonical lines without LF, in `seq` order. Stored and hashed as given. */
  readonly lines: readonly string[];
  readonly blobs?: readonly Blob[];
};
export type Blob = { readonly hash: Hash; readonly bytes: Uint8Array };

export interface Journal {
  /** Resolves when the batch is durable. Rejects with code `STALE_EPOCH`, `JOURNAL_FULL` or `JOURNAL_UNWRITABLE`; then nothing of it was kept. */
  append(batch: Batch): Promise<void>;
  /** Lines in order, from this sequence number on. */
  read(fromSeq: number): Iterable<string>;
  /** `spent`: the disk is full and the reserve is gone. Finish what runs, start nothing. Absent: it cannot say. */
  headroom?(): 'whole' | 'spent';
  /** Number of entries. */
  size(): number;
  blob(hash: Hash): Uint8Array | undefined;
  /** A signed C2SP note over the first `size` entries. Kept beside the entries, newest last. */
  saveCheckpoint(size: number, note: string): Promise<void>;
  lastCheckpoint(): { readonly size: number; readonly note: string } | undefined;
  close(): Promise<void>;
}

/** What a call needs of IAM. Account and partition of an ARN may be left to `resus iam`: `arn:aws:rds:us-east-2:*:db:ehr`. */
export type IamStatement = {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Where AWS is asked, so that the role of that region needs it; `*` for every region in which the workload has a replica. */
  readonly region: string;
  /** By operator and key, as IAM writes it: `{ StringEquals: { 'aws:RequestedRegion': ['us-east-2'] } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
};
export type Finding = { readonly code: string; readonly severity: 'blocks' | 'warns'; readonly sentence: string; readonly remedy: string };

/** One call of an action or fault. `token` is the same for every attempt at one step, so that a provider can refuse a repeat. */
export type Call<W, Tools> = {
  readonly with: W;
  readonly tools: Tools;
  readonly token: string;
  readonly epoch: number;
  /** The journal in which `epoch` counts. */
  readonly log?: string;
  readonly now: Instant;
  readonly signal: AbortSignal;
};

/** One action: one file that exports one of these, and one line in its provider's index. */
export interface Action<Tools, W extends TObject = TObject, D extends TObject = TObject> {
  /** Dotted, the provider first: `aws.rds.failover-global-cluster`. */
  readonly name: string;
  readonly summary: string;
  readonly with: W;
  /** What later steps may use as `steps.<id>.outputs`; expressions are type-checked against it. */
  readonly gives: D;
  readonly effect: Effect;
  readonly mayLoseData?: boolean;
  readonly irreversible?: boolean;
  /** More than the provider's read-back lag: two `absent` answers this far apart make another attempt safe. */
  readonly settleMs: number;
  readonly priorMs: { readonly p50: number; readonly p95: number };
  describe(input: Static<W>): string;
  /** How it is known that the goal holds, as `observe` finds out: a clause without a full stop, e.g. `RDS names it the writer`. */
  proof?(input: Static<W>): string;
  needs(input: Static<W>): readonly ControlPlane[];
  iam?(input: Static<W>): readonly IamStatement[];
  /** The resources that it changes; without it, every declared resource that its input names. */
  changes?(input: Static<W>): readonly string[];
  /** Asks whether the goal holds. Safe to repeat, changes nothing. Throws only when nothing could be learned. */
  observe(call: Call<Static<W>, Tools>): Promise<Observed<Static<D>>>;
  /** Sends the mutation once. A throw after sending is turned into `unknown` by the dispatcher. */
  apply(call: Call<Static<W>, Tools>): Promise<Outcome<Static<D>>>;
  revert?(call: Call<Static<W>, Tools>): Promise<Outcome<Static<D>>>;
  /** Read-only readiness: what would stop this step today. */
  evaluate?(call: Omit<Call<Static<W>, Tools>, 'token' | 'epoch'>): Promise<readonly Finding[]>;
}

/**
 * `measured` may hold `role` (`primary` or `standby`), `address` (`ip:port`, where the target was found: by it the writer's site is
 * told), `lagMs`, `heartbeatAt` (Instant), `arrivedAt` (Instant: when data last came in by replication) and `timeline`, all integers but the first two.
 */
export type Sample = { readonly ok: boolean; readonly detail: string; readonly measured?: Readonly<Record<string, number | string>> };
export interface Probe<Tools, W extends TObject = TObject> {
  readonly name: string;
  readonly summary: string;
  readonly with: W;
  /** A fresh connection each time. Resolves also when the target is bad; rejects never. `signal` aborts at the timeout. */
  sample(input: Static<W>, tools: Tools, signal: AbortSignal): Promise<Sample>;
}

/** A fault that a game day injects. It ends by itself after its lease, whatever becomes of us. */
export type FaultCall<W, Tools> = Call<W, Tools> & { readonly leaseMs: number };
export interface Fault<Tools, W extends TObject = TObject> {
  readonly name: string;
  readonly summary: string;
  readonly with: W;
  /** Cannot end by itself nor be undone (a failover): needs a failback in the game day. */
  readonly irreversible?: boolean;
  describe(input: Static<W>): string;
  iam?(input: Static<W>): readonly IamStatement[];
  /** The fault as people speak of it, what it does to which site, without a full stop: `silent loss of us-east-2`. */
  named(input: Static<W>, site: string): string;
  inject(call: FaultCall<Static<W>, Tools>): Promise<Outcome>;
  /** `holds` while the fault is in force, `absent` when it is gone. */
  observe(call: FaultCall<Static<W>, Tools>): Promise<Observed>;
  /** Idempotent, and safe on a fault that was never injected. */
  revert(call: FaultCall<Static<W>, Tools>): Promise<Outcome>;
}

export interface Provider<Config = unknown, Tools = unknown> {
  readonly name: string;
  /** Connects to nothing: clients are made at first use. */
  open(config: Config): Tools;
  readonly actions: readonly Action<Tools>[];
  readonly probes: readonly Probe<Tools>[];
  readonly faults: readonly Fault<Tools>[];
}

/** Typed by its schemas, then forgotten: `actionFor<Tools>()({...})` infers `with` and `gives`. */
export const actionFor =
  <Tools>() =>
  <W extends TObject, D extends TObject>(action: Action<Tools, W, D>): Action<Tools, W, D> =>
    action;
export const probeFor =
  <Tools>() =>
  <W extends TObject>(probe: Probe<Tools, W>): Probe<Tools, W> =>
    probe;
export const faultFor =
  <Tools>() =>
  <W extends TObject>(fault: Fault<Tools, W>): Fault<Tools, W> =>
    fault;
export type { ControlPlane, Json };
