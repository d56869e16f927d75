// Credentials of a role that is assumed at the STS of one region, held for all clients of that region: renewed in the background long
// before they end, whether somebody calls meanwhile or not, so that no failover waits for STS; kept until they do end when STS cannot be asked.

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Nothing was sent that needs the role. `cause` is what the STS, or the way to it, said. */
export class RoleNotAssumed extends Error {
  override readonly name = 'RoleNotAssumed';
  readonly role: string;
  readonly region: string;
  constructor(role: string, region: string, cause: unknown) {
    super(`the role ${role} was not assumed at the STS of ${region}`, { cause });
    this.role = role;
    this.region = region;
  }
}

/** With less time left than this they are not used: the request that they sign must still arrive. */
export const LEAST_MS = 30_000;
/** Less than a mutation may take, so that a silent STS is told from a silent RDS. */
export const ASSUME_DEADLINE_MS = 3_500;

/** After a renewal that failed the next one is tried so much later. */
export const AGAIN_MS = 30_000;

export type Held = {
  readonly role: string;
  readonly region: string;
  /** The clock that the `expiration` of keys is compared with. */
  readonly nowMs?: () => number;
  /** With less time left than this they are renewed, in milliseconds. */
  readonly renewMs: number;
  /** Calls it once, so much later; keeps no process alive. */
  readonly later?: (then: () => void, ms: number) => void;
};

/**
 * `ask` is one AssumeRole. One is under way at a time; from the first that succeeded on, they are renewed for as long as the process lives.
 * @throws RoleNotAssumed
 */
export function roleCredentials(
  { role, region, nowMs = () => Date.now(), renewMs, later = unhurried }: Held,
  ask: () => Promise<Keys>,
): () => Promise<Keys> {
  let held: Keys | undefined;
  let asking: Promise<Keys> | undefined;
  let isDue = false;
  const leftMs = (keys: Keys): number => (keys.expiration === undefined ? Number.POSITIVE_INFINITY : keys.expiration.getTime() - nowMs());
  const renew = (): Promise<Keys> => {
    asking ??= inTime(ask)
      .then((keys) => (held = keys))
      .catch((error: unknown) => {
        throw new RoleNotAssumed(role, region, error);
      })
      .finally(() => {
        asking = undefined;
        keepFresh();
      });
    return asking;
  };
  const keepFresh = (): void => {
    if (isDue || held?.expiration === undefined) return;
    isDue = true;
    later(
      () => {
        isDue = false;
        // Tried again soon; whoever calls when nothing is left to sign with is told why.
        renew().catch(() => undefined);
      },
      Math.max(AGAIN_MS, leftMs(held) - renewMs),
    );
  };
  return () => {
    if (held === undefined || leftMs(held) < LEAST_MS) return renew();
    // What goes wrong here is not told while there are others to use: it comes up when there are none.
    if (leftMs(held) < renewMs) renew().catch(() => undefined);
    return Promise.resolve(held);
  };
}

const unhurried = (then: () => void, ms: number): void => void setTimeout(then, ms).unref();

function inTime(ask: () => Promise<Keys>): Promise<Keys> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })), ASSUME_DEADLINE_MS);
  });
  return Promise.race([ask(), late]).finally(() => clearTimeout(timer));
}
