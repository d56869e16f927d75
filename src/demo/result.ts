// What a demonstration comes to, in one object: the run as the controller tells it, and whether its bundle verifies.
import type { Io } from '../cli/io.ts';
import type { DrillView, RunView, IncidentView } from '../core/views/runs.ts';

export type Result = {
  readonly outcome: 'passed' | 'failed';
  readonly floor: string;
  readonly profile: string;
  readonly workload: string;
  readonly diagnosis: string;
  readonly run: string;
  readonly planHash: string;
  readonly vantages: number;
  readonly fencing: string;
  readonly rtoTargetMs: number;
  readonly rtaMs: number | null;
  readonly phasesMs: Readonly<Record<string, number>>;
  readonly rpoTargetMs: number;
  readonly rpaMs: number | null;
  readonly canaries: Readonly<Record<string, number>>;
  readonly bundle: string;
  readonly journal: { readonly entries: number; readonly root: string };
  /** The way home, where the game day grades it too. */
  readonly failback?: Pick<Result, 'run' | 'rtaMs' | 'rpaMs' | 'canaries'>;
  readonly because?: string;
};
/** Whether each site of the lab has a loopback address of its own, or all share 127.0.0.1; `auto`: what the system has. */
export type Addresses = 'auto' | 'own' | 'ports';
/** The demonstration itself, as a command is given it. */
export type Demo = (options: {
  readonly folder: string;
  readonly gameday: string;
  readonly profile: 'fast' | 'aws';
  readonly addresses: Addresses;
  readonly json: boolean;
  readonly io: Io;
}) => Promise<Result>;
export type Parts = {
  readonly drill: DrillView;
  readonly run: RunView;
  readonly failback: RunView | undefined;
  readonly incident: IncidentView | undefined;
  readonly vantages: number;
  readonly profile: string;
  readonly floor: string;
  readonly bundle: string;
  readonly journal: { readonly entries: number; readonly root: string };
  readonly isVerified: boolean;
};
const noCanaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
const wayHome = ({ run, measurement }: RunView): NonNullable<Result['failback']> => ({
  run,
  rtaMs: measurement?.rtaMs ?? null,
  rpaMs: measurement?.rpaMs ?? null,
  canaries: measurement?.canaries ?? noCanaries,
});
const noPhases = { detect: 0, decide: 0, approve: 0, execute: 0, validate: 0 };

/** Passed: the drill passed, both targets were met on the users' path, and the evidence verifies. */
export function resultOf({ drill, run, failback, incident, vantages, profile, floor, bundle, journal, isVerified }: Parts): Result {
  const { measurement, rtoMs = 0, rpoMs = 0 } = run;
  const rtaMs = measurement?.rtaMs ?? null;
  const rpaMs = measurement?.rpaMs ?? null;
  const reasons = [
    ...(drill.verdict === 'passed' ? [] : [`the drill ${drill.verdict ?? 'did not end'}: ${drill.because}`]),
    ...(rtaMs !== null && rtaMs <= rtoMs ? [] : ['the RTO was not met']),
    ...(rpaMs !== null && rpaMs <= rpoMs ? [] : ['the RPO was not met']),
    ...(isVerified ? [] : ['the evidence does not verify']),
  ];
  return {
    outcome: reasons.length === 0 ? 'passed' : 'failed',
    floor,
    profile,
    workload: run.workload,
    diagnosis: incident?.diagnosis ?? '',
    run: run.run,
    planHash: `sha256:${run.plan.hash}`,
    vantages,
    fencing: run.fencing,
    rtoTargetMs: rtoMs,
    rtaMs,
    phasesMs: measurement?.phasesMs ?? noPhases,
    rpoTargetMs: rpoMs,
    rpaMs,
    canaries: measurement?.canaries ?? noCanaries,
    bundle,
    journal,
    ...(failback === undefined ? {} : { failback: wayHome(failback) }),
    ...(reasons.length === 0 ? {} : { because: reasons.join('; ') }),
  };
}
