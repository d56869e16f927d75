// An entry's envelope read straight from its line, for those who prove a journal and do not ask what its entries say: half the time of
// parsing it. It may give up, and then `check.ts` reads the line whole; it is never wrong when it answers.
import type { Floor, Hash } from '../core/values.ts';
import { isUnusual, textsIn } from './canonical-scan.ts';
import type { Entry } from './entry.ts';

/** What a chain is proven by; of `data` only what decides the stream. */
export type QuickEntry = Pick<Entry, 'log' | 'floor' | 'controlDomain' | 'epoch' | 'prev' | 'seq' | 'sprev' | 'sseq' | 'stream' | 'ts'> & {
  readonly type: string;
  readonly data: object;
};

// Nothing in the line is escaped, so a quote ends a text. Counts have at most 15 digits and are safe whatever they are.
const text = '"([^"]*)"';
const count = '(0|[1-9]\\d{0,14})';
const head = /^\{"actor":\{"id":"[^"]*","kind":"[^"]*"\},"controlDomain":"([^"]*)","data":/;
const tail = new RegExp(
  `,"epoch":${count},"floor":"(simulation|lab|live)","log":${text},"mono":\\{"boot":"[^"]*","ns":"[^"]*"\\},"prev":${text},"seq":${count},` +
    `"sprev":${text},"sseq":${count},"stream":${text},"ts":${text},"type":${text},"v":1\\}$`,
  'y',
);
const ofStreams = ['drill', 'run'];

/** Undefined for a line that is unusual, not canonical, not an entry of version 1, or whose data is nested more than `maxDepth` deep. */
export function quickEntry(line: string, maxDepth: number): QuickEntry | undefined {
  if (isUnusual(line)) return undefined;
  const begin = head.exec(line);
  // The last one: behind the envelope's own nothing is an object but `mono`, which the pattern spells out.
  tail.lastIndex = line.lastIndexOf(',"epoch":');
  if (begin === null || tail.lastIndex < 0) return undefined;
  const to = tail.lastIndex;
  const end = tail.exec(line);
  if (end === null) return undefined;
  const data = textsIn(line, { from: begin[0].length, to, maxDepth, keys: ofStreams });
  if (data === undefined) return undefined;
  const [, epoch, floor, log = '', prev, seq, sprev, sseq, stream = '', ts = '', type = ''] = end;
  return {
    controlDomain: begin[1] ?? '',
    data,
    epoch: Number(epoch),
    floor: floor as Floor,
    log,
    prev: prev as Hash,
    seq: Number(seq),
    sprev: sprev as Hash,
    sseq: Number(sseq),
    stream,
    ts,
    type,
  };
}
