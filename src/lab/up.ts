// Puts the lab together: sites, hospital, AWS and control. One call starts it all, one ends it all, and whatever happens to
// this process in between, nothing of it stays behind.
import { randomBytes } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import type { AwsLab } from './aws/contract.ts';
import { serviceRecord } from './aws/hospital-zone.ts';
import { EHR_NAME, HTTP_SERVICE, POSTGRES_SERVICE, ZONE_NAME } from './aws/names.ts';
import type { ProfileName } from './aws/profiles.ts';
import { startAws } from './aws/index.ts';
import { controlApp } from './control.ts';
import type { Region, Zone } from './hospital.ts';
import { LabError, messageOf, systemCodeOf } from './processes/lab-error.ts';
import { ProcessHospital } from './processes/process-hospital.ts';
import { claimSites, portOf } from './processes/claim-sites.ts';
import { EAST, WEST, type AddressMode, type Ports } from './processes/sites.ts';

export type LabOptions = {
  /** Default `fast`. */
  readonly profile?: ProfileName | undefined;
  /** Lagging read-backs and dropped replies, as AWS has them. Default true. */
  readonly unkind?: boolean | undefined;
  readonly seed?: number | undefined;
  /** `own`: a loopback address for each site. `ports`: 127.0.0.1 for all, and ports for each. Default: `own` where the system has such addresses. */
  readonly addresses?: AddressMode | 'auto' | undefined;
  /** Ports that must be these (with `ports` those of the first site); the others are chosen free. */
  readonly ports?: Partial<Ports> | undefined;
  readonly dnsPort?: number | undefined;
  /** Where the lab makes its folder. Default: the system's temporary folder. */
  readonly folder?: string | undefined;
  /** For the control API. Default: a new one. */
  readonly token?: string | undefined;
  /** Gives up while it starts. */
  readonly signal?: AbortSignal | undefined;
};

export type Endpoints = {
  readonly ready: true;
  readonly regions: Readonly<Record<string, { readonly aws: string; readonly ehr: readonly string[]; readonly postgres: string }>>;
  readonly route53: string;
  readonly dns: string;
  readonly zone: string;
  readonly hostedZoneId: string;
  readonly ehrName: string;
  readonly globalCluster: string;
  readonly profile: ProfileName;
  readonly addresses: AddressMode;
  readonly control: string;
  readonly controlToken: string;
  readonly inventory: Readonly<Record<string, string>>;
};

export type Lab = {
  readonly hospital: ProcessHospital;
  readonly aws: AwsLab;
  readonly endpoints: Endpoints;
  readonly inventory: Readonly<Record<string, string>>;
  /** Ends every process, closes every listener, removes the folder. Idempotent. */
  close(): Promise<void>;
};

/** Resolves when everything answers. Rejects with a `LabError`, and with nothing left behind, when something cannot start. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const {
    profile = 'fast',
    unkind = true,
    seed,
    addresses = 'auto',
    ports = {},
    dnsPort,
    folder,
    token = randomBytes(18).toString('base64url'),
  } = options;
  const { sites, claim } = await claimSites({ addresses, ports });
  const ending: (() => Promise<void>)[] = [() => closeServer(claim)];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= inReverse(ending));
  try {
    const hospital = await ProcessHospital.start({ sites, folder, signal: options.signal });
    ending.push(() => hospital.close());
    const [east, west] = [regionOf(hospital, EAST), regionOf(hospital, WEST)];
    const standbySwitch = `${west.zones[0]?.ehr ?? ''}/resus/switch`;
    const aws = await startAws(hospital, {
      profile,
      unkind,
      ...(seed === undefined ? {} : { seed }),
      ...(dnsPort === undefined ? {} : { dnsPort }),
      listen: (site) => Promise.resolve(hospital.awsSocket(site)),
      publicUrl: (site) => regionOf(hospital, site).aws,
      switchUrl: standbySwitch,
    });
    ending.push(() => aws.close());
    hospital.decideOnRestore(
      (database) => aws.onRestore(database),
      (database) => aws.upstream(database),
    );
    const control = serveOn(claim, createServer(controlApp(hospital, aws, token)));
    ending.push(() => control.close());

    const controlUrl = `http://${sites.controlAddress}:${portOf(claim)}`;
    const inventory = inventoryOf({ mode: sites.mode, east, west, aws, standbySwitch, controlUrl });
    const endpoints: Endpoints = {
      ready: true,
      regions: Object.fromEntries(
        [east, west].map((region) => [
          region.name,
          { aws: region.aws, ehr: region.zones.map((zone) => zone.ehr), postgres: urlOf(hospital, region.name) },
        ]),
      ),
      route53: aws.route53,
      dns: aws.dns,
      zone: ZONE_NAME,
      hostedZoneId: aws.hostedZoneId,
      ehrName: EHR_NAME,
      globalCluster: aws.globalCluster,
      profile,
      addresses: sites.mode,
      control: controlUrl,
      controlToken: token,
      inventory,
    };
    return { hospital, aws, endpoints, inventory, close };
  } catch (error) {
    await close();
    if (systemCodeOf(error) === 'EADDRINUSE')
      throw new LabError('LAB_PORT_TAKEN', messageOf(error), 'end the program that has this port, or choose another with --dns-port');
    throw error;
  }
}

type Facts = {
  readonly mode: AddressMode;
  readonly east: Region;
  readonly west: Region;
  readonly aws: AwsLab;
  readonly standbySwitch: string;
  readonly controlUrl: string;
};

/**
 * The facts that declared files take from their environment, by the names that they use. Where sites share an address, what moves
 * from one to another is named as a service, so that DNS says its port as well.
 */
function inventoryOf({ mode, east, west, aws, standbySwitch, controlUrl }: Facts): Readonly<Record<string, string>> {
  const [eastA, eastB, westA, westB] = [...east.zones, ...west.zones];
  if (eastA === undefined || eastB === undefined || westA === undefined || westB === undefined)
    throw new Error('a region of the lab lacks a zone');
  const postgresOf = (zone: Zone): string => `${zone.address}:${zone.postgresPort}`;
  const recordOf = (zone: Zone): string => (mode === 'own' ? zone.address : serviceRecord(zone));
  const placeOf = (service: string, name: string, port: number): string => (mode === 'own' ? `${name}:${port}` : `${service}${name}`);
  const clusterOf = (name: string, { postgresPort }: Zone): string =>
    `postgres://resus@${placeOf(POSTGRES_SERVICE, `${name}.cluster.${ZONE_NAME}`, postgresPort)}/ehr`;
  return {
    ehrName: EHR_NAME,
    ehrUrl: `http://${placeOf(HTTP_SERVICE, EHR_NAME, eastA.ehrPort)}`,
    nameServer: aws.dns,
    hostedZoneId: aws.hostedZoneId,
    globalCluster: aws.globalCluster,
    clusterEast: aws.clusterArns.east,
    clusterWest: aws.clusterArns.west,
    instanceEastA: 'ehr-east-a',
    instanceEastB: 'ehr-east-b',
    instanceWestA: 'ehr-west-a',
    instanceWestB: 'ehr-west-b',
    ehrEastA: eastA.ehr,
    ehrEastB: eastB.ehr,
    ehrWestA: westA.ehr,
    ehrWestB: westB.ehr,
    ehrRecordEastA: recordOf(eastA),
    ehrRecordEastB: recordOf(eastB),
    ehrRecordWestA: recordOf(westA),
    ehrRecordWestB: recordOf(westB),
    databaseEast: clusterOf('ehr-east', eastA),
    databaseWest: clusterOf('ehr-west', westA),
    instanceEndpointEastA: postgresOf(eastA),
    instanceEndpointEastB: postgresOf(eastB),
    instanceEndpointWestA: postgresOf(westA),
    instanceEndpointWestB: postgresOf(westB),
    standbySwitch,
    healthCheckId: aws.healthCheckId,
    fisTemplateZoneLoss: aws.fisTemplateZoneLoss,
    fisTemplateRole: aws.fisRole,
    route53: aws.route53,
    awsEast: east.aws,
    awsWest: west.aws,
    labUrl: controlUrl,
  };
}

function regionOf(hospital: ProcessHospital, name: string): Region {
  const region = hospital.regions.find((each) => each.name === name);
  if (region === undefined)
    throw new LabError(
      'LAB_UNKNOWN_SITE',
      `the lab has no region ${name}`,
      `it has ${hospital.regions.map((each) => each.name).join(', ')}`,
    );
  return region;
}

const urlOf = (hospital: ProcessHospital, region: string): string =>
  hospital.databases.find((each) => each.region === region && each.name.startsWith('ehr-'))?.url() ?? '';

/** The claim is a bare listener that was there before anything could be served; from now on its connections are HTTP. */
function serveOn(claim: Server, http: HttpServer): { close(): Promise<void> } {
  claim.on('connection', (socket) => void http.emit('connection', socket));
  return {
    close: () => {
      http.closeAllConnections();
      return Promise.resolve();
    },
  };
}

const closeServer = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

async function inReverse(work: readonly (() => Promise<void>)[]): Promise<void> {
  for (const each of work.toReversed()) {
    await each().catch((error: unknown) => process.stderr.write(`resus lab: while closing: ${String(error)}\n`));
  }
}
