// Whether anything may be started now: who stopped acting, which workloads are maintained, until when, and why. The first thing to read.
import { maintenanceOf, saidMaintained, saidStopped } from '../decision/hold.ts';
import type { View } from '../kernel.ts';
import type { Held } from '../state.ts';
import type { Instant, WorkloadId } from '../values.ts';

export type ActingView = {
  readonly sentence: string;
  readonly stopped?: Held;
  /** By name. */
  readonly maintained: readonly (Held & { readonly workload: WorkloadId; readonly until: Instant; readonly sentence: string })[];
};

export function acting(view: View): ActingView {
  const { stopped, workloads } = view.known;
  const maintained = [...workloads.keys()].sort().flatMap((workload) => {
    const maintenance = maintenanceOf(view, workload);
    return maintenance === undefined ? [] : [{ workload, ...maintenance, sentence: `${workload}: ${saidMaintained(maintenance)}.` }];
  });
  return {
    sentence: stopped === undefined ? 'Acting goes on.' : stoppedSentence(stopped),
    ...(stopped === undefined ? {} : { stopped }),
    maintained,
  };
}

export const stoppedSentence = (stopped: Held): string =>
  `STOPPED: ${saidStopped(stopped)}. Nothing new is started anywhere; \`resus release\` lets acting go on.`;
