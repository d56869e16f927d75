// A deadline holds whatever the garbage collector does meanwhile, and ends with the signal that it was given.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { underDeadline } from '../src/deadline.ts';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;
/** Ends only when its signal does, as a call to somebody who never answers. */
const never = (signal: AbortSignal): Promise<string> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

test('the garbage collector cannot take it away', async () => {
  const outer = new AbortController();
  const ended = underDeadline(outer.signal, 200, never);
  const collecting = setInterval(collect, 20);
  await expect(ended).rejects.toMatchObject({ name: 'TimeoutError', message: 'no answer within 200 ms' });
  clearInterval(collecting);
});
test('the signal from outside ends it too, before and after it began', async () => {
  const outer = new AbortController();
  const ended = underDeadline(outer.signal, 60_000, never);
  outer.abort(new Error('the step is over'));
  await expect(ended).rejects.toThrow('the step is over');
  let seen: boolean | undefined;
  await underDeadline(outer.signal, 60_000, async (limited) => {
    seen = limited.aborted;
    return '';
  });
  expect(seen).toBe(true);
});
test('what the call gives, or throws, comes back', async () => {
  expect(await underDeadline(undefined, 60_000, () => Promise.resolve('answered'))).toBe('answered');
  await expect(underDeadline(undefined, 60_000, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
