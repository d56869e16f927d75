// Real servers on loopback for the canary's tests: an EHR that can be made to misbehave, and a name server.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import dnsPacket from 'dns-packet';

export type Manner = 'well' | 'hang' | '503' | 'forgets' | 'garbles' | 'reset';
export type TestEhr = {
  readonly port: number;
  readonly records: Map<string, { readonly resource: Record<string, unknown>; readonly versions: number }>;
  readonly asked: { readonly method: string; readonly id: string; readonly socket: Socket }[];
  manner: Manner;
  timeline: number;
  close(): Promise<void>;
};

/** `address` and `port` let two EHRs share one port on two loopback addresses, as two zones do. */
export async function testEhr(address = '127.0.0.1', port = 0): Promise<TestEhr> {
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    const id = (request.url ?? '').split('/').at(-1) ?? '';
    ehr.asked.push({ method: request.method ?? '', id, socket: request.socket });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
      const trouble = (status: number, diagnostics: string): void =>
        answer(status, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'x', diagnostics }] });
      if (ehr.manner === 'hang') return;
      if (ehr.manner === 'reset') return void request.socket.destroy();
      if (ehr.manner === '503') return trouble(503, 'the database is a standby and takes no writes');
      if (request.method === 'PUT') {
        const resource = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
        const versions = (ehr.records.get(id)?.versions ?? 0) + 1;
        if (ehr.manner !== 'forgets')
          ehr.records.set(id, { resource: ehr.manner === 'garbles' ? { ...resource, valueString: 'other' } : resource, versions });
        return answer(201, { ...resource, meta: meta(versions) });
      }
      const found = ehr.records.get(id);
      return found === undefined ? trouble(404, 'no such Observation') : answer(200, { ...found.resource, meta: meta(found.versions) });
    });
  });
  const meta = (versions: number) => ({ versionId: String(versions), tag: [{ system: 'urn:resus:timeline', code: String(ehr.timeline) }] });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, address);
  await once(server, 'listening');
  const ehr: TestEhr = {
    port: (server.address() as AddressInfo).port,
    records: new Map(),
    asked: [],
    manner: 'well',
    timeline: 1,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  return ehr;
}

export type TestNameServer = {
  readonly server: string;
  readonly asked: string[];
  addresses: readonly string[];
  /** What every SRV question is answered with. */
  services: readonly { readonly priority: number; readonly weight: number; readonly port: number; readonly target: string }[];
  ttl: number;
  silent: boolean;
  close(): Promise<void>;
};

/** Answers every A question, but of names that begin with `gone.`, with `addresses` and `ttl` (seconds), every SRV question with `services`, everything else with no records. */
export async function testNameServer(addresses: readonly string[], ttl: number): Promise<TestNameServer> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, peer) => {
    const query = dnsPacket.decode(message);
    const question = query.questions?.[0];
    if (question === undefined) return;
    names.asked.push(question.name);
    if (names.silent) return;
    const record = { name: question.name, ttl: names.ttl };
    const answers = [
      ...(question.type === 'A' && !question.name.startsWith('gone.')
        ? names.addresses.map((data) => ({ ...record, type: 'A' as const, data }))
        : []),
      ...(question.type === 'SRV' ? names.services.map((data) => ({ ...record, type: 'SRV' as const, data })) : []),
    ];
    socket.send(
      dnsPacket.encode({ type: 'response', id: query.id ?? 0, flags: dnsPacket.AUTHORITATIVE_ANSWER, questions: [question], answers }),
      peer.port,
      peer.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const names: TestNameServer = {
    server: `127.0.0.1:${socket.address().port}`,
    asked: [],
    addresses,
    services: [],
    ttl,
    silent: false,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  return names;
}
