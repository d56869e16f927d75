// Draws what happens while it happens: entries as lines that stay, and on a terminal one line below them that is redrawn, with
// the five phases of a recovery and the steps that run. Not on a terminal there are only the lines.
import { createColors } from 'picocolors';
import type { Event, EventOf, EventType } from '../core/event.ts';
import { phases, type Phase } from '../core/objective/measurement.ts';
import { timeline, type TimelineLine } from '../core/views/timeline.ts';
import { printable } from './io.ts';

export type TimelineOptions = {
  readonly isTty: boolean;
  /** Gets text with its line ends. */
  readonly write: (text: string) => void;
  /** Milliseconds since the epoch, for what is still running. */
  readonly now: () => number;
  readonly color?: boolean;
  readonly columns?: number;
  /** Also what is true but too many for a glance. */
  readonly verbose?: boolean;
};
export type TimelineView = {
  entry(entry: Event & { readonly at: number }): void;
  /** A line of the caller's own. */
  say(text: string): void;
  /** Draws the running line again. Call it ten times a second; it does nothing off a terminal. */
  tick(): void;
  /** Takes the running line away. */
  end(): void;
};

const clearLine = '\r\u001b[2K';
const frames = ['\u280b', '\u2819', '\u2839', '\u2838', '\u283c', '\u2834', '\u2826', '\u2827', '\u2807', '\u280f'];
const frameMs = 100;

export function timelineView({ isTty, write, now, color = false, columns = 80, verbose = false }: TimelineOptions): TimelineView {
  const paint = createColors(color);
  const progress = new Progress();
  let beganAt: number | undefined;
  let isDrawn = false;

  const above = (text: string): void => {
    write(`${isDrawn ? clearLine : ''}${text}\n`);
    isDrawn = false;
  };
  const tick = (): void => {
    if (!isTty || !progress.isGoing) return;
    const line = runningLine(progress, now(), Math.max(10, columns - 1), paint);
    write(`${isDrawn ? clearLine : ''}${line}`);
    isDrawn = true;
  };
  return {
    entry: (entry) => {
      beganAt ??= entry.at;
      progress.take(entry, entry.at);
      const told = timeline(entry);
      if (told === null || (told.weight === 'detail' && !verbose)) return;
      above(lineFor(told, entry.at - beganAt, paint));
      tick();
    },
    say: (text) => {
      above(text);
      tick();
    },
    tick,
    end: () => {
      if (isDrawn) write(clearLine);
      isDrawn = false;
    },
  };
}

type Paint = ReturnType<typeof createColors>;
const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)}s`;

function lineFor({ verb, object, proof, tone }: TimelineLine, sinceMs: number, paint: Paint): string {
  const at = paint.dim(`${sinceMs < 0 ? '' : '+'}${(sinceMs / 1000).toFixed(1)}s`.padStart(8));
  const tint = tone === 'good' ? paint.green : tone === 'bad' ? paint.red : paint.cyan;
  return `${at}  ${tint(verb.padEnd(12))} ${paint.bold(printable(object))}${proof === '' ? '' : `  ${paint.dim(printable(proof))}`}`;
}

/** Phases that ended, the one that runs with its steps, then those to come, as far as there is room for them. Cut to `width`, counted without colours. */
function runningLine(progress: Progress, now: number, width: number, paint: Paint): string {
  const frame = frames[Math.floor(now / frameMs) % frames.length] ?? '';
  const parts: (readonly [text: string, tint: (text: string) => string])[] = [];
  const toCome: typeof parts = [];
  for (const phase of phases) {
    const lasted = progress.lasted(phase, now);
    if (lasted === undefined) toCome.push([`\u00b7 ${phase}`, paint.dim]);
    else if (progress.current === phase) parts.push([`${frame} ${phase} ${seconds(lasted)}`, paint.yellow]);
    else parts.push([`\u2713 ${phase} ${seconds(lasted)}`, paint.green]);
  }
  for (const [step, at] of progress.steps) parts.push([`${step} ${seconds(now - at)}`, paint.cyan]);
  if (progress.seenDown > 0 && progress.current === 'detect') parts.push([`${progress.seenDown} views of targets down`, paint.dim]);
  parts.push(...toCome);
  let left = width;
  let line = '';
  for (const [text, tint] of parts) {
    const gap = line === '' ? 0 : 2;
    if (left < gap + 1) break;
    const shown = printable(text).slice(0, left - gap);
    line += `${' '.repeat(gap)}${tint(shown)}`;
    left -= gap + shown.length;
  }
  return line;
}

/** The boundaries of the phases as they become known; the measurement replaces them at the end. */
class Progress {
  current: Phase | undefined;
  isGoing = false;
  seenDown = 0;
  readonly steps = new Map<string, number>();
  readonly #began = new Map<Phase, number>();
  readonly #ended = new Map<Phase, number>();
  #measured: Readonly<Record<Phase, number>> | undefined;

  take(event: Event, at: number): void {
    this.isGoing = true;
    const take = (this.#takes as Readonly<Record<string, ((data: never, at: number) => void) | undefined>>)[event.type];
    take?.(event.data as never, at);
  }
  readonly #takes: { readonly [T in EventType]?: (data: EventOf<T>['data'], at: number) => void } = {
    VerdictChanged: ({ verdict }) => void (this.seenDown += verdict === 'down' ? 1 : 0),
    FaultAnswered: (_, at) => this.#begin('detect', at),
    UsersPathFailed: ({ lastGoodAt }) => {
      if (!this.#began.has('detect')) this.#begin('detect', lastGoodAt);
      else if (this.#measured === undefined) this.#began.set('detect', lastGoodAt);
    },
    IncidentOpened: (_, at) => this.#begin('decide', at),
    RunOpened: (_, at) => this.#begin('approve', at),
    RunStarted: (_, at) => this.#begin('execute', at),
    StepStarted: ({ step }, at) => void this.steps.set(step, at),
    StepAnswered: ({ step, outcome }) => void (outcome.kind === 'succeeded' && this.steps.delete(step)),
    StepObserved: ({ step, observed }) => void (observed.kind === 'holds' && this.steps.delete(step)),
    StepFailed: ({ step }) => void this.steps.delete(step),
    StepSkipped: ({ step }) => void this.steps.delete(step),
    RunExecuted: (_, at) => {
      this.steps.clear();
      this.#begin('validate', at);
    },
    RunMeasured: ({ measurement }) => void (this.#measured = measurement.phasesMs),
    RunClosed: (_, at) => {
      if (this.current !== undefined) this.#ended.set(this.current, at);
      this.current = undefined;
      this.steps.clear();
    },
    DrillClosed: () => void (this.isGoing = false),
  };
  /** Undefined for a phase that has not begun. */
  lasted(phase: Phase, now: number): number | undefined {
    const measured = this.#measured?.[phase];
    if (measured !== undefined) return measured;
    const began = this.#began.get(phase);
    return began === undefined ? undefined : (this.#ended.get(phase) ?? now) - began;
  }
  #begin(phase: Phase, at: number): void {
    // A second run (the way home) is a recovery of its own.
    if (phase === 'approve' && this.#began.has('approve')) {
      this.#began.clear();
      this.#ended.clear();
      this.#measured = undefined;
      this.current = undefined;
    }
    if (this.current !== undefined) this.#ended.set(this.current, at);
    this.current = phase;
    this.#began.set(phase, at);
  }
}
