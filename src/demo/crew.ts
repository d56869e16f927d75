// The processes of a demonstration: this same program, started again under other names. Each writes its own log; none
// outlives the demo, whatever becomes of it: their standard input closes with it.
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Member = { readonly name: string; readonly process: ChildProcess; readonly log: string; readonly firstLine: Promise<string> };

/** How long to wait for what a member said when it ended. */
const lastWordsMs = 500;

export class Crew {
  readonly #members: Member[] = [];
  readonly #logs: string;
  readonly #lost: (member: Member, how: string) => void;
  #dismissed = false;

  /** `lost` is told, once, when a member ends that was not asked to: how, and its last complaint. */
  constructor(logs: string, lost: (member: Member, how: string) => void) {
    this.#logs = logs;
    this.#lost = lost;
    mkdirSync(logs, { recursive: true });
  }

  start(name: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Member {
    const log = join(this.#logs, `${name}.log`);
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const file = createWriteStream(log);
    child.stderr.pipe(file);
    let lastWords = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith('resus')) lastWords = `: ${line.replace(/^resus[^:]*: /, '')}`;
    });
    let endedEarly: (error: Error) => void = () => undefined;
    const firstLine = new Promise<string>((resolve, reject) => {
      endedEarly = reject;
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('error', reject);
    });
    // Only those that wait for the line care.
    firstLine.catch(() => undefined);
    child.stdout.pipe(file);
    const member = { name, process: child, log, firstLine };
    // Once its streams have ended too, so that what it complained of is there; but who holds them open holds nobody up.
    child.once('exit', (code, signal) => {
      const tell = (): void => {
        clearTimeout(timer);
        const how = `${signal ?? `exit ${code ?? '?'}`}${lastWords}`;
        if (!this.#dismissed) this.#lost(member, how);
        endedEarly(new Error(`${name} ended, ${how}`));
      };
      const timer = setTimeout(tell, lastWordsMs);
      child.once('close', tell);
    });
    this.#members.push(member);
    return member;
  }

  /** Ends everybody, the last started first; a member that does not end by itself is killed. */
  async dismiss(withinMs = 8_000): Promise<void> {
    this.#dismissed = true;
    await Promise.all(this.#members.map((member) => ended(member, withinMs)));
  }
}

function ended({ process: child }: Member, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    // A frozen vantage must be awake to hear that it is over.
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  });
}
