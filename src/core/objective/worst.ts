// A workload is as good as its worst population: the one whose users waited longest, and the sum of what was lost.
import type { Measurement } from './measurement.ts';

export function worstOf(measurements: readonly Measurement[]): Measurement {
  const canaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
  for (const { canaries: each } of measurements)
    for (const key of ['acknowledged', 'lost', 'duplicated', 'unknown'] as const) canaries[key] += each[key];
  // A population that was never restored has no RTA and is worse than any that was.
  const slowest = [...measurements].sort((a, b) => (b.rtaMs ?? Infinity) - (a.rtaMs ?? Infinity))[0];
  const rpas = measurements.flatMap((each) => each.rpaMs ?? []);
  // What nobody watched on one path is unknown of the workload, whoever waited longest.
  const coverage = measurements.flatMap((each) => each.coverage ?? []).sort((a, b) => b.unknownMs - a.unknownMs)[0];
  return {
    ...slowest,
    canaries,
    ...(coverage === undefined ? {} : { coverage }),
    ...(rpas.length === measurements.length && rpas.length > 0 ? { rpaMs: Math.max(...rpas) } : {}),
  };
}
