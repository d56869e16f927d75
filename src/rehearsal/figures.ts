// What many rehearsals come to: distributions of RTA and RPA, how likely a target is missed and how sure that is, and where the time went.
import { sha256 } from '../journal/hash.ts';
import type { Part } from './parts.ts';
import type { Rehearsed } from './rehearse-once.ts';
import { quantile, quantilesOf } from '../core/objective/spread.ts';
import type { Task, Timing } from './task.ts';

/** Milliseconds; null is a run that did not recover, which is longer than any other. */
export type Distribution = Readonly<Record<'min' | 'p50' | 'p90' | 'p95' | 'max', number | null>>;
/** `low` and `high` bound the probability with 95% confidence (Wilson's score interval). */
export type Miss = {
  readonly targetMs: number;
  readonly missed: number;
  readonly n: number;
  readonly probability: number;
  readonly low: number;
  readonly high: number;
};
export type PartFigures = {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  /** Of the recovery time of all runs that recovered, and of the slowest tenth of them; 0 to 1. */
  readonly share: number;
  readonly shareOfSlowest: number;
};
export type Input = Omit<Timing, 'spread'> & { readonly p50: number; readonly p95: number };
export type Figures = {
  readonly workload: string;
  readonly scenario: string;
  readonly floor: 'simulation';
  readonly runbook: string;
  readonly runs: number;
  readonly seeds: { readonly first: number; readonly last: number };
  readonly recovered: number;
  readonly rta: Distribution;
  /** Only of runs in which it could be measured: those that recovered, by a run of Resus; null when there is none. */
  readonly rpa: Distribution | null;
  readonly missesRto: Miss;
  readonly missesRpo: Miss | null;
  readonly parts: readonly PartFigures[];
  readonly notRecovered: readonly { readonly because: string; readonly runs: number; readonly seed: number }[];
  readonly steps: readonly Input[];
  readonly assumptions: readonly Input[];
  readonly notes: readonly string[];
  /** SHA-256 over the journals of all rehearsals, in the order of their seeds. */
  readonly digest: string;
  /** Of each run that recovered, ascending: what the histogram is drawn from. */
  readonly rtaMs: readonly number[];
};

/** `rehearsed` in any order, at least one. */
export function figuresOf(task: Task, rehearsed: readonly Rehearsed[]): Figures {
  const runs = [...rehearsed].sort((a, b) => a.seed - b.seed);
  const recovered = runs.filter((run) => run.recovered);
  const rtas = runs.map((run) => run.rtaMs ?? Infinity);
  const rpas = recovered.flatMap(({ rpaMs }) => rpaMs ?? []);
  return {
    workload: task.workload,
    scenario: task.scenario,
    floor: 'simulation',
    runbook: task.runbook,
    runs: runs.length,
    seeds: { first: runs[0]?.seed ?? 0, last: runs.at(-1)?.seed ?? 0 },
    recovered: recovered.length,
    rta: distributionOf(rtas),
    rpa: rpas.length === 0 ? null : distributionOf(rpas),
    missesRto: missOf(rtas, task.rtoMs),
    missesRpo: rpas.length === 0 ? null : missOf(rpas, task.rpoMs),
    parts: partFigures(recovered),
    notRecovered: reasons(runs),
    steps: Object.values(task.steps).map(inputOf),
    assumptions: Object.values(task.assumptions).map(inputOf),
    notes: task.notes,
    digest: sha256(runs.map(({ digest }) => digest).join('\n')),
    rtaMs: recovered.flatMap(({ rtaMs }) => rtaMs ?? []).sort((a, b) => a - b),
  };
}

const inputOf = ({ spread, ...rest }: Timing): Input => ({ ...rest, ...quantilesOf(spread) });

export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number | null => {
    const value = quantile(sorted, share);
    return value === undefined || value === Infinity ? null : Math.round(value);
  };
  return { min: at(0), p50: at(0.5), p90: at(0.9), p95: at(0.95), max: at(1) };
}

/** The standard normal distribution is within this of its middle in 95 of 100 cases. */
const z = 1.959_964;
/** Longer than the target is missed; exactly the target is not. */
export function missOf(values: readonly number[], targetMs: number): Miss {
  const n = values.length;
  const missed = values.filter((value) => value > targetMs).length;
  const probability = missed / n;
  const middle = (probability + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((probability * (1 - probability)) / n + (z * z) / (4 * n * n));
  return {
    targetMs,
    missed,
    n,
    probability,
    low: missed === 0 ? 0 : Math.max(0, middle - half),
    high: missed === n ? 1 : Math.min(1, middle + half),
  };
}

function partFigures(recovered: readonly Rehearsed[]): readonly PartFigures[] {
  const measured = recovered.filter(({ parts }) => parts.length > 0);
  const slowest = [...measured].sort((a, b) => (b.rtaMs ?? 0) - (a.rtaMs ?? 0)).slice(0, Math.ceil(measured.length / 10));
  const names = [...new Set(measured.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  return names.map((name) => {
    const all = measured.map(({ parts }) => msOf(parts, name)).sort((a, b) => a - b);
    const at = (share: number): number => Math.round(quantile(all, share) ?? 0);
    return { name, p50: at(0.5), p95: at(0.95), share: shareOf(measured, name), shareOfSlowest: shareOf(slowest, name) };
  });
}
const msOf = (parts: readonly Part[], name: string): number => parts.find((part) => part.name === name)?.ms ?? 0;
function shareOf(runs: readonly Rehearsed[], name: string): number {
  const whole = runs.reduce((sum, { rtaMs }) => sum + (rtaMs ?? 0), 0);
  return whole === 0 ? 0 : runs.reduce((sum, { parts }) => sum + msOf(parts, name), 0) / whole;
}

/** The most frequent first, each with one seed that shows it. */
function reasons(runs: readonly Rehearsed[]): Figures['notRecovered'] {
  const found = new Map<string, { runs: number; readonly seed: number }>();
  for (const { recovered, because, seed } of runs) {
    if (recovered) continue;
    const before = found.get(because);
    if (before === undefined) found.set(because, { runs: 1, seed });
    else before.runs += 1;
  }
  return [...found]
    .map(([because, { runs: count, seed }]) => ({ because, runs: count, seed }))
    .sort((a, b) => b.runs - a.runs || a.seed - b.seed);
}
