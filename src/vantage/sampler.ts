// Decides when each target is sampled and what the outcome says. It starts samples at a phase that depends on the
// target alone, never runs two of one target at once, and never blames a target for its own thread's stalls.
// Time comes in as an argument; the worker's one timer drives it.
import type { Probe, Sample } from '../ports.ts';
import type { Observation, Problem, ProbeAssignment } from './assignment.ts';
import { TimeQueue } from './time-queue.ts';

/** A probe with the tools that its provider opened. */
export type Ready = { readonly probe: Probe<unknown>; readonly tools: unknown };
export type SamplerOptions = {
  /** The probe of this name, or why it cannot be used here. */
  readonly find: (uses: string) => Ready | Problem;
  readonly onObservation: (observation: Observation) => void;
  readonly onProblem: (problem: Problem) => void;
  readonly wallMs: () => number;
  /** Runs a step after the sockets that are readable now were read: an answer that lies there was in time. */
  readonly afterReads: (step: () => void) => void;
};

/** When the thread was this late, it was stalled: running samples get the lost time back, and some time after it to be read. */
const stallMs = 50;
const longestDetail = 300;

type Flight = {
  abort: AbortController | undefined;
  deadline: number;
  readonly timeoutMs: number;
  settled: boolean;
  timedOut: boolean;
  muted: boolean;
};
type Task = {
  readonly assignment: ProbeAssignment;
  readonly ready: Ready;
  readonly phase: number;
  dropped: boolean;
  flight: Flight | undefined;
};
type Due = { readonly at: number; readonly task: Task; readonly flight?: Flight };

export class Sampler {
  private readonly options: SamplerOptions;
  private readonly tasks = new Map<string, Task>();
  private readonly queue = new TimeQueue<Due>();
  private readonly flights = new Set<Flight>();
  private readonly reported = new Set<string>();

  constructor(options: SamplerOptions) {
    this.options = options;
  }

  /** Replaces what is sampled. Targets that stay as they were keep their schedule and their running sample. `now` is monotonic, in ms. */
  assign(list: readonly ProbeAssignment[], now: number): void {
    const wanted = new Map(list.map((entry) => [entry.target, entry]));
    const replaced = new Map<string, Flight>();
    for (const [target, task] of this.tasks) {
      const next = wanted.get(target);
      if (next !== undefined && sameAssignment(next, task.assignment)) {
        wanted.delete(target);
        continue;
      }
      task.dropped = true;
      this.tasks.delete(target);
      if (task.flight === undefined) continue;
      task.flight.muted = true;
      task.flight.abort?.abort();
      replaced.set(target, task.flight);
    }
    this.reported.clear();
    for (const assignment of wanted.values()) this.add(assignment, now, replaced.get(assignment.target));
    if (this.queue.size > 4 * this.tasks.size + 64) this.queue.retain((due) => !due.task.dropped && due.flight?.settled !== true);
  }

  /** When `tick` wants to be called next, monotonic ms; undefined when there is nothing to do. */
  nextAt(): number | undefined {
    return this.queue.first()?.at;
  }

  /** Does all that is due. Call it at `nextAt()`, or as soon after as possible. */
  tick(now: number): void {
    const lateMs = now - (this.nextAt() ?? now);
    if (lateMs > stallMs)
      for (const flight of this.flights) flight.deadline = Math.max(flight.deadline + lateMs, now + Math.min(lateMs, flight.timeoutMs));
    for (let due = this.queue.takeDue(now); due !== undefined; due = this.queue.takeDue(now)) {
      if (due.flight !== undefined) this.deadline(due.task, due.flight, now);
      else if (!due.task.dropped) this.slot(due.task, now);
    }
  }

  private add(assignment: ProbeAssignment, now: number, running: Flight | undefined): void {
    const ready = this.options.find(assignment.uses);
    if ('code' in ready) return this.problem(`${ready.code} ${assignment.uses}`, ready);
    const task: Task = { assignment, ready, phase: phaseOf(assignment), dropped: false, flight: running };
    this.tasks.set(assignment.target, task);
    this.queue.push({ at: nextSlot(task, now), task });
  }

  private slot(task: Task, now: number): void {
    this.queue.push({ at: nextSlot(task, now), task });
    if (task.flight === undefined || task.flight.settled) return this.begin(task, now);
    // A sample that outlives its own deadline is still no answer: silence would only look like a stale vantage.
    if (task.flight.timedOut && !task.flight.muted) this.observe(task, false, noAnswer(task));
  }

  private begin(task: Task, now: number): void {
    const abort = new AbortController();
    const { timeoutMs } = task.assignment;
    const flight: Flight = { abort, timeoutMs, deadline: now + timeoutMs, settled: false, timedOut: false, muted: false };
    task.flight = flight;
    this.flights.add(flight);
    this.queue.push({ at: flight.deadline, task, flight });
    const settle = (report: () => void): void => {
      flight.settled = true;
      // The queue remembers the flight until its deadline; what the probe hung on the signal may go now.
      flight.abort = undefined;
      this.flights.delete(flight);
      if (!flight.timedOut && !flight.muted) report();
    };
    start(task, abort.signal).then(
      (sample) => settle(() => this.observe(task, sample.ok, sample.detail, sample.measured)),
      (error: unknown) => settle(() => this.rejected(task, error)),
    );
  }

  private deadline(task: Task, flight: Flight, now: number): void {
    if (flight.settled || flight.muted) return;
    if (flight.deadline > now) return this.queue.push({ at: flight.deadline, task, flight });
    this.options.afterReads(() => {
      // Settling takes a turn of the promise queue, so an answer that was just read gets that turn as well.
      if (flight.settled || flight.muted) return;
      flight.timedOut = true;
      flight.abort?.abort();
      this.observe(task, false, noAnswer(task));
    });
  }

  private observe(task: Task, ok: boolean, detail: string, measured?: Observation['measured']): void {
    const observation = { target: task.assignment.target, ok, at: this.options.wallMs(), detail: detail.slice(0, longestDetail) };
    this.options.onObservation(measured === undefined ? observation : { ...observation, measured: tidied(measured) });
  }

  /** A probe must not reject: this is a defect of the probe, so it says nothing about the target. */
  private rejected(task: Task, error: unknown): void {
    const { target, uses } = task.assignment;
    const message = `probe \`${uses}\` broke on ${target} (${error instanceof Error ? error.message : String(error)}); the target has no observation from here. Correct its \`with\`, or report the probe.`;
    this.problem(`PROBE_BROKE ${target}`, { code: 'PROBE_BROKE', message });
  }

  private problem(key: string, problem: Problem): void {
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.options.onProblem(problem);
  }
}

/** A probe that throws at once, or answers what is no sample, is treated like one that rejects. */
async function start(task: Task, signal: AbortSignal): Promise<Awaited<ReturnType<Probe<unknown>['sample']>>> {
  const sample: unknown = await task.ready.probe.sample(task.assignment.with as never, task.ready.tools, signal);
  if (isSample(sample)) return sample;
  throw new Error('it answered what is no sample: `ok`, true or false, and a `detail` in words');
}
function isSample(value: unknown): value is Sample {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, detail, measured } = value as Readonly<Record<string, unknown>>;
  return (
    typeof ok === 'boolean' && typeof detail === 'string' && (measured === undefined || (typeof measured === 'object' && measured !== null))
  );
}
/** Whole numbers only, as the contract of probes says: one slip must not make the controller refuse the whole batch. */
function tidied(measured: NonNullable<Observation['measured']>): NonNullable<Observation['measured']> {
  const usable = Object.entries(measured).filter(([, value]) => typeof value === 'string' || Number.isFinite(value));
  return Object.fromEntries(usable.map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, 200) : Math.round(value)]));
}
const noAnswer = (task: Task): string => `no answer within ${task.assignment.timeoutMs} ms`;

/** Where in its interval a target is sampled: the same after every restart, spread evenly over the targets (FNV-1a). */
export function phaseOf(assignment: Pick<ProbeAssignment, 'target' | 'intervalMs'>): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < assignment.target.length; index++) hash = Math.imul(hash ^ assignment.target.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % assignment.intervalMs;
}
function nextSlot(task: Task, now: number): number {
  const { intervalMs } = task.assignment;
  return (Math.floor((now - task.phase) / intervalMs) + 1) * intervalMs + task.phase;
}
const sameAssignment = (a: ProbeAssignment, b: ProbeAssignment): boolean =>
  a.uses === b.uses && a.intervalMs === b.intervalMs && a.timeoutMs === b.timeoutMs && JSON.stringify(a.with) === JSON.stringify(b.with);
