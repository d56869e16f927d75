// What people hold: everything, by the stop lever, or one workload, by its maintenance. Said here once, for the guards, the requests,
// the runs and the game days that must not begin meanwhile.
import type { View } from '../kernel.ts';
import type { Held } from '../state.ts';
import type { Instant, WorkloadId } from '../values.ts';

export const saidStopped = ({ by, reason, at }: Held): string => `${by} stopped acting at ${iso(at)}: ${reason}`;
export const saidMaintained = ({ by, reason, until }: Held & { readonly until: Instant }): string =>
  `${by} maintains it until ${iso(until)}: ${reason}`;

/** The maintenance of a workload that still lasts. */
export function maintenanceOf(view: View, id: WorkloadId): (Held & { readonly until: Instant }) | undefined {
  const maintenance = view.known.workloads.get(id)?.maintenance;
  return maintenance !== undefined && view.now < maintenance.until ? maintenance : undefined;
}

/** Why no game day may practise on the workload now, in one sentence. */
export function noDrillBecause(view: View, id: WorkloadId): string | undefined {
  const { stopped } = view.known;
  if (stopped !== undefined) return saidStopped(stopped);
  const maintenance = maintenanceOf(view, id);
  return maintenance === undefined ? undefined : `${id}: ${saidMaintained(maintenance)}`;
}

const iso = (at: Instant): string => new Date(at).toISOString();
