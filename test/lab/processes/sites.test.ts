// Addresses and ports: two labs never meet, and a port that is taken is said, not stumbled over.
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { claimSites, portOf } from '../../../src/lab/processes/sites.ts';

const open: Server[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));
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

  it('shares one address by ports where asked to', async () => {
    const { sites } = await claim({ addresses: 'ports', ports: {} });
    expect(new Set(sites.regions.flatMap((region) => [region.awsAddress, ...region.zones.map((zone) => zone.address)]))).toEqual(
      new Set(['127.0.0.1']),
    );
    await expect(claimSites({ addresses: 'ports', ports: { ehr: 8080 } })).rejects.toMatchObject({ code: 'LAB_CONFLICT' });
  });
});
