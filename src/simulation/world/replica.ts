// One replica of a workload as it really is. Its owner, the database, says what its state means for writes; nothing here decides.
import type { Replica as Declared } from '../../core/estate.ts';
import type { Instant } from '../../core/values.ts';

export class Replica {
  readonly name: string;
  readonly site: string;
  readonly node: number;
  /** Empty where the replica is one machine. */
  readonly zones: readonly string[];
  /** Index of the zone whose instance writes, or follows the writer. */
  zone = 0;
  isWriter: boolean;
  /** Its storage refuses every write, whoever asks. */
  isFenced = false;
  /** Whoever fences it makes a standby of it, in its own words: elsewhere a fenced writer goes on to call itself the primary. */
  fencingDemotes = false;
  /** Counts, so that faults that overlap may end in any order. `databaseDead`: what runs beside the database goes on. */
  readonly harm = { dead: 0, databaseDead: 0, frozen: 0, slow: 0, notWriting: 0, stalled: 0 };
  /** Of each zone: its instance's processes are gone. */
  readonly instanceDead: number[];
  /** The line of history that it writes or follows. */
  timeline = 1;
  /** Of a standby: everything that was committed until then is here; while the link is up it is `lagMs` behind. */
  appliedAt: Instant;
  isLinked = false;
  lagMs = 0;
  /** Of a writer: until when it has written heartbeats. */
  beatAt: Instant;
  /** What was last said about it in the truth. */
  saidWrites = false;

  constructor(declared: Declared, zones: readonly string[], node: number, now: Instant) {
    this.name = declared.name;
    this.site = declared.site;
    this.node = node;
    this.zones = zones;
    this.isWriter = declared.role === 'primary';
    this.instanceDead = zones.map(() => 0);
    this.appliedAt = now;
    this.beatAt = now;
  }

  /** What it calls itself. */
  get role(): 'primary' | 'standby' {
    return this.isWriter && !(this.isFenced && this.fencingDemotes) ? 'primary' : 'standby';
  }
}
