// The steps at which a run waits for what a person does, outside of it and under their own name.
import type { Run } from '../state.ts';
import type { Instant } from '../values.ts';
import { isOver, type StepState } from './transitions.ts';

export type Task = {
  readonly step: string;
  readonly since: Instant;
  readonly until: Instant;
  readonly person: string;
  readonly text: string;
};

export const isAskingPerson = (step: Readonly<StepState>): boolean =>
  step.uses === 'human' && step.startedAt !== undefined && step.confirmed === undefined && !isOver(step);

/** What people are asked to do now, the most pressing first. */
export const tasksOf = (run: Readonly<Pick<Run, 'steps'>>): readonly Task[] =>
  [...run.steps]
    .flatMap(([id, step]): Task[] => {
      if (step.startedAt === undefined || !isAskingPerson(step)) return [];
      const { person, text } = (step.with ?? {}) as { readonly person?: string; readonly text?: string };
      return [{ step: id, since: step.startedAt, until: step.deadline, person: person ?? 'somebody', text: text ?? '' }];
    })
    .sort((a, b) => a.until - b.until);

/** Who confirmed the step, and when; undefined while nobody has. */
export const confirmationOf = (run: Readonly<Pick<Run, 'steps'>>, step: string): StepState['confirmed'] => run.steps.get(step)?.confirmed;
