// A validated system (GxP) leaves its approved way only with a record that an inspector can find.
import { refusal, type Refusal } from '../errors.ts';
import type { View } from '../kernel.ts';
import type { Result, WorkloadId } from '../values.ts';

/** What the entry says of the record; refused where the workload wants one and none is named. */
export function recordOf(
  view: View,
  { workload }: { readonly workload: WorkloadId },
  record: string | undefined,
): Result<{ readonly record?: string }, Refusal> {
  const said = record?.trim() ?? '';
  if (said !== '') return { ok: true, value: { record: said } };
  if (view.known.estate?.workloads[workload]?.validated !== true) return { ok: true, value: {} };
  return refusal(
    'RECORD_REQUIRED',
    `${workload} is a validated system: a deviation from its approved plan needs the reference of a record.`,
    'Open the record and name it: `--record REFERENCE`.',
  );
}
