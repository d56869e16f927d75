// The injector of game days: takes a region away for a lease, gives it back a moment after it was asked, or when asked again, or when
// the lease ends, whatever became of those who asked.
import type { Command } from '../../core/kernel.ts';
import type { Observed, Outcome } from '../../core/outcome.ts';
import { later, type Instant, type SiteId } from '../../core/values.ts';
import type { Ground } from './ground.ts';
import type { Workloads } from './workloads.ts';

type Order = Extract<Command, { kind: 'inject' | 'revert' | 'check' }>;
type Standing = {
  readonly drill: string;
  readonly fault: string;
  readonly site: SiteId;
  readonly leaseEndsAt: Instant;
  /** Orders to end it that are taken and come to nothing. */
  deaf: number;
};
/** From the order to end it until it has ended. */
const endsInMs = { least: 0, most: 2_000 } as const;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export class DrillFaults {
  readonly #ground: Ground;
  readonly #workloads: Workloads;
  readonly #standing = new Map<string, Standing>();
  /** Tokens whose fault was ended: a late injection of one of them does nothing. */
  readonly #over = new Set<string>();

  constructor(ground: Ground, workloads: Workloads) {
    this.#ground = ground;
    this.#workloads = workloads;
  }

  take(order: Order): Outcome {
    if (order.kind === 'revert') {
      this.#revert(order.token);
      return { kind: 'succeeded', data: null };
    }
    if (this.#over.has(order.token)) return { kind: 'failed', code: 'ALREADY_REVERTED', message: 'it was ended', retriable: false };
    if (!this.#standing.has(order.token)) this.#begin(order);
    return { kind: 'succeeded', data: null };
  }
  look(order: Order): Observed {
    return this.#standing.has(order.token) ? { kind: 'holds', data: null } : { kind: 'absent', because: 'nothing stands' };
  }

  #begin(order: Order): void {
    const input = order.with;
    const site = typeof input === 'object' && input !== null && 'site' in input ? text(input['site']) : '';
    const leaseEndsAt = later(this.#ground.now, order.leaseMs);
    const deaf = this.#ground.random.chance(0.2) ? 1 : 0;
    const standing: Standing = { drill: order.drill, fault: order.fault, site: site as SiteId, leaseEndsAt, deaf };
    this.#standing.set(order.token, standing);
    this.#ground.lose(site, 1);
    this.#workloads.refresh('fault');
    this.#say(standing, 'stands');
    this.#ground.clock.at(leaseEndsAt, () => this.#end(order.token, 'expired'));
  }
  #revert(token: string): void {
    const standing = this.#standing.get(token);
    if (standing !== undefined && (standing.deaf -= 1) >= 0) return;
    this.#over.add(token);
    this.#ground.clock.after(this.#ground.random.between(endsInMs.least, endsInMs.most), () => this.#end(token, 'reverted'));
  }
  #end(token: string, what: 'reverted' | 'expired'): void {
    this.#over.add(token);
    const standing = this.#standing.get(token);
    if (standing === undefined) return;
    this.#standing.delete(token);
    this.#ground.lose(standing.site, -1);
    this.#workloads.refresh('fault');
    this.#say(standing, what);
  }
  #say(standing: Standing, what: 'stands' | 'reverted' | 'expired'): void {
    const { drill, fault, site, leaseEndsAt } = standing;
    this.#ground.say({ kind: 'drill-fault', drill, fault, site, what, leaseEndsAt, harms: this.#workloads.harmsOfLoss(site) });
  }
}
