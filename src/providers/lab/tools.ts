// The fault control of the lab: a small HTTP API that takes sites away, gives them back, and ends every fault at its lease.
import { Type, type Static } from 'typebox';
import type { Outcome } from '../../core/outcome.ts';
import { NotSent, exchange, sentence, type Answered } from '../exchange.ts';
import { underDeadline } from '../../deadline.ts';
import { faultFor } from '../../ports.ts';

export const labConfig = Type.Object(
  {
    labUrl: Type.String({ pattern: '^https?://[^/@\\s]+/?$', description: 'Fault control URL of the lab.' }),
    token: Type.Optional(Type.String({ minLength: 1, description: 'Bearer token for it.' })),
  },
  { additionalProperties: false },
);
export type LabConfig = Static<typeof labConfig>;
/** A restore answers when what had to be rebuilt is. */
const CHANGE_DEADLINE_MS = 30_000;
const READ_DEADLINE_MS = 5_000;

export class LabTools {
  readonly #base: string;
  readonly #token: string | undefined;

  constructor(config: LabConfig) {
    this.#base = config.labUrl.replace(/\/$/, '');
    this.#token = config.token;
  }

  /** @throws NotSent when nothing was sent. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, signal: AbortSignal, body?: unknown): Promise<Answered> {
    const send = (limited: AbortSignal): Promise<Answered> =>
      exchange({
        url: `${this.#base}${path}`,
        method,
        headers: {
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: limited,
      });
    return underDeadline(signal, method === 'GET' ? READ_DEADLINE_MS : CHANGE_DEADLINE_MS, send);
  }

  /** For requests that change something. `fine` also accepts these statuses as done. */
  async change(what: string, send: () => Promise<Answered>, fine: readonly number[] = []): Promise<Outcome> {
    try {
      const { status } = await send();
      if ((status >= 200 && status < 300) || fine.includes(status)) return { kind: 'succeeded', data: {} };
      if (status >= 500) return { kind: 'unknown', message: `${what}: the lab answered ${status}` };
      return {
        kind: 'failed',
        code: 'LAB_REFUSED',
        message: `${what}: the lab refused with ${status}; check the site, the kind and the token`,
        retriable: false,
      };
    } catch (error) {
      return error instanceof NotSent
        ? {
            kind: 'failed',
            code: 'UNREACHABLE',
            message: `${what}: the lab was not reached: ${error.message}; start it with resus lab up`,
            retriable: true,
          }
        : { kind: 'unknown', message: `${what}: ${sentence(error)}` };
    }
  }
}

export const labFault = faultFor<LabTools>();
