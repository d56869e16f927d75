// The fault control of the lab: a small HTTP API that takes sites away, gives them back, and ends every fault at its lease.
import { Type, type Static } from 'typebox';
import type { Observed, Outcome } from '../../core/outcome.ts';
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

  /** Whether the lab says that this (a site, a database) is lost now. */
  async standing(site: string, signal: AbortSignal): Promise<Observed> {
    try {
      const answer = await this.ask('GET', '/faults', signal);
      if (answer.status !== 200) return { kind: 'unknown', message: `the lab answered ${answer.status} when asked for its faults` };
      const said: unknown = JSON.parse(answer.body);
      const faults = typeof said === 'object' && said !== null && 'faults' in said ? said.faults : undefined;
      if (!Array.isArray(faults)) return { kind: 'unknown', message: 'the lab answered something that is not a list of faults' };
      return faults.some((fault: unknown) => isOf(fault, site))
        ? { kind: 'holds', data: {} }
        : { kind: 'absent', because: `${site} is not lost` };
    } catch (error) {
      return { kind: 'unknown', message: `the lab told nothing: ${sentence(error)}` };
    }
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

const isOf = (fault: unknown, site: string): boolean =>
  typeof fault === 'object' && fault !== null && 'site' in fault && fault.site === site;

export const labFault = faultFor<LabTools>();
