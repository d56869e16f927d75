// Where everything of one lab listens. On Linux each zone has a loopback address of its own, and all zones use the same
// ports; elsewhere, or on demand, all share 127.0.0.1 and differ by port. Labs that run at once take different blocks.
import { createServer, type Server } from 'node:net';
import { LabError, systemCodeOf } from './lab-error.ts';

export type AddressMode = 'own' | 'ports';

/** A port 0 is chosen by the system when its listener opens. */
export type Ports = { readonly ehr: number; readonly postgres: number; readonly reports: number; readonly aws: number };
export type ZoneSite = { readonly name: string; readonly index: number; readonly region: string; readonly address: string };
export type RegionSite = { readonly name: string; readonly awsAddress: string; readonly zones: readonly ZoneSite[] };

export type Sites = {
  readonly mode: AddressMode;
  readonly regions: readonly RegionSite[];
  readonly ports: Ports;
  /** Where the lab's own control listens: outside all sites. */
  readonly controlAddress: string;
};

export const EAST = 'us-east-2';
export const WEST = 'us-west-2';
/** Has no zones of ours: only the control plane of Route 53. */
export const NAMES = 'us-east-1';

/** Tried first, because a newcomer recognises them. */
const FAMILIAR: Ports = { ehr: 8080, postgres: 5432, reports: 5433, aws: 4566 };
const BLOCKS = 16;
/** The third number of a region's addresses in the first block. */
const THIRD: Readonly<Record<string, number>> = { [EAST]: 20, [WEST]: 40, [NAMES]: 60 };
const CONTROL_PORT = 4560;

/** Sites that nobody else uses, and the listener that keeps it so while it is open. Rejects with LAB_PORT_TAKEN when a fixed port is in use. */
export async function claimSites(wanted: {
  addresses: AddressMode | 'auto';
  ports: Partial<Ports>;
}): Promise<{ sites: Sites; claim: Server }> {
  if (wanted.addresses === 'ports') return claimShared(wanted.ports);
  for (let block = 0; block < BLOCKS; block++) {
    const regions = regionsOf((region) => `127.0.${(THIRD[region] ?? 0) + block}`);
    const controlAddress = `127.0.${(THIRD[NAMES] ?? 0) + block}.254`;
    try {
      const claim = await listen(controlAddress, CONTROL_PORT);
      return {
        sites: { mode: 'own', regions, controlAddress, ports: await portsFor(regions, wanted.ports).catch(releasing(claim)) },
        claim,
      };
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === 'EADDRINUSE') continue; // Another lab has this block.
      if (code !== 'EADDRNOTAVAIL') throw error;
      if (wanted.addresses === 'auto') return claimShared(wanted.ports);
      throw new LabError('LAB_ADDRESS_UNAVAILABLE', `this system has no address ${controlAddress}`, 'use --addresses ports');
    }
  }
  throw new LabError(
    'LAB_PORT_TAKEN',
    `all ${BLOCKS} address blocks from 127.0.20.0 on are in use by other labs`,
    'end one of them, or use --addresses ports',
  );
}

async function claimShared(ports: Partial<Ports>): Promise<{ sites: Sites; claim: Server }> {
  // Zones that share an address cannot share a port, so a fixed one would fit one zone only.
  const fixed = Object.keys(ports)[0];
  if (fixed !== undefined)
    throw new LabError(
      'LAB_CONFLICT',
      `a fixed ${fixed} port needs an address for each zone`,
      'leave the port out, or use --addresses own',
    );
  const claim = await listen('127.0.0.1', 0);
  return {
    sites: {
      mode: 'ports',
      regions: regionsOf(() => undefined),
      controlAddress: '127.0.0.1',
      ports: { ehr: 0, postgres: 0, reports: 0, aws: 0 },
    },
    claim,
  };
}

function regionsOf(prefixOf: (region: string) => string | undefined): RegionSite[] {
  const address = (region: string, last: number): string => {
    const prefix = prefixOf(region);
    return prefix === undefined ? '127.0.0.1' : `${prefix}.${last}`;
  };
  let index = 0;
  const region = (name: string, letters: readonly string[]): RegionSite => ({
    name,
    awsAddress: address(name, 9),
    zones: letters.map((letter, place) => ({ name: `${name}${letter}`, index: index++, region: name, address: address(name, place + 1) })),
  });
  return [region(EAST, ['a', 'b']), region(WEST, ['a', 'b']), region(NAMES, [])];
}

/** One port of each kind that is free on every address which needs it. */
async function portsFor(regions: readonly RegionSite[], fixed: Partial<Ports>): Promise<Ports> {
  const zones = regions.flatMap((region) => region.zones.map((zone) => zone.address));
  const aws = regions.map((region) => region.awsAddress);
  const choose = async (kind: keyof Ports, addresses: readonly string[]): Promise<number> => {
    const port = fixed[kind];
    const busy = await firstBusy(addresses, port ?? FAMILIAR[kind]);
    if (busy === undefined) return port ?? FAMILIAR[kind];
    if (port !== undefined)
      throw new LabError(
        'LAB_PORT_TAKEN',
        `${busy}:${port} is in use`,
        `end the program that has it, or choose another with --${kind}-port`,
      );
    for (let attempt = 0; attempt < 20; attempt++) {
      const probe = await listen(addresses[0] ?? '127.0.0.1', 0);
      const free = portOf(probe);
      await close(probe);
      if ((await firstBusy(addresses, free)) === undefined) return free;
    }
    throw new LabError('LAB_PORT_TAKEN', `no port for ${kind} is free on all of ${addresses.join(', ')}`, `choose one with --${kind}-port`);
  };
  return {
    ehr: await choose('ehr', zones),
    postgres: await choose('postgres', zones),
    reports: await choose('reports', zones),
    aws: await choose('aws', aws),
  };
}

async function firstBusy(addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const address of addresses) {
    try {
      await close(await listen(address, port));
    } catch (error) {
      if (systemCodeOf(error) === 'EADDRINUSE' || systemCodeOf(error) === 'EACCES') return address;
      throw error;
    }
  }
  return undefined;
}

export const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const listen = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
const close = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
const releasing =
  (claim: Server) =>
  async (error: unknown): Promise<never> => {
    await close(claim);
    throw error;
  };
