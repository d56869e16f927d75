// One real PostgreSQL process on one data folder: start, stop, kill, freeze and ask it. It listens on a UNIX socket only;
// the world reaches it through borders. Its whole tree of processes is stopped and killed together, because a backend
// whose postmaster was killed goes on committing and acknowledging.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { refuseClosed } from './kept-process.ts';
import { LabError, messageOf } from './lab-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { descendantsOf, isAlive, signal, type ProcessId } from './process-tree.ts';
import type { ReaperLink } from './reaper-link.ts';

/** The one database and user in each of the lab's PostgreSQLs. */
export const DATABASE = 'ehr';
export const USER = 'resus';

/** How long a PostgreSQL may take to answer a question about itself. */
const ASK_MS = 1_000;
/** How long killed processes may take to be gone. Longer only when they hang in the kernel. */
const END_MS = 10_000;

export type PostgresPlace = { readonly name: string; readonly dataFolder: string; readonly socketFolder: string; readonly logFile: string };

export class PostgresServer {
  readonly place: PostgresPlace;
  readonly #binaries: PostgresBinaries;
  readonly #reaper: ReaperLink;
  readonly #pool: pg.Pool;
  #process: ChildProcess | undefined;
  #frozen: ProcessId[] | undefined;

  constructor(place: PostgresPlace, binaries: PostgresBinaries, reaper: ReaperLink) {
    this.place = place;
    this.#binaries = binaries;
    this.#reaper = reaper;
    this.#pool = new pg.Pool({
      host: place.socketFolder,
      port: 5432,
      user: USER,
      database: DATABASE,
      max: 3,
      connectionTimeoutMillis: ASK_MS,
      query_timeout: ASK_MS,
      allowExitOnIdle: true,
      application_name: 'resus-lab',
    });
    // An idle connection whose server died. The next question opens another one.
    this.#pool.on('error', () => undefined);
    // The pool hears an idle connection only: one that dies in use rejects its query, and tells its own listeners too.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  get exists(): boolean {
    return this.#process !== undefined;
  }
  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  /** Resolves when it accepts connections. `primaryConninfo` matters to a standby only. Does nothing when it runs. */
  async start(primaryConninfo: string, deadlineMs = 20_000): Promise<void> {
    if (this.#process !== undefined) return;
    refuseClosed(this.#reaper);
    // We know that the process which wrote it is gone; its number may belong to somebody else by now.
    await rm(join(this.place.dataFolder, 'postmaster.pid'), { force: true });
    const settings = {
      unix_socket_directories: `"${this.place.socketFolder}"`,
      cluster_name: this.place.name,
      primary_conninfo: primaryConninfo,
    };
    const log = openSync(this.place.logFile, 'a');
    const child = spawn(
      this.#binaries.postgres,
      ['-D', this.place.dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        env: { ...this.#binaries.env },
        ...this.#binaries.runAs,
        cwd: this.place.dataFolder,
        stdio: ['ignore', log, log],
        detached: true,
      },
    );
    closeSync(log);
    this.#process = child;
    let failure = '';
    child.once('error', (error) => {
      failure = error.message;
      if (this.#process === child) this.#process = undefined;
    });
    child.once('exit', () => {
      this.#reaper.forget(child.pid);
      if (this.#process === child) this.#process = undefined;
    });
    this.#reaper.watch(child.pid, 'postgres');
    for (const until = performance.now() + deadlineMs; performance.now() < until; await sleep(20)) {
      if (this.#process !== child || this.#frozen !== undefined) break;
      if (
        await this.ask('1').then(
          () => true,
          () => false,
        )
      )
        return;
    }
    const gone =
      this.#process !== child
        ? `ended ${failure}`
        : this.#frozen === undefined
          ? `did not answer within ${deadlineMs} ms`
          : 'was stopped while it started';
    throw new LabError('LAB_POSTGRES_FAILED', `${this.place.name} ${gone}: ${await this.#lastWords()}`, 'see the message of PostgreSQL');
  }

  /** The value of an SQL expression, or an error within about a second. Superuser, not through any border. */
  async ask<T>(expression: string): Promise<T> {
    const client = await this.#pool.connect();
    let spoilt = true;
    try {
      const { rows } = await client.query<{ answer: T }>(`select (${expression}) as answer`);
      spoilt = false;
      const [row] = rows;
      if (row === undefined) throw new Error(`no row from ${expression}`);
      return row.answer;
    } finally {
      client.release(spoilt);
    }
  }

  /** A connection of one's own, for what must happen in one session. The caller ends it. */
  async session(timeoutMs: number): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.place.socketFolder,
      port: 5432,
      user: USER,
      database: DATABASE,
      connectionTimeoutMillis: ASK_MS,
      query_timeout: timeoutMs,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** A fast shutdown: sends everything to its standbys first. Kills it when that takes longer than `deadlineMs`; false then. */
  async stopCleanly(deadlineMs = 5_000): Promise<boolean> {
    const child = this.#process;
    if (child?.pid === undefined) return true;
    this.thaw();
    signal(child.pid, 'SIGINT');
    for (const until = performance.now() + deadlineMs; performance.now() < until; await sleep(10)) if (this.#process !== child) return true;
    await this.killTree();
    return false;
  }

  /** Ends all of its processes, also stopped ones, and resolves when none of them is left. */
  async killTree(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) return;
    // Stopped first, so that it cannot start another backend between the reading of the table and the end.
    signal(child.pid, 'SIGSTOP');
    const backends = descendantsOf([child.pid]);
    for (const each of backends) signal(each.pid, 'SIGKILL');
    signal(child.pid, 'SIGKILL');
    for (const until = performance.now() + END_MS; this.#process === child || backends.some(isAlive); await sleep(5)) {
      if (performance.now() < until) continue;
      throw new LabError(
        'LAB_TIMEOUT',
        `${this.place.name} did not die within ${END_MS} ms`,
        'look at whether the disk of the temporary folder answers',
      );
    }
    this.#frozen = undefined;
  }

  /** Stops every process of it where it is. */
  freeze(): void {
    const pid = this.#process?.pid;
    if (pid === undefined || this.#frozen !== undefined) return;
    signal(pid, 'SIGSTOP');
    const backends = descendantsOf([pid]);
    for (const each of backends) signal(each.pid, 'SIGSTOP');
    // One more look: the postmaster may have been in the middle of a fork.
    const late = descendantsOf([pid]).filter((each) => !backends.some((known) => known.pid === each.pid));
    for (const each of late) signal(each.pid, 'SIGSTOP');
    this.#frozen = [...backends, ...late];
  }

  thaw(): void {
    const pid = this.#process?.pid;
    const frozen = this.#frozen;
    this.#frozen = undefined;
    if (pid === undefined || frozen === undefined) return;
    for (const each of frozen) signal(each.pid, 'SIGCONT');
    signal(pid, 'SIGCONT');
  }

  async close(): Promise<void> {
    await this.#pool.end().catch(() => undefined);
  }

  async #lastWords(): Promise<string> {
    const text = await readFile(this.place.logFile, 'utf8').catch((error: unknown) => messageOf(error));
    return text.trim().split('\n').slice(-4).join(' | ');
  }
}
