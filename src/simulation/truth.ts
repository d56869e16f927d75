// What really happened in the simulated world, in order: written by the world alone and read by the checkers alone. Nothing here
// comes from an engine's state; what a controller said counts only from the moment in which the store made it durable.
import type { History } from './history.ts';
import type { Event } from '../core/event.ts';
import type { FenceKind } from '../core/estate.ts';
import type { Effect } from '../core/catalogue.ts';
import type { Actor, Instant, SiteId, WorkloadId } from '../core/values.ts';

/** True time: no controller's clock and no vantage's. */
type At = { readonly at: Instant };

/** What a provider was asked to do, as it came over the wire. */
export type Call = {
  readonly uses: string;
  readonly effect: Effect;
  /** Of a drill's fault, `run` is the drill and `step` the fault. */
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly token: string;
  readonly epoch: number;
  readonly controller: string;
  /** When its controller last asked whether it may act. */
  readonly decidedAt: Instant;
  /** When it left its controller: later than `decidedAt` when that stood still in between. */
  readonly sentAt: Instant;
  readonly workload: WorkloadId;
  /** Replica names. */
  readonly from: string;
  readonly to: string;
};

export type Fact = At &
  (
    | { readonly kind: 'declared'; readonly world: WorldAsBuilt }
    /** A user's write was acknowledged: from now on it must not be lost. `write` counts up within a workload. */
    | {
        readonly kind: 'acknowledged';
        readonly workload: WorkloadId;
        readonly replica: string;
        readonly population: string;
        readonly write: number;
        readonly isCanary: boolean;
      }
    /** A controller has in hand that this population's canary was answered at `goodAt`; both have a clock that is right. */
    | {
        readonly kind: 'reported';
        readonly controller: string;
        readonly workload: WorkloadId;
        readonly population: string;
        readonly goodAt: Instant;
      }
    /** The replica accepts writes from now on (`writes`), or does not. `by` is what made it so. */
    | {
        readonly kind: 'writer';
        readonly workload: WorkloadId;
        readonly replica: string;
        readonly writes: boolean;
        readonly by: 'provider' | 'inner-ha' | 'operator' | 'fault' | 'start';
        readonly token?: string;
        /** Acknowledged writes that this replica does not have: what a promotion lost. Oldest and newest acknowledgement among them. */
        readonly missing?: { readonly writes: number; readonly oldestAt: Instant; readonly newestAt: Instant };
      }
    /**
     * A provider carried out a mutation: the reply may still be lost. `changed`: false where everything was so already. `fenced`: what
     * became of the old writer.
     */
    | { readonly kind: 'executed'; readonly call: Call; readonly changed: boolean; readonly fenced?: 'storage' | 'asserted' | 'failed' }
    /** What a provider had begun came to nothing, and it put back what it had changed. */
    | { readonly kind: 'undone'; readonly workload: WorkloadId; readonly token: string }
    /** A provider turned a mutation away: nothing took effect. */
    | { readonly kind: 'refused'; readonly call: Call; readonly code: string }
    /** Users of this population are led to this replica's site from now on, once their resolver asks again. */
    | {
        readonly kind: 'routed';
        readonly workload: WorkloadId;
        readonly replica: string;
        readonly by: 'provider' | 'health-check' | 'operator';
      }
    /** What has several zones went from one to another by itself, whether or not it writes there. */
    | { readonly kind: 'moved-inside'; readonly workload: WorkloadId; readonly replica: string }
    /** A fault of the schedule began or ended. `harms`: what is really gone while it stands, told by who cannot do what. */
    | { readonly kind: 'struck'; readonly fault: string; readonly id: number; readonly harms: readonly Harm[] }
    | { readonly kind: 'healed'; readonly fault: string; readonly id: number }
    /** A game day's fault took hold, or ended: by its revert, or by its own lease. */
    | {
        readonly kind: 'drill-fault';
        readonly drill: string;
        readonly fault: string;
        readonly site: SiteId;
        readonly what: 'stands' | 'reverted' | 'expired';
        readonly leaseEndsAt: Instant;
        /** What it really does, while it stands. */
        readonly harms: readonly Harm[];
      }
    /** The store made an entry durable. `acknowledged`: the controller was told so; an append may be durable and its answer lost. */
    | {
        readonly kind: 'durable';
        readonly controller: string;
        readonly epoch: number;
        readonly seq: number;
        readonly line: string;
        readonly event: Event;
        readonly actor: Actor;
        readonly entryAt: Instant;
      }
    | { readonly kind: 'append-acknowledged'; readonly controller: string; readonly through: number }
    | {
        readonly kind: 'append-refused';
        readonly controller: string;
        readonly epoch: number;
        readonly code: 'STALE_EPOCH' | 'JOURNAL_FULL' | 'JOURNAL_UNWRITABLE';
      }
    | { readonly kind: 'lease'; readonly controller: string; readonly epoch: number; readonly what: 'granted' | 'renewed' }
    | { readonly kind: 'controller'; readonly controller: string; readonly what: 'started' | 'crashed' | 'paused' | 'resumed' | 'halted' }
    /** A person really asked for this; what came of it is in the journal. */
    | {
        readonly kind: 'clicked';
        readonly by: Actor;
        readonly request: {
          readonly kind: string;
          readonly run?: string;
          readonly workload?: string;
          readonly plan?: string;
          readonly step?: string;
          readonly maxLossMs?: number;
          readonly until?: number;
          readonly answer?: string;
        };
      }
    /**
     * The faults have stopped: what still stands of them stays (a region may be lost for good), nothing new comes, and everything must
     * converge. Named are the controllers and vantages that stay up.
     */
    | { readonly kind: 'calm'; readonly controllers: readonly string[]; readonly vantages: readonly string[] }
    | { readonly kind: 'end' }
  );

/** What a fault really does. `dead`: serves nobody. `unreachable`: serves, but not for those named (vantages, populations, controllers). */
export type Harm =
  | { readonly kind: 'dead'; readonly workload: WorkloadId; readonly replica: string }
  | { readonly kind: 'not-writing'; readonly workload: WorkloadId; readonly replica: string }
  | { readonly kind: 'unreachable'; readonly workload: WorkloadId; readonly replica: string; readonly by: readonly string[] }
  /** These vantages say that it is down, whatever they see. */
  | { readonly kind: 'lied-about'; readonly workload: WorkloadId; readonly replica: string; readonly by: readonly string[] }
  /** Not so fast, or not so soon known: nothing is gone. */
  | { readonly kind: 'slow'; readonly workload: WorkloadId; readonly replica: string }
  /** Only Resus itself, its store or its network is harmed: no writer may ever stop because of it. */
  | { readonly kind: 'resus' };

/** What checkers may know of how the world was built. A change of the files mid-run is a second `declared`. */
export type WorldAsBuilt = {
  readonly workloads: Readonly<Record<string, WorkloadAsBuilt>>;
  /** Vantage and the site where it stands. */
  readonly vantages: Readonly<Record<string, SiteId>>;
  readonly controllers: readonly string[];
  /** Every site and the region or campus around it (itself, when it is one). */
  readonly regions: Readonly<Record<string, SiteId>>;
  readonly gamedays: Readonly<
    Record<string, { readonly workload: WorkloadId; readonly gates: number; readonly sites: readonly SiteId[]; readonly failback: boolean }>
  >;
  /** How far a controller's wall clock may be from true time, either way, jumps included. */
  readonly skewMs: number;
};
export type WorkloadAsBuilt = {
  readonly primary: string;
  readonly rpoMs: number;
  readonly rtoMs: number;
  readonly residency: readonly string[];
  readonly populations: readonly string[];
  readonly approvalsNeeded: number;
  readonly approvalExpireMs: number;
  readonly automation: Readonly<Record<'replica' | 'zone' | 'region', 'shadow' | 'manual' | 'approve' | 'automatic'>>;
  readonly cooldownMs: number;
  readonly innerHaGraceMs?: number;
  readonly fencingAccepted: readonly FenceKind[];
  readonly replicas: Readonly<Record<string, { readonly site: SiteId; readonly region: SiteId; readonly residency?: string }>>;
  /** What other runs must not hold while a run of this workload does. */
  readonly resources: readonly string[];
  /** What several workloads may have in common: no two runs send calls that change it at once. */
  readonly shares: readonly string[];
  /** Hard dependencies: moved first, if they have to be moved. */
  readonly dependsOn: readonly string[];
  /** After an incident of this scope began, so long at most what it depends on is waited for. */
  readonly dependencyWaitMs: Readonly<Record<'replica' | 'zone' | 'region', number>>;
  /** A time in which the machine asks before it acts, and nobody practises. */
  readonly blackout?: { readonly startsAt: number; readonly endsAt: number };
  /** Somebody still has to decide what its tier promises: until then the machine asks. */
  readonly isUndecided?: true;
  /** At most so many incidents treated without a person within `perMs`, but for lost regions. */
  readonly blastRadius?: { readonly decisions: number; readonly perMs: number };
  /** The shortest time in which an honest detector can convict: failures in a row at the interval. */
  readonly detectMs: number;
  /** How long what was seen may still be acted upon: the age of a vote, the way to the controller, the disk of the journal. */
  readonly freshMs: number;
  /** One canary interval and one heartbeat: nobody can predict a loss more finely. */
  readonly grainMs: number;
  /** Canaries: one each `everyMs`; so many bad ones in a row are a failing path, good ones for so long and so many a restored one. */
  readonly canary: { readonly everyMs: number; readonly failures: number; readonly good: number; readonly sustainedMs: number };
  /** With no fault standing and somebody leading: the longest from an executed fence to the promotion or the writer's return. */
  readonly fenceToPromoteMs: number;
  /** With no fault standing: the longest for which a planned move may leave the users without a writer. */
  readonly moveMs: number;
  /** After the calm began: by then every population is served again. */
  readonly servedWithinMs: number;
};

export type Violation = { readonly at: number; readonly checker: string; readonly sentence: string };

/** One invariant, watched over one schedule. It is told only of the facts that it reads, in order. */
export interface Checker {
  readonly name: string;
  /** The invariant in one sentence, with its number in the design where it has one. */
  readonly holds: string;
  /** `history` has taken in every fact before the watch is told of it. */
  begin(violate: Violate, history: History): Watch;
}
export type Violate = (at: number, sentence: string) => void;
export type Watch = { readonly [K in Fact['kind']]?: (fact: FactOf<K>) => void };
export type FactOf<K extends Fact['kind']> = Extract<Fact, { readonly kind: K }>;
