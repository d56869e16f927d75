// The hospital on real processes: two regions with two zones each, a PostgreSQL pair twice over, an EHR in each zone, and
// each site behind a border process of its own. Starts them, loses and restores them, and ends them all.
import { randomBytes } from 'node:crypto';
import { chown, mkdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Faults, type Loss } from '../faults.ts';
import type { Database, Hospital, LossKind, Region } from '../hospital.ts';
import { BorderLink } from './border-link.ts';
import type { Inside } from './border-protocol.ts';
import { copyTree } from './copy-tree.ts';
import { EhrLink } from './ehr-link.ts';
import { LabDatabase, type Surroundings } from './lab-database.ts';
import { LabError, messageOf } from './lab-error.ts';
import { markStandby } from './live-copy.ts';
import { preparePostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { seedPostgres } from './postgres-seed.ts';
import { PostgresServer } from './postgres-server.ts';
import { ReaperLink } from './reaper-link.ts';
import { Residents } from './residents.ts';
import { SiteDomain } from './site-domain.ts';
import { EAST, WEST, type RegionSite, type Sites, type ZoneSite } from './sites.ts';

export type HospitalOptions = {
  readonly sites: Sites;
  /** The lab makes its own folder in this one. Default: the system's temporary folder. */
  readonly folder?: string | undefined;
  /** Gives up while it starts: everything is ended, `start` rejects. */
  readonly signal?: AbortSignal | undefined;
};

/** `resume`: go on as before. `rebuild`: another took over, so it becomes a standby of `upstream`. */
export type OnRestore = (database: Database) => 'resume' | 'rebuild';

/** `service` is the door at which the zones let clients in. */
type DatabasePlan = {
  readonly name: string;
  readonly region: string;
  readonly partner: string;
  readonly isStandby: boolean;
  readonly service: 'postgres' | 'reports';
};
const DATABASES: readonly DatabasePlan[] = [
  { name: 'ehr-east', region: EAST, partner: 'ehr-west', isStandby: false, service: 'postgres' },
  { name: 'ehr-west', region: WEST, partner: 'ehr-east', isStandby: true, service: 'postgres' },
  { name: 'reports', region: EAST, partner: 'reports-west', isStandby: false, service: 'reports' },
  { name: 'reports-west', region: WEST, partner: 'reports', isStandby: true, service: 'reports' },
];

/** The path of a UNIX socket may be this long on every system that we know. */
const LONGEST_PATH = 103;
const LONGEST_SOCKET = 'out/reports-west-0/.s.PGSQL.5432';

type Zone = {
  readonly site: ZoneSite;
  readonly border: BorderLink;
  readonly ehr: EhrLink;
  readonly ports: { ehr: number; postgres: number; reports: number };
};

export class ProcessHospital implements Hospital {
  readonly regions: Region[] = [];
  readonly databases: LabDatabase[] = [];
  readonly residents: Residents;
  readonly folder: string;
  readonly #sites: Sites;
  readonly #reaper: ReaperLink;
  readonly #zones: Zone[] = [];
  readonly #aws = new Map<string, BorderLink>();
  #faults: Faults;
  readonly #awsPorts = new Map<string, number>();
  /** Databases that may not receive from their partner. */
  readonly #paused = new Set<string>();
  #onRestore: OnRestore | undefined;
  #upstream: (database: Database) => Database | undefined = () => undefined;

  private constructor(folder: string, sites: Sites, reaper: ReaperLink) {
    this.folder = folder;
    this.#sites = sites;
    this.#reaper = reaper;
    this.residents = new Residents(reaper, (site) => this.isLost(site));
    this.#faults = new Faults([], () => undefined);
  }

  /** Resolves when every database streams or accepts writes and every EHR answers, about 4 s later. Leaves nothing behind when it rejects. */
  static async start(options: HospitalOptions): Promise<ProcessHospital> {
    if (process.platform === 'win32')
      throw new LabError('LAB_PLATFORM', 'the lab stops and continues processes, which Windows cannot', 'use Linux, macOS or WSL');
    const parent = await realpath(options.folder ?? tmpdir()).catch((error: unknown) => {
      throw new LabError('LAB_BAD_REQUEST', `the lab cannot be made there: ${messageOf(error)}`, 'name a folder that exists with --dir');
    });
    const folder = join(parent, `resus-lab-${randomBytes(4).toString('hex')}`);
    if (Buffer.byteLength(join(folder, LONGEST_SOCKET)) > LONGEST_PATH)
      throw new LabError('LAB_PATH_TOO_LONG', `${folder} is too long for the sockets in it`, 'name a shorter folder with --dir');
    const hospital = new ProcessHospital(folder, options.sites, await ReaperLink.start(folder));
    try {
      await Promise.race([hospital.#start(), rejectionOn(options.signal)]);
      return hospital;
    } catch (error) {
      await hospital.close();
      throw error;
    }
  }

  lose(site: string, kind: LossKind, leaseMs: number): Promise<void> {
    return this.#faults.lose(site, kind, leaseMs);
  }
  restore(site: string): Promise<void> {
    return this.#faults.restore(site);
  }
  lost(): readonly Loss[] {
    return this.#faults.lost();
  }
  isLost(site: string): boolean {
    return this.#faults.isLost(site);
  }
  knows(site: string): boolean {
    return this.#faults.knows(site);
  }

  /** Who decides about databases whose site comes back. Until set: whoever finds its partner writing is rebuilt from it. */
  decideOnRestore(onRestore: OnRestore, upstream: (database: Database) => Database | undefined): void {
    this.#onRestore = onRestore;
    this.#upstream = upstream;
  }

  /** Where the AWS server of that region must listen; its border relays to it. */
  awsSocket(region: string): string {
    return this.#path(`in/aws-${region}`);
  }

  /** Ends every process and removes the folder. Idempotent. */
  async close(): Promise<void> {
    this.#faults.close();
    for (const { border, ehr } of this.#zones) void Promise.all([border.kill(), ehr.kill()]);
    for (const border of this.#aws.values()) void border.kill();
    await this.#reaper.close();
    await Promise.all(this.databases.map((each) => each.close()));
  }

  async #start(): Promise<void> {
    await mkdir(this.#path('in'), { mode: 0o700 });
    await mkdir(this.#path('out'), { mode: 0o755 });
    await mkdir(this.#path('log'), { mode: 0o700 });
    await Promise.all([this.#startSites(), this.#makeDatabases()]);
    await this.#openWaysOut();
    await Promise.all(this.databases.map((each) => each.start()));
    this.#faults = new Faults(this.#domains(), () => this.residents.reconcile());
  }

  /** Borders and EHRs. They need no database to start. */
  async #startSites(): Promise<void> {
    const { ports, regions } = this.#sites;
    for (const region of regions) {
      const border = new BorderLink(region.name, this.folder, this.#reaper);
      this.#aws.set(region.name, border);
      for (const site of region.zones) this.#zones.push(this.#zoneAt(site));
    }
    await Promise.all([
      ...regions.map(async ({ name, awsAddress }) => {
        const border = this.#awsBorder(name);
        await border.start();
        const port = await border.open({ id: 'aws', at: { host: awsAddress, port: ports.aws }, to: { path: this.awsSocket(name) } });
        this.#awsPorts.set(name, port);
      }),
      ...this.#zones.map(async (zone) => {
        const { border, site, ehr } = zone;
        await Promise.all([border.start(), ehr.start()]);
        const open = (id: 'ehr' | 'postgres' | 'reports', path: string | undefined): Promise<number> =>
          border.open({ id, at: { host: site.address, port: ports[id] }, to: path === undefined ? null : { path } });
        zone.ports.ehr = await open('ehr', this.#ehrSocket(site));
        zone.ports.postgres = await open('postgres', undefined);
        zone.ports.reports = await open('reports', undefined);
      }),
    ]);
    for (const region of regions) this.regions.push(this.#regionAt(region));
  }

  #zoneAt(site: ZoneSite): Zone {
    const plan = DATABASES.find((each) => each.region === site.region && each.service === 'postgres');
    const settings = {
      zone: site.name,
      region: site.region,
      listenOn: this.#ehrSocket(site),
      databaseSocketFolder: this.#databaseSocketFolder(plan?.name ?? ''),
      switchFile: this.#path(`in/switch-${site.region}`),
    };
    return {
      site,
      border: new BorderLink(site.name, this.folder, this.#reaper),
      ehr: new EhrLink(settings, this.folder, this.#reaper),
      ports: { ehr: 0, postgres: 0, reports: 0 },
    };
  }

  #regionAt(region: RegionSite): Region {
    return {
      name: region.name,
      aws: `http://${region.awsAddress}:${this.#awsPorts.get(region.name) ?? 0}`,
      zones: region.zones.map(({ name, address }) => {
        const { ports } = this.#zone(name);
        return { name, address, ehrPort: ports.ehr, postgresPort: ports.postgres, ehr: `http://${address}:${ports.ehr}` };
      }),
    };
  }

  /** One cluster is made; the others are cold copies of it. */
  async #makeDatabases(): Promise<void> {
    const binaries = await preparePostgres(this.folder);
    const seed = this.#path('seed');
    await seedPostgres(binaries, seed, this.#reaper);
    await mkdir(this.#path('db'), { mode: 0o755 });
    await Promise.all(DATABASES.map((plan) => this.#makeDatabase(plan, seed, binaries)));
    for (const plan of DATABASES) this.#database(plan.name).pairWith(this.#database(plan.partner));
    await rm(seed, { recursive: true });
  }

  async #makeDatabase(plan: DatabasePlan, seed: string, binaries: PostgresBinaries): Promise<void> {
    const { name, region } = plan;
    const owner = binaries.runAs;
    const socketFolder = this.#databaseSocketFolder(name);
    const dataFolder = this.#path(`db/${name}`);
    await mkdir(socketFolder, { mode: 0o700 });
    if (owner !== undefined) await chown(socketFolder, owner.uid, owner.gid);
    await copyTree(seed, dataFolder, { owner });
    if (plan.isStandby) await markStandby(dataFolder, owner);
    const server = new PostgresServer({ name, dataFolder, socketFolder, logFile: this.#path(`log/${name}`) }, binaries, this.#reaper);
    const zone = this.#zonesOf(region)[0] ?? '';
    this.databases.push(new LabDatabase({ name, region, zone, server, around: this.#surroundings, owner }));
  }

  /** Replication leaves a zone through its border and enters the other through that one's, so that the loss of either stops it. */
  async #openWaysOut(): Promise<void> {
    for (const plan of DATABASES) {
      for (const { border, site } of this.#zones.filter((zone) => zone.site.region === plan.region)) {
        const folder = this.#wayOut(plan.name, site);
        await mkdir(folder, { mode: 0o755 });
        const path = `${folder}/.s.PGSQL.5432`;
        await border.open({ id: `out/${plan.name}`, at: { path }, to: this.#doorOf(plan.partner) });
      }
    }
  }

  #domains(): SiteDomain[] {
    const aws = this.#sites.regions.map(({ name }) => new SiteDomain(`aws of ${name}`, [name], this.#awsBorder(name)));
    const zones = this.#zones.map(
      ({ site, border, ehr }) =>
        new SiteDomain(site.name, [site.name, site.region], border, {
          ehr,
          databases: () => this.databases.filter((each) => each.zone() === site.name),
          decide: (database) => this.#decide(database),
          rebuild: (database) => database.rebuildFrom(this.#upstream(database) ?? database.partner),
        }),
    );
    return [...aws, ...zones];
  }

  async #decide(database: LabDatabase): Promise<'resume' | 'rebuild'> {
    try {
      if (this.#onRestore !== undefined) return this.#onRestore(database);
      const { partner } = database;
      return database.isWriterOnDisk() && partner.isRunning() && (await partner.role()) === 'primary' ? 'rebuild' : 'resume';
    } catch (error) {
      // Nobody knows whether its role was taken over: then it must not write.
      process.stderr.write(`resus lab: ${database.name} is rebuilt because nobody could say whether it may resume: ${messageOf(error)}\n`);
      return 'rebuild';
    }
  }

  readonly #surroundings: Surroundings = {
    lead: (name, zone) => {
      const plan = planOf(name);
      const path = `${this.#databaseSocketFolder(name)}/.s.PGSQL.5432`;
      for (const { site, border } of this.#zones)
        if (site.region === plan.region) border.route(plan.service, site.name === zone ? { path } : null);
      if (!this.#paused.has(plan.partner)) this.#routeOut(plan.partner, this.#doorAt(plan, zone));
    },
    replicate: (name, isOpen) => {
      if (isOpen === !this.#paused.has(name)) return;
      if (isOpen) this.#paused.delete(name);
      else this.#paused.add(name);
      this.#routeOut(name, isOpen ? this.#doorOf(planOf(name).partner) : null);
    },
    wayOut: (name, zone) => this.#wayOut(name, this.#zone(zone).site),
    outside: (name, zone) => {
      const { host, port } = this.#doorAt(planOf(name), zone);
      return `${host}:${port}`;
    },
    zonesOf: (region) => this.#zonesOf(region),
    isLost: (site) => this.isLost(site),
  };

  #routeOut(name: string, to: Inside): void {
    const { region } = planOf(name);
    for (const { site, border } of this.#zones) if (site.region === region) border.route(`out/${name}`, to);
  }
  /** Where clients reach that database in that zone. */
  #doorAt(plan: DatabasePlan, zone: string): { host: string; port: number } {
    const { site, ports } = this.#zone(zone);
    return { host: site.address, port: ports[plan.service] };
  }
  #doorOf(name: string): { host: string; port: number } {
    return this.#doorAt(planOf(name), this.#database(name).zone());
  }
  #zonesOf(region: string): string[] {
    return this.#sites.regions.filter((each) => each.name === region).flatMap((each) => each.zones.map((zone) => zone.name));
  }
  #zone(name: string): Zone {
    return found(
      this.#zones.find((zone) => zone.site.name === name),
      name,
    );
  }
  #database(name: string): LabDatabase {
    return found(
      this.databases.find((each) => each.name === name),
      name,
    );
  }
  #awsBorder(region: string): BorderLink {
    return found(this.#aws.get(region), region);
  }
  #ehrSocket(site: ZoneSite): string {
    return this.#path(`in/ehr-${site.index}`);
  }
  #databaseSocketFolder(name: string): string {
    return this.#path(`in-${name}`);
  }
  #wayOut(name: string, from: ZoneSite): string {
    return this.#path(`out/${name}-${from.index}`);
  }
  #path(below: string): string {
    return join(this.folder, below);
  }
}

function rejectionOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(new LabError('LAB_CLOSED', 'the lab was ended while it started', 'start it again'));
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
const planOf = (name: string): DatabasePlan =>
  found(
    DATABASES.find((plan) => plan.name === name),
    name,
  );
function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new LabError('LAB_UNKNOWN_SITE', `the lab has no ${name}`, 'look at the inventory for names');
  return value;
}
