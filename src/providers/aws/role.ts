// Credentials of a role that is assumed at the STS of one region, held for all clients of that region: renewed in the background long
// before they end, so that no failover waits for STS, and kept until they do end when STS cannot be asked.

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

/** With less time left than this they are renewed. More than the 5 minutes at which the SDK asks for others, which then are there. */
export const RENEW_MS = 10 * 60_000;
/** With less time left than this they are not used: the request that they sign must still arrive. */
export const LEAST_MS = 30_000;
/** Less than a mutation may take, so that a silent STS is told from a silent RDS. */
export const ASSUME_DEADLINE_MS = 3_500;

/** `ask` is one AssumeRole; `nowMs` the clock that its `expiration` is compared with. One is under way at a time. @throws RoleNotAssumed */
export function roleCredentials(
  {
    role,
    region,
    nowMs = () => Date.now(),
    renewMs = RENEW_MS,
  }: { readonly role: string; readonly region: string; readonly nowMs?: () => number; readonly renewMs?: number },
  ask: () => Promise<Keys>,
): () => Promise<Keys> {
  let held: Keys | undefined;
  let asking: Promise<Keys> | undefined;
  const leftMs = (keys: Keys): number => (keys.expiration === undefined ? Number.POSITIVE_INFINITY : keys.expiration.getTime() - nowMs());
  const renew = (): Promise<Keys> => {
    asking ??= inTime(ask)
      .then((keys) => (held = keys))
      .catch((error: unknown) => {
        throw new RoleNotAssumed(role, region, error);
      })
      .finally(() => (asking = undefined));
    return asking;
  };
  return () => {
    if (held === undefined || leftMs(held) < LEAST_MS) return renew();
    // What goes wrong here is not told while there are others to use: it comes up when there are none.
    if (leftMs(held) < renewMs) renew().catch(() => undefined);
    return Promise.resolve(held);
  };
}

function inTime(ask: () => Promise<Keys>): Promise<Keys> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })), ASSUME_DEADLINE_MS);
  });
  return Promise.race([ask(), late]).finally(() => clearTimeout(timer));
}
