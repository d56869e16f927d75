// A deadline for one call, beside whatever else may end it sooner. Not `AbortSignal.any` over `AbortSignal.timeout`: Node 20 to 26 may
// collect the timeout as garbage before it fires (nodejs/node#57736), and the call then lasts as long as the other side likes.

/**
 * Gives `call` a signal that aborts with `signal`, or with an error named TimeoutError after `deadlineMs`. It is for `call` to heed it: this
 * waits until `call` has ended. Rejects with what `call` rejects with.
 */
export async function underDeadline<T>(
  signal: AbortSignal | undefined,
  deadlineMs: number,
  call: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limited = new AbortController();
  const stop = (): void => limited.abort(signal?.reason);
  const timer = setTimeout(() => limited.abort(new DOMException(`no answer within ${deadlineMs} ms`, 'TimeoutError')), deadlineMs);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    return await call(limited.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
