// What a role's credentials are good for, and until when. STS gives none for less than 15 minutes; a session policy ends them sooner, so that
// what a controller sends late, after another has taken its place, is refused by AWS itself.
import { LEAST_MS, type Keys } from './role.ts';

/** The least that STS takes, in seconds. */
const LEAST_SECONDS = 900;
/** A third of it is gone: a failover does not wait for STS, and has the other two thirds. */
export const renewMs = (sessionMs: number): number => (sessionMs * 2) / 3;
/** How long a controller can still call, at least, from the moment at which STS falls silent: with what it holds then. In milliseconds. */
export const heldMs = (sessionMs: number): number => renewMs(sessionMs) - LEAST_MS;

export type Asking = { readonly DurationSeconds: number; readonly Policy: string };

/** Everything that the role may do, until then. ISO 8601 without fractions, as IAM compares dates. */
export const policyUntil = (endsAtMs: number): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:CurrentTime': `${new Date(endsAtMs).toISOString().slice(0, 19)}Z` } },
      },
    ],
  });

/**
 * Asks for sessions of `sessionMs`. AWS judges the policy by its own clock: how far that is from ours is told by the end of each session, and
 * a first one that was asked for by a clock that is far off is asked for again.
 */
export function sessionsOf(
  { sessionMs, nowMs }: { readonly sessionMs: number; readonly nowMs: () => number },
  assume: (asking: Asking) => Promise<Keys>,
): () => Promise<Keys> {
  const DurationSeconds = Math.max(LEAST_SECONDS, Math.ceil(sessionMs / 1_000));
  let aheadMs = 0;
  const once = async (): Promise<{ readonly keys: Keys; readonly wasMs: number }> => {
    const wasMs = aheadMs;
    const endsAtMs = nowMs() + sessionMs;
    const keys = await assume({ DurationSeconds, Policy: policyUntil(endsAtMs + wasMs) });
    if (keys.expiration !== undefined) aheadMs = keys.expiration.getTime() - DurationSeconds * 1_000 - nowMs();
    return { keys: { ...keys, expiration: new Date(endsAtMs) }, wasMs };
  };
  return async () => {
    const { keys, wasMs } = await once();
    return Math.abs(aheadMs - wasMs) <= sessionMs / 4 ? keys : (await once()).keys;
  };
}
