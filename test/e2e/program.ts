// The built program as a process, as people start it: `node dist/main.js ...`. `RESUS_MAIN` names another build.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '../vantage/until.ts';

export const main = process.env['RESUS_MAIN'] ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));
export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type StartOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A shell command line that ends in `exec "$@"`, for limits that must hold before the program starts. */
  readonly through?: string;
  /** Another copy of the program. */
  readonly main?: string;
};

export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out = '';
  err = '';

  constructor(args: readonly string[], { cwd, env = {}, through, main: program = main }: StartOptions = {}) {
    const command = [process.execPath, program, ...args];
    const [file = '', ...rest] = through === undefined ? command : ['sh', '-c', through, 'sh', ...command];
    this.child = spawn(file, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, NO_COLOR: '1', RESUS_TOKEN: '', ...env },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => void this.child.once('close', (code, signal) => resolve({ code, signal })));
  }
  get pid(): number {
    return this.child.pid ?? 0;
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first line on standard output. Rejects with what it complained of when it ends before. */
  async firstLine(deadlineMs = 60_000): Promise<string> {
    await until(
      `the first line of ${this.child.spawnargs.slice(2, 4).join(' ')}`,
      () => this.out.includes('\n') || !this.isRunning,
      deadlineMs,
    );
    if (!this.out.includes('\n')) throw new Error(`it ended before it was ready: ${this.err.slice(-2_000)}`);
    return this.out.slice(0, this.out.indexOf('\n'));
  }
  async end(signal: NodeJS.Signals = 'SIGTERM', deadlineMs = 20_000): Promise<Ended> {
    this.child.kill('SIGCONT');
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), deadlineMs);
    return this.ended.finally(() => clearTimeout(timer));
  }
  /** As `kill -9` does: nothing of it has time for anything. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** To its end, or killed at the deadline. */
export async function ran(
  args: readonly string[],
  options: StartOptions & { readonly deadlineMs?: number } = {},
): Promise<Ended & { readonly out: string; readonly err: string }> {
  const program = new Program(args, options);
  const timer = setTimeout(() => program.child.kill('SIGKILL'), options.deadlineMs ?? 120_000);
  const ended = await program.ended;
  clearTimeout(timer);
  return { ...ended, out: program.out, err: program.err };
}
