// A DNS client for tests: one question over UDP or TCP, or bytes as they are.

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import * as dns from 'dns-packet';

const WITHIN_MS = 2_000;

export interface Looked {
  readonly rcode: string;
  readonly truncated: boolean;
  readonly authoritative: boolean;
  readonly answers: readonly { readonly type: string; readonly name: string; readonly ttl: number; readonly data: unknown }[];
  readonly authorities: readonly { readonly type: string }[];
}

/** Undefined when nothing comes back in time. */
export function askUdp(server: string, bytes: Buffer, withinMs = WITHIN_MS): Promise<Buffer | undefined> {
  const [host = '', port = ''] = server.split(':');
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (reply?: Buffer): void => {
      clearTimeout(timer);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(() => end(), withinMs);
    socket.on('message', (reply) => end(reply));
    socket.send(bytes, Number(port), host);
  });
}

/** Undefined when the server closes the connection without an answer. */
export function askTcp(server: string, bytes: Buffer): Promise<Buffer | undefined> {
  const [host = '', port = ''] = server.split(':');
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const socket = connect(Number(port), host, () => {
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(bytes.length);
      // In two pieces: a server must wait for the rest.
      socket.write(prefix);
      setImmediate(() => socket.write(bytes));
    });
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error('no answer over TCP')));
    socket.on('error', reject);
    socket.on('close', () => resolve(undefined));
    socket.on('data', (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      if (seen.length < 2 || seen.length < 2 + seen.readUInt16BE(0)) return;
      socket.destroy();
      resolve(seen.subarray(2, 2 + seen.readUInt16BE(0)));
    });
  });
}

export function question(name: string, type: string): Buffer {
  return dns.encode({ type: 'query', id: 7, flags: dns.RECURSION_DESIRED, questions: [{ name, type: type as dns.RecordType }] });
}

export function readReply(bytes: Buffer): Looked {
  const packet = dns.decode(bytes);
  return {
    rcode: (packet as { rcode?: string }).rcode ?? '',
    truncated: packet.flag_tc,
    authoritative: packet.flag_aa,
    answers: (packet.answers ?? []) as unknown as Looked['answers'],
    authorities: packet.authorities ?? [],
  };
}

export async function lookUp(server: string, name: string, type: string, over: 'udp' | 'tcp' = 'udp'): Promise<Looked> {
  const reply = await (over === 'udp' ? askUdp : askTcp)(server, question(name, type));
  if (reply === undefined) throw new Error(`no answer about ${name}`);
  return readReply(reply);
}
