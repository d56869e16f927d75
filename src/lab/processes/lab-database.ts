// One database of the lab: a real PostgreSQL, the zone in which it runs, and its partner in the other region. What RDS does
// to a database in the lab, it does through these operations.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../hospital.ts';
import type { Owner } from './copy-tree.ts';
import { LabError } from './lab-error.ts';
import { copyLive, markStandby } from './live-copy.ts';
import { DATABASE, USER, type PostgresServer } from './postgres-server.ts';
import { TIMELINE } from './timeline.ts';
import { Turns } from './turns.ts';

/** What a database needs of the sites around it. */
export interface Surroundings {
  /** From now on that database's connections, its partner's too, are led into this zone of its region and nowhere else. */
  lead(database: string, zone: string): void;
  /** Opens or closes the way on which a database receives from its partner. */
  replicate(database: string, isOpen: boolean): void;
  /** The folder with the socket, inside this zone, that leads out to wherever the partner runs. */
  wayOut(database: string, zone: string): string;
  /** `ADDRESS:PORT` of that zone for this database. */
  outside(database: string, zone: string): string;
  zonesOf(region: string): readonly string[];
  isLost(site: string): boolean;
}

const POLL_MS = 10;
const PROMOTE_MS = 30_000;
const STREAM_MS = 5_000;

export class LabDatabase implements Database {
  readonly name: string;
  readonly region: string;
  readonly #server: PostgresServer;
  readonly #around: Surroundings;
  readonly #owner: Owner | undefined;
  readonly #turns = new Turns();
  #partner: LabDatabase | undefined;
  #zone: string;
  #frozenBy = new Set<'hand' | 'site'>();
  #killedBySite = false;
  #isIncomplete = false;

  constructor(options: {
    name: string;
    region: string;
    zone: string;
    server: PostgresServer;
    around: Surroundings;
    owner: Owner | undefined;
  }) {
    this.name = options.name;
    this.region = options.region;
    this.#zone = options.zone;
    this.#server = options.server;
    this.#around = options.around;
    this.#owner = options.owner;
  }

  /** Said once, before anything starts: the database of the other region with which it changes roles. */
  pairWith(partner: LabDatabase): void {
    this.#partner = partner;
  }
  get partner(): LabDatabase {
    if (this.#partner === undefined) throw new Error(`${this.name} has no partner`);
    return this.#partner;
  }

  zone(): string {
    return this.#zone;
  }
  url(): string {
    return `postgres://${USER}@${this.#around.outside(this.name, this.#zone)}/${DATABASE}`;
  }
  /** The process exists and is not frozen. */
  isRunning(): boolean {
    return this.#server.exists && !this.#server.isFrozen;
  }

  async role(): Promise<'primary' | 'standby'> {
    return (await this.#server.ask<boolean>('pg_is_in_recovery()')) ? 'standby' : 'primary';
  }
  timeline(): Promise<number> {
    return this.#server.ask<number>(TIMELINE);
  }
  async lagBytes(primary: Database): Promise<number | undefined> {
    const source = this.#mine(primary);
    try {
      const written = await source.#server.ask<string>('pg_current_wal_lsn()');
      const behind = await this.#server.ask<string>(`pg_wal_lsn_diff('${written}', pg_last_wal_replay_lsn())::bigint`);
      return Math.max(0, Number(behind));
    } catch {
      return undefined;
    }
  }

  /** Starts it in its zone on the storage that it has. */
  start(): Promise<void> {
    return this.#turns.take(() => this.#start(this.#zone));
  }

  promote(): Promise<void> {
    return this.#turns.take(() => this.#promote());
  }

  restartIn(zone: string): Promise<void> {
    return this.#turns.take(async () => {
      if (!this.#around.zonesOf(this.region).includes(zone))
        throw new LabError(
          'LAB_UNKNOWN_SITE',
          `${zone} is no zone of ${this.region}`,
          `name one of ${this.#around.zonesOf(this.region).join(', ')}`,
        );
      this.#refuseLost(zone);
      await this.#end();
      await this.#start(zone);
    });
  }

  rebuildFrom(source: Database): Promise<void> {
    return this.#turns.take(() => this.#rebuildFrom(this.#mine(source)));
  }

  switchoverTo(target: Database): Promise<void> {
    const next = this.#mine(target);
    // Locks in the order of names, so that two opposite switchovers cannot wait for each other.
    const [first, second] = this.name < next.name ? [this, next] : [next, this];
    return first.#turns.take(() => second.#turns.take(() => this.#switchoverTo(next)));
  }

  /** Of the pair, in either direction. Idempotent. */
  pauseReplication(): Promise<void> {
    for (const each of [this, this.partner]) this.#around.replicate(each.name, false);
    return Promise.resolve();
  }
  resumeReplication(): Promise<void> {
    for (const each of [this, this.partner]) this.#around.replicate(each.name, true);
    return Promise.resolve();
  }

  /** All of its processes. It stays dead until it is restarted or rebuilt. */
  kill(): Promise<void> {
    return this.#end();
  }
  freeze(): void {
    this.#freeze('hand');
  }
  thaw(): void {
    this.#thaw('hand');
  }

  /** Its zone is lost: it is stopped, or dies with it. */
  async loseSite(kind: 'silent' | 'killed'): Promise<void> {
    if (kind === 'silent') return this.#freeze('site');
    this.#killedBySite ||= this.#server.exists;
    await this.#server.killTree();
  }
  /** Whether its storage says that it writes, also when nobody runs on it. */
  isWriterOnDisk(): boolean {
    return !this.#isIncomplete && !existsSync(join(this.#server.place.dataFolder, 'standby.signal'));
  }
  /** Before its site answers again: what must not come back as a writer is ended while it is still stopped. */
  async endBeforeReturn(): Promise<void> {
    await this.#end();
  }
  /** Its zone is back: it goes on where it was stopped, or starts again if it died with the zone. */
  async regainSite(): Promise<void> {
    this.#thaw('site');
    if (!this.#killedBySite) return;
    this.#killedBySite = false;
    if (!this.#server.exists) await this.start();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #freeze(by: 'hand' | 'site'): void {
    this.#frozenBy.add(by);
    this.#server.freeze();
  }
  #thaw(by: 'hand' | 'site'): void {
    if (this.#frozenBy.delete(by) && this.#frozenBy.size === 0) this.#server.thaw();
  }

  async #end(): Promise<void> {
    await this.#server.killTree();
    this.#frozenBy.clear();
    this.#killedBySite = false;
  }

  async #start(zone: string): Promise<void> {
    if (this.#isIncomplete)
      throw new LabError(
        'LAB_CONFLICT',
        `${this.name} has no complete storage, because its last rebuild failed`,
        'rebuild it from its primary',
      );
    this.#zone = zone;
    this.#around.lead(this.name, zone);
    await this.#server.start(this.#conninfo(zone));
  }

  #conninfo(zone: string): string {
    const host = this.#around.wayOut(this.name, zone).replaceAll(/[\\']/g, (char) => `\\${char}`);
    return `host='${host}' port=5432 user=${USER} application_name=${this.name} connect_timeout=2`;
  }

  async #promote(): Promise<void> {
    if ((await this.role()) === 'primary') return;
    await this.#server.ask<boolean>('pg_promote(false)');
    await this.#until(async () => (await this.role()) === 'primary', PROMOTE_MS, 'does not end recovery');
  }

  async #rebuildFrom(source: LabDatabase): Promise<void> {
    this.#refuseLost(this.#zone);
    if ((await source.role()) !== 'primary') throw new LabError('LAB_CONFLICT', `${source.name} is no primary`, 'promote it first');
    await this.#end();
    this.#isIncomplete = true;
    await copyLive(source.#server, this.#server.place.dataFolder, this.#owner);
    this.#isIncomplete = false;
    await this.#start(this.#zone);
    // A source whose site is cut off streams when it is back; the copy is good all the same.
    await this.#until(() => this.#isStreaming(), STREAM_MS, 'does not stream').catch(() => undefined);
  }

  async #switchoverTo(target: LabDatabase): Promise<void> {
    this.#refuseLost(target.zone());
    if ((await this.role()) !== 'primary')
      throw new LabError('LAB_CONFLICT', `${this.name} is no primary`, 'switch over from the one that is');
    const streams = await this.#server.ask<boolean>(
      `exists (select from pg_stat_replication where application_name = '${target.name}' and state = 'streaming')`,
    );
    if (!streams)
      throw new LabError(
        'LAB_CONFLICT',
        `${target.name} does not stream from ${this.name}`,
        'wait until replication is resumed, or fail over with data loss',
      );
    const wasClean = await this.#server.stopCleanly();
    try {
      if (!wasClean) throw new LabError('LAB_TIMEOUT', `${this.name} did not shut down within 5 s`, 'try again, or fail over');
      await this.#until(
        () => target.#server.ask<boolean>('pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()'),
        STREAM_MS,
        `does not see ${target.name} replay everything`,
      );
      await target.#promote();
    } catch (error) {
      const isTaken = await target.role().then(
        (role) => role === 'primary',
        () => true,
      );
      if (!isTaken) await this.#start(this.#zone);
      throw error;
    }
    await markStandby(this.#server.place.dataFolder, this.#owner);
    await this.#start(this.#zone);
    const follows = await this.#until(() => this.#isStreaming(), STREAM_MS, 'does not stream').then(
      () => true,
      () => false,
    );
    if (!follows) await this.#rebuildFrom(target);
  }

  #isStreaming(): Promise<boolean> {
    return this.#server.ask<boolean>("exists (select from pg_stat_wal_receiver where status = 'streaming')");
  }

  async #until(holds: () => Promise<boolean>, deadlineMs: number, complaint: string): Promise<void> {
    for (const until = performance.now() + deadlineMs; performance.now() < until; await sleep(POLL_MS)) {
      if (await holds()) return;
    }
    throw new LabError(
      'LAB_TIMEOUT',
      `${this.name} ${complaint} within ${deadlineMs} ms`,
      'look at whether its process runs and its site is there',
    );
  }

  #refuseLost(site: string): void {
    if (this.#around.isLost(site))
      throw new LabError('LAB_SITE_LOST', `${site} is lost, ${this.name} cannot run there`, 'restore the site, or use another zone');
  }

  #mine(other: Database): LabDatabase {
    if (other !== this.#partner)
      throw new LabError(
        'LAB_UNKNOWN_DATABASE',
        `${other.name} is not the partner of ${this.name}`,
        `name ${this.#partner?.name ?? 'its partner'}`,
      );
    return this.#partner;
  }
}
