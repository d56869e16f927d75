// A lab whose sites share 127.0.0.1, as where a system has no loopback addresses of its own: DNS says the ports, a lost region is
// silent on its ports alone, and who asks again finds the other one.
import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../../src/lab/up.ts';
import { knock, until } from './knock.ts';

let lab: Lab;
const names = new Resolver({ timeout: 500, tries: 3 });
beforeAll(async () => {
  lab = await startLab({ addresses: 'ports', unkind: false });
  names.setServers([lab.endpoints.dns]);
}, 90_000);
afterAll(() => lab?.close(), 30_000);

const fact = (name: string): string => lab.inventory[name] ?? '';
/** Where users are led, as many times as it takes to see every instance. */
async function seen(service: string, times = 12): Promise<readonly string[]> {
  const places = new Set<string>();
  for (let each = 0; each < times; each++)
    for (const { port, name } of await names.resolveSrv(service))
      for (const address of await names.resolve4(name)) places.add(`http://${address}:${port}`);
  return [...places].sort();
}
const ehrs = (region: string): readonly string[] => [...(lab.endpoints.regions[region]?.ehr ?? [])].sort();
const service = (): string => new URL(fact('ehrUrl')).hostname;

describe('sites that share an address', { timeout: 60_000 }, () => {
  it('are all at 127.0.0.1, and found by service', async () => {
    expect(lab.endpoints.addresses).toBe('ports');
    const doors = Object.values(lab.endpoints.regions).flatMap(({ aws, ehr }) => [aws, ...ehr]);
    expect(new Set(doors.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
    expect(new Set(doors).size).toBe(6);
    expect(service()).toBe('_http._tcp.ehr.hospital.test');
    expect(await seen(service())).toEqual(ehrs('us-east-2'));
    for (const url of await seen(service())) expect((await fetch(`${url}/metadata`)).status).toBe(200);
  });

  it('lead to where a database runs, by the port of its zone', async () => {
    const endpoint = new URL(fact('databaseEast')).hostname;
    const portNow = async (): Promise<number | undefined> => (await names.resolveSrv(endpoint))[0]?.port;
    expect(`127.0.0.1:${await portNow()}`).toBe(fact('instanceEndpointEastA'));
    await lab.hospital.databases.find(({ name }) => name === 'ehr-east')?.restartIn('us-east-2b');
    expect(`127.0.0.1:${await portNow()}`).toBe(fact('instanceEndpointEastB'));
    await lab.hospital.databases.find(({ name }) => name === 'ehr-east')?.restartIn('us-east-2a');
  });

  it('lose a zone out of the answers', async () => {
    await lab.hospital.lose('us-east-2b', 'silent', 60_000);
    const [a = '', b = ''] = lab.endpoints.regions['us-east-2']?.ehr ?? [];
    await until('one instance is left', async () => (await seen(service())).join() === a);
    expect([await knock(a), await knock(b)]).toEqual(['accepted', 'pending']);
    await lab.hospital.restore('us-east-2b');
    await until('both are there', async () => (await seen(service())).length === 2);
  });

  it('lose a region in silence, on its ports alone; the switch leads users to the other', async () => {
    await lab.hospital.lose('us-east-2', 'silent', 60_000);
    const eastern = [...ehrs('us-east-2'), fact('awsEast'), `http://${fact('instanceEndpointEastA')}`];
    const western = [...ehrs('us-west-2'), fact('awsWest'), `http://${fact('instanceEndpointWestA')}`, fact('route53'), fact('labUrl')];
    expect(await Promise.all(eastern.map((url) => knock(url)))).toEqual(eastern.map(() => 'pending'));
    expect(await Promise.all(western.map((url) => knock(url)))).toEqual(western.map(() => 'accepted'));
    await fetch(fact('standbySwitch'), { method: 'PUT', body: 'on' });
    await until('users are led to the west', async () => (await seen(service())).join() === ehrs('us-west-2').join());
    await lab.hospital.restore('us-east-2');
    await fetch(fact('standbySwitch'), { method: 'PUT', body: 'off' });
    await until('users are led home', async () => (await seen(service())).join() === ehrs('us-east-2').join());
    expect(await Promise.all(eastern.map((url) => knock(url, 3_000)))).toEqual(eastern.map(() => 'accepted'));
  });

  it('refuse on the ports of a killed site, and come back on them', async () => {
    await lab.hospital.lose('us-west-2a', 'killed', 60_000);
    expect(await knock(fact('ehrWestA'))).toBe('refused');
    await lab.hospital.restore('us-west-2a');
    await until('it answers', async () => (await knock(fact('ehrWestA'))) === 'accepted');
  });
});
