// What a command may touch of the process: its streams, its environment, the terminal. Tests hand in their own.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

export type Io = {
  out(text: string): void;
  err(text: string): void;
  /** Whether standard output is a terminal. */
  readonly isTty: boolean;
  readonly columns: number;
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** The answer, or undefined where nobody can be asked: standard input is no terminal. */
  ask(question: string): Promise<string | undefined>;
  readFile(path: string): string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** What `process.exitCode` becomes. */
  exit(code: number): void;
};

export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // Whoever reads has had enough (`resus events | head`): no reason to crash, and nobody is left to print for.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // https://no-color.org: any value but the empty one.
  const color = (env['NO_COLOR'] ?? '') === '' && (stdout.isTTY || (env['FORCE_COLOR'] ?? '') !== '') && env['TERM'] !== 'dumb';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTty: stdout.isTTY,
    columns: stdout.columns ?? 80,
    color,
    env,
    now: () => Date.now(),
    ask: async (question) => {
      if (!stdin.isTTY) return undefined;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    readFile: (path) => readFileSync(path, 'utf8'),
    get signal() {
      return interrupted();
    },
    exit: (code) => {
      process.exitCode = code;
    },
  };
}

let signal: AbortSignal | undefined;
/** Only commands that go on until Ctrl-C take it over; the others end as processes do. A second Ctrl-C ends any. */
function interrupted(): AbortSignal {
  if (signal === undefined) {
    const controller = new AbortController();
    ({ signal } = controller);
    process.once('SIGINT', () => {
      controller.abort();
      process.once('SIGINT', () => process.exit(130));
    });
  }
  return signal;
}

/** What others wrote, made safe for a terminal: no control codes. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
