// How far rehearsals are, on standard error: a bar where that is a terminal, else a line for each tenth.
import type { Rehearsed } from '../rehearsal/rehearse-once.ts';
import { span } from './controller-command.ts';
import type { Io } from './io.ts';

export type Progress = { readonly done: (rehearsed: Rehearsed) => void; end(): void };
const width = 30;
const redrawMs = 100;

export function progressOf({
  io,
  isTty,
  total,
  rtoMs,
}: {
  readonly io: Io;
  readonly isTty: boolean;
  readonly total: number;
  readonly rtoMs: number;
}): Progress {
  const startedAt = io.now();
  let done = 0;
  let missed = 0;
  let drawnAt = -Infinity;
  const left = (): string => (done === 0 ? '' : `, ${span(((io.now() - startedAt) / done) * (total - done))} left`);
  const said = (): string => `${done} of ${total}, ${missed} over the RTO${done === total ? '' : left()}`;
  const draw = (): void => {
    if (io.now() - drawnAt < redrawMs && done < total) return;
    drawnAt = io.now();
    const filled = Math.round((done / total) * width);
    io.err(`\r\u001b[K[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${said()}`);
  };
  if (isTty) draw();
  return {
    done: ({ rtaMs }) => {
      const tenth = Math.floor((done * 10) / total);
      done += 1;
      if (rtaMs === undefined || rtaMs > rtoMs) missed += 1;
      if (isTty) draw();
      else if (Math.floor((done * 10) / total) > tenth) io.err(`rehearsed ${said()}\n`);
    },
    end: () => {
      if (isTty) io.err('\r\u001b[K');
    },
  };
}
