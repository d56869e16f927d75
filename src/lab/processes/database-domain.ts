// One database as something that is lost alone: its process dies, the zone around it and everything else there goes on.
import type { FaultDomain } from '../faults.ts';
import type { LossKind } from '../hospital.ts';
import type { LabDatabase } from './lab-database.ts';

export type Around = {
  isLost(site: string): boolean;
  decide(database: LabDatabase): Promise<'resume' | 'rebuild'>;
  rebuild(database: LabDatabase): Promise<void>;
};

export class DatabaseDomain implements FaultDomain {
  readonly name: string;
  readonly sites: readonly string[];
  readonly #database: LabDatabase;
  readonly #around: Around;
  #dying: Promise<void> = Promise.resolve();

  constructor(database: LabDatabase, around: Around) {
    this.name = database.name;
    this.sites = [database.name];
    this.#database = database;
    this.#around = around;
  }

  strike(_kind: LossKind): void {
    this.#dying = this.#database.kill();
  }
  settle(): Promise<void> {
    return this.#dying;
  }

  /** Whoever took its role over has often made a new copy of it already: then there is nothing to do. */
  async revive(): Promise<() => Promise<void>> {
    const database = this.#database;
    const nothing = (): Promise<void> => Promise.resolve();
    if (database.isRunning()) return nothing;
    if ((await this.#around.decide(database)) === 'rebuild')
      return async () => {
        if (!database.isRunning()) await this.#around.rebuild(database);
      };
    await database.start();
    // In a zone that is lost it dies once more, so that it comes back with the zone.
    if (this.#around.isLost(database.zone())) await database.loseSite('killed');
    return nothing;
  }
}
