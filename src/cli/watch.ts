// Follows the events until something is over, drawing them: what `run --wait` and `drill --wait` share.
import type { Client, Told } from './client.ts';
import type { Io } from './io.ts';
import { timelineView } from './timeline.ts';

const redrawMs = 100;

export type WatchOptions = { readonly io: Io; readonly client: Client; readonly from: number; readonly json: boolean };

/** Resolves with the entry at which `isOver` said so; undefined when it was interrupted. With `json`, the drawing goes to stderr as plain lines. */
export async function watch({ io, client, from, json }: WatchOptions, isOver: (told: Told) => boolean): Promise<Told | undefined> {
  const view = timelineView({
    isTty: io.isTty && !json,
    write: (text) => (json ? io.err(text) : io.out(text)),
    now: () => io.now(),
    color: io.color && !json,
    columns: io.columns,
  });
  const timer = setInterval(() => view.tick(), redrawMs);
  let last: Told | undefined;
  try {
    await client.follow(
      from,
      (told) => {
        view.entry(told);
        if (!isOver(told)) return false;
        last = told;
        return true;
      },
      { signal: io.signal },
    );
  } finally {
    clearInterval(timer);
    view.end();
  }
  return last;
}
