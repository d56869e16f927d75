// Addresses and ports: two labs never meet, and a port that is taken is said, not stumbled over.
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { claimSites, portOf } from '../../../src/lab/processes/claim-sites.ts';
import { doorsOf, type Ports } from '../../../src/lab/processes/sites.ts';

const open: Server[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));
const claim = async (wanted: Parameters<typeof claimSites>[0]): Promise<Awaited<ReturnType<typeof claimSites>>> => {
  const claimed = await claimSites(wanted);
  open.push(claimed.claim);
  return claimed;
};

const hasOwnAddresses = process.platform === 'linux';

describe('sites', () => {
  it.runIf(hasOwnAddresses)('gives every zone an address of its own and one port for all', async () => {
    const { sites } = await claim({ addresses: 'own', ports: {} });
    const addresses = sites.regions.flatMap((region) => [region.awsAddress, ...region.zones.map((zone) => zone.address)]);
    expect(addresses).toHaveLength(7);
    expect(new Set(addresses).size).toBe(7);
  });

  it.runIf(hasOwnAddresses)('gives a second lab other addresses', async () => {
    const first = await claim({ addresses: 'own', ports: {} });
    const second = await claim({ addresses: 'own', ports: {} });
    const taken = first.sites.regions.flatMap((region) => region.zones.map((zone) => zone.address));
    expect(
      second.sites.regions.flatMap((region) => region.zones.map((zone) => zone.address)).filter((address) => taken.includes(address)),
    ).toEqual([]);
  });

  it.runIf(hasOwnAddresses)('chooses another port when a familiar one is taken, and refuses when it was fixed', async () => {
    // On all addresses, as a server of the machine would have it.
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '0.0.0.0', resolve));
    open.push(other);
    await expect(claim({ addresses: 'own', ports: { ehr: portOf(other) } })).rejects.toMatchObject({
      code: 'LAB_PORT_TAKEN',
      remedy: expect.stringContaining('--ehr-port') as unknown,
    });
    // The refused attempt holds nothing: the same can be claimed without that port.
    await claim({ addresses: 'own', ports: {} });
  });

  it('shares one address where asked to, and then no port is that of two doors, nor of another lab', async () => {
    const labs = [await claim({ addresses: 'ports', ports: {} }), await claim({ addresses: 'ports', ports: {} })];
    const doors = labs.flatMap(({ sites }) => doorsOf(sites.regions));
    expect(new Set(doors.map(({ host }) => host))).toEqual(new Set(['127.0.0.1']));
    expect(doors).toHaveLength(2 * (4 * 3 + 3));
    expect(new Set([...doors.map(({ port }) => port), ...labs.map((each) => portOf(each.claim))]).size).toBe(doors.length + 2);
    // What the system gives to outgoing connections begins at 32768 on Linux.
    expect(Math.max(...doors.map(({ port }) => port))).toBeLessThan(32_768);
  });

  it('begins a row at a port that is given', async () => {
    const first = await freeRow(4);
    const { sites } = await claim({ addresses: 'ports', ports: { ehr: first } });
    expect(portsOf(sites, 'ehr')).toEqual([first, first + 1, first + 2, first + 3]);
  });

  it('takes another block when a port in it is taken', async () => {
    const { sites, claim: free } = await claimSites({ addresses: 'ports', ports: {} });
    await new Promise((resolve) => free.close(resolve));
    await listenOn(portsOf(sites, 'postgres')[2] ?? 0);
    const next = await claim({ addresses: 'ports', ports: {} });
    expect(portsOf(next.sites, 'postgres')[0]).toBeGreaterThan(portsOf(sites, 'postgres')[3] ?? 0);
  });

  it('refuses a row with a taken port, and holds nothing then', async () => {
    const first = await freeRow(4);
    await listenOn(first + 2);
    await expect(claimSites({ addresses: 'ports', ports: { postgres: first } })).rejects.toMatchObject({
      code: 'LAB_PORT_TAKEN',
      message: expect.stringContaining(`127.0.0.1:${first + 2}`) as unknown,
      remedy: expect.stringContaining('--postgres-port') as unknown,
    });
    await claim({ addresses: 'ports', ports: {} });
  });

  it.each<[string, Partial<Ports>]>([
    ['overlap', { ehr: 18_080, postgres: 18_083 }],
    ['end beyond the last port', { aws: 65_534 }],
  ])('refuses rows that %s', async (_how, ports) => {
    await expect(claimSites({ addresses: 'ports', ports })).rejects.toMatchObject({ code: 'LAB_CONFLICT' });
  });

  it('leaves out the block in which a row lies that was asked for', async () => {
    const { sites } = await claim({ addresses: 'ports', ports: { ehr: 21_030 } });
    const doors = doorsOf(sites.regions);
    expect(new Set(doors.map(({ port }) => port)).size).toBe(doors.length);
  });
});

const portsOf = (sites: Awaited<ReturnType<typeof claimSites>>['sites'], kind: keyof Ports): readonly number[] =>
  doorsOf(sites.regions)
    .filter((door) => door.kind === kind)
    .map(({ port }) => port);
async function listenOn(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, '127.0.0.1', resolve));
  open.push(server);
}
/** The first of so many free ports: where a lab's own row would be, which nobody holds now. */
async function freeRow(length: number): Promise<number> {
  const { sites, claim: held } = await claimSites({ addresses: 'ports', ports: {} });
  await new Promise((resolve) => held.close(resolve));
  const row = portsOf(sites, 'reports');
  expect(row).toHaveLength(length);
  return row[0] ?? 0;
}
