// How long what AWS does takes. `aws` holds the published or commonly observed ranges, `fast` the same order of events in
// seconds; nothing else in the lab knows a duration of AWS.

export type ProfileName = 'fast' | 'aws';

/** An inclusive range in milliseconds; each occurrence draws one value from it. */
export type RangeMs = readonly [least: number, most: number];

export interface Profile {
  /** From the request until RDS starts to act. */
  readonly rdsStartMs: RangeMs;
  /** Managed failover of a global database, beside the real promotion ("typically within a few minutes", Aurora user guide). */
  readonly globalPromotionMs: RangeMs;
  /** How long RDS tries to fence an old primary region that it cannot reach. */
  readonly fencingTimeoutMs: RangeMs;
  /** Planned switchover of a global database, beside the real one ("typically under 30 s", Aurora user guide, since 2025). */
  readonly switchoverMs: RangeMs;
  /** Failover within a cluster ("typically under 60 s, often under 30 s"). */
  readonly clusterFailoverMs: RangeMs;
  /** Reboot of an instance with Multi-AZ failover ("typically 60 to 120 s"). */
  readonly rebootMs: RangeMs;
  /** Promotion of a read replica ("several minutes": it includes a reboot and a backup). */
  readonly replicaPromotionMs: RangeMs;
  /** Until a rebuilt copy is shown as available again. */
  readonly rebuildMs: RangeMs;
  /** How far a read-back lags behind the truth when the lab is unkind. */
  readonly readLagMs: RangeMs;
  /** PENDING to INSYNC ("within 60 s under normal conditions", Route 53 developer guide). */
  readonly insyncMs: RangeMs;
  /** Every duration of a health check's own settings (`RequestInterval` 10 or 30 s) is multiplied by this. */
  readonly checkerScale: number;
  /** How long one request of a checker may take: 4 s to connect and 2 s to answer at AWS. */
  readonly checkerTimeoutMs: number;
  /** From the change of a check's status to changed DNS answers. */
  readonly healthPropagationMs: RangeMs;
  /** From StartExperiment to `initiating`, and from there to `running`. */
  readonly fisStartMs: RangeMs;
  /** Durations of FIS actions are multiplied by this. They are what the template says in both profiles. */
  readonly fisScale: number;
}

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  fast: {
    rdsStartMs: [20, 60],
    globalPromotionMs: [400, 900],
    fencingTimeoutMs: [600, 1_000],
    switchoverMs: [300, 600],
    clusterFailoverMs: [300, 600],
    rebootMs: [300, 600],
    replicaPromotionMs: [400, 900],
    rebuildMs: [300, 600],
    readLagMs: [0, 3_000],
    insyncMs: [200, 600],
    checkerScale: 1 / 20,
    checkerTimeoutMs: 400,
    healthPropagationMs: [20, 100],
    fisStartMs: [50, 150],
    fisScale: 1,
  },
  aws: {
    rdsStartMs: [1_000, 5_000],
    globalPromotionMs: [60_000, 240_000],
    fencingTimeoutMs: [30_000, 60_000],
    switchoverMs: [20_000, 90_000],
    clusterFailoverMs: [15_000, 60_000],
    rebootMs: [60_000, 120_000],
    replicaPromotionMs: [120_000, 600_000],
    rebuildMs: [300_000, 900_000],
    readLagMs: [0, 3_000],
    insyncMs: [5_000, 60_000],
    checkerScale: 1,
    checkerTimeoutMs: 4_000,
    healthPropagationMs: [0, 1_000],
    fisStartMs: [1_000, 5_000],
    fisScale: 1,
  },
};
