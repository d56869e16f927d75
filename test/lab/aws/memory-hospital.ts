// A hospital without processes: keeps roles, zones and losses in memory and writes down what was asked of it, so that tests see
// what the AWS wire really did.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAwsWith } from '../../../src/lab/aws/index.ts';
import type { AwsLab, AwsOptions } from '../../../src/lab/aws/contract.ts';
import { PROFILES, type Profile } from '../../../src/lab/aws/profiles.ts';
import type { Database, Hospital, LossKind, Region } from '../../../src/lab/hospital.ts';

export interface MemoryDatabase extends Database {
  /** Set by tests: the next promotions reject. */
  failPromotions: number;
  /** Set by tests: restarts and promotions wait for it. */
  gate: Promise<void>;
}

export interface MemoryHospital extends Hospital {
  readonly databases: readonly MemoryDatabase[];
  /** Everything that was asked, in order: `ehr-west promote`. */
  readonly asked: string[];
  database(name: string): MemoryDatabase;
}

/** The order of events of every profile, in tens of milliseconds. */
const QUICK: Profile = {
  ...PROFILES.fast,
  rdsStartMs: [5, 10],
  globalPromotionMs: [20, 40],
  fencingTimeoutMs: [20, 40],
  switchoverMs: [20, 40],
  clusterFailoverMs: [20, 40],
  rebootMs: [20, 40],
  replicaPromotionMs: [20, 40],
  rebuildMs: [20, 40],
  insyncMs: [60, 120],
  checkerScale: 1 / 25,
  healthPropagationMs: [5, 10],
  fisStartMs: [5, 10],
  fisScale: 1 / 10,
};

function region(name: string, host: number): Region {
  const zones = ['a', 'b'].map((letter, index) => {
    const address = `192.0.2.${String(host + index)}`;
    return { name: `${name}${letter}`, address, ehrPort: 8080, postgresPort: 5432, reportsPort: 5433, ehr: `http://${address}:8080` };
  });
  return { name, aws: '', zones: host === 0 ? [] : zones };
}

export function memoryHospital(): MemoryHospital {
  const asked: string[] = [];
  const losses = new Map<string, { site: string; kind: LossKind; until: number }>();
  const isLost = (site: string): boolean => losses.has(site) || losses.has(site.slice(0, -1));
  const make = (name: string, regionName: string, first: 'primary' | 'standby'): MemoryDatabase => {
    let zone = `${regionName}a`;
    let role = first;
    let timeline = 1;
    let running = true;
    const note = (what: string): void => void asked.push(`${name} ${what}`);
    const database: MemoryDatabase = {
      name,
      region: regionName,
      failPromotions: 0,
      gate: Promise.resolve(),
      zone: () => zone,
      url: () => `postgres://${zone}/${name}`,
      isRunning: () => running,
      role: () => (running && !isLost(regionName) ? Promise.resolve(role) : Promise.reject(new Error('no answer'))),
      timeline: () => Promise.resolve(timeline),
      lagBytes: () => Promise.resolve(0),
      async promote() {
        note('promote');
        await database.gate;
        if (isLost(regionName) || database.failPromotions-- > 0) throw new Error('no answer');
        role = 'primary';
        timeline += 1;
      },
      async restartIn(to) {
        note(`restartIn ${to}`);
        await database.gate;
        if (isLost(to)) throw new Error('lost');
        zone = to;
        running = true;
      },
      rebuildFrom(source) {
        note(`rebuildFrom ${source.name}`);
        role = 'standby';
        running = true;
        return Promise.resolve();
      },
      async switchoverTo(target) {
        note(`switchoverTo ${target.name}`);
        await target.promote();
        role = 'standby';
      },
      pauseReplication: () => Promise.resolve(note('pauseReplication')),
      resumeReplication: () => Promise.resolve(note('resumeReplication')),
      kill() {
        note('kill');
        running = false;
        return Promise.resolve();
      },
      freeze: () => note('freeze'),
      thaw: () => note('thaw'),
    };
    return database;
  };
  const databases = [
    make('ehr-east', 'us-east-2', 'primary'),
    make('ehr-west', 'us-west-2', 'standby'),
    make('reports', 'us-east-2', 'primary'),
    make('reports-west', 'us-west-2', 'standby'),
  ];
  return {
    regions: [region('us-east-2', 11), region('us-west-2', 21), region('us-east-1', 0)],
    databases,
    asked,
    database(name) {
      const found = databases.find((database) => database.name === name);
      if (found === undefined) throw new Error(name);
      return found;
    },
    lose(site, kind, leaseMs) {
      asked.push(`lose ${site} ${kind}`);
      losses.set(site, { site, kind, until: Date.now() + leaseMs });
      return Promise.resolve();
    },
    restore(site) {
      asked.push(`restore ${site}`);
      losses.delete(site);
      return Promise.resolve();
    },
    lost: () => [...losses.values()],
    isLost,
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Something to wait for, and what lets it go. */
export function gate(): { readonly shut: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const shut = new Promise<void>((resolve) => (open = resolve));
  return { shut, open };
}

export interface Bench {
  readonly hospital: MemoryHospital;
  readonly aws: AwsLab;
  /** Base URL of that region's endpoint. */
  url(region: string): string;
  /** What the standby's switch answers: 404 at first. */
  switchStatus: number;
  readonly switchPort: number;
  close(): Promise<void>;
}

/** The AWS of the lab over real HTTP and DNS, on free ports, around a hospital in memory. */
export async function startBench(options: Partial<AwsOptions> = {}, profile: Partial<Profile> = {}): Promise<Bench> {
  const hospital = memoryHospital();
  let switchStatus = 404;
  const sockets = createServer((_request, response) => response.writeHead(switchStatus).end('switch'));
  const switchPort = await listening(sockets);
  const ports = new Map<string, number>();
  for (const { name } of hospital.regions) {
    const probe = createServer();
    ports.set(name, await listening(probe));
    await new Promise((resolve) => probe.close(resolve));
  }
  const url = (name: string): string => `http://127.0.0.1:${String(ports.get(name))}`;
  const aws = await startAwsWith(
    hospital,
    {
      profile: 'fast',
      unkind: false,
      listen: (site) => Promise.resolve(`127.0.0.1:${String(ports.get(site))}`),
      publicUrl: url,
      switchUrl: `http://127.0.0.1:${String(switchPort)}/standby`,
      ...options,
    },
    { ...QUICK, ...profile },
  );
  return {
    hospital,
    aws,
    url,
    switchPort,
    get switchStatus() {
      return switchStatus;
    },
    set switchStatus(status) {
      switchStatus = status;
    },
    async close() {
      await aws.close();
      await new Promise((resolve) => {
        sockets.close(resolve);
        sockets.closeAllConnections();
      });
    },
  };
}

/** Waits until `look` gives something else than undefined or false. Fails loudly after `withinMs`. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${String(withinMs)} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
