// One mutant on trial: schedule after schedule until something that the unchanged source does not violate is violated.
import { Worker } from 'node:worker_threads';
import type { Candidate } from './candidates.ts';
import type { Ran } from './runner.ts';

export type Verdict = Omit<Candidate, 'text'> & {
  /** The seed that caught it, and how many schedules that took; undefined when it survived them all. */
  readonly caughtBy: { readonly seed: number; readonly schedules: number; readonly sentence: string } | undefined;
  /** Everybody who caught it in the schedules that were run. */
  readonly checkers: readonly string[];
  readonly schedules: number;
};
export type Trial = {
  readonly file: string;
  /** In this order. It survives when none of them catches it. */
  readonly seeds: readonly number[];
  /** After it was caught: so many schedules more, to see who else would have. */
  readonly more: number;
  /** A schedule that takes longer never ends: that is caught, too. */
  readonly hangMs: number;
  /** It is over as soon as so many have caught it; all of `seeds` are run where it is not. No limit when absent. */
  readonly untilCheckers?: number;
  /** Who says nothing about a mutant, because the unchanged source does not satisfy them either. */
  readonly unfit: ReadonlySet<string>;
  /** What the unchanged source violates in this schedule. */
  readonly expected: (seed: number) => Promise<ReadonlySet<string>>;
};

export async function tryOut({ path, line, rule, before, after }: Candidate, trial: Trial): Promise<Verdict> {
  const checkers = new Set<string>();
  let caughtBy: Verdict['caughtBy'];
  let schedules = 0;
  for await (const { seed, found } of schedulesOf(trial)) {
    schedules += 1;
    const fit = Object.entries(found).filter(([checker]) => !trial.unfit.has(checker));
    if (fit.length > 0) {
      const expected = await trial.expected(seed);
      const own = fit.filter(([checker]) => !expected.has(checker));
      for (const [checker] of own) checkers.add(checker);
      const [first] = own;
      if (first !== undefined) caughtBy ??= { seed, schedules, sentence: `${first[0]}: ${first[1].slice(0, 300)}` };
    }
    if (checkers.size >= (trial.untilCheckers ?? Infinity)) break;
    if (caughtBy !== undefined && schedules >= caughtBy.schedules + trial.more) break;
  }
  return { path, line, rule, before, after, caughtBy, checkers: [...checkers].sort(), schedules };
}

export async function* schedulesOf({ file, seeds, hangMs }: Pick<Trial, 'file' | 'seeds' | 'hangMs'>): AsyncGenerator<Ran> {
  const worker = new Worker(file, { workerData: { seeds }, stderr: true });
  const ready: Ran[] = [];
  let wake = (): void => undefined;
  let broke: string | undefined;
  worker.on('message', (ran: Ran) => {
    ready.push(ran);
    wake();
  });
  worker.on('error', (error) => {
    broke = error instanceof Error ? error.message : String(error);
    wake();
  });
  try {
    for (const seed of seeds) {
      if (ready.length === 0 && broke === undefined) await within(hangMs, (resolve) => (wake = resolve));
      const ran = ready.shift();
      if (ran === undefined) {
        yield { seed, found: broke === undefined ? { hang: `it did not end within ${hangMs} ms` } : { crash: broke } };
        return;
      }
      yield ran;
    }
  } finally {
    await worker.terminate();
  }
}
const within = (ms: number, begin: (resolve: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    begin(() => {
      clearTimeout(timer);
      resolve();
    });
  });

/** The unchanged source, asked about single seeds; each is run once. */
export class Baseline {
  readonly #worker: Worker;
  readonly #asked = new Map<
    number,
    { readonly answer: Promise<ReadonlySet<string>>; readonly settle: (found: ReadonlySet<string>) => void }
  >();

  constructor(file: string) {
    this.#worker = new Worker(file, { workerData: { seeds: [] }, stderr: true });
    this.#worker.on('message', ({ seed, found }: Ran) => this.#asked.get(seed)?.settle(new Set(Object.keys(found))));
  }
  violatedIn(seed: number): Promise<ReadonlySet<string>> {
    let asked = this.#asked.get(seed);
    if (asked === undefined) {
      let settle: (found: ReadonlySet<string>) => void = () => undefined;
      const answer = new Promise<ReadonlySet<string>>((resolve) => (settle = resolve));
      this.#asked.set(seed, (asked = { answer, settle }));
      this.#worker.postMessage(seed);
    }
    return asked.answer;
  }
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
