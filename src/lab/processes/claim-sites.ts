// Finds addresses and ports that nobody else uses, and holds them: a lab has a block of them for as long as its control listener is
// open, so that labs which run at once never meet. A port that was asked for and is taken is said, not stumbled over.
import { createServer, type Server } from 'node:net';
import { LabError, systemCodeOf } from './lab-error.ts';
import { doorsOf, EAST, layOut, NAMES, WEST, type AddressMode, type Ports, type PublicDoor, type RegionSite, type Sites } from './sites.ts';

export type Claimed = { readonly sites: Sites; readonly claim: Server };

/** Tried first, because a newcomer recognises them. */
const FAMILIAR: Ports = { ehr: 8080, postgres: 5432, reports: 5433, aws: 4566 };
const BLOCKS = 16;
/** The third number of a region's addresses in the first block. */
const THIRD: Readonly<Record<string, number>> = { [EAST]: 20, [WEST]: 40, [NAMES]: 60 };
const CONTROL_PORT = 4560;

const SHARED_ADDRESS = '127.0.0.1';
/**
 * The first block of ports begins here, with the control's: below the ports that systems give to outgoing connections, one of which
 * would take a door's while its site is down.
 */
const FIRST_SHARED = 21_000;
const SHARED_BLOCK = 100;
/** Where in a block the row of a kind begins. */
const ROWS: Ports = { ehr: 80, postgres: 32, reports: 42, aws: 66 };

/**
 * Sites that nobody else uses, and the listener that keeps it so while it is open. A port that is given is that of every site; where
 * they share an address, of the first one, and the others have the next ones. Rejects with LAB_PORT_TAKEN when such a port is in use,
 * with LAB_CONFLICT when such rows overlap.
 */
export async function claimSites(wanted: { addresses: AddressMode | 'auto'; ports: Partial<Ports> }): Promise<Claimed> {
  if (wanted.addresses === 'ports') return claimShared(wanted.ports);
  for (let block = 0; block < BLOCKS; block++) {
    const addressOf = (region: string, last: number): string => `127.0.${(THIRD[region] ?? 0) + block}.${last}`;
    const controlAddress = addressOf(NAMES, 254);
    try {
      const claim = await listen(controlAddress, CONTROL_PORT);
      const ports = await portsFor(addressOf, wanted.ports).catch(releasing(claim));
      return { sites: { mode: 'own', regions: layOut(addressOf, (kind) => ports[kind]), controlAddress }, claim };
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

/** One port of each kind that is free on every address which needs it. */
async function portsFor(addressOf: (region: string, last: number) => string, fixed: Partial<Ports>): Promise<Ports> {
  const choose = async (kind: keyof Ports): Promise<number> => {
    const at = (port: number): readonly PublicDoor[] => doorsOf(layOut(addressOf, () => port)).filter((door) => door.kind === kind);
    const port = fixed[kind];
    const busy = await firstBusy(at(port ?? FAMILIAR[kind]));
    if (busy === undefined) return port ?? FAMILIAR[kind];
    if (port !== undefined)
      throw new LabError(
        'LAB_PORT_TAKEN',
        `${busy.host}:${port} is in use`,
        `end the program that has it, or choose another with --${kind}-port`,
      );
    for (let attempt = 0; attempt < 20; attempt++) {
      const probe = await listen(busy.host, 0);
      const free = portOf(probe);
      await close(probe);
      if ((await firstBusy(at(free))) === undefined) return free;
    }
    throw new LabError('LAB_PORT_TAKEN', `no port for ${kind} is free on all addresses of the sites`, `choose one with --${kind}-port`);
  };
  return { ehr: await choose('ehr'), postgres: await choose('postgres'), reports: await choose('reports'), aws: await choose('aws') };
}

async function claimShared(fixed: Partial<Ports>): Promise<Claimed> {
  const regionsFrom = (first: number): readonly RegionSite[] =>
    layOut(
      () => SHARED_ADDRESS,
      (kind, nth) => (fixed[kind] ?? first + ROWS[kind]) + nth,
    );
  const isFixed = ({ kind }: PublicDoor): boolean => fixed[kind] !== undefined;
  const impossible = overlap(doorsOf(regionsFrom(FIRST_SHARED)).filter(isFixed));
  if (impossible !== undefined)
    throw new LabError(
      'LAB_CONFLICT',
      `port ${impossible.port} is no port or is meant twice: the sites share ${SHARED_ADDRESS}, so a port that is given begins a row`,
      `choose another with --${impossible.kind}-port, or leave it out`,
    );
  for (let block = 0; block < BLOCKS; block++) {
    const first = FIRST_SHARED + block * SHARED_BLOCK;
    const regions = regionsFrom(first);
    const doors = doorsOf(regions);
    // A row that was asked for may lie in this block.
    if (overlap(doors) !== undefined || doors.some(({ port }) => port === first)) continue;
    const claim = await listen(SHARED_ADDRESS, first).catch(unlessTaken);
    if (claim === undefined) continue;
    const busy = await firstBusy(doors).catch(releasing(claim));
    if (busy === undefined) return { sites: { mode: 'ports', regions, controlAddress: SHARED_ADDRESS }, claim };
    await close(claim);
    if (isFixed(busy))
      throw new LabError(
        'LAB_PORT_TAKEN',
        `${SHARED_ADDRESS}:${busy.port} is in use; the sites share this address, so a port that is given begins a row`,
        `end the program that has it, or choose another row with --${busy.kind}-port`,
      );
  }
  throw new LabError(
    'LAB_PORT_TAKEN',
    `none of the ${BLOCKS} blocks of ports from ${FIRST_SHARED} on is free on ${SHARED_ADDRESS}`,
    'end another lab, or whatever else listens there',
  );
}

/** A door whose port another door has too, or nobody can have. */
const overlap = (doors: readonly PublicDoor[]): PublicDoor | undefined =>
  doors.find(({ port }, at) => port > 65_535 || doors.findIndex((other) => other.port === port) !== at);

async function firstBusy(doors: readonly PublicDoor[]): Promise<PublicDoor | undefined> {
  for (const door of doors) {
    try {
      await close(await listen(door.host, door.port));
    } catch (error) {
      if (isTaken(error)) return door;
      throw error;
    }
  }
  return undefined;
}

/** A port below 1024 that only root may have is as good as taken. */
const isTaken = (error: unknown): boolean => systemCodeOf(error) === 'EADDRINUSE' || systemCodeOf(error) === 'EACCES';
function unlessTaken(error: unknown): undefined {
  if (!isTaken(error)) throw error;
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
