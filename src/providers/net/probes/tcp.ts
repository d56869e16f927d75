// A TCP connection that opens. It says that something listens, never that a service works: a stopped process still accepts.
import { connect } from 'node:net';
import { Type } from 'typebox';
import { probeFor } from '../../../ports.ts';
import { sentence } from '../../exchange.ts';
import { addressOf } from '../../resolver.ts';
import { nameServers } from '../../schema.ts';

type Place = { readonly host: string; readonly port: number };

export const tcp = probeFor<undefined>()({
  name: 'tcp',
  summary: 'Opens a TCP connection and closes it. Measures the address.',
  with: Type.Object(
    {
      host: Type.Optional(Type.String({ minLength: 1, maxLength: 253, description: 'Name or address; goes with port.' })),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
      address: Type.Optional(Type.String({ pattern: '^\\S+:\\d{1,5}$', description: 'host:port in one text, instead of host and port.' })),
      nameServers: Type.Optional(nameServers),
    },
    {
      additionalProperties: false,
      oneOf: [
        { properties: { address: {} }, required: ['address'] },
        { properties: { host: {}, port: {} }, required: ['host', 'port'] },
      ],
    },
  ),
  async sample(input, _tools, signal) {
    const place = placeOf(input);
    if (place === undefined) return { ok: false, detail: 'needs address, or host and port' };
    const target = `${place.host}:${place.port}`;
    try {
      const host = await addressOf(place.host, input.nameServers, signal);
      await open(host, place.port, signal);
      return { ok: true, detail: `connected to ${target}`, measured: { address: `${host}:${place.port}` } };
    } catch (error) {
      return { ok: false, detail: `${target}: ${signal.aborted ? 'no answer in time' : sentence(error)}` };
    }
  },
});

function placeOf(input: { readonly host?: string; readonly port?: number; readonly address?: string }): Place | undefined {
  if (input.host !== undefined && input.port !== undefined) return { host: input.host, port: input.port };
  const cut = input.address?.lastIndexOf(':') ?? -1;
  if (input.address === undefined || cut <= 0) return undefined;
  const port = Number(input.address.slice(cut + 1));
  return port >= 1 && port <= 65_535 ? { host: input.address.slice(0, cut), port } : undefined;
}

function open(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, autoSelectFamily: false, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
