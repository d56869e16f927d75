// The eyes: each probes every target at its own pace, from where it stands, and reports to whoever leads. One that is cut off keeps the
// newest of what it saw; one that lies says the opposite of it.
import type { Observation } from '../../core/input.ts';
import { targetsOf, type Target } from '../../core/detection/targets.ts';
import type { Vantage as Declared } from '../../core/estate.ts';
import { later } from '../../core/values.ts';
import type { Random } from '../random.ts';
import type { Database } from './database.ts';
import type { Ground } from './ground.ts';
import type { Replica } from './replica.ts';
import type { Desk } from './users.ts';
import type { Workloads } from './workloads.ts';

/** What it looks at, with everything about it that never changes. */
type Look = {
  readonly id: string;
  /** It asks the database itself, for its role and its newest heartbeat. */
  readonly isRole: boolean;
  readonly site: string;
  readonly node: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly isZone: boolean;
  readonly zone: number;
  readonly database: Database | undefined;
  readonly replica: Replica | undefined;
  readonly heartbeatMs: number;
  readonly isLagTold: boolean;
};
type Seen = { readonly ok: boolean; readonly measured?: Readonly<Record<string, number | string>> };

const referenceEveryMs = 2_400;
const mostUnsent = 40;
const good: Seen = { ok: true };
const bad: Seen = { ok: false };

export class VantagePoint {
  readonly id: string;
  readonly site: string;
  readonly node: number;
  skewMs = 0;
  /** Counts: its process does not run; it says of everything the opposite of what it sees. */
  dead = 0;
  lying = 0;
  /** Counts: what answers, answers; only its role is told the wrong way round. */
  lyingAboutRoles = 0;
  /** Its reports overtake one another. */
  reorders = 0;
  /** What its way is like even when nothing is wrong: the chance that a probe gets lost, and how late a report may be. */
  jitter: { readonly loses: number; readonly lateMs: number } = { loses: 0, lateMs: 80 };
  readonly #ground: Ground;
  readonly #desk: Desk;
  readonly #random: Random;
  readonly #looks: readonly Look[];
  readonly #declared: Declared;
  #unsent: Observation[] = [];

  /** `isPaced`: each target at its own place in its interval, and what does not answer is known only after the timeout. */
  constructor(declared: Declared, options: { ground: Ground; workloads: Workloads; desk: Desk; random: Random; isPaced?: true }) {
    const { ground, workloads, random } = options;
    this.id = declared.id;
    this.site = declared.site;
    this.node = ground.nodeOf(declared.site);
    this.#declared = declared;
    this.#ground = ground;
    this.#desk = options.desk;
    this.#random = random;
    const targets = [...targetsOf(ground.estate).byId.values()];
    this.#looks = targets.filter((target) => target.workload !== undefined).map((target) => lookAt(target, ground, workloads));
    const references = targets
      .filter((target) => target.id.startsWith(`reference/${declared.id}/`))
      .map((target) => lookAt(target, ground, workloads));
    if (options.isPaced === true)
      for (const look of this.#looks) ground.clock.after(random.between(0, look.everyMs), () => this.#pace(look));
    else {
      const everyMs = this.#looks[0]?.everyMs ?? 5_000;
      ground.clock.after(random.between(0, everyMs), () => this.#round(everyMs));
    }
    references.forEach((look, i) =>
      ground.clock.after(random.between(0, 200) + (i * referenceEveryMs) / references.length, () => this.#reference(look)),
    );
  }

  get isUp(): boolean {
    return this.dead === 0 && this.#ground.stands(this.#declared.site);
  }

  #round(everyMs: number): void {
    this.#ground.clock.after(everyMs, () => this.#round(everyMs));
    if (!this.isUp) return;
    this.#tell(this.#looks.map((look) => this.#observe(look)));
  }
  #pace(look: Look): void {
    this.#ground.clock.after(look.everyMs, () => this.#pace(look));
    if (!this.isUp) return;
    const observation = this.#observe(look);
    if (observation.ok) this.#tell([observation]);
    else this.#ground.clock.after(look.timeoutMs, () => this.#tell([{ ...observation, at: later(observation.at, look.timeoutMs) }]));
  }
  #reference(look: Look): void {
    this.#ground.clock.after(referenceEveryMs, () => this.#reference(look));
    if (this.isUp) this.#tell([this.#observe(look)]);
  }

  #observe(look: Look): Observation {
    const seen = this.jitter.loses > 0 && this.#random.chance(this.jitter.loses) ? bad : this.#see(look);
    const isLie = this.lying > 0 && look.database !== undefined;
    const ok = isLie ? !seen.ok : seen.ok;
    return {
      target: look.id,
      vantage: this.#declared.id,
      ok,
      at: later(this.#ground.now, this.skewMs),
      detail: ok ? 'answered' : 'no answer',
      ...(ok && seen.measured !== undefined ? { measured: this.lyingAboutRoles > 0 ? turned(seen.measured) : seen.measured } : {}),
    };
  }

  #see(look: Look): Seen {
    const { network } = this.#ground;
    if (!network.canTalk(this.node, look.node)) return bad;
    const { database, replica } = look;
    if (database === undefined || replica === undefined) return good;
    // What is too slow for its users still answers a probe, which asks for little.
    if (replica.harm.frozen > 0) return bad;
    if (look.isZone) return this.#ground.stands(look.site) && (replica.instanceDead[look.zone] ?? 0) === 0 ? good : bad;
    if (!look.isRole) return database.besideAnswers(replica) ? good : bad;
    if (!database.answers(replica)) return bad;
    return {
      ok: true,
      measured: {
        role: replica.role,
        heartbeatAt: database.heartbeatAt(replica, look.heartbeatMs),
        timeline: replica.timeline,
        ...(look.isLagTold && !replica.isWriter ? database.lagOf(replica) : {}),
      },
    };
  }

  #tell(seen: readonly Observation[]): void {
    const latencyMs = this.reorders > 0 ? this.#random.between(5, 8_000) : this.#random.between(5, this.jitter.lateMs);
    this.#ground.clock.after(latencyMs, () => {
      if (!this.isUp) return;
      const all = this.#unsent.length === 0 ? seen : [...this.#unsent, ...seen];
      let isTaken = true;
      for (const observation of all) if (!this.#desk.report(this.node, { kind: 'probed', ...observation })) isTaken = false;
      this.#unsent = isTaken ? [] : all.slice(-mostUnsent);
    });
  }
}

const turned = (measured: NonNullable<Seen['measured']>): NonNullable<Seen['measured']> => ({
  ...measured,
  role: measured['role'] === 'primary' ? 'standby' : 'primary',
});

function lookAt(target: Target, ground: Ground, workloads: Workloads): Look {
  const database = target.workload === undefined ? undefined : workloads.database(target.workload);
  const replica = target.replica === undefined ? undefined : database?.replica(target.replica);
  const zone = replica?.zones.indexOf(target.site) ?? -1;
  const workload = target.workload === undefined ? undefined : ground.estate.workloads[target.workload];
  return {
    id: target.id,
    isRole: workload?.replication.some(({ lagProbe }) => lagProbe === target.probe.id) === true,
    site: target.site,
    node: ground.nodeOf(target.site),
    everyMs: target.detection.intervalMs,
    timeoutMs: target.detection.timeoutMs,
    isZone: zone >= 0,
    zone,
    database,
    replica,
    heartbeatMs: workload?.replication[0]?.heartbeatMs ?? 1_000,
    isLagTold: workload?.replication[0]?.measuredBy === 'reported',
  };
}
