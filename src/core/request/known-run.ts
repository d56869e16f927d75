// The run that a request is about.
import { refusal, type Refusal } from '../errors.ts';
import type { View } from '../kernel.ts';
import type { Run } from '../state.ts';
import type { Result, RunId } from '../values.ts';

export function knownRun({ known }: View, id: RunId): Result<Readonly<Run>, Refusal> {
  const run = known.runs.get(id);
  return run === undefined ? refusal('RUN_UNKNOWN', `There is no run ${id}.`, 'See `resus status`.') : { ok: true, value: run };
}
