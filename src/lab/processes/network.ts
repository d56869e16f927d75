// The ways into the sites and out of them: a border process around each zone and each region's AWS endpoint, through which clients
// come in and replication goes out, so that to silence a border is to lose what is behind it.
import { mkdir } from 'node:fs/promises';
import type { Region } from '../hospital.ts';
import { BorderLink } from './border-link.ts';
import type { Inside } from './border-protocol.ts';
import { DATABASES, planOf } from './database-plan.ts';
import type { Surroundings } from './lab-database.ts';
import { known } from './lab-error.ts';
import type { LabFolder } from './lab-folder.ts';
import type { ReaperLink } from './reaper-link.ts';
import type { Sites, ZoneSite } from './sites.ts';

export type ZoneEdge = { readonly site: ZoneSite; readonly border: BorderLink };
type NetworkOptions = {
  readonly sites: Sites;
  readonly folder: LabFolder;
  readonly reaper: ReaperLink;
  /** Where a database runs now. */
  readonly zoneOf: (database: string) => string;
  readonly isLost: (site: string) => boolean;
};

export class Network implements Surroundings {
  readonly zones: readonly ZoneEdge[];
  readonly isLost: (site: string) => boolean;
  readonly #aws: ReadonlyMap<string, BorderLink>;
  readonly #sites: Sites;
  readonly #folder: LabFolder;
  readonly #zoneOf: (database: string) => string;
  /** Databases that may not receive from their partner. */
  readonly #paused = new Set<string>();

  constructor({ sites, folder, reaper, zoneOf, isLost }: NetworkOptions) {
    this.#sites = sites;
    this.#folder = folder;
    this.#zoneOf = zoneOf;
    this.isLost = isLost;
    const border = (name: string): BorderLink => new BorderLink(name, folder.root, reaper);
    this.zones = sites.regions.flatMap((region) => region.zones.map((site) => ({ site, border: border(site.name) })));
    this.#aws = new Map(sites.regions.map(({ name }) => [name, border(name)]));
  }

  /** Resolves when every door of every site is open. Nobody is behind those of the databases yet. */
  async openDoors(): Promise<void> {
    await Promise.all([
      ...this.#sites.regions.map(async ({ name, awsAddress: host, awsPort: port }) => {
        const border = this.awsBorder(name);
        await border.start();
        await border.open({ id: 'aws', at: { host, port }, to: { path: this.#folder.awsSocket(name) } });
      }),
      ...this.zones.map(async ({ border, site }) => {
        await border.start();
        const open = (id: keyof ZoneSite['ports'], to: Inside): Promise<void> =>
          border.open({ id, at: { host: site.address, port: site.ports[id] }, to });
        await Promise.all([open('ehr', { path: this.#folder.ehrSocket(site) }), open('postgres', null), open('reports', null)]);
      }),
    ]);
  }

  /** Replication leaves a zone through its border and enters the other through that one's, so that the loss of either stops it. */
  async openWaysOut(): Promise<void> {
    for (const { name, region, partner } of DATABASES) {
      for (const { border, site } of this.#zonesIn(region)) {
        await mkdir(this.#folder.wayOut(name, site), { mode: 0o755 });
        await border.open({ id: `out/${name}`, at: { path: this.#folder.wayOutSocket(name, site) }, to: this.#doorOf(partner) });
      }
    }
  }

  /** As clients see them. */
  regions(): readonly Region[] {
    return this.#sites.regions.map(({ name, awsAddress, awsPort, zones }) => ({
      name,
      aws: `http://${awsAddress}:${awsPort}`,
      zones: zones.map((zone) => ({
        name: zone.name,
        address: zone.address,
        ehrPort: zone.ports.ehr,
        postgresPort: zone.ports.postgres,
        reportsPort: zone.ports.reports,
        ehr: `http://${zone.address}:${zone.ports.ehr}`,
      })),
    }));
  }

  lead(name: string, zone: string): void {
    const { region, service, partner } = planOf(name);
    const path = this.#folder.databaseSocket(name);
    for (const { site, border } of this.#zonesIn(region)) border.route(service, site.name === zone ? { path } : null);
    if (!this.#paused.has(partner)) this.#routeOut(partner, this.#doorAt(name, zone));
  }
  replicate(name: string, isOpen: boolean): void {
    if (isOpen === !this.#paused.has(name)) return;
    if (isOpen) this.#paused.delete(name);
    else this.#paused.add(name);
    this.#routeOut(name, isOpen ? this.#doorOf(planOf(name).partner) : null);
  }
  wayOut(name: string, zone: string): string {
    return this.#folder.wayOut(name, this.#zone(zone).site);
  }
  outside(name: string, zone: string): string {
    const { host, port } = this.#doorAt(name, zone);
    return `${host}:${port}`;
  }
  zonesOf(region: string): readonly string[] {
    return this.#zonesIn(region).map(({ site }) => site.name);
  }

  awsBorder(region: string): BorderLink {
    return known(this.#aws.get(region), region);
  }

  async close(): Promise<void> {
    await Promise.all([...this.zones.map(({ border }) => border), ...this.#aws.values()].map((border) => border.kill()));
  }

  #routeOut(name: string, to: Inside): void {
    for (const { border } of this.#zonesIn(planOf(name).region)) border.route(`out/${name}`, to);
  }
  /** Where clients reach that database in that zone. */
  #doorAt(name: string, zone: string): { host: string; port: number } {
    const { site } = this.#zone(zone);
    return { host: site.address, port: site.ports[planOf(name).service] };
  }
  #doorOf(name: string): { host: string; port: number } {
    return this.#doorAt(name, this.#zoneOf(name));
  }
  #zonesIn(region: string): readonly ZoneEdge[] {
    return this.zones.filter(({ site }) => site.region === region);
  }
  #zone(name: string): ZoneEdge {
    return known(
      this.zones.find(({ site }) => site.name === name),
      name,
    );
  }
}
