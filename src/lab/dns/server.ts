// A DNS server for one zone over UDP and TCP. Whatever arrives, it answers, says what is wrong with it, or drops it; it never throws.

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import * as dns from 'dns-packet';
import { answer, type Answer, type ZoneView } from './answer.ts';

export interface DnsServer {
  /** `127.0.0.1:PORT`, the same port for UDP and TCP. */
  readonly address: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Without EDNS (RFC 1035), and the most that is believed of what EDNS claims. */
const UDP_LIMIT_BYTES = 512;
const EDNS_LIMIT_BYTES = 1_232;
const TCP_IDLE_MS = 5_000;
const TCP_CONNECTIONS = 100;
const HEADER_BYTES = 12;
const PORT_ATTEMPTS = 20;

const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const AA = dns.AUTHORITATIVE_ANSWER;

interface Reply {
  readonly bytes: Buffer;
  readonly limitBytes: number;
  /** The same answer without its records, for when they do not fit. */
  readonly truncated: Buffer;
}

/** Twelve bytes that say what was wrong with a packet that cannot be read further than its id. */
function bareReply(query: Buffer, rcode: number): Reply {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt16BE(query.readUInt16BE(0), 0);
  bytes.writeUInt16BE(0x8000 | (query.readUInt16BE(2) & 0x7900) | rcode, 2);
  return { bytes, limitBytes: UDP_LIMIT_BYTES, truncated: bytes };
}

function encode(query: dns.DecodedPacket, flags: number, found: Answer): Buffer {
  const withOpt = query.additionals?.some((extra) => extra.type === 'OPT') ?? false;
  return dns.encode({
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: flags | ((query.flags ?? 0) & dns.RECURSION_DESIRED),
    questions: query.questions ?? [],
    // The data of each type was made by `encodeValue` for exactly this encoder.
    answers: found.answers as dns.Answer[],
    authorities: found.authorities as dns.Answer[],
    additionals: withOpt
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: EDNS_LIMIT_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

const NOTHING: Answer = { rcode: 'NOERROR', answers: [], authorities: [] };

/** Undefined for what must not be answered: too short, or itself an answer. */
export function replyTo(zone: ZoneView, bytes: Buffer): Reply | undefined {
  if (bytes.length < HEADER_BYTES || (bytes.readUInt8(2) & 0x80) !== 0) return undefined;
  if (((bytes.readUInt8(2) >> 3) & 0x0f) !== 0) return bareReply(bytes, RCODES.NOTIMP);
  if (bytes.readUInt16BE(4) !== 1) return bareReply(bytes, RCODES.FORMERR);
  let query: dns.DecodedPacket;
  try {
    query = dns.decode(bytes);
  } catch {
    return bareReply(bytes, RCODES.FORMERR);
  }
  const [question] = query.questions ?? [];
  if (question === undefined) return bareReply(bytes, RCODES.FORMERR);
  try {
    let found: Answer = { rcode: 'REFUSED', answers: [], authorities: [] };
    // ANY asks for everything at once, which no authoritative server needs to serve (RFC 8482).
    if ((question.class ?? 'IN') === 'IN' && String(question.type) !== 'ANY') found = answer(zone, question.name, question.type);
    const opt = query.additionals?.find((extra) => extra.type === 'OPT');
    const claimed = opt?.type === 'OPT' ? opt.udpPayloadSize : UDP_LIMIT_BYTES;
    return {
      bytes: encode(query, AA | RCODES[found.rcode], found),
      limitBytes: Math.max(UDP_LIMIT_BYTES, Math.min(claimed, EDNS_LIMIT_BYTES)),
      truncated: encode(query, AA | dns.TRUNCATED_RESPONSE, NOTHING),
    };
  } catch {
    return bareReply(bytes, RCODES.SERVFAIL);
  }
}

function serveTcp(zone: ZoneView, socket: Socket): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0);
      const reply = replyTo(zone, pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (reply === undefined) return void socket.destroy();
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(reply.bytes.length);
      socket.write(Buffer.concat([prefix, reply.bytes]));
    }
  });
}

async function bindUdp(port: number): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, HOST, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return socket;
}

async function bindTcp(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Binds UDP and TCP to one port. Rejects when the port that was asked for is taken. */
export async function serveDns(zone: ZoneView, port = 0): Promise<DnsServer> {
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    if (sockets.size >= TCP_CONNECTIONS) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveTcp(zone, socket);
  });
  let udp = await bindUdp(port);
  for (let attempt = 1; ; attempt++) {
    try {
      await bindTcp(tcp, udp.address().port);
      break;
    } catch (fault) {
      // A port that is free for UDP may be taken for TCP; another one will be free for both.
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      if (port !== 0 || attempt >= PORT_ATTEMPTS) throw fault;
      udp = await bindUdp(0);
    }
  }
  udp.on('error', () => undefined);
  tcp.on('error', () => undefined);
  udp.on('message', (bytes, from) => {
    const reply = replyTo(zone, bytes);
    if (reply === undefined) return;
    udp.send(reply.bytes.length > reply.limitBytes ? reply.truncated : reply.bytes, from.port, from.address, () => undefined);
  });
  const bound = udp.address().port;
  let closing: Promise<void> | undefined;
  return {
    address: `${HOST}:${String(bound)}`,
    close() {
      closing ??= (async () => {
        for (const socket of sockets) socket.destroy();
        await Promise.all([
          new Promise<void>((resolve) => udp.close(() => resolve())),
          new Promise<void>((resolve) => tcp.close(() => resolve())),
        ]);
      })();
      return closing;
    },
  };
}
