// The journal as its readers get it: a page as lines of JSON, or a stream that goes on (server-sent events). The journal itself
// is the buffer: a stream is a place in it, so a slow reader costs no memory, and one that takes nothing for too long is dropped.
import { Router, type Request, type Response } from 'express';
import type { Event } from '../../core/event.ts';
import { sentenceOf } from '../../core/views/timeline.ts';
import type { Floor, Instant } from '../../core/values.ts';
import type { Entry } from '../../journal/entry.ts';
import { upcast } from '../../journal/upcast.ts';
import { notReady, refuse } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { query } from '../check.ts';
import type { Desk } from '../desk.ts';
import type { Counters } from '../metrics.ts';
import { count, limitOf } from '../page.ts';

const mostStreams = 64;
const heartbeatMs = 10_000;
/** A reader whose socket takes nothing for this long is gone. */
const patienceMs = 30_000;
/** Written in one go before other requests get their turn. */
const atOnce = 200;

export type EventLine = {
  readonly seq: number;
  readonly at: Instant;
  readonly floor: Floor;
  readonly controlDomain: string;
  readonly type: Event['type'];
  readonly actor: Entry['actor'];
  readonly data: Event['data'];
  readonly sentence: string | null;
};
export function eventLine(line: string): EventLine {
  const entry = upcast(JSON.parse(line) as Entry);
  return {
    seq: entry.seq,
    at: Date.parse(entry.ts) as Instant,
    floor: entry.floor,
    controlDomain: entry.controlDomain,
    type: entry.type,
    actor: entry.actor,
    data: entry.data,
    sentence: sentenceOf(entry),
  };
}

export function eventRoutes(desk: Desk, { reads }: Gate, counters: Counters): Router {
  return Router().get('/events', reads, (request, response) => {
    const { journal, standing } = desk.controller;
    if (journal === undefined) throw notReady(standing.because);
    const from = fromOf(request, journal.size());
    const form = request.accepts(['application/x-ndjson', 'application/json', 'text/event-stream']);
    if (form === 'text/event-stream') {
      if (counters.streams.size >= mostStreams)
        throw refuse(
          503,
          'TOO_MANY_STREAMS',
          `${mostStreams} readers follow the events already.`,
          'Close one, or read pages without `text/event-stream`.',
        );
      stream(desk, counters, request, response, from);
      return;
    }
    const lines: EventLine[] = [];
    const limit = limitOf(request);
    let next: number | undefined;
    for (const line of journal.read(from)) {
      if (lines.length === limit) {
        next = from + limit;
        break;
      }
      lines.push(eventLine(line));
    }
    // The same in each form: where lines leave no room for it, the header says it.
    if (next !== undefined) response.set('link', `</api/v1/events?from=${next}&limit=${limit}>; rel="next"`);
    if (form === 'application/json') response.json({ events: lines, ...(next === undefined ? {} : { next: String(next) }) });
    else response.type('application/x-ndjson').send(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
}

/** `from=SEQ`, or `end` for only what is new; `cursor` is `from` as a page gave it. A reader that comes back says with `Last-Event-ID` what it has. */
function fromOf(request: Request, size: number): number {
  const last = request.get('last-event-id');
  if (last !== undefined) return count(last, 'Last-Event-ID', anySeq) + 1;
  const from = query(request, 'from');
  if (from === 'end') return size;
  return from === undefined ? count(query(request, 'cursor'), 'cursor', anySeq) : count(from, 'from', anySeq);
}
const anySeq = { otherwise: 0, most: Number.MAX_SAFE_INTEGER } as const;

function stream(desk: Desk, counters: Counters, request: Request, response: Response, from: number): void {
  const { controller } = desk;
  let next = from;
  let isBlocked = false;
  let isScheduled = false;
  let isOver = false;
  let blockedSince = 0;

  const pump = (): void => {
    isScheduled = false;
    if (isBlocked || isOver) return;
    const { journal } = controller;
    // The journal failed: the reader comes back with what it has, and goes on from there.
    if (journal === undefined) return end();
    try {
      let left = atOnce;
      for (const line of journal.read(next)) {
        if (left === 0) return wake();
        left -= 1;
        next += 1;
        if (!send(`id: ${next - 1}\ndata: ${JSON.stringify(eventLine(line))}\n\n`)) return;
      }
    } catch {
      end();
    }
  };
  const wake = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(pump);
  };
  const send = (text: string): boolean => {
    if (response.write(text)) return true;
    isBlocked = true;
    blockedSince = Date.now();
    return false;
  };
  const beat = setInterval(() => {
    if (isBlocked && Date.now() - blockedSince > patienceMs) response.destroy();
    else if (!isBlocked) send(`: ${controller.standing.ready ? 'ready' : 'not ready'}\n\n`);
  }, heartbeatMs);
  const stopListening = controller.listen(wake);
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(beat);
    stopListening();
    counters.streams.delete(end);
    request.app.off('closing', end);
    response.end();
  };
  counters.streams.add(end);
  response.on('drain', () => {
    isBlocked = false;
    wake();
  });
  response.on('close', end);
  request.app.once('closing', end);
  request.app.setMaxListeners(mostStreams + 10);

  response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  response.flushHeaders();
  // The first bytes at once, so that a reader knows that it is connected.
  send(`retry: 1000\n: from ${from}\n\n`);
  wake();
}
