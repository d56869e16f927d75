// A program of ours that should run: it is started again when it ends by itself, stopped and continued when its site is
// lost and comes back, and stays dead when it was killed by us. It is told and tells in lines.
import { createInterface } from 'node:readline';
import { LabError, messageOf } from './lab-error.ts';
import type { NodeChild } from './node-child.ts';
import { signal } from './process-tree.ts';
import type { ReaperLink } from './reaper-link.ts';

export type KeptProcessOptions = {
  readonly label: string;
  readonly reaper: ReaperLink;
  spawn(): NodeChild;
  /** After every start, the later ones too. A rejection is logged. */
  onStart?(): Promise<void>;
  onLine(line: string): void;
  onExit(): void;
};

const RESTART_MS = 150;

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #child: NodeChild | undefined;
  #wanted = false;
  #frozen = false;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }
  get isWanted(): boolean {
    return this.#wanted;
  }

  start(): void {
    if (this.#wanted) return;
    refuseClosed(this.#options.reaper);
    this.#wanted = true;
    this.#spawn();
  }
  say(line: unknown): void {
    this.#child?.stdin.write(`${JSON.stringify(line)}\n`);
  }
  freeze(): void {
    if (!this.#wanted || this.#frozen) return;
    this.#frozen = true;
    if (this.#child?.pid !== undefined) signal(this.#child.pid, 'SIGSTOP');
  }
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    if (this.#child?.pid !== undefined) signal(this.#child.pid, 'SIGCONT');
  }
  /** Also ends a stopped one. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#frozen = false;
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #spawn(): void {
    const { reaper, label } = this.#options;
    const child = this.#options.spawn();
    this.#child = child;
    reaper.watch(child.pid, 'child');
    createInterface({ input: child.stdout }).on('line', (line) => this.#options.onLine(line));
    child.once('error', (error) => process.stderr.write(`resus lab: ${label}: ${error.message}\n`));
    child.once('exit', (code, name) => {
      reaper.forget(child.pid);
      if (this.#child === child) this.#child = undefined;
      this.#options.onExit();
      if (!this.#wanted || reaper.isClosing) return;
      process.stderr.write(`resus lab: ${label} ended (${name ?? `exit ${code ?? '?'}`}) and is started again\n`);
      setTimeout(() => this.#restart(), RESTART_MS);
    });
  }

  #restart(): void {
    if (!this.#wanted || this.#child !== undefined || this.#options.reaper.isClosing) return;
    this.#spawn();
    const child = this.#child as NodeChild | undefined;
    if (this.#frozen && child?.pid !== undefined) signal(child.pid, 'SIGSTOP');
    this.#options.onStart?.().catch((error: unknown) => process.stderr.write(`resus lab: ${this.#options.label}: ${messageOf(error)}\n`));
  }
}

export function refuseClosed(reaper: ReaperLink): void {
  if (reaper.isClosing) throw new LabError('LAB_CLOSED', 'the lab is being ended', 'start another');
}
