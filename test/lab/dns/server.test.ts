// The DNS server over UDP and TCP, with packets that are right, too long and wrong.

import * as dns from 'dns-packet';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ZoneView } from '../../../src/lab/dns/answer.ts';
import type { RecordSet } from '../../../src/lab/dns/record-set.ts';
import { replyTo, serveDns, type DnsServer } from '../../../src/lab/dns/server.ts';
import { askTcp, askUdp, lookUp, question, readReply } from './client.ts';

const many = Array.from({ length: 40 }, (_, index) => `192.0.2.${String(index)}`);
const RECORDS: Readonly<Record<string, readonly RecordSet[]>> = {
  'h.test.': [
    { name: 'h.test.', type: 'SOA', ttl: 900, values: ['ns.h.test. root.h.test. 1 2 3 4 5'] },
    { name: 'h.test.', type: 'NS', ttl: 900, values: ['ns.h.test.'] },
  ],
  'one.h.test.': [{ name: 'one.h.test.', type: 'A', ttl: 2, values: ['192.0.2.1'] }],
  'many.h.test.': [{ name: 'many.h.test.', type: 'A', ttl: 2, values: many }],
  'srv.h.test.': [{ name: 'srv.h.test.', type: 'SRV', ttl: 2, values: ['1 2 5432 db.h.test.'] }],
};
const zone: ZoneView = { name: 'h.test.', sets: (name) => RECORDS[name], hasBelow: () => false, healthy: () => true, lot: () => 0 };

let server: DnsServer;
beforeAll(async () => {
  server = await serveDns(zone);
});
afterAll(() => server.close());

describe('the name server', { timeout: 30_000 }, () => {
  it.each(['udp', 'tcp'] as const)('answers over %s with authority and TTL', async (over) => {
    const found = await lookUp(server.address, 'one.h.test', 'A', over);
    expect(found).toMatchObject({
      rcode: 'NOERROR',
      authoritative: true,
      truncated: false,
      answers: [{ name: 'one.h.test', ttl: 2, data: '192.0.2.1' }],
    });
    expect(await lookUp(server.address, 'none.h.test', 'A', over)).toMatchObject({ rcode: 'NXDOMAIN', authorities: [{ type: 'SOA' }] });
    expect((await lookUp(server.address, 'example.org', 'A', over)).rcode).toBe('REFUSED');
    expect((await lookUp(server.address, 'one.h.test', 'ANY', over)).rcode).toBe('REFUSED');
    expect((await lookUp(server.address, 'srv.h.test', 'SRV', over)).answers).toMatchObject([
      { data: { port: 5432, target: 'db.h.test' } },
    ]);
  });

  it('truncates what does not fit and gives all of it over TCP', async () => {
    expect(await lookUp(server.address, 'many.h.test', 'A')).toMatchObject({ truncated: true, answers: [] });
    const whole = await lookUp(server.address, 'many.h.test', 'A', 'tcp');
    expect(whole.truncated).toBe(false);
    expect(whole.answers.map((one) => one.data)).toEqual(many);
    const edns = dns.encode({
      type: 'query',
      id: 9,
      questions: [{ name: 'many.h.test', type: 'A' }],
      additionals: [
        { type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] },
      ],
    });
    const reply = await askUdp(server.address, edns);
    expect(reply === undefined ? 0 : readReply(reply).answers.length).toBe(40);
  });

  const flags = (bytes: Buffer, value: number): Buffer => {
    bytes.writeUInt16BE(value, 2);
    return bytes;
  };
  const cut = question('one.h.test', 'A').subarray(0, 20);
  const loop = Buffer.concat([question('', 'A').subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])]);
  const two = dns.encode({ type: 'query', id: 7, questions: [1, 2].map(() => ({ name: 'one.h.test', type: 'A' as const })) });
  it.each<[string, Buffer, number | undefined]>([
    ['too short', Buffer.from([1, 2, 3]), undefined],
    ['itself an answer', flags(question('one.h.test', 'A'), 0x8000), undefined],
    ['another opcode', flags(question('one.h.test', 'A'), 0x2800), 4],
    ['no question', flags(dns.encode({ type: 'query', id: 7, questions: [] }), 0), 1],
    ['two questions', two, 1],
    ['cut off', cut, 1],
    ['a name that points at itself', loop, 1],
  ])('survives a packet that is %s', (_name, bytes, rcode) => {
    const reply = replyTo(zone, bytes);
    expect(reply === undefined ? undefined : reply.bytes.readUInt8(3) & 0x0f).toBe(rcode);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, asQuestion) => {
        const bytes = asQuestion ? Buffer.concat([question('a.h.test', 'A').subarray(0, 12), noise]) : Buffer.from(noise);
        const reply = replyTo(zone, bytes);
        return reply === undefined || reply.bytes.readUInt16BE(0) === bytes.readUInt16BE(0);
      }),
      { numRuns: 500 },
    );
  });

  it('closes a TCP connection that sends nonsense and goes on serving', async () => {
    expect(await askTcp(server.address, Buffer.from([0, 1]))).toBeUndefined();
    expect((await lookUp(server.address, 'one.h.test', 'A', 'tcp')).answers).toHaveLength(1);
  });

  it('refuses a port that is taken', async () => {
    await expect(serveDns(zone, Number(server.address.split(':')[1]))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
