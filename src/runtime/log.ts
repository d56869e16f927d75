// The program's own log: one line an entry, rendered from it, so that the log is no second truth; and notes about the program
// itself. JSON lines on stderr (pino); never a secret, never patient data: entries hold none.
import { pino } from 'pino';
import type { Sealed } from '../engine/engine.ts';

export type Log = { entry(entry: Sealed): void; note(line: string): void; failed(error: unknown): void };

/** Changes of verdict and looks at a provider are the bulk of a log and rarely what is looked for. */
const quiet: ReadonlySet<string> = new Set(['VerdictChanged', 'StepObserving', 'StepObserved']);

export function stderrLog(level = process.env['RESUS_LOG'] ?? 'info'): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
  return {
    entry: ({ seq, event }) => log[quiet.has(event.type) ? 'debug' : 'info']({ seq, type: event.type, ...about(event.data) }),
    note: (line) => log.info(line),
    failed: (error) => log.error(error instanceof Error ? { err: error } : { message: String(error) }),
  };
}

/** What finds a line again: names of things, and why. */
function about(data: object): Record<string, unknown> {
  const kept = [
    'workload',
    'run',
    'drill',
    'step',
    'incident',
    'diagnosis',
    'site',
    'target',
    'vantage',
    'verdict',
    'outcome',
    'because',
    'sentence',
    'guard',
    'phase',
  ];
  return Object.fromEntries(Object.entries(data).filter(([key]) => kept.includes(key)));
}
