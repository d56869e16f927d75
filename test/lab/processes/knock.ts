// How an address looks from outside, and waiting for a condition with a deadline.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `pending`: neither accepted nor refused within `ms`. */
export function knock(url: string | { host: string; port: number }, ms = 400): Promise<'accepted' | 'refused' | 'pending'> {
  const { host, port } = typeof url === 'string' ? { host: new URL(url).hostname, port: Number(new URL(url).port) } : url;
  return new Promise((resolve) => {
    const socket = connect({ host, port, autoSelectFamily: false });
    const say = (word: 'accepted' | 'refused' | 'pending'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(word);
    };
    const timer = setTimeout(() => say('pending'), ms);
    socket.once('connect', () => say('accepted'));
    socket.once('error', () => say('refused'));
  });
}

export async function until(what: string, holds: () => Promise<boolean> | boolean, deadlineMs = 15_000): Promise<void> {
  for (const end = performance.now() + deadlineMs; performance.now() < end; await sleep(25)) if (await holds()) return;
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
