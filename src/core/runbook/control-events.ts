// The facts of people's control over a run, and of its waits for people. Part of `EventData`: past tense, bounded, never changed.
import type { Instant, RunId, StepId } from '../values.ts';

/** What a run may wait for that only people can give. */
export const waitKinds = ['approval', 'loss', 'approve-step', 'confirmation', 'pause', 'stop', 'decision'] as const;
export type WaitKind = (typeof waitKinds)[number];

export type RunControlData = {
  /** Nothing new is sent from `from` on; at `until` a pause that nobody ended ends the run. */
  RunPaused: {
    readonly run: RunId;
    readonly by: string;
    readonly reason: string;
    readonly until: Instant;
    readonly from: 'now' | 'after the steps that are under way' | 'after the promotion';
  };
  RunResumed: { readonly run: RunId; readonly by: string; readonly reason?: string };
  /** Nothing new is sent; the run closes when what is under way was seen to end. */
  RunCancelling: {
    readonly run: RunId;
    readonly by: string;
    readonly reason: string;
    readonly from: 'now' | 'after the steps that are under way' | 'after the promotion';
    /** The reference of the record of this deviation. */
    readonly record?: string;
  };
  /** A person was called, because the run waits since `since` and nobody answered. `level` counts from 0. */
  RunEscalated: {
    readonly run: RunId;
    readonly wait: WaitKind;
    readonly since: Instant;
    readonly level: number;
    /** As declared: a role of the workload and who has it, `onCall: ehr-on-call`. */
    readonly to: string;
    readonly because: string;
    readonly until: Instant;
  };
  /** A failed step gets another chance; `look`: whether the earlier attempt took effect is looked at before anything is sent. */
  StepRetried: {
    readonly run: RunId;
    readonly step: StepId;
    readonly by: string;
    readonly reason: string;
    readonly look: boolean;
    readonly deadline: Instant;
  };
  /** What the step asks people to do is done; at the next look it holds. */
  StepConfirmed: { readonly run: RunId; readonly step: StepId; readonly by: string; readonly comment?: string; readonly answer?: string };
  /** These steps go on in their ungraceful variant, which was in the approved plan. */
  UngracefulChosen: {
    readonly run: RunId;
    readonly steps: readonly StepId[];
    readonly by: string;
    readonly reason: string;
    readonly record?: string;
  };
  /** Before the writer is touched, more approvals are needed: they expired, or more would be lost than they accept. */
  ApprovalAsked: {
    readonly run: RunId;
    readonly step: StepId;
    readonly people: number;
    /** Predicted, in milliseconds of writes; absent when it cannot be predicted. */
    readonly lossMs?: number;
    readonly because: string;
    readonly until: Instant;
  };
  /** The plan no longer fits what is seen. Nothing of it touched the writer: it closes, and the right one may open. */
  SituationChanged: { readonly run: RunId; readonly because: string };
};
