// A zone, or a region's AWS endpoint, as something that is lost and comes back: its border, and what runs behind it.
import type { FaultDomain } from '../faults.ts';
import type { LossKind } from '../hospital.ts';
import type { BorderLink } from './border-link.ts';
import type { EhrLink } from './ehr-link.ts';
import type { LabDatabase } from './lab-database.ts';

export type Inhabitants = {
  readonly ehr: EhrLink | undefined;
  /** Those that run in it now. */
  databases(): readonly LabDatabase[];
  /** Whether that database may go on as it was, or must become the standby of another. */
  decide(database: LabDatabase): Promise<'resume' | 'rebuild'>;
  rebuild(database: LabDatabase): Promise<void>;
};

export class SiteDomain implements FaultDomain {
  readonly name: string;
  readonly sites: readonly string[];
  readonly #border: BorderLink;
  readonly #inside: Inhabitants | undefined;
  #dying: Promise<unknown> = Promise.resolve();

  constructor(name: string, sites: readonly string[], border: BorderLink, inside?: Inhabitants) {
    this.name = name;
    this.sites = sites;
    this.#border = border;
    this.#inside = inside;
  }

  strike(kind: LossKind): void {
    // The border first: from then on nothing that is written inside is acknowledged outside.
    if (kind === 'killed')
      this.#dying = Promise.all([
        this.#border.kill(),
        this.#inside?.ehr?.kill(),
        ...this.#databases().map((each) => each.loseSite('killed')),
      ]);
    else this.#border.freeze();
    if (kind !== 'silent') return;
    this.#inside?.ehr?.freeze();
    this.#dying = Promise.all(this.#databases().map((each) => each.loseSite('silent')));
  }

  async settle(kind: LossKind): Promise<void> {
    await this.#dying;
    if (kind !== 'killed') await this.#border.silence();
  }

  async revive(): Promise<() => Promise<void>> {
    const inside = this.#inside;
    const ehr = inside?.ehr;
    const doomed: LabDatabase[] = [];
    for (const each of this.#databases()) if ((await this.#inside?.decide(each)) === 'rebuild') doomed.push(each);
    await Promise.all(doomed.map((each) => each.endBeforeReturn()));
    ehr?.thaw();
    const done = await Promise.allSettled([
      ehr?.start(),
      ...this.#databases()
        .filter((each) => !doomed.includes(each))
        .map((each) => each.regainSite()),
      this.#openBorder(),
    ]);
    const failed = done.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return async () => {
      if (inside !== undefined) await Promise.all(doomed.map((each) => inside.rebuild(each)));
    };
  }

  #databases(): readonly LabDatabase[] {
    return this.#inside?.databases() ?? [];
  }

  async #openBorder(): Promise<void> {
    this.#border.thaw();
    await this.#border.start();
  }
}
