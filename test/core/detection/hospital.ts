// A hospital group of any size for tests of detection: workloads of two replicas in two regions of two zones, one database probe a
// replica, three vantages. What is dark answers nobody; everything else answers as what it is.
import type { Estate, Workload } from '../../../src/core/estate.ts';
import { newState, type Facts, type Known } from '../../../src/core/state.ts';
import type { Event } from '../../../src/core/event.ts';
import { isWithin } from '../../../src/core/detection/targets.ts';
import { viewOf, type View } from '../../../src/core/kernel.ts';
import type { Hash, Instant, Json, SiteId, VantageId, WorkloadId } from '../../../src/core/values.ts';
import { evaluate } from '../../../src/declare/expression.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { recover } from '../../../src/engine/recovery.ts';
import { Seal } from '../../../src/journal/seal.ts';
import { estate as small, tier, workload as ehr } from '../estate.ts';
import { actions, digest } from '../theatre.ts';

/** Even workloads live in zone a of both regions, odd ones in zone b. */
const workloadOf = (n: number): Workload => ({
  ...ehr,
  id: `workload-${n}` as WorkloadId,
  replicas: ehr.replicas.map((replica) => ({
    ...replica,
    probes: [{ id: 'db', uses: 'postgres', with: {}, site: `${replica.site}${n % 2 === 0 ? 'a' : 'b'}` as SiteId }],
  })),
});
export const hospitalOf = (workloads: number): Estate => ({
  ...small,
  tiers: { 'life-critical': { ...tier, automation: { replica: 'manual', zone: 'manual', region: 'manual' } } },
  workloads: Object.fromEntries(Array.from({ length: workloads }, (_, n) => [`workload-${n}`, workloadOf(n)])),
  gamedays: {},
});

export class Hospital {
  readonly dark = new Set<string>();
  readonly events: Event[] = [];
  readonly lines: string[] = [];
  now = Date.UTC(2026, 0, 1);
  readonly estate: Estate;
  readonly facts: Facts;
  readonly #engine: Engine;
  #wakeAt = Infinity;

  constructor(estate: Estate) {
    this.estate = estate;
    const id = digest(estate as unknown as Json);
    this.facts = { floor: 'simulation', catalogue: { actions, evaluate }, estates: new Map([[id, estate]]), digest };
    const seal = new Seal({ log: 'test/log', floor: 'simulation', controlDomain: 'central', boot: 'b' });
    this.#engine = new Engine({ facts: this.facts, state: newState(), seal, epoch: 1, controller: 'c1' });
    this.#give({ kind: 'began', controller: 'c1', version: 'test', lastSeq: -1, lastHash: '0'.repeat(64) as Hash });
    this.#give({ kind: 'declared', estate: id });
  }

  get known(): Known {
    return this.#engine.known;
  }
  get view(): View {
    return viewOf(this.facts, this.known, this.#engine.seen, this.now as Instant);
  }
  /** What a full scan would still want. */
  get forgotten(): readonly Event[] {
    return this.#engine.forgotten(this.now as Instant);
  }
  of<T extends Event['type']>(type: T): Extract<Event, { type: T }>['data'][] {
    return this.events.flatMap((event) => (event.type === type ? [event.data as never] : []));
  }
  /** `ReplicaDown us-east-2a of workload-0`, in the order of their opening. */
  get opened(): string[] {
    return this.of('IncidentOpened').map(
      ({ diagnosis, site, incident }) => `${diagnosis} ${site} of ${[...(this.known.incidents.get(incident)?.workloads ?? [])].join(' ')}`,
    );
  }
  /** The journal alone, folded again. */
  replayed(): Known {
    return recover(this.lines, this.facts).state;
  }

  /** So many samples of every target by every vantage that can send them, one interval apart, spread over the interval. */
  rounds(count: number): void {
    const targets = [...(this.known.targets?.byId.values() ?? [])];
    for (let round = 0; round < count; round += 1) {
      const began = this.now;
      for (const [n, target] of targets.entries()) {
        this.now = began + Math.floor((n / targets.length) * tier.detection.intervalMs);
        for (const vantage of this.known.targets?.vantages ?? []) {
          if (target.workload === undefined && !target.id.startsWith(`reference/${vantage.id}/`)) continue;
          if (this.#isDark(vantage.site)) continue;
          const ok = !this.dark.has(target.id) && !this.#isDark(target.site);
          this.#give({
            kind: 'probed',
            target: target.id,
            vantage: vantage.id as VantageId,
            ok,
            at: this.now as Instant,
            detail: ok ? 'answered' : 'no answer within 450 ms',
            ...(ok ? { measured: { role: target.replica === 'east' ? 'primary' : 'standby', heartbeatAt: this.now } } : {}),
          });
        }
        if (this.#wakeAt <= this.now) this.#give({ kind: 'woke' });
      }
      this.now = began + tier.detection.intervalMs;
    }
  }

  #isDark(site: string): boolean {
    return (
      this.dark.size > 0 && [...this.dark].some((domain) => this.estate.sites[domain] !== undefined && isWithin(this.estate, site, domain))
    );
  }
  #give(input: Parameters<Engine['turn']>[0]): void {
    const result = this.#engine.turn(input, { at: this.now as Instant, ns: 0n });
    if (!result.ok) throw new Error(result.error.message);
    this.#wakeAt = result.value.wakeAt;
    for (const { event } of result.value.entries) this.events.push(event);
    for (const line of result.value.lines) this.lines.push(line);
  }
}
