// Everything that can reach the engine, and everything that it can ask for.
import type { CanarySample, LedgerLine } from './objective/measurement.ts';
import type { Mode } from './estate.ts';
import type { Observed, Outcome } from './outcome.ts';
import type { Actor, DrillId, Hash, IncidentId, Instant, Json, RunId, StepId, VantageId, WorkloadId } from './values.ts';

/** What one vantage saw of one target. `at` is when the sample ended, by the vantage's clock. */
export type Observation = {
  readonly target: string;
  readonly vantage: VantageId;
  readonly ok: boolean;
  readonly at: Instant;
  readonly detail: string;
  readonly measured?: Readonly<Record<string, number | string>>;
};

/** What a canary client tells. */
export type Sampled = {
  readonly workload: WorkloadId;
  readonly population: string;
  /** New ones, in the order in which they were sent. */
  readonly samples: readonly CanarySample[];
  /** When it was acknowledged last, by its clock and its ledger, whoever led then; absent when it never was, as far as it knows. */
  readonly lastAckedAt?: Instant;
};

export type Input =
  | { readonly kind: 'began'; readonly controller: string; readonly version: string; readonly lastSeq: number; readonly lastHash: Hash }
  | { readonly kind: 'declared'; readonly estate: Hash }
  | ({ readonly kind: 'probed' } & Observation)
  | ({ readonly kind: 'sampled' } & Sampled)
  | { readonly kind: 'answered'; readonly run: RunId; readonly step: StepId; readonly attempt: number; readonly outcome: Outcome }
  | {
      readonly kind: 'observed';
      readonly run: RunId;
      readonly step: StepId;
      readonly attempt: number;
      readonly look: number;
      readonly observed: Observed;
    }
  | {
      readonly kind: 'ledgered';
      readonly run: RunId;
      readonly population: string;
      readonly samplesHash: Hash;
      readonly samples: readonly CanarySample[];
      readonly ledger: readonly LedgerLine[];
    }
  | { readonly kind: 'fault-answered'; readonly drill: DrillId; readonly fault: string; readonly outcome: Outcome }
  | {
      readonly kind: 'fault-reverted';
      readonly drill: DrillId;
      readonly fault: string;
      readonly attempt: number;
      readonly outcome: Outcome;
    }
  | { readonly kind: 'fault-checked'; readonly drill: DrillId; readonly fault: string; readonly look: number; readonly observed: Observed }
  | { readonly kind: 'schedule-missed'; readonly gameday: string; readonly dueAt: Instant; readonly because: string }
  | { readonly kind: 'requested'; readonly by: Actor; readonly request: Request }
  /** Whether the journal has room for a whole run. */
  | { readonly kind: 'headroom'; readonly isSpent: boolean }
  | { readonly kind: 'woke' };

export type Request =
  | {
      readonly kind: 'run';
      readonly workload: WorkloadId;
      /** Left out only where `runbook` names one that serves one mode. */
      readonly mode?: Mode;
      readonly reason: string;
      /** A name of `runbooks.byHand` of the workload; without it the one that it names for the mode. */
      readonly runbook?: string;
      /** A replica, its site, or a site that holds it; without it the first other replica. */
      readonly to?: string;
      readonly record?: string;
    }
  | {
      readonly kind: 'approve';
      readonly run: RunId;
      readonly plan: Hash;
      readonly comment?: string;
      readonly maxLossMs?: number;
      /** `duties` come from the token, never from the request's own text. */
      readonly emergency?: { readonly duties: readonly string[]; readonly reason: string; readonly record?: string };
    }
  | { readonly kind: 'confirm'; readonly run: RunId; readonly step: StepId; readonly comment?: string; readonly answer?: string }
  | { readonly kind: 'pause'; readonly run: RunId; readonly reason: string; readonly forMs?: number }
  | { readonly kind: 'resume'; readonly run: RunId; readonly reason?: string }
  /** `record`: where the deviation is written down; a validated workload wants one. */
  | { readonly kind: 'skip'; readonly run: RunId; readonly step: StepId; readonly reason: string; readonly record?: string }
  | { readonly kind: 'retry'; readonly run: RunId; readonly step: StepId; readonly reason: string }
  | { readonly kind: 'ungraceful'; readonly run: RunId; readonly step?: StepId; readonly reason: string; readonly record?: string }
  | { readonly kind: 'cancel'; readonly run: RunId; readonly reason: string; readonly record?: string }
  | { readonly kind: 'drill'; readonly gameday: string }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'release'; readonly reason?: string }
  | { readonly kind: 'maintain'; readonly workload: WorkloadId; readonly until: Instant; readonly reason: string }
  | { readonly kind: 'end-maintenance'; readonly workload: WorkloadId; readonly reason?: string }
  | { readonly kind: 'acknowledge'; readonly incident: IncidentId; readonly workload?: WorkloadId; readonly reason: string };

/** Work for the world. Each is the shadow of one event of the same turn, so that recovery finds it again in the state. */
export type Command =
  | {
      readonly kind: 'apply' | 'observe';
      readonly run: RunId;
      readonly step: StepId;
      readonly attempt: number;
      readonly look: number;
      readonly uses: string;
      readonly with: Json;
      readonly token: string;
      readonly deadline: Instant;
    }
  | {
      readonly kind: 'inject' | 'revert' | 'check';
      readonly drill: DrillId;
      readonly fault: string;
      /** Which revert or check this is. */
      readonly attempt: number;
      readonly uses: string;
      readonly with: Json;
      readonly token: string;
      readonly leaseMs: number;
      readonly deadline: Instant;
    };

/** What the world said of a command, as the engine takes it. */
export function answerTo(command: Command, result: Outcome | Observed): Input {
  switch (command.kind) {
    case 'apply':
      return { kind: 'answered', run: command.run, step: command.step, attempt: command.attempt, outcome: result as Outcome };
    case 'observe':
      return {
        kind: 'observed',
        run: command.run,
        step: command.step,
        attempt: command.attempt,
        look: command.look,
        observed: result as Observed,
      };
    case 'inject':
      return { kind: 'fault-answered', drill: command.drill, fault: command.fault, outcome: result as Outcome };
    case 'revert':
      return { kind: 'fault-reverted', drill: command.drill, fault: command.fault, attempt: command.attempt, outcome: result as Outcome };
    case 'check':
      return { kind: 'fault-checked', drill: command.drill, fault: command.fault, look: command.attempt, observed: result as Observed };
    default:
      return { kind: 'woke' };
  }
}
