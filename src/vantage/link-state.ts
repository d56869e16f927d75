// Says once what is wrong with the link to the controller, and once that it is well again; a hundred retries of the
// same trouble are one line. Also keeps the growing, jittered pause between retries.

export type LinkState = {
  /** The exchange was answered: the pause starts small again. */
  well(): void;
  /** It was not. Says so unless the same trouble (`key`) was said last. Returns how long to wait before the next try, in ms. */
  trouble(key: string, sentence: string): number;
};

const firstPauseMs = 100;
const longestPauseMs = 5000;

export function linkState(log: (line: string) => void, restored: string, random: () => number = Math.random): LinkState {
  let said: string | undefined;
  let failures = 0;
  return {
    well() {
      failures = 0;
      if (said !== undefined) log(restored);
      said = undefined;
    },
    trouble(key, sentence) {
      if (said !== key) log(sentence);
      said = key;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
      failures += 1;
      return pauseMs * (0.5 + random() / 2);
    },
  };
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
