// How many inputs the engine turns a second: canonical bytes and hashes in, disk out; and beside it with the disk in, through the
// runtime's loop and a journal that syncs every commit.
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Estate } from '../src/core/estate.ts';
import type { Command, Input } from '../src/core/kernel.ts';
import { newState, type Facts } from '../src/core/state.ts';
import type { Actor, Hash, Instant, Json, VantageId, WorkloadId } from '../src/core/values.ts';
import { Engine, type Turn } from '../src/engine/engine.ts';
import { canonical } from '../src/journal/canonical.ts';
import { Seal } from '../src/journal/seal.ts';
import { Loop } from '../src/runtime/loop.ts';
import { openSqlite } from '../src/stores/sqlite.ts';
import { catalogue, fleetOf } from './fleet.ts';
import { calibrate, perSecond, report, setting, Stopwatch } from './measure.ts';
import { Stream } from './stream.ts';

const startAt = Date.UTC(2026, 0, 1);
const person: Actor = { kind: 'person', id: 'bench' };
const second: Actor = { kind: 'person', id: 'second' };
const batch = 10_000;
/** One workload in ten has a run that is under way. */
const runsIn = (workloads: number): number => Math.ceil(workloads / 10);

export async function engine(): Promise<void> {
  const fewer = setting('WORKLOADS', 1_000);
  const more = fewer * setting('FACTOR', 10);
  const speeds: Speed[] = [];
  for (const workloads of [fewer, more]) {
    speeds.push(await inMemory(workloads, setting('INPUTS', 1_000_000)));
    await toDisk(workloads, setting('INPUTS', 1_000_000) / 2);
  }
  const [small, large] = speeds;
  if (small !== undefined && large !== undefined)
    report('engine', large.calibration, {
      what: `canonical bytes and hashes in, disk out: ${more} workloads to ${fewer}`,
      ratio: ratio(large.perS, small.perS),
      // What the machine did meanwhile is taken out: by the CPU that was used, and by how fast it was.
      ratioCpu: ratio(large.perCpuS / large.calibration, small.perCpuS / small.calibration),
      goal: 0.7,
    });
  await storm(setting('WORKLOADS', 1_000));
}

type Speed = { readonly calibration: number; readonly perS: number; readonly perCpuS: number };
const ratio = (of: number, to: number): number => Math.round((of / to) * 100) / 100;

async function inMemory(workloads: number, inputs: number): Promise<Speed> {
  const calibration = calibrate();
  const { engine: measured, stream } = begin(workloads);
  const watch = new Stopwatch();
  let entries = 0;
  let commands: readonly Command[] = [];
  for (let given = 0; given < inputs; given += batch) {
    const slots = stream.slots(batch);
    await watch.time(() => {
      for (const slot of slots) {
        const turn = turned(measured, slot === 'outcome' ? (stream.outcome() ?? stream.repeat()) : slot, stream.now);
        entries += turn.lines.length;
        commands = turn.act;
        if (commands.length > 0) stream.took(commands);
      }
    });
  }
  const { wallMs, cpuMs } = watch.span;
  report('engine', calibration, {
    what: 'canonical bytes and hashes in, disk out',
    workloads,
    inputsPerS: perSecond(inputs, wallMs),
    inputsPerCpuS: perSecond(inputs, cpuMs),
    goal: 50_000,
    inputs,
    entries,
    mix: stream.mix,
    wallMs,
    cpuMs,
    residentMb: Math.round(process.memoryUsage().rss / 1e6),
  });
  return { calibration, perS: perSecond(inputs, wallMs), perCpuS: perSecond(inputs, cpuMs) };
}

async function toDisk(workloads: number, inputs: number): Promise<void> {
  const calibration = calibrate();
  const folder = mkdtempSync(join(tmpdir(), 'resus-bench-'));
  const journal = await openSqlite(join(folder, 'journal.db'));
  try {
    const { engine: measured, stream, lines } = begin(workloads);
    for (let at = 0; at < lines.length; at += 4_000) await journal.append({ epoch: 1, lines: lines.slice(at, at + 4_000) });
    let failed: Error | undefined;
    let entries = 0;
    const loop = new Loop({
      engine: measured,
      journal,
      clock: { now: () => stream.now, monotonicNs: () => 0n },
      act: (command) => stream.took([command]),
      told: (told) => (entries += told.length),
      halted: (error) => (failed = error),
    });
    const watch = new Stopwatch();
    for (let given = 0; given < inputs; given += batch) {
      const slots = stream.slots(batch).map((slot) => (slot === 'outcome' ? (stream.outcome() ?? stream.repeat()) : slot));
      await watch.time(async () => {
        for (const input of slots) loop.post(input);
        await loop.submit({ kind: 'woke' });
      });
      if (failed !== undefined) throw failed;
    }
    loop.stop();
    const { wallMs, cpuMs } = watch.span;
    report('engine', calibration, {
      what: 'disk in: group commits, each synced',
      workloads,
      inputsPerS: perSecond(inputs, wallMs),
      inputsPerCpuS: perSecond(inputs, cpuMs),
      inputs,
      entries,
      mix: stream.mix,
      wallMs,
      cpuMs,
    });
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The worst minute: a region dies under every workload at once, as seen from the two vantages outside it. */
async function storm(workloads: number): Promise<void> {
  const calibration = calibrate();
  const { engine: measured, estate } = begin(workloads, 0);
  const watch = new Stopwatch();
  const targets = [...(measured.known.targets?.byId.values() ?? [])];
  const references = targets.filter((target) => target.workload === undefined);
  const outside = (measured.known.targets?.vantages ?? []).filter(({ id }) => id !== 'east');
  const pairs = outside.flatMap(({ id }) =>
    targets.filter((target) => target.workload !== undefined).map((target) => ({ target, vantage: id })),
  );
  let entries = 0;
  let inputs = 0;
  let longestMs = 0;
  for (let round = 0; round < 4; round += 1) {
    const seen: [Instant, Input][] = [];
    for (const [n, { target, vantage }] of pairs.entries()) {
      const at = (startAt + 10_000 + Math.floor((round + n / pairs.length) * 5_000)) as Instant;
      const isLost = target.replica === 'east';
      const detail = isLost ? 'no answer within 2000 ms' : 'answered';
      const answered = isLost ? {} : { measured: { role: 'standby', lagMs: 12, heartbeatAt: at } };
      seen.push([at, { kind: 'probed', target: target.id, vantage, ok: !isLost, at, detail, ...answered }]);
      if (n % Math.ceil(pairs.length / 5) !== 0) continue;
      for (const { id } of references)
        seen.push([at, { kind: 'probed', target: id, vantage: (id.split('/')[1] ?? '') as VantageId, ok: true, at, detail: 'answered' }]);
    }
    await watch.time(() => {
      for (const [at, input] of seen) {
        const began = performance.now();
        entries += turned(measured, input, at).lines.length;
        longestMs = Math.max(longestMs, performance.now() - began);
      }
    });
    inputs += seen.length;
  }
  const { wallMs, cpuMs } = watch.span;
  report('engine', calibration, {
    what: 'a region dies under every workload, four rounds',
    workloads: Object.keys(estate.workloads).length,
    inputsPerS: perSecond(inputs, wallMs),
    inputsPerCpuS: perSecond(inputs, cpuMs),
    inputs,
    entries,
    incidents: measured.known.incidents.size,
    runs: measured.known.runs.size,
    longestTurnMs: Math.round(longestMs),
    wallMs,
    cpuMs,
  });
}

/** An engine that has seen everything once, with some runs under way. */
function begin(workloads: number, runs = runsIn(workloads)): { engine: Engine; stream: Stream; lines: readonly string[]; estate: Estate } {
  const estate = fleetOf(workloads);
  const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
  const declared = digest(estate as unknown as Json);
  const facts: Facts = { floor: 'lab', catalogue, estates: new Map([[declared, estate]]), digest };
  const seal = new Seal({ log: 'resus.example/bench', floor: 'lab', controlDomain: 'central', boot: 'bench' });
  const measured = new Engine({ facts, state: newState(), seal, epoch: 1, controller: 'bench' });
  const lines: string[] = [];
  const give = (input: Input, at: number, actor?: Actor): Turn => {
    const turn = turned(measured, input, at as Instant, actor);
    for (const line of turn.lines) lines.push(line);
    return turn;
  };
  give({ kind: 'began', controller: 'bench', version: '0', lastSeq: -1, lastHash: '0'.repeat(64) as Hash }, startAt);
  give({ kind: 'declared', estate: declared }, startAt);
  const stream = new Stream(measured.known, startAt + 1);
  for (const input of stream.first()) give(input, stream.now);
  for (let n = 0; n < runs; n += 1) {
    const request = { kind: 'run', workload: `workload-${n}` as WorkloadId, mode: 'switchover', reason: 'bench' } as const;
    give({ kind: 'requested', by: person, request }, stream.now, person);
    const [run] = [...measured.known.openRuns].slice(-1);
    const plan = run === undefined ? undefined : measured.known.runs.get(run)?.hash;
    if (run === undefined || plan === undefined) throw new Error('the run did not open');
    stream.took(give({ kind: 'requested', by: second, request: { kind: 'approve', run, plan } }, stream.now, second).act);
  }
  return { engine: measured, stream, lines, estate };
}

function turned(measured: Engine, input: Input, at: Instant, actor?: Actor): Turn {
  const result = measured.turn(input, { at, ns: 0n }, actor);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}
