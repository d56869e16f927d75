import { describe, expect, test } from 'vitest';
import { dns } from '../../src/providers/dns/probes/dns.ts';
import { tcp } from '../../src/providers/net/probes/tcp.ts';
import { http } from '../../src/providers/web/probes/http.ts';
import { dnsServer, httpServer, silentServer } from '../providers/fixtures.ts';
import { probeSuite } from './probe.suite.ts';

probeSuite({
  probe: http,
  tools: undefined,
  async healthy() {
    const server = await httpServer((_exchanged, response) => response.end('CapabilityStatement'));
    return { with: { url: `${server.url}/metadata?key=secret`, bodyIncludes: 'Capability' }, connections: () => server.connections() };
  },
  at: (port) => ({ url: `http://127.0.0.1:${port}/metadata` }),
});
probeSuite({
  probe: tcp,
  tools: undefined,
  async healthy() {
    const server = await silentServer();
    return { with: { address: `127.0.0.1:${server.port}` }, connections: () => server.connections() };
  },
  at: (port) => ({ host: '127.0.0.1', port }),
});
probeSuite({
  probe: dns,
  tools: undefined,
  async healthy() {
    const server = await dnsServer({ 'ehr.hospital.test': ['192.0.2.1', '192.0.2.2'] });
    return {
      with: { name: 'ehr.hospital.test', type: 'A', nameServers: [server.address], expect: ['192.0.2.1', '192.0.2.2'] },
      connections: () => server.asked(),
    };
  },
  at: (port) => ({ name: 'ehr.hospital.test', type: 'A', nameServers: [`127.0.0.1:${port}`] }),
  overUdp: true,
});

const soon = (): AbortSignal => AbortSignal.timeout(3_000);

describe('http', async () => {
  const server = await httpServer(({ path }, response) => {
    const status = Number(path.slice(1));
    response.writeHead(status, status === 302 ? { location: '/200' } : {});
    response.end('hello');
  });
  const table: readonly (readonly [string, Record<string, unknown>, boolean, string])[] = [
    ['200', {}, true, 'answered 200'],
    ['302', {}, true, 'answered 302'],
    ['404', {}, false, 'answered 404, not 200 to 399'],
    ['404', { expectStatus: 404 }, true, 'answered 404'],
    ['200', { expectStatus: 404 }, false, 'answered 200, not 404'],
    ['503', {}, false, 'answered 503'],
    ['200', { bodyIncludes: 'hello' }, true, 'answered 200'],
    ['200', { bodyIncludes: 'goodbye' }, false, 'answered 200 without the expected text'],
  ];
  test.each(table)('GET /%s with %j', async (path, more, ok, detail) => {
    const seen = await http.sample({ url: `${server.url}/${path}`, ...more }, undefined, soon());
    expect(seen).toEqual({ ok, detail: expect.stringContaining(detail) as string });
  });
  test('resolves names at the given servers', async () => {
    const names = await dnsServer({ 'ehr.hospital.test': ['127.0.0.1'] });
    const url = `http://ehr.hospital.test:${server.port}/200`;
    expect(await http.sample({ url, nameServers: [names.address] }, undefined, soon())).toMatchObject({ ok: true });
    const other = url.replace('ehr.', 'ris.');
    expect(await http.sample({ url: other, nameServers: [names.address] }, undefined, soon())).toMatchObject({
      ok: false,
      detail: expect.stringContaining('ris.hospital.test does not resolve') as string,
    });
    names.close();
  });
  test('finds a service at the port that DNS says, and calls it by its own name', async () => {
    const hosts: (string | undefined)[] = [];
    const instance = await httpServer(({ request }, response) => {
      hosts.push(request.headers.host);
      response.end('instance');
    });
    const names = await dnsServer({
      '_http._tcp.ehr.hospital.test': ['20 0 9 a.ehr.hospital.test', `10 0 ${instance.port} a.ehr.hospital.test`],
      '_http._tcp.lost.hospital.test': [`0 0 ${instance.port} nowhere.hospital.test`],
      'a.ehr.hospital.test': ['127.0.0.1'],
    });
    const get = (name: string) => http.sample({ url: `http://_http._tcp.${name}/`, nameServers: [names.address] }, undefined, soon());
    expect(await get('ehr.hospital.test')).toMatchObject({ ok: true });
    expect(hosts).toEqual(['ehr.hospital.test']);
    const unknown = (name: string) => ({ ok: false, detail: expect.stringContaining(`${name} does not resolve`) as string });
    expect(await get('ris.hospital.test')).toMatchObject(unknown('_http._tcp.ris.hospital.test'));
    expect(await get('lost.hospital.test')).toMatchObject(unknown('nowhere.hospital.test'));
    names.close();
    await instance.close();
  });
});

describe('dns', async () => {
  const right = await dnsServer({ 'ehr.hospital.test': ['192.0.2.1'], 'half.hospital.test': ['192.0.2.1', '192.0.2.9'] });
  const wrong = await dnsServer({ 'ehr.hospital.test': ['192.0.2.9'] });
  const silent = await dnsServer({ 'ehr.hospital.test': 'silent' });
  const ask = (name: string, servers: readonly string[]) =>
    dns.sample({ name, type: 'A', nameServers: [...servers], expect: ['192.0.2.1'] }, undefined, AbortSignal.timeout(1_500));
  const table: readonly (readonly [string, string, readonly string[], boolean, string])[] = [
    ['the expected answer', 'ehr.hospital.test', [right.address], true, 'is 192.0.2.1'],
    ['one address too many', 'half.hospital.test', [right.address], false, 'answers 192.0.2.1, 192.0.2.9'],
    ['no such name', 'ris.hospital.test', [right.address], false, 'has no such record'],
    ['one server that answers otherwise', 'ehr.hospital.test', [right.address, wrong.address], false, 'answers 192.0.2.9'],
    ['one server that is silent', 'ehr.hospital.test', [silent.address, right.address], true, 'is 192.0.2.1'],
    ['only silence', 'ehr.hospital.test', [silent.address], false, 'no answer'],
  ];
  test('SRV records are compared as priority, weight, port and target', async () => {
    const name = '_http._tcp.ehr.hospital.test';
    const names = await dnsServer({ [name]: ['0 5 8081 b.ehr.hospital.test', '0 7 8080 a.ehr.hospital.test'] });
    const sample = (...expected: string[]) =>
      dns.sample({ name, type: 'SRV', nameServers: [names.address], expect: expected }, undefined, AbortSignal.timeout(1_500));
    expect(await sample('0 7 8080 a.ehr.hospital.test', '0 5 8081 b.ehr.hospital.test')).toMatchObject({ ok: true });
    expect(await sample('0 7 8080 a.ehr.hospital.test', '0 5 8082 b.ehr.hospital.test')).toMatchObject({ ok: false });
    names.close();
  });
  test.each(table)('%s', async (_name, name, servers, ok, detail) => {
    expect(await ask(name, servers)).toEqual({ ok, detail: expect.stringContaining(detail) as string });
  });
});

test.each([
  [{ address: '127.0.0.1' }, 'needs address'],
  [{ address: '127.0.0.1:0' }, 'needs address'],
  [{ address: '127.0.0.1:65536' }, 'needs address'],
])('tcp refuses %j', async (input, detail) => {
  expect(await tcp.sample(input, undefined, soon())).toEqual({ ok: false, detail: expect.stringContaining(detail) as string });
});
