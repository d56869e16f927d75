// How actions talk to AWS: every call has a deadline of its own beside the step's, and ends when either passes, whatever the
// SDK is doing (it sleeps between retries without looking at the signal).
import type { Observed, Outcome } from '../../core/outcome.ts';
import { underDeadline } from '../../deadline.ts';
import { LookFailed, outcomeOf, unknownOf, type Asked } from './errors.ts';

export type SendOptions = { readonly abortSignal: AbortSignal };
/** Shorter than a step's timeout and longer than a busy control plane: a silent region costs this and no more. */
export const READ_DEADLINE_MS = 5_000;
export const MUTATION_DEADLINE_MS = 6_000;

/** @throws what `call` throws, or an AbortError at the deadline. */
export async function within<T>(signal: AbortSignal, deadlineMs: number, call: (options: SendOptions) => Promise<T>): Promise<T> {
  return await underDeadline(signal, deadlineMs, async (abortSignal) => {
    if (abortSignal.aborted) throw timedOut();
    const stopped = new Promise<never>((_resolve, reject) => {
      abortSignal.addEventListener('abort', () => reject(timedOut()), { once: true });
    });
    const called = call({ abortSignal });
    called.catch(() => undefined);
    return await Promise.race([called, stopped]);
  });
}

/** A read-back: anything that goes wrong is `unknown`. */
export async function looking<D>(
  asked: Asked,
  signal: AbortSignal,
  look: (options: SendOptions) => Promise<Observed<D>>,
): Promise<Observed<D>> {
  try {
    return await within(signal, READ_DEADLINE_MS, look);
  } catch (error) {
    return unknownOf(asked, error);
  }
}

/** A mutation: what AWS refused is `failed`, what may have happened is `unknown`. */
export async function sending<D>(
  asked: Asked,
  signal: AbortSignal,
  send: (options: SendOptions) => Promise<Outcome<D>>,
): Promise<Outcome<D>> {
  try {
    return await within(signal, MUTATION_DEADLINE_MS, send);
  } catch (error) {
    return outcomeOf(asked, error);
  }
}

/** A read inside `sending` that must come before the mutation. */
export async function first<T>(look: Promise<T>): Promise<T> {
  try {
    return await look;
  } catch (error) {
    throw new LookFailed('the look before the mutation failed', { cause: error });
  }
}

function timedOut(): Error {
  const error = new Error('no answer in time');
  error.name = 'AbortError';
  return error;
}
