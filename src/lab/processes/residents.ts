// Processes of others that live in a site of the lab (a vantage inside a region): they stop when the site is lost, whatever
// the kind of loss, and go on when it is back. They are never killed: they are not ours.
import { LabError } from './lab-error.ts';
import { identify, isAlive, signalIfSame, type ProcessId } from './process-tree.ts';
import type { ReaperLink } from './reaper-link.ts';

type Resident = ProcessId & { readonly site: string; isStopped: boolean };

export class Residents {
  readonly #reaper: ReaperLink;
  readonly #isLost: (site: string) => boolean;
  readonly #residents = new Map<number, Resident>();

  constructor(reaper: ReaperLink, isLost: (site: string) => boolean) {
    this.#reaper = reaper;
    this.#isLost = isLost;
  }

  /** Idempotent. One that registers in a lost site is stopped at once. */
  register(site: string, pid: number): void {
    const id = Number.isSafeInteger(pid) && pid > 1 && pid !== process.pid ? identify(pid) : undefined;
    if (id === undefined)
      throw new LabError('LAB_BAD_REQUEST', `there is no process ${pid} to live in ${site}`, 'send the id of a running process');
    this.#residents.set(pid, { ...id, site, isStopped: false });
    this.#reaper.watch(pid, 'resident');
    this.reconcile();
  }

  list(): readonly { readonly site: string; readonly pid: number; readonly isStopped: boolean }[] {
    return [...this.#residents.values()].map(({ site, pid, isStopped }) => ({ site, pid, isStopped }));
  }

  /** Stops and continues according to what is lost now. */
  reconcile(): void {
    for (const resident of this.#residents.values()) {
      const shouldStop = this.#isLost(resident.site);
      if (shouldStop === resident.isStopped) continue;
      resident.isStopped = shouldStop;
      signalIfSame(resident, shouldStop ? 'SIGSTOP' : 'SIGCONT');
      if (isAlive(resident)) continue;
      this.#residents.delete(resident.pid);
      this.#reaper.forget(resident.pid);
    }
  }
}
