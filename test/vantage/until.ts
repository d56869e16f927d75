// Polls for a condition with a deadline, for tests of real processes and sockets.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the first value that is not undefined or false. Rejects after `deadlineMs`, naming `what`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 10_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await sleep(10);
  }
}
