// What was declared, resolved: every default filled in, every duration in milliseconds, every reference checked.
// `declare/` makes it from YAML; the journal keeps its hash and the blob store its text, so that old entries
// replay against what was declared then. Only safe integers, strings and booleans: it is hashed canonically.
import type { Instant, Json, SiteId, StepId, VantageId, WorkloadId } from './values.ts';

export type Estate = {
  readonly sites: Readonly<Record<string, Site>>;
  readonly tiers: Readonly<Record<string, Tier>>;
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly runbooks: Readonly<Record<string, Runbook>>;
  readonly gamedays: Readonly<Record<string, GameDay>>;
  /** Absent when none is declared. */
  readonly calendars?: Readonly<Record<string, Calendar>>;
  /** Absent when none is declared. Nothing is decided by them: they judge evidence. */
  readonly frameworks?: Readonly<Record<string, Framework>>;
};

/** What is declared under a name that came from outside: `toString` and its like are not declared. */
export const declaredAs = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

export const siteLevels = ['cloud', 'region', 'zone', 'campus', 'data-centre', 'rack'] as const;
export type SiteLevel = (typeof siteLevels)[number];
/** A fault domain. Sites form a tree; `parent` is absent at a root. */
export type Site = {
  readonly id: SiteId;
  readonly parent?: SiteId;
  readonly level: SiteLevel;
  readonly kind: 'aws' | 'onprem';
  /** Where data here stands in law, e.g. `US`; inherited from the parent. */
  readonly residency: string;
  readonly vantages: readonly Vantage[];
};
/** A place that probes. It votes only while at least one of its reference targets answers it. */
export type Vantage = { readonly id: VantageId; readonly site: SiteId; readonly references: readonly ProbeUse[] };

export const strategies = ['backup-restore', 'pilot-light', 'warm-standby', 'active-active'] as const;
/** How far the machine may go alone. `shadow`: it says what it would do, and does nothing. */
export const automations = ['shadow', 'manual', 'approve', 'automatic'] as const;
export type Automation = (typeof automations)[number];
export const fenceKinds = ['storage-fenced', 'confirmed', 'powered-off', 'self-fenced', 'provider-asserted', 'break-glass'] as const;
/** Why no write can be acknowledged any more. The last two are claims, not proofs: such a run is `unproven`. */
export type FenceKind = (typeof fenceKinds)[number];

/** Those of a workload who can be called. */
export const calledRoles = ['onCall', 'clinicalOwner', 'owner'] as const;
export type CalledRole = (typeof calledRoles)[number];

export const losses = ['replica', 'zone', 'region'] as const;
/** How much is gone. A region takes the others with it; a replica may stand in one zone or in all of its region. */
export type Loss = (typeof losses)[number];
export const pendingTargets = ['rto', 'rpo', 'availability'] as const;
export type Target = (typeof pendingTargets)[number];
export type Tier = {
  readonly id: string;
  /** 0 while it is `pending`. */
  readonly rtoMs: number;
  readonly rpoMs: number;
  /** What is promised of one loss alone, never weaker than the general target; a loss that is not here has that. Absent when none is. */
  readonly byLoss?: Readonly<Partial<Record<Loss, { readonly rtoMs: number }>>>;
  /** Targets that nobody has decided yet; absent when all are. Nothing is done about such a workload without a person. */
  readonly pending?: readonly Target[];
  /** A percentage as text, e.g. `99.99`, or `pending-bia`. */
  readonly availability: string;
  readonly strategy: (typeof strategies)[number];
  readonly least: { readonly regions: number; readonly zones: number };
  /** `failures` and `successes` are consecutive samples of one vantage before its verdict changes. */
  readonly detection: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failures: number;
    readonly successes: number;
  };
  /** A population's path is failing after `failures` bad canaries in a row, and good again after `good` good ones over `sustainedMs`. */
  readonly usersPath: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failures: number;
    readonly good: number;
    readonly sustainedMs: number;
  };
  /** How far the machine may go alone, by the scope of the diagnosis. */
  readonly automation: Readonly<Record<Loss, Automation>>;
  readonly approvals: {
    readonly people: number;
    /** How long people have to answer, and how long an approval holds. */
    readonly expireMs: number;
    /** After how long without an answer the next one is called; a third of `expireMs` when absent. */
    readonly escalateMs?: number;
    /** In this order; everybody who answers for the workload when absent. */
    readonly escalateTo?: readonly CalledRole[];
    /** Whoever has this duty may approve alone, with a reason, when the RTO would be missed before others could answer. */
    readonly emergency?: { readonly role: string };
  };
  /** Fences that are enough to promote without a person. */
  readonly fencing: { readonly accepts: readonly FenceKind[] };
  readonly cooldownMs: number;
  /** At most so many incidents treated without a person within `perMs`, over all workloads; no limit when absent. */
  readonly blastRadius?: { readonly decisions: number; readonly perMs: number };
  readonly drillEveryMs: number;
  readonly retentionMs: number;
};

/** Whether nobody has decided this target yet. */
export const isPending = (tier: Pick<Tier, 'pending'>, target: Target): boolean => tier.pending?.includes(target) === true;
const targetWords: Readonly<Record<Target, string>> = { rto: 'RTO', rpo: 'RPO', availability: 'availability' };
/** In words, e.g. `RTO, RPO`; undefined when all are decided. */
export const saidPending = ({ pending }: Pick<Tier, 'pending'>): string | undefined =>
  pending === undefined || pending.length === 0 ? undefined : pending.map((each) => targetWords[each]).join(', ');

/** One use of a probe. `site` is the fault domain that it observes. */
export type ProbeUse = { readonly id: string; readonly uses: string; readonly with: Json; readonly site: SiteId };

export type Role = 'primary' | 'standby';
export type Replica = {
  readonly name: string;
  readonly site: SiteId;
  /** The role at first sight; the journal knows the present one. */
  readonly role: Role;
  readonly onIsolation: 'keep' | 'demote';
  /** Its provider may take it back at any moment. Absent where it is kept. */
  readonly capacity?: 'spot';
  /** Of the provider, e.g. the twelve digits of AWS; absent where only its resources may tell. */
  readonly account?: string;
  /** Provider resources that runbooks name, e.g. `{ cluster: 'arn:aws:rds:...' }`. */
  readonly resources: Readonly<Record<string, string>>;
  readonly probes: readonly ProbeUse[];
};
/**
 * How far the copy is behind, as the probe `lagProbe` of replica `to` measures it: by the newest heartbeat row that came through, or by what
 * the replica says of itself (`measuredBy: reported`), which is nothing at all once it is cut off from what it copies. `arrivalProbe`, another
 * probe of `to`, measures when data last arrived; a reported lag without it is unknown.
 */
export type Replication = {
  readonly from: string;
  readonly to: string;
  readonly lagProbe: string;
  readonly heartbeatMs: number;
  /** Absent: by heartbeats. */
  readonly measuredBy?: 'reported';
  readonly arrivalProbe?: string;
};
/**
 * Canaries go the way users go: resolve, connect, write, read back. One client process per population. `ttlMs`: of the records of the name, as
 * they are before a move; `clientCacheMs`: how much longer the software of users keeps an address. Nobody knows what is absent.
 */
export type UsersPath = {
  readonly url: string;
  readonly nameServers: readonly string[];
  /** Only these sites answer the name; absent of one in a public zone. `resus lint` reads it. */
  readonly privateZone?: { readonly answeredAt: readonly SiteId[] };
  readonly ttlMs?: number;
  readonly clientCacheMs?: number;
  /** `system`: of the identifiers of what canaries write. `patients`: made-up ones, the only ones that probes may read. */
  readonly canaries?: { readonly system: string; readonly patients: readonly string[] };
  readonly populations: readonly { readonly name: string; readonly site: SiteId }[];
};

export const diagnosisKinds = ['ReplicaDown', 'ZoneLost', 'RegionLost'] as const;
export type DiagnosisKind = (typeof diagnosisKinds)[number];
export const modes = ['switchover', 'failover', 'failback', 'drill'] as const;
export type Mode = 'switchover' | 'failover' | 'failback';

export const responsibilities = ['provider', 'customer', 'vendor'] as const;
/** `sha256`: of the offline copy, 64 lower-case hex digits. `printed`: where the copy on paper hangs. */
export type DowntimeCopy = { readonly link: string; readonly sha256: string; readonly printed: string };
export const environments = ['production', 'dr', 'training'] as const;
/** `evictable`: it may be stopped to free capacity for the production of its product. */
export type Product = { readonly name: string; readonly environment: (typeof environments)[number]; readonly evictable: boolean };

/** What nearly everything stands on: who people are, where things are, what time it is, and what opens the data. */
export const foundations = ['identity', 'names', 'time', 'keys'] as const;
export type Foundation = (typeof foundations)[number];
/** In which a standby must be equal to what it replaces. */
export const parities = ['engine', 'parameters', 'certificates', 'licences'] as const;
export type Parity = (typeof parities)[number];
/** How people do what a workload is for while it is lost. `needs`: workloads without which that does not work; `site`: from where it is done. */
export type BreakGlass = { readonly how: string; readonly needs: readonly WorkloadId[]; readonly site?: SiteId };
/** What is said of being ready before anything is lost; what is absent nobody has said. Nothing is decided by it: `resus lint` reads it. */
export type Preparedness = {
  readonly provides?: readonly Foundation[];
  /** How it does without those that it does not need. */
  readonly worksWithout?: Readonly<Partial<Record<Foundation, string>>>;
  /** How each is known to be equal on the standby. */
  readonly parity?: Readonly<Partial<Record<Parity, string>>>;
  readonly breakGlass?: BreakGlass;
};

/**
 * What is restored when everything else is lost. `everyMs`: the longest span between two instants that can be restored. `immutable`: nobody can
 * delete or change them before their time. Nothing is decided by it: `resus lint` and `resus plan` read it.
 */
export type Backup = { readonly everyMs: number; readonly site: SiteId; readonly immutable: boolean };

export type Workload = Preparedness & {
  readonly id: WorkloadId;
  readonly tier: string;
  readonly controlDomain: string;
  readonly owner: string;
  readonly onCall: string;
  readonly clinicalOwner: string;
  /** Who could be harmed and how, in words a clinician uses. */
  readonly impact: string;
  readonly downtimeProcedure: string;
  readonly residency: readonly string[];
  /** Whose system it is: who must act when it fails. Absent where nobody has said so. */
  readonly responsibility?: (typeof responsibilities)[number];
  /** Where the downtime procedure can be read while the workload, and perhaps the network, is gone. */
  readonly downtimeCopy?: DowntimeCopy;
  /** A system that is validated (GxP): a deviation by hand needs the reference of a record. Absent when it is not. */
  readonly validated?: true;
  /** Which environment of which product it is. Absent where it is the only one. */
  readonly product?: Product;
  /** In its freezes and blackouts no game day practises on the workload; in a blackout the machine asks before it acts. */
  readonly calendar?: string;
  readonly dependsOn: readonly { readonly workload: WorkloadId; readonly strength: 'hard' | 'soft' }[];
  readonly resources: Readonly<Record<string, string>>;
  readonly replicas: readonly Replica[];
  readonly replication: readonly Replication[];
  readonly localHa?: { readonly by: string; readonly graceMs: number };
  /** Absent where nobody has said. */
  readonly backup?: Backup;
  readonly usersPath: UsersPath;
  /** Which runbook treats which diagnosis, and which serve the planned modes. */
  readonly runbooks: {
    readonly onDiagnosis: Readonly<Partial<Record<DiagnosisKind, string>>>;
    readonly switchover?: string;
    readonly failback?: string;
    /** Those that only people choose, by the names that they choose them by: nothing is ever decided for one of these. */
    readonly byHand?: Readonly<Record<string, string>>;
  };
};

export type Runbook = {
  readonly id: string;
  readonly summary: string;
  readonly modes: readonly Mode[];
  readonly steps: readonly StepSpec[];
};
/** `with` and `when` may hold `${{ }}` over `workload`, `from`, `to`, `site` and, at run time, `steps.<id>.outputs`. */
export type StepSpec = {
  readonly id: StepId;
  readonly uses: string;
  readonly with: Json;
  readonly needs: readonly StepId[];
  readonly when?: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly expectMs?: number;
  /** Its variant when people give up on grace; the same when absent. Never a way around a fence. */
  readonly onUngraceful?: OnUngraceful;
};
export type OnUngraceful =
  | { readonly kind: 'skip' }
  | { readonly kind: 'replace'; readonly uses: string; readonly with: Json; readonly timeoutMs?: number; readonly expectMs?: number };

export const windowKinds = ['maintenance', 'freeze', 'blackout'] as const;
export type WindowKind = (typeof windowKinds)[number];
/** Their places are those of `Date.getUTCDay`. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** `atMinute` is a time of day of the zone, in minutes from midnight; a weekly window may last past midnight. */
export type CalendarWindow = {
  readonly name: string;
  readonly kind: WindowKind;
  readonly when:
    | { readonly kind: 'dated'; readonly startsAt: Instant; readonly endsAt: Instant }
    | { readonly kind: 'weekly'; readonly days: readonly number[]; readonly atMinute: number; readonly forMs: number };
};
export type Calendar = { readonly id: string; readonly zone: string; readonly windows: readonly CalendarWindow[] };

/** One fault of a game day. The lease is the longest it may stand; the injector ends it by itself after that. */
export type FaultSpec = {
  readonly id: string;
  readonly uses: string;
  readonly with: Json;
  /** The fault domain that it takes away. A diagnosis outside it is a real fault. */
  readonly site: SiteId;
  readonly leaseMs: number;
};
export type GameDay = {
  readonly id: string;
  readonly summary: string;
  readonly workload: WorkloadId;
  /** It begins in none of its freezes and blackouts, and only in its maintenance windows if it has some. */
  readonly calendar?: string;
  /** Absent: started by people only. */
  readonly schedule?: { readonly cron: string; readonly zone: string };
  /** Where it may run. */
  readonly floors: readonly ('simulation' | 'lab' | 'live')[];
  /** What is practised: a fault that Resus must treat by itself, a planned switchover, or a runbook that people choose, by its name in `byHand`. */
  readonly practises:
    | { readonly kind: 'fault'; readonly faults: readonly FaultSpec[]; readonly diagnosis: DiagnosisKind }
    | { readonly kind: 'switchover' }
    | { readonly kind: 'by-hand'; readonly runbook: string };
  readonly steadyState: { readonly forMs: number };
  /** CEL over the game day's scope (see `core/gameday/scope.ts`): all must hold before anything is touched. */
  readonly gates: readonly string[];
  /** One that holds stops the drill at once. */
  readonly aborts: readonly string[];
  /** The verdict: all must hold at the end. */
  readonly expect: readonly string[];
  /** A planned way home after the faults are reverted, graded like the rest. */
  readonly failback: boolean;
  readonly limits: { readonly biteMs: number; readonly recoverMs: number; readonly revertMs: number };
};

/** Controls that somebody must show, and the entries that show them. A paraphrase is ours; the text itself stands at `source`. */
export type Framework = {
  readonly id: string;
  readonly title: string;
  readonly edition: string;
  readonly source: string;
  /** A day, `YYYY-MM-DD`: when it was last compared with its source. */
  readonly checkedOn: string;
  readonly status: 'in-force' | 'proposed';
  readonly enabled: boolean;
  readonly controls: readonly {
    readonly id: string;
    readonly oscalId?: string;
    /** The identifier was not compared with the source. */
    readonly unchecked: boolean;
    readonly paraphrase: string;
    /** Of the floor `live` only. `where` is CEL over one entry (`declare/evidence-scope.ts`); stale after `freshMs`. */
    readonly evidence: readonly { readonly id: string; readonly event: string; readonly where?: string; readonly freshMs: number }[];
    /** Why the journal cannot show it, or not all of it. */
    readonly notAssessed?: string;
  }[];
};
