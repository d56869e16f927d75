// What every part of the world stands on: time, the network, which sites are lost, and the one place where truth is written down.
import type { Estate } from '../../core/estate.ts';
import type { Instant } from '../../core/values.ts';
import { VirtualClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Fact } from '../truth.ts';
import { Network } from './network.ts';
import { around, placeOf } from './sites.ts';

/** A fact as its author writes it; when it was true is added. */
export type Said<F extends Fact = Fact> = F extends Fact ? Omit<F, 'at'> : never;

export class Ground {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly estate: Estate;
  readonly random: Random;
  readonly #record: (fact: Fact) => void;
  readonly #lost = new Map<string, number>();
  readonly #nodes = new Map<string, number>();
  readonly #around: ReadonlyMap<string, readonly string[]>;
  readonly #placeBySite: ReadonlyMap<string, string>;

  constructor(estate: Estate, startAt: Instant, random: Random, record: (fact: Fact) => void) {
    this.clock = new VirtualClock(startAt);
    this.estate = estate;
    this.random = random;
    this.#record = record;
    const sites = Object.keys(estate.sites);
    this.#around = new Map(sites.map((site) => [site, around(estate, site)]));
    this.#placeBySite = new Map(sites.map((site) => [site, placeOf(estate, site)]));
    const places = new Set(this.#placeBySite.values());
    // The journal's store and the name servers are spread: they are places of their own, which a partition may cut off and nothing kills.
    this.network = new Network([...places, 'store', 'routing']);
    for (const site of sites) this.#nodes.set(site, this.network.node(this.placeOf(site)));
    for (const place of ['store', 'routing']) this.#nodes.set(place, this.network.node(place));
  }

  get now(): Instant {
    return this.clock.now;
  }
  say(fact: Said): void {
    this.#record({ at: this.clock.now, ...fact } as Fact);
  }
  /** The place in the network of a site: its region or campus. */
  nodeOf(site: string): number {
    const node = this.#nodes.get(site);
    return node ?? this.network.node(site);
  }
  placeOf(site: string): string {
    return this.#placeBySite.get(site) ?? site;
  }

  lose(site: string, by: 1 | -1): void {
    this.#lost.set(site, (this.#lost.get(site) ?? 0) + by);
    if (this.placeOf(site) === site) this.network.lose(this.nodeOf(site), by);
  }
  /** Neither it nor anything around it is lost. */
  stands(site: string): boolean {
    if ((this.#lost.get(site) ?? 0) > 0) return false;
    for (const each of this.#around.get(site) ?? []) if ((this.#lost.get(each) ?? 0) > 0) return false;
    return true;
  }
}
