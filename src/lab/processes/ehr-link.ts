// The parent's hand on the EHR process of one zone.
import type { EhrSettings } from '../ehr/settings.ts';
import { KeptProcess } from './kept-process.ts';
import { LabError } from './lab-error.ts';
import { spawnNode } from './node-child.ts';
import type { ReaperLink } from './reaper-link.ts';

export class EhrLink {
  readonly #process: KeptProcess;
  readonly #zone: string;
  #ready: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(settings: EhrSettings, folder: string, reaper: ReaperLink) {
    this.#zone = settings.zone;
    this.#process = new KeptProcess({
      label: `the EHR of ${settings.zone}`,
      reaper,
      spawn: () => spawnNode('../ehr/ehr', import.meta.url, [], { cwd: folder, env: { RESUS_EHR: JSON.stringify(settings) } }),
      onLine: () => this.#ready?.resolve(),
      onExit: () =>
        this.#ready?.reject(
          new LabError('LAB_CHILD_FAILED', `the EHR of ${this.#zone} ended before it listened`, 'its reason is on standard error'),
        ),
    });
  }

  /** Resolves when it listens. Does nothing when it runs. */
  start(): Promise<void> {
    if (this.#process.isWanted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#ready = { resolve, reject };
      this.#process.start();
    });
  }
  freeze(): void {
    this.#process.freeze();
  }
  thaw(): void {
    this.#process.thaw();
  }
  kill(): Promise<void> {
    return this.#process.kill();
  }
}
