// Which sites are lost, why, and until when. A site inside a lost one is lost with it; of several losses the gravest counts. Every loss has a
// lease that is kept here, in the lab, so that it ends also when whoever asked for it is gone.
import type { LossKind } from './hospital.ts';
import { LabError, messageOf } from './processes/lab-error.ts';
import { Turns } from './processes/turns.ts';

/** One piece of the hospital that is lost and comes back as a whole: a zone, or a region's AWS endpoint. */
export interface FaultDomain {
  readonly name: string;
  /** The zone or region itself, and the region around it. */
  readonly sites: readonly string[];
  /** Stops or kills it, at once. */
  strike(kind: LossKind): void;
  /** Resolves when the outside sees it as that kind of loss. */
  settle(kind: LossKind): Promise<void>;
  /** Brings it back. What it gives back is what still goes on afterwards (a rebuild). */
  revive(): Promise<() => Promise<void>>;
}

export type Loss = { readonly site: string; readonly kind: LossKind; readonly until: number };

const GRAVITY: Readonly<Record<LossKind, number>> = { cut: 1, silent: 2, killed: 3 };
export const LONGEST_LEASE_MS = 3_600_000;

export class Faults {
  readonly #domains: readonly FaultDomain[];
  readonly #losses = new Map<string, Loss & { timer: NodeJS.Timeout }>();
  readonly #state = new Map<FaultDomain, LossKind>();
  readonly #turns = new Turns();
  readonly #onChange: () => void;
  #isClosed = false;

  constructor(domains: readonly FaultDomain[], onChange: () => void) {
    this.#domains = domains;
    this.#onChange = onChange;
  }

  lost(): readonly Loss[] {
    return [...this.#losses.values()].map(({ site, kind, until }) => ({ site, kind, until }));
  }

  /** Itself, or the region around it. */
  isLost(site: string): boolean {
    const around = this.#domains.find((domain) => domain.sites[0] === site)?.sites ?? [site];
    return around.some((each) => this.#losses.has(each));
  }

  knows(site: string): boolean {
    return this.#domains.some((domain) => domain.sites.includes(site));
  }

  /** The same loss again only moves its end. Another kind is refused with LAB_ALREADY_LOST. */
  lose(site: string, kind: LossKind, leaseMs: number): Promise<void> {
    if (this.#isClosed) return Promise.reject(new LabError('LAB_CLOSED', 'the lab is being closed', 'start another'));
    if (!this.knows(site)) return Promise.reject(unknownSite(site, this.#domains));
    if (!Number.isFinite(leaseMs) || leaseMs <= 0 || leaseMs > LONGEST_LEASE_MS)
      return Promise.reject(
        new LabError('LAB_BAD_REQUEST', `a lease of ${leaseMs} ms`, `give one above 0 and up to ${LONGEST_LEASE_MS} ms`),
      );
    return this.#turns.take(() => this.#lose(site, kind, leaseMs));
  }

  /** Also for a site that is not lost. Resolves when it runs again and what had to be rebuilt is. */
  async restore(site: string): Promise<void> {
    if (!this.knows(site)) throw unknownSite(site, this.#domains);
    const afterwards = await this.#turns.take(async () => {
      const loss = this.#losses.get(site);
      if (loss === undefined) return [];
      clearTimeout(loss.timer);
      this.#losses.delete(site);
      return this.#reconcile();
    });
    // Not within the turn: a rebuild takes seconds, and the next loss must not wait for it.
    await Promise.all(afterwards.map((work) => work()));
  }

  /** Ends all leases without restoring anything. */
  close(): void {
    this.#isClosed = true;
    for (const loss of this.#losses.values()) clearTimeout(loss.timer);
  }

  async #lose(site: string, kind: LossKind, leaseMs: number): Promise<void> {
    const before = this.#losses.get(site);
    if (before !== undefined && before.kind !== kind)
      throw new LabError('LAB_ALREADY_LOST', `${site} is lost already (${before.kind})`, 'restore it first');
    clearTimeout(before?.timer);
    const timer = setTimeout(() => this.#expire(site), leaseMs);
    this.#losses.set(site, { site, kind, until: Date.now() + leaseMs, timer });
    const afterwards = await this.#reconcile();
    await Promise.all(afterwards.map((work) => work()));
  }

  #expire(site: string): void {
    if (this.#isClosed) return;
    this.restore(site).catch((error: unknown) =>
      process.stderr.write(`resus lab: ${site} came back at the end of its lease, but ${messageOf(error)}\n`),
    );
  }

  async #reconcile(): Promise<(() => Promise<void>)[]> {
    const changes = this.#domains.flatMap((domain) => {
      const now = this.#state.get(domain);
      const next = this.#gravest(domain);
      return now === next ? [] : [{ domain, now, next }];
    });
    const afterwards: (() => Promise<void>)[] = [];
    const isLighter = (now: LossKind | undefined, next: LossKind | undefined): boolean =>
      now !== undefined && (next === undefined || GRAVITY[next] < GRAVITY[now]);
    // A lighter loss of the same domain remains: it comes back first and is lost again at once.
    const returning = changes.filter(({ now, next }) => isLighter(now, next));
    const returned = await Promise.allSettled(returning.map(async ({ domain }) => afterwards.push(await domain.revive())));
    for (const { domain } of returning) this.#state.delete(domain);
    const leaving = changes.flatMap(({ domain, next }) => (next === undefined ? [] : [{ domain, next }]));
    for (const { domain, next } of leaving) {
      domain.strike(next);
      this.#state.set(domain, next);
    }
    this.#onChange();
    await Promise.all(leaving.map(({ domain, next }) => domain.settle(next)));
    const failed = returned.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return afterwards;
  }

  #gravest(domain: FaultDomain): LossKind | undefined {
    const kinds = domain.sites.flatMap((site) => this.#losses.get(site)?.kind ?? []);
    return kinds.toSorted((left, right) => GRAVITY[right] - GRAVITY[left])[0];
  }
}

function unknownSite(site: string, domains: readonly FaultDomain[]): LabError {
  const known = [...new Set(domains.flatMap((domain) => domain.sites))].toSorted();
  return new LabError('LAB_UNKNOWN_SITE', `there is no site ${JSON.stringify(site)}`, `name one of ${known.join(', ')}`);
}
