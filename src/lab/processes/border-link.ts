// The parent's hand on one border process: opens its doors, reroutes them, silences it, kills it and starts it again with
// the same doors on the same ports.
import { plug, type Plug } from './black-hole.ts';
import type { BorderAnswer, BorderOrder, Door, Inside } from './border-protocol.ts';
import { KeptProcess } from './kept-process.ts';
import { LabError } from './lab-error.ts';
import { spawnNode } from './node-child.ts';
import type { ReaperLink } from './reaper-link.ts';

type Waiting = { resolve(): void; reject(error: Error): void };

export class BorderLink {
  readonly #site: string;
  readonly #process: KeptProcess;
  readonly #doors = new Map<string, Door>();
  readonly #waiting = new Map<string, Waiting>();
  #plugs: Plug[] = [];

  constructor(site: string, folder: string, reaper: ReaperLink) {
    this.#site = site;
    this.#process = new KeptProcess({
      label: `the border of ${site}`,
      reaper,
      spawn: () => spawnNode('./border', import.meta.url, [site], { cwd: folder }),
      onStart: () => this.#reopen(),
      onLine: (line) => this.#hear(JSON.parse(line) as BorderAnswer),
      onExit: () => this.#giveUp(),
    });
  }

  /** Starts the process with the doors that it had. Does nothing when it runs. */
  async start(): Promise<void> {
    if (this.#process.isWanted) return;
    this.#process.start();
    await this.#reopen();
  }

  /** Resolves when it listens. A later life of the process opens it again. Rejects with LAB_PORT_TAKEN. */
  open(door: Door): Promise<void> {
    this.#doors.set(door.id, door);
    return this.#send(door);
  }

  /** Ends that door's connections and leads new ones to `to`. A stopped process does so when it goes on. */
  route(id: string, to: Inside): void {
    const door = this.#doors.get(id);
    if (door === undefined) return;
    this.#doors.set(id, { ...door, to });
    this.#order({ route: id, to });
  }

  /** Stops the process: from here nothing passes. Not silent yet: `silence` makes it so. */
  freeze(): void {
    this.#process.freeze();
  }

  /** Resolves when connects to every public door of the stopped process stay pending. */
  async silence(): Promise<void> {
    if (!this.#process.isFrozen) return;
    const doors = [...this.#doors.values()].flatMap((door) => ('path' in door.at ? [] : [door.at]));
    this.#plugs.push(...(await Promise.all(doors.map((at) => plug(at.host, at.port)))));
  }

  thaw(): void {
    this.#release();
    this.#process.thaw();
  }

  /** Ends the process, also a stopped one. Its ports refuse. */
  async kill(): Promise<void> {
    this.#release();
    await this.#process.kill();
  }

  #release(): void {
    for (const each of this.#plugs.splice(0)) each.release();
  }

  async #reopen(): Promise<void> {
    await Promise.all([...this.#doors.values()].map((door) => this.#send(door)));
  }

  #giveUp(): void {
    for (const [id, waiting] of this.#waiting) {
      this.#waiting.delete(id);
      waiting.reject(
        new LabError('LAB_CHILD_FAILED', `the border of ${this.#site} ended before ${id} was open`, 'its reason is on standard error'),
      );
    }
  }

  #hear(line: BorderAnswer): void {
    const waiting = this.#waiting.get(line.id);
    this.#waiting.delete(line.id);
    if ('error' in line) waiting?.reject(this.#refusal(line));
    else waiting?.resolve();
  }

  #refusal(line: { id: string; error: string; code: string }): LabError {
    const what = `cannot open ${line.id} of ${this.#site}: ${line.error}`;
    if (line.code === 'EADDRINUSE')
      return new LabError(
        'LAB_PORT_TAKEN',
        what,
        'end the program that has this port, or choose another with --ehr-port, --postgres-port, --reports-port or --aws-port',
      );
    if (line.code === 'EADDRNOTAVAIL') return new LabError('LAB_ADDRESS_UNAVAILABLE', what, 'use --addresses ports');
    return new LabError('LAB_CHILD_FAILED', what, 'see the message of the system');
  }

  #send(door: Door): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(door.id, { resolve, reject });
      this.#order({ open: door });
    });
  }

  #order(order: BorderOrder): void {
    this.#process.say(order);
  }
}
