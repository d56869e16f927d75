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
  /** What must be given with the word that it is done. */
  readonly answer?: string;
};

export const isAskingPerson = (step: Readonly<StepState>): boolean =>
  step.uses === 'human' && step.startedAt !== undefined && step.confirmed === undefined && !isOver(step);

/** What people are asked to do now, the most pressing first. Asked again after a failure, they have their whole time again. */
export const tasksOf = (run: Readonly<Pick<Run, 'plan' | 'steps'>>): readonly Task[] =>
  [...run.steps]
    .flatMap(([id, step]): Task[] => {
      if (step.startedAt === undefined || !isAskingPerson(step)) return [];
      const { person = 'somebody', text = '', answer } = (step.with ?? {}) as Partial<Pick<Task, 'person' | 'text' | 'answer'>>;
      const timeoutMs = run.plan.steps.find((planned) => planned.id === id)?.timeoutMs ?? Infinity;
      const since = Math.max(step.startedAt, step.deadline - timeoutMs) as Instant;
      return [{ step: id, since, until: step.deadline, person, text, ...(answer === undefined ? {} : { answer }) }];
    })
    .sort((a, b) => a.until - b.until);

/** Who confirmed the step, and when; undefined while nobody has. */
export const confirmationOf = (run: Readonly<Pick<Run, 'steps'>>, step: string): StepState['confirmed'] => run.steps.get(step)?.confirmed;

/** Why this answer is none; undefined when it is one, or when none is wanted and none is given. */
export function wrongAnswer(wanted: string | undefined, given: string | undefined): string | undefined {
  if (wanted === undefined) return given === undefined ? undefined : 'it asks for no answer';
  if (given === undefined) return `it asks for ${wanted === 'instant' ? 'an instant' : 'a text'}`;
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/.test(given) && !Number.isNaN(Date.parse(given));
  return wanted === 'instant' && !isInstant ? 'that is no instant such as 2026-11-22T03:00:00Z' : undefined;
}
