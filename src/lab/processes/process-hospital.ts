// The hospital on real processes: two regions with two zones each, a PostgreSQL pair twice over, an EHR in each zone, and
// each site behind a border process of its own. Starts them, loses and restores them, and ends them all.
import { chown, mkdir, rm } from 'node:fs/promises';
import { Faults, type FaultDomain, type Loss } from '../faults.ts';
import type { Database, Hospital, LossKind, Region } from '../hospital.ts';
import { copyTree } from './copy-tree.ts';
import { DatabaseDomain } from './database-domain.ts';
import { DATABASES, type DatabasePlan } from './database-plan.ts';
import { EhrLink } from './ehr-link.ts';
import { LabDatabase } from './lab-database.ts';
import { known, LabError, messageOf } from './lab-error.ts';
import { LabFolder } from './lab-folder.ts';
import { markStandby } from './live-copy.ts';
import { Network } from './network.ts';
import { preparePostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { seedPostgres } from './postgres-seed.ts';
import { PostgresServer } from './postgres-server.ts';
import { ReaperLink } from './reaper-link.ts';
import { Residents } from './residents.ts';
import { SiteDomain } from './site-domain.ts';
import type { Sites, ZoneSite } from './sites.ts';

export type HospitalOptions = {
  readonly sites: Sites;
  /** The lab makes its own folder in this one. Default: the system's temporary folder. */
  readonly folder?: string | undefined;
  /** Gives up while it starts: everything is ended, `start` rejects. */
  readonly signal?: AbortSignal | undefined;
};

/** `resume`: go on as before. `rebuild`: another took over, so it becomes a standby of `upstream`. */
export type OnRestore = (database: Database) => 'resume' | 'rebuild';

export class ProcessHospital implements Hospital {
  readonly regions: readonly Region[];
  readonly databases: LabDatabase[] = [];
  readonly residents: Residents;
  readonly #folder: LabFolder;
  readonly #reaper: ReaperLink;
  readonly #network: Network;
  /** By zone. */
  readonly #ehrs: ReadonlyMap<string, EhrLink>;
  readonly #sites: Sites;
  #faults: Faults;
  #onRestore: OnRestore | undefined;
  #upstream: (database: Database) => Database | undefined = () => undefined;

  private constructor(folder: LabFolder, sites: Sites, reaper: ReaperLink) {
    this.#folder = folder;
    this.#sites = sites;
    this.#reaper = reaper;
    this.residents = new Residents(reaper, (site) => this.isLost(site));
    this.#faults = new Faults([], () => undefined);
    this.#network = new Network({
      sites,
      folder,
      reaper,
      zoneOf: (name) => this.#database(name).zone(),
      isLost: (site) => this.isLost(site),
    });
    this.regions = this.#network.regions();
    this.#ehrs = new Map(this.#network.zones.map(({ site }) => [site.name, this.#ehrOf(site)]));
  }

  /** Resolves when every database streams or accepts writes and every EHR answers, about 4 s later. Leaves nothing behind when it rejects. */
  static async start(options: HospitalOptions): Promise<ProcessHospital> {
    if (process.platform === 'win32')
      throw new LabError('LAB_PLATFORM', 'the lab stops and continues processes, which Windows cannot', 'use Linux, macOS or WSL');
    const folder = await LabFolder.in(options.folder);
    const hospital = new ProcessHospital(folder, options.sites, await ReaperLink.start(folder.root));
    try {
      await Promise.race([hospital.#start(), rejectionOn(options.signal)]);
      return hospital;
    } catch (error) {
      await hospital.close();
      throw error;
    }
  }

  lose(site: string, kind: LossKind, leaseMs: number): Promise<void> {
    if (kind !== 'killed' && this.databases.some((each) => each.name === site))
      return Promise.reject(new LabError('LAB_BAD_REQUEST', `${site} is a database, which can only be killed`, 'lose its zone instead'));
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

  get folder(): string {
    return this.#folder.root;
  }
  /** Where the AWS server of that region must listen; its border relays to it. */
  awsSocket(region: string): string {
    return this.#folder.awsSocket(region);
  }

  /** Ends every process and removes the folder. Idempotent. */
  async close(): Promise<void> {
    this.#faults.close();
    void this.#network.close();
    for (const ehr of this.#ehrs.values()) void ehr.kill();
    await this.#reaper.close();
    await Promise.all(this.databases.map((each) => each.close()));
  }

  async #start(): Promise<void> {
    await this.#folder.furnish();
    // Neither a border nor an EHR needs a database to start.
    await Promise.all([this.#network.openDoors(), ...[...this.#ehrs.values()].map((ehr) => ehr.start()), this.#makeDatabases()]);
    await this.#network.openWaysOut();
    await Promise.all(this.databases.map((each) => each.start()));
    this.#faults = new Faults(this.#domains(), () => this.residents.reconcile());
  }

  #ehrOf(zone: ZoneSite): EhrLink {
    const database = known(
      DATABASES.find((each) => each.region === zone.region && each.service === 'postgres'),
      zone.region,
    );
    const settings = {
      zone: zone.name,
      region: zone.region,
      listenOn: this.#folder.ehrSocket(zone),
      databaseSocketFolder: this.#folder.databaseSocketFolder(database.name),
      switchFile: this.#folder.switchFile(zone.region),
    };
    return new EhrLink(settings, this.folder, this.#reaper);
  }

  /** One cluster is made; the others are cold copies of it. */
  async #makeDatabases(): Promise<void> {
    const binaries = await preparePostgres(this.folder);
    const seed = this.#folder.at('seed');
    await seedPostgres(binaries, seed, this.#reaper);
    await Promise.all(DATABASES.map((plan) => this.#makeDatabase(plan, seed, binaries)));
    for (const plan of DATABASES) this.#database(plan.name).pairWith(this.#database(plan.partner));
    await rm(seed, { recursive: true });
  }

  async #makeDatabase({ name, region, isStandby }: DatabasePlan, seed: string, binaries: PostgresBinaries): Promise<void> {
    const owner = binaries.runAs;
    const socketFolder = this.#folder.databaseSocketFolder(name);
    const dataFolder = this.#folder.at(`db/${name}`);
    await mkdir(socketFolder, { mode: 0o700 });
    if (owner !== undefined) await chown(socketFolder, owner.uid, owner.gid);
    await copyTree(seed, dataFolder, { owner });
    if (isStandby) await markStandby(dataFolder, owner);
    const places = { name, dataFolder, socketFolder, logFile: this.#folder.at(`log/${name}`) };
    const server = new PostgresServer(places, binaries, this.#reaper);
    const zone = this.#network.zonesOf(region)[0] ?? '';
    this.databases.push(new LabDatabase({ name, region, zone, server, around: this.#network, owner }));
  }

  #domains(): FaultDomain[] {
    const aws = this.#sites.regions.map(({ name }) => new SiteDomain(`aws of ${name}`, [name], this.#network.awsBorder(name)));
    const zones = this.#network.zones.map(
      ({ site, border }) =>
        new SiteDomain(site.name, [site.name, site.region], border, {
          ehr: this.#ehrs.get(site.name),
          databases: () => this.databases.filter((each) => each.zone() === site.name),
          decide: (database) => this.#decide(database),
          rebuild: (database) => this.#rebuild(database),
        }),
    );
    const databases = this.databases.map(
      (database) =>
        new DatabaseDomain(database, {
          isLost: (site) => this.isLost(site),
          decide: (each) => this.#decide(each),
          rebuild: (each) => this.#rebuild(each),
        }),
    );
    return [...aws, ...zones, ...databases];
  }

  async #rebuild(database: LabDatabase): Promise<void> {
    const source = this.#upstream(database) ?? database.partner;
    // A promotion that still goes on: there is nothing to copy yet, and whoever promotes makes the copy afterwards.
    if (this.#onRestore !== undefined && (await source.role().catch(() => undefined)) === 'standby') return;
    await database.rebuildFrom(source);
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

  #database(name: string): LabDatabase {
    return known(
      this.databases.find((each) => each.name === name),
      name,
    );
  }
}

function rejectionOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(new LabError('LAB_CLOSED', 'the lab was ended while it started', 'start it again'));
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
