// What people have asked of a run while it is under way, and whom it has called. Folded from the facts in `control-events.ts`.
import type { Folds } from '../fold.ts';
import type { Run } from '../state.ts';
import type { Instant, RunId, StepId } from '../values.ts';
import type { WaitKind } from './control-events.ts';
import { confirmed, retried } from './transitions.ts';

export type Control = {
  /** The run that this one took over from. */
  readonly parent: RunId | undefined;
  paused: { readonly by: string; readonly reason: string; readonly at: Instant; readonly until: Instant } | undefined;
  cancelling: { readonly by: string; readonly reason: string } | undefined;
  superseding: string | undefined;
  asked:
    | {
        readonly step: StepId;
        readonly people: number;
        readonly because: string;
        readonly at: Instant;
        readonly until: Instant;
      }
    | undefined;
  /** The last call for people: one wait is told from another by what it waits for and since when. */
  escalation: { readonly wait: WaitKind; readonly since: Instant; readonly level: number; readonly to: string } | undefined;
  /** Steps that go on in their ungraceful variant. */
  readonly ungraceful: Set<string>;
};

export const newControl = (parent?: RunId): Control => ({
  parent,
  paused: undefined,
  cancelling: undefined,
  superseding: undefined,
  asked: undefined,
  escalation: undefined,
  ungraceful: new Set(),
});

export const controlFolds: Folds<Run> = {
  RunPaused: ({ control }, { by, reason, until }, { stamp }) => (control.paused = { by, reason, at: stamp.at, until }),
  RunResumed: ({ control }) => (control.paused = undefined),
  RunCancelling: ({ control }, { by, reason }) => (control.cancelling = { by, reason }),
  RunEscalated: ({ control }, { wait, since, level, to }) => (control.escalation = { wait, since, level, to }),
  StepRetried: (run, { step: id, look, deadline }, { stamp }) => {
    const step = run.steps.get(id);
    if (step === undefined) return;
    retried(step, stamp.at, { look, deadline });
    // What was seen before the earlier attempt is too old to touch the writer by.
    run.lookedAgain.delete(id);
  },
  StepConfirmed: (run, { step: id, by, answer }, { stamp }) => {
    const step = run.steps.get(id);
    if (step !== undefined) confirmed(step, stamp.at, by, answer);
  },
  UngracefulChosen: ({ control }, { steps }) => {
    for (const step of steps) control.ungraceful.add(step);
  },
  ApprovalAsked: ({ control }, { step, people, because, until }, { stamp }) =>
    (control.asked = { step, people, because, at: stamp.at, until }),
  SituationChanged: ({ control }, { because }) => (control.superseding = because),
};
