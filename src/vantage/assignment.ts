// What a vantage is told to probe and what it says it saw. Both cross a process boundary, so both are checked where
// they come in; a bad entry is named and left out, it never stops the others.
import type { Json } from '../core/values.ts';

/** One target and how to sample it. `timeoutMs` may exceed `intervalMs`; samples of one target never overlap. */
export type ProbeAssignment = {
  readonly target: string;
  /** Name of the probe, e.g. `http`. */
  readonly uses: string;
  readonly with: Json;
  readonly intervalMs: number;
  readonly timeoutMs: number;
};

/** One sample. `at` is the wall time in milliseconds at which it ended. */
export type Observation = {
  readonly target: string;
  readonly ok: boolean;
  readonly at: number;
  readonly detail: string;
  readonly measured?: Readonly<Record<string, number | string>>;
};

/** Something that keeps a vantage or a canary client from measuring. It is never evidence against a target. */
export type Problem = { readonly code: string; readonly message: string };

export type Assignment = { readonly hash: string; readonly probes: readonly ProbeAssignment[]; readonly problems: readonly Problem[] };

const mostTargets = 100_000;

/** Reads the controller's answer. Returns undefined when it is no assignment at all; entries that cannot be used become problems. */
export function readAssignment(value: unknown): Assignment | undefined {
  if (!isRecord(value) || typeof value['hash'] !== 'string' || !Array.isArray(value['probes'])) return undefined;
  const probes = new Map<string, ProbeAssignment>();
  const problems: Problem[] = [];
  for (const [index, entry] of (value['probes'] as readonly unknown[]).slice(0, mostTargets).entries()) {
    const probe = readProbe(entry);
    if (typeof probe === 'string')
      problems.push({ code: 'ASSIGNMENT_ENTRY', message: `entry ${index} of the assignment is left out: ${probe}` });
    else probes.set(probe.target, probe);
  }
  if (value['probes'].length > mostTargets) {
    problems.push({
      code: 'ASSIGNMENT_SIZE',
      message: `the assignment has ${value['probes'].length} targets; only the first ${mostTargets} are probed`,
    });
  }
  return { hash: value['hash'], probes: [...probes.values()], problems };
}

function readProbe(entry: unknown): ProbeAssignment | string {
  if (!isRecord(entry)) return 'it is not an object';
  const { target, uses, intervalMs, timeoutMs } = entry;
  if (typeof target !== 'string' || target === '' || target.length > 400) return '`target` must be a text of 1 to 400 characters';
  if (typeof uses !== 'string' || uses === '') return `\`uses\` of ${target} must name a probe`;
  if (!isDuration(intervalMs)) return `\`intervalMs\` of ${target} must be 10 to 86400000`;
  if (!isDuration(timeoutMs)) return `\`timeoutMs\` of ${target} must be 10 to 86400000`;
  return { target, uses, with: (entry['with'] ?? {}) as Json, intervalMs, timeoutMs };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isDuration = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 10 && value <= 86_400_000;
