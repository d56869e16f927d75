// What stands in the lab and what can be done to it: the seam between the AWS wire (`lab/aws/`), which asks, and the
// processes (`lab/processes/`), which obey. Everything here acts on real processes.

/** `silent`: addresses stop answering, no reset, open connections hang. `cut`: the same seen from outside, while what is inside runs on. `killed`: processes die and ports refuse. */
export type LossKind = 'silent' | 'cut' | 'killed';

export interface Hospital {
  /** Two regions with two zones each, and `us-east-1`, where Route 53 has its control plane. */
  readonly regions: readonly Region[];
  readonly databases: readonly Database[];
  /** Takes a region, zone or `us-east-1` away. Idempotent. Ends by itself after `leaseMs`, also if nobody calls `restore`. */
  lose(site: string, kind: LossKind, leaseMs: number): Promise<void>;
  /** Gives it back. Databases whose role was taken over meanwhile are rebuilt, never resumed as writers. Idempotent. */
  restore(site: string): Promise<void>;
  /** The sites that are lost now. */
  lost(): readonly { readonly site: string; readonly kind: LossKind; readonly until: number }[];
  isLost(site: string): boolean;
}

export interface Region {
  readonly name: string;
  /** Where this region's AWS endpoint answers, e.g. `http://127.0.20.9:4566`. */
  readonly aws: string;
  readonly zones: readonly Zone[];
}
export interface Zone {
  readonly name: string;
  /** Linux gives each zone its own; elsewhere they share one and differ by port. */
  readonly address: string;
  readonly ehrPort: number;
  /** At which the EHR's databases are reached. */
  readonly postgresPort: number;
  readonly reportsPort: number;
  readonly ehr: string;
}

/** One real PostgreSQL. Its storage is shared by the zones of its region, as Aurora's is: its process runs in one of them. */
export interface Database {
  /** `ehr-east`, `ehr-west`, `reports`, `reports-west`. */
  readonly name: string;
  readonly region: string;
  /** Where its process runs now. */
  zone(): string;
  /** `postgres://` on the zone address through which clients come in now. */
  url(): string;
  isRunning(): boolean;
  /** Asked of PostgreSQL itself; rejects when it does not answer within a second. */
  role(): Promise<'primary' | 'standby'>;
  timeline(): Promise<number>;
  /** WAL bytes that the standby has not replayed, or undefined when either does not answer. */
  lagBytes(primary: Database): Promise<number | undefined>;
  /** Ends recovery. Resolves when it accepts writes. */
  promote(): Promise<void>;
  /** Stops the process wherever it is (also frozen) and starts it on the same storage in that zone. */
  restartIn(zone: string): Promise<void>;
  /** Throws this copy away and makes it a streaming standby of `source`. */
  rebuildFrom(source: Database): Promise<void>;
  /** Planned role change without loss: this primary stops, `target` replays all, promotes, this one follows it. */
  switchoverTo(target: Database): Promise<void>;
  pauseReplication(): Promise<void>;
  resumeReplication(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
}
