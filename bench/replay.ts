// How long a start takes on a long journal: every entry read from the store, proven (form, chain, streams, Merkle tree) in a thread of its
// own, and folded into the state by the main thread. As the controller does it.
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evolve } from '../src/core/kernel.ts';
import type { Event } from '../src/core/event.ts';
import { newState, type Facts } from '../src/core/state.ts';
import type { Actor, Hash, Instant, Json, VantageId, WorkloadId } from '../src/core/values.ts';
import { Engine } from '../src/engine/engine.ts';
import { canonical } from '../src/journal/canonical.ts';
import { Seal } from '../src/journal/seal.ts';
import { recoverFrom } from '../src/runtime/recovery.ts';
import { openSqlite, type SqliteJournal } from '../src/stores/sqlite.ts';
import { catalogue, fleetOf } from './fleet.ts';
import { calibrate, perSecond, report, setting, Stopwatch } from './measure.ts';

const startAt = Date.UTC(2026, 0, 1);
const person = (id: string): Actor => ({ kind: 'person', id });
const goalMs = 10_000;
const workloads = 1_000;

export async function replay(): Promise<void> {
  const entries = setting('ENTRIES', 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'resus-bench-'));
  try {
    const path = join(folder, 'journal.db');
    const facts = await write(path, entries);
    const megabytes = Math.round(statSync(path).size / 1e6);
    await start(path, facts, { entries, megabytes, what: 'proven in a thread beside the fold', threadFrom: 0 });
    await start(path, facts, { entries, megabytes, what: 'proven and folded by one thread', threadFrom: Infinity });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Case = { readonly entries: number; readonly megabytes: number; readonly what: string; readonly threadFrom: number };
async function start(path: string, facts: Facts, { entries, megabytes, what, threadFrom }: Case): Promise<void> {
  const calibration = calibrate();
  const watch = new Stopwatch();
  const journal = await openSqlite(path);
  try {
    const { chain, state } = await watch.time(() => recoverFrom(journal, facts, undefined, threadFrom));
    const { wallMs, cpuMs } = watch.span;
    report('replay', calibration, {
      what,
      seconds: Math.round(wallMs / 10) / 100,
      ...(threadFrom === 0 ? { goalSeconds: (goalMs / 1000) * (entries / 1_000_000) } : {}),
      entries: chain.seq,
      entriesPerS: perSecond(entries, wallMs),
      megabytes,
      runs: state.runs.size,
      wallMs,
      cpuMs,
      residentMb: Math.round(process.memoryUsage().rss / 1e6),
    });
  } finally {
    await journal.close();
  }
}

/** A year of a fleet, in short: nine changes of verdict for each look at a step of one of a hundred runs. */
async function write(path: string, entries: number): Promise<Facts> {
  const estate = fleetOf(workloads);
  const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
  const declared = digest(estate as unknown as Json);
  const facts: Facts = { floor: 'lab', catalogue, estates: new Map([[declared, estate]]), digest };
  const state = newState();
  const seal = new Seal({ log: 'resus.example/bench', floor: 'lab', controlDomain: 'central', boot: 'bench' });
  const engine = new Engine({ facts, state, seal, epoch: 1, controller: 'bench' });
  const lines: string[] = [];
  const give = (input: Parameters<Engine['turn']>[0], actor?: Actor): void => {
    const turn = engine.turn(input, { at: startAt as Instant, ns: 0n }, actor);
    if (!turn.ok) throw new Error(`${turn.error.code}: ${turn.error.message}`);
    lines.push(...turn.value.lines);
  };
  give({ kind: 'began', controller: 'bench', version: '0', lastSeq: -1, lastHash: '0'.repeat(64) as Hash });
  give({ kind: 'declared', estate: declared });
  for (let n = 0; n < 100; n += 1) {
    const [by, second] = [person('bench'), person('second')];
    give(
      { kind: 'requested', by, request: { kind: 'run', workload: `workload-${n}` as WorkloadId, mode: 'switchover', reason: 'bench' } },
      by,
    );
    const run = [...state.openRuns].at(-1);
    const plan = run === undefined ? undefined : state.runs.get(run)?.hash;
    if (run !== undefined && plan !== undefined) give({ kind: 'requested', by: second, request: { kind: 'approve', run, plan } }, second);
  }
  const journal = await openSqlite(path);
  try {
    await fill(
      journal,
      lines,
      entries,
      (event, at) => {
        const sealed = seal.seal(event, { epoch: 1, at, ns: BigInt(at - startAt) * 1_000_000n, actor: { kind: 'engine', id: 'bench' } });
        evolve(state, event, { at, epoch: 1, actor: { kind: 'engine', id: 'bench' } }, facts);
        return sealed.line;
      },
      eventsOf(state),
    );
  } finally {
    await journal.close();
  }
  return facts;
}

async function fill(
  journal: SqliteJournal,
  first: readonly string[],
  entries: number,
  sealed: (event: Event, at: Instant) => string,
  event: (n: number, at: Instant) => Event,
): Promise<void> {
  let batch = [...first];
  for (let seq = first.length; seq < entries; seq += 1) {
    const at = (startAt + seq * 30) as Instant;
    batch.push(sealed(event(seq, at), at));
    if (batch.length < 10_000) continue;
    await journal.append({ epoch: 1, lines: batch });
    batch = [];
  }
  await journal.append({ epoch: 1, lines: batch });
}

function eventsOf(state: ReturnType<typeof newState>): (n: number, at: Instant) => Event {
  const targets = [...(state.targets?.byId.keys() ?? [])];
  const vantages: readonly VantageId[] = (state.targets?.vantages ?? []).map(({ id }) => id);
  const runs = [...state.openRuns];
  return (n, at) => {
    if (n % 10 < 9) {
      const target = targets[(n * 7_919) % targets.length] ?? '';
      const verdict = Math.floor(n / targets.length) % 2 === 0 ? 'down' : 'up';
      const because = verdict === 'up' ? 'answered in 3 ms' : 'no answer within 2000 ms';
      return { type: 'VerdictChanged', data: { target, vantage: vantages[n % vantages.length] ?? ('' as VantageId), verdict, because } };
    }
    const run = runs[Math.floor(n / 20) % runs.length] ?? ('' as (typeof runs)[number]);
    const step = 'promote' as Extract<Event, { type: 'StepObserving' }>['data']['step'];
    const look = Math.floor(n / 20 / runs.length) + 1;
    return n % 20 < 10
      ? { type: 'StepObserving', data: { run, step, attempt: 1, look, deadline: (at + 8_000) as Instant } }
      : { type: 'StepObserved', data: { run, step, attempt: 1, look, observed: { kind: 'underway', checkAt: at } } };
  };
}
