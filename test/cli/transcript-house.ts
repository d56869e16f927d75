// A hospital on a stage, behind the real API on a real port, and people who type commands and send requests to it. The time is the
// theatre's own and everything that was printed is kept, so that the same story gives the same transcript, letter by letter.
import { hash } from 'node:crypto';
import { createApi } from '../../src/api/api.ts';
import type { Token } from '../../src/api/auth.ts';
import { listen } from '../../src/api/listen.ts';
import type { Command } from 'commander';
import { runCli } from '../../src/cli/index.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Estate } from '../../src/core/estate.ts';
import type { Instant } from '../../src/core/values.ts';
import { timeline } from '../../src/core/views/timeline.ts';
import { evaluate } from '../../src/declare/index.ts';
import { vocabularyOf } from '../../src/providers/index.ts';
import type { Controller, Listener } from '../../src/runtime/controller.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from '../scenarios/stage.ts';
import { recordedIo } from './stdio.ts';

/** Who is there: two operators, the incident commander, and somebody who may only look. */
const people: Readonly<Record<string, Pick<Token, 'role' | 'duties'>>> = {
  ann: { role: 'operator' },
  bob: { role: 'operator' },
  ines: { role: 'operator', duties: ['incident-commander'] },
  vera: { role: 'viewer' },
};
const secretOf = (name: string): string => `a-token-of-${name}`;
const tokens = Object.entries(people).map(([name, who]): Token => ({ name, sha256: hash('sha256', secretOf(name)), ...who }));

/** Of the theatre's time: longer than any approval holds in these stories. */
const patienceMs = 1_200_000;

export type Exchange = { readonly via: 'cli' | 'api'; readonly asked: string; readonly ok: boolean };
export type Scene = {
  readonly theatre: Theatre;
  readonly stage: WorkingStage;
  /** Types one command line; quotes are single ones. Answers with the exit code. */
  types(line: string, by?: string, io?: Partial<Io>): Promise<number>;
  /** Types it, lets time pass from when it took effect until it holds, and waits for the command to end. */
  typesAndWaits(line: string, until: () => boolean, by?: string): Promise<number>;
  posts(path: string, body: object, by?: string): Promise<number>;
  /** What is behind `jq` in the transcript is what `pick` takes of the answer. */
  gets(path: string, jq?: string, pick?: (body: never) => unknown): Promise<void>;
  /** Lets so much time pass, or until it holds (at most twenty minutes), and says what the journal got meanwhile. */
  passes(until: number | (() => boolean), why?: string): void;
  /** A line for the reader. */
  says(text: string): void;
};
export type Script = {
  readonly title: string;
  readonly declared: Estate;
  readonly tell: (scene: Scene) => Promise<void>;
  /** Masks more than what no transcript keeps. */
  readonly masks?: (text: string) => string;
};
export type Played = { readonly text: string; readonly exchanges: readonly Exchange[] };

export async function played(
  { title, declared, tell, masks = (text) => text }: Script,
  more: (io: Io) => readonly Command[] = () => [],
): Promise<Played> {
  const stage = new WorkingStage();
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  const lines = [`## ${title}`, ''];
  const exchanges: Exchange[] = [];
  const behind = await opened(theatre);

  let told = theatre.entries.length;
  const journalled = (): void => {
    for (const { at, event } of theatre.entries.slice(told)) {
      const line = timeline(event);
      if (line?.weight === 'headline')
        lines.push(`    ${clock(at)}  ${line.verb} ${line.object}${line.proof === '' ? '' : `: ${line.proof}`}`);
    }
    told = theatre.entries.length;
  };
  const prompt = (mark: string, text: string): void => void lines.push(`${clock(theatre.now)} ${mark} ${text}`);
  const typed = async (line: string, by: string, io: Partial<Io>): Promise<number> => {
    const recorded = recordedIo({
      now: () => theatre.now,
      env: { RESUS_URL: behind.url, RESUS_TOKEN: secretOf(by) },
      ...io,
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
    });
    const [out, err]: [string[], string[]] = [[], []];
    const knowing = { vocabulary: vocabularyOf([]), catalogue: { actions: new Map(), evaluate }, more: more(recorded) };
    const exit = await runCli(wordsOf(line).slice(1), { io: recorded, version: '1.2.3', ...knowing });
    exchanges.push({ via: 'cli', asked: line, ok: exit === 0 });
    lines.push(...texts(out.join('')), ...texts(err.join('')).map((each) => `stderr: ${each}`), `[exit ${exit}]`);
    journalled();
    lines.push('');
    return exit;
  };
  const asks = async (path: string, by: string, body?: object): Promise<{ readonly status: number; readonly text: string }> => {
    const headers = { authorization: `Bearer ${secretOf(by)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${behind.url}${path}`, request);
    return { status: response.status, text: await response.text() };
  };
  const scene: Scene = {
    theatre,
    stage,
    types: (line, by = 'ann', io = {}) => {
      prompt(`${by}$`, line);
      return typed(line, by, io);
    },
    typesAndWaits: async (line, until, by = 'ann') => {
      prompt(`${by}$`, line);
      let isOver = false;
      const typing = typed(line, by, {}).finally(() => (isOver = true));
      const before = theatre.entries.length;
      while (!isOver && theatre.entries.length === before) await new Promise((resolve) => setImmediate(resolve));
      theatre.pass(patienceMs, until);
      return typing;
    },
    posts: async (path, body, by = 'ann') => {
      prompt(`${by}>`, `POST ${path} ${JSON.stringify(body)}`);
      const { status, text } = await asks(path, by, body);
      exchanges.push({ via: 'api', asked: path, ok: status < 300 });
      lines.push(`${status} ${text}`);
      journalled();
      lines.push('');
      return status;
    },
    gets: async (path, jq, pick) => {
      prompt('vera>', `GET ${path}${jq === undefined ? '' : ` | jq -c '${jq}'`}`);
      const { status, text } = await asks(path, 'vera');
      lines.push(`${status} ${pick === undefined ? text : JSON.stringify(pick(JSON.parse(text) as never))}`, '');
    },
    passes: (until, why) => {
      const from = theatre.now;
      if (typeof until === 'number') theatre.pass(until);
      else theatre.pass(patienceMs, until);
      if (typeof until !== 'number' && !until()) throw new Error(`not within twenty minutes: ${why ?? '?'}\n${theatre.transcript()}`);
      lines.push(`... ${why ?? `${((theatre.now - from) / 1_000).toString()} s pass`}`);
      journalled();
      lines.push('');
    },
    says: (text) => void lines.push(`# ${text}`),
  };
  try {
    await tell(scene);
  } finally {
    await behind.close();
  }
  return { text: masks(masked(lines.join('\n'))), exchanges };
}

/** The API over what is on the stage: everything that a route asks of a controller is answered by the theatre's own engine. */
async function opened(theatre: Theatre): Promise<{ readonly url: string; close(): Promise<void> }> {
  const listeners = new Set<Listener>();
  const give = theatre.give.bind(theatre);
  theatre.give = (input, actor) => {
    const result = give(input, actor);
    if (result.ok) for (const entry of result.value.entries) for (const listener of listeners) listener(entry);
    return result;
  };
  const controller = {
    standing: { ready: true, because: 'on stage' },
    options: { floor: 'simulation', log: 'test/log', clock: { now: () => theatre.now as Instant } },
    facts: theatre.facts,
    get known() {
      return theatre.known;
    },
    get seen() {
      return theatre.engine.seen;
    },
    journal: { size: () => theatre.lines.length, read: (from: number) => theatre.lines.slice(from), lastCheckpoint: () => undefined },
    submit: (...asked: Parameters<Theatre['give']>) => {
      const result = theatre.give(...asked);
      return Promise.resolve(result.ok ? { ok: true, value: result.value.entries } : result);
    },
    listen: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Controller;
  const bundle = () => Promise.resolve(new Map<string, Uint8Array>());
  const listening = await listen(createApi({ controller, tokens, version: '1.2.3', bundle }), { host: '127.0.0.1', port: 0 });
  return { url: listening.url, close: () => listening.close(200) };
}

const wordsOf = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
const texts = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
/** What differs from one machine or one day's code to the next, and says nothing to the reader. */
const masked = (text: string): string =>
  text
    .replaceAll(/sha256:[0-9a-f]{12}\b/g, 'sha256:<hash>')
    .replaceAll(/[0-9a-f]{64}/g, '<hash>')
    .replaceAll(/"seq":\d+/g, '"seq":<seq>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
