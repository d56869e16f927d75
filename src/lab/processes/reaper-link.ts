// The parent's end of the pipe to the reaper: reports births and deaths to it, and starts another one, with everything
// reported again, should it die itself.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LabError } from './lab-error.ts';
import { spawnNode, type NodeChild } from './node-child.ts';
import { identify } from './process-tree.ts';
import { reap, type Ward } from './reap.ts';
import type { ReaperMessage } from './reaper.ts';

export class ReaperLink {
  readonly #folder: string;
  readonly #wards = new Map<number, Ward>();
  #child: NodeChild | undefined;
  #closing = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder. From then on nothing that is below it or reported outlives this process. */
  static async start(folder: string): Promise<ReaperLink> {
    const link = new ReaperLink(folder);
    const [line] = (await once(createInterface({ input: link.#spawn('make').stdout }), 'line')) as [string];
    if (line !== 'ready') {
      link.#closing = true;
      throw new LabError('LAB_CHILD_FAILED', `cannot make ${folder}: ${line}`, 'name a folder that exists and can be written with --dir');
    }
    return link;
  }

  /** From here on nothing more may be started. */
  get isClosing(): boolean {
    return this.#closing;
  }

  watch(pid: number | undefined, role: Ward['role']): void {
    const id = pid === undefined ? undefined : identify(pid);
    if (id === undefined) return;
    const ward: Ward = { ...id, role };
    this.#wards.set(id.pid, ward);
    this.#send({ ward });
  }

  forget(pid: number | undefined): void {
    if (pid === undefined || !this.#wards.delete(pid)) return;
    this.#send({ gone: pid });
  }

  /** Ends everything and removes the folder: the same way that a crash of this process would. Idempotent. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.stdin.end();
      await Promise.race([once(child, 'exit'), deadline(10_000)]);
      if (child.exitCode === 0) return;
    }
    await reap(this.#wards.values(), this.#folder);
  }

  #spawn(task: 'make' | 'keep'): NodeChild {
    // It works outside the folder that it removes.
    const child = spawnNode('./reaper', import.meta.url, [this.#folder, task], { cwd: '/' });
    const bornAt = performance.now();
    this.#child = child;
    for (const ward of this.#wards.values()) this.#send({ ward });
    child.once('exit', () => {
      if (this.#closing) return;
      // One that dies at birth would die again: then not at once.
      setTimeout(() => this.#closing || this.#spawn('keep'), performance.now() - bornAt < 1_000 ? 1_000 : 0);
    });
    return child;
  }

  #send(message: ReaperMessage): void {
    if (!this.#closing) this.#child?.stdin.write(`${JSON.stringify(message)}\n`);
  }
}

const deadline = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());
