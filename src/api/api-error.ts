// Every refusal of the API: a status, a stable code, what happened and what to do next. Nothing else leaves the process:
// no stack, no path of this machine, no echo of a token.
import type { Refusal } from '../core/errors.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter: number | undefined;
  constructor(status: number, { code, message, remedy }: Refusal, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.retryAfter = retryAfter;
  }
}
export const refuse = (status: number, code: string, message: string, remedy: string, retryAfter?: number): ApiError =>
  new ApiError(status, { code, message, remedy }, retryAfter);

/** What the core refuses, by its code; what is not named here is a conflict with the present state (409). */
const statusOf: Readonly<Record<string, number>> = {
  WORKLOAD_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  GAMEDAY_UNKNOWN: 404,
  DRILL_UNKNOWN: 404,
  INCIDENT_UNKNOWN: 404,
  NOT_CONCERNED: 400,
  UNTIL_PAST: 400,
  UNTIL_TOO_FAR: 400,
  OWN_REQUEST: 403,
  EMERGENCY_DUTY: 403,
  STEP_UNKNOWN: 404,
  NOT_READY: 503,
  NOTHING_DECLARED: 503,
};
export const fromRefusal = (error: Refusal): ApiError => new ApiError(statusOf[error.code] ?? 409, error);

export const notReady = (because: string): ApiError =>
  refuse(
    503,
    'NOT_READY',
    `The controller does not act: ${because}`,
    'See /readyz and its log; it begins again by itself when its journal does.',
  );
