// What comes from outside, checked before anything sees it: shapes by schema, texts made harmless, instants bounded. A request
// with a problem is refused whole, and every problem in it is named.
import { Ajv2020 } from 'ajv/dist/2020.js';
import express, { type Request, type RequestHandler } from 'express';
import type { Static, TSchema } from 'typebox';
import type { Instant } from '../core/values.ts';
import { refuse } from './api-error.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true });
const mostProblems = 5;
/** Where the words of the checker do not say what to send. */
const sayings: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string | undefined>> = {
  enum: ({ allowedValues }) => (Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : undefined),
  pattern: ({ pattern }) => (pattern === '\\S' ? 'must not be blank' : undefined),
  additionalProperties: ({ additionalProperty }) => `must not have ${plain(String(additionalProperty), 60)}`,
};

/** A checker for one shape. Throws 400 BAD_REQUEST with the first problems. */
export function shape<S extends TSchema>(schema: S): (value: unknown) => Static<S> {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return value as Static<S>;
    const problems = (validate.errors ?? []).map(
      ({ instancePath, keyword, params, message }) =>
        `${instancePath === '' ? 'the body' : instancePath.slice(1)} ${sayings[keyword]?.(params) ?? message ?? ''}`,
    );
    const more = problems.length - mostProblems;
    throw refuse(
      400,
      'BAD_REQUEST',
      `${problems.slice(0, mostProblems).join('; ')}${more > 0 ? ` and ${more} more` : ''}.`.slice(0, 1_000),
      'Correct the request; docs/api.md has the shape of every one.',
    );
  };
}

/** JSON bodies only, up to `limit`, never compressed: a small body cannot become a large one. */
export function json(limit: string): RequestHandler {
  const parse = express.json({ limit, inflate: false, type: 'application/json' });
  return (request, response, next) => {
    if (request.is('application/json') === false)
      throw refuse(415, 'NOT_JSON', 'The body is not application/json.', 'Send JSON with the header `Content-Type: application/json`.');
    parse(request, response, next);
  };
}

/** One line of well-formed text: what reaches a journal or a terminal holds no half characters and no control codes. */
export const plain = (text: string, most: number): string =>
  Buffer.from(text.slice(0, most))
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();

/** An instant may be this far ahead of our clock; more, and the sender's clock is wrong. */
export const mostAheadMs = 60_000;
export function sane(at: number, now: Instant, what: string): Instant {
  if (at > now + mostAheadMs)
    throw refuse(
      422,
      'CLOCK_AHEAD',
      `${what} is ${Math.round((at - now) / 1000)} s in the future by the controller's clock.`,
      'Set the clock of the sender (NTP), or that of the controller.',
    );
  return at as Instant;
}

/** A path parameter that express hands over as text or list. */
export const param = (request: Request, name: string): string => {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
};
/** A query parameter given at most once. */
export function query(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw refuse(400, 'BAD_REQUEST', `\`${name}\` is given more than once.`, 'Give it once.');
}
