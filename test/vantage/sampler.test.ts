// The sampler under a clock that the test moves: phases, deadlines, no overlap, and no blame for the thread's own stalls.
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/ports.ts';
import type { Observation, Problem, ProbeAssignment } from '../../src/vantage/assignment.ts';
import { phaseOf, Sampler } from '../../src/vantage/sampler.ts';

type Running = {
  readonly target: string;
  readonly signal: AbortSignal;
  readonly settle: (sample: Sample) => void;
  readonly reject: (error: Error) => void;
};

function bench() {
  const running: Running[] = [];
  const seen: Observation[] = [];
  const problems: Problem[] = [];
  let now = 0;
  const probe = {
    name: 'p',
    summary: '',
    with: {} as never,
    sample: (input: unknown, _tools: unknown, signal: AbortSignal) =>
      new Promise<Sample>((settle, reject) => running.push({ target: String(input), signal, settle, reject })),
  };
  const sampler = new Sampler({
    find: (uses) => (uses === 'p' ? { probe, tools: undefined } : { code: 'UNKNOWN_PROBE', message: uses }),
    onObservation: (observation) => seen.push(observation),
    onProblem: (problem) => problems.push(problem),
    wallMs: () => 1_000_000 + now,
    afterReads: (step) => step(),
  });
  /** Moves time to `until`, waking the sampler exactly when it asked for it. */
  const run = async (until: number): Promise<void> => {
    for (let at = sampler.nextAt(); at !== undefined && at <= until; at = sampler.nextAt()) {
      now = at;
      sampler.tick(now);
      await turn();
    }
    now = until;
  };
  /** The thread sleeps until `at` and then wakes late. */
  const stallUntil = async (at: number): Promise<void> => {
    now = at;
    sampler.tick(now);
    await turn();
  };
  return { sampler, running, seen, problems, run, stallUntil, now: () => now };
}
const entry = (target: string, more: Partial<ProbeAssignment> = {}): ProbeAssignment => ({
  target,
  uses: 'p',
  with: target,
  intervalMs: 1000,
  timeoutMs: 300,
  ...more,
});
const good: Sample = { ok: true, detail: 'fine' };

describe('when samples start', () => {
  test('each target keeps its own phase, one sample an interval', async () => {
    const b = bench();
    b.sampler.assign([entry('a'), entry('b')], 0);
    const starts: string[] = [];
    for (let slot = 1; slot <= 30; slot++) {
      await b.run(slot * 100);
      for (const sample of b.running.splice(0)) {
        starts.push(`${sample.target}@${slot}`);
        sample.settle(good);
      }
    }
    const slotsOf = (target: string) => [0, 1, 2].map((n) => `${target}@${Math.ceil((phaseOf(entry(target)) + n * 1000) / 100)}`);
    expect(starts.filter((start) => start.startsWith('a'))).toEqual(slotsOf('a'));
    expect(starts.filter((start) => start.startsWith('b'))).toEqual(slotsOf('b'));
  });

  test('thousands of targets are spread over the interval', () => {
    const perTenth = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 4000; n++) perTenth[Math.floor(phaseOf(entry(`workload-${n}/east/http`, { intervalMs: 5000 })) / 500)]! += 1;
    expect(Math.min(...perTenth)).toBeGreaterThan(300);
    expect(Math.max(...perTenth)).toBeLessThan(500);
  });

  test('a sample that is longer than the interval is not overlapped by the next one', async () => {
    const b = bench();
    b.sampler.assign([entry('a', { intervalMs: 100, timeoutMs: 450 })], 0);
    await b.run(400);
    expect(b.running).toHaveLength(1);
    b.running[0]!.settle(good);
    await b.run(520);
    expect(b.running.length).toBeGreaterThan(1);
  });
});

describe('what is observed', () => {
  test('an answer in time is reported with the time at which it came', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    await b.run(phaseOf(entry('a')) + 200);
    b.running[0]!.settle({ ok: false, detail: 'status 503', measured: { lagMs: 4 } });
    await turn();
    await b.run(phaseOf(entry('a')) + 900);
    expect(b.seen).toEqual([{ target: 'a', ok: false, at: 1_000_200 + phaseOf(entry('a')), detail: 'status 503', measured: { lagMs: 4 } }]);
  });

  test('what a probe measured is handed on as whole numbers and short texts', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    await b.run(phaseOf(entry('a')));
    b.running[0]!.settle({ ok: true, detail: 'x'.repeat(999), measured: { lagMs: 3.7, heartbeatAt: Number.NaN, role: 'standby' } });
    await turn();
    expect(b.seen[0]).toMatchObject({ detail: 'x'.repeat(300) });
    expect(b.seen[0]?.measured).toEqual({ lagMs: 4, role: 'standby' });
  });

  test('no answer within the timeout is a bad sample, the probe is aborted, and a late answer changes nothing', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    await b.run(phaseOf(entry('a')) + 299);
    expect(b.seen).toEqual([]);
    await b.run(phaseOf(entry('a')) + 300);
    expect(b.seen).toEqual([{ target: 'a', ok: false, at: 1_000_000 + phaseOf(entry('a')) + 300, detail: 'no answer within 300 ms' }]);
    expect(b.running[0]!.signal.aborted).toBe(true);
    b.running[0]!.settle(good);
    await turn();
    expect(b.seen).toHaveLength(1);
  });

  test('a probe that ignores its abort stays bad at every slot and is never doubled', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    await b.run(phaseOf(entry('a')) + 3500);
    expect(b.seen.map((observation) => observation.ok)).toEqual([false, false, false, false]);
    expect(b.running).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no verdict', { detail: 'fine' }],
    ['a verdict in words', { ok: 'yes', detail: 'fine' }],
    ['no word of what it saw', { ok: true }],
    ['figures that are none', { ok: true, detail: 'fine', measured: 7 }],
  ])('a probe that answers %s says nothing about its target, and the next sample is taken', async (_, answer) => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    await b.run(phaseOf(entry('a')) + 1);
    b.running.splice(0)[0]?.settle(answer as Sample);
    await turn();
    await b.run(1000 + phaseOf(entry('a')) + 1);
    expect(b.seen).toEqual([]);
    expect(b.problems).toMatchObject([{ code: 'PROBE_BROKE' }]);
    expect(b.running).toHaveLength(1);
  });
  test('a probe that rejects is a problem said once, not a verdict', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    for (const slot of [0, 1000, 2000]) {
      await b.run(slot + phaseOf(entry('a')) + 1);
      expect(b.running).toHaveLength(1);
      for (const sample of b.running.splice(0)) sample.reject(new Error('defect'));
      await turn();
    }
    expect(b.seen).toEqual([]);
    expect(b.problems.map((problem) => problem.code)).toEqual(['PROBE_BROKE']);
  });

  test('an unknown probe is a problem said once, and the other targets are sampled', async () => {
    const b = bench();
    b.sampler.assign([entry('a', { uses: 'dicom' }), entry('b', { uses: 'dicom' }), entry('c')], 0);
    await b.run(1000);
    expect(b.problems).toEqual([{ code: 'UNKNOWN_PROBE', message: 'dicom' }]);
    expect(b.running.map((sample) => sample.target)).toEqual(['c']);
  });
});

describe('a stalled thread', () => {
  test('gets the time that it lost back for its running samples', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    const started = phaseOf(entry('a'));
    await b.run(started);
    await b.stallUntil(started + 900);
    expect(b.seen).toEqual([]);
    b.running[0]!.settle(good);
    await turn();
    expect(b.seen.map((observation) => observation.ok)).toEqual([true]);
  });

  test('still calls a target down that does not answer after the stall', async () => {
    const b = bench();
    b.sampler.assign([entry('a')], 0);
    const started = phaseOf(entry('a'));
    await b.run(started);
    await b.stallUntil(started + 900);
    await b.run(started + 1300);
    expect(b.seen[0]).toMatchObject({ ok: false, detail: 'no answer within 300 ms' });
  });
});

describe('a new assignment', () => {
  test('leaves targets alone that did not change, and ends those that are gone', async () => {
    const b = bench();
    const slow = { timeoutMs: 900 };
    b.sampler.assign([entry('a', slow), entry('b', slow)], 0);
    await b.run(Math.max(phaseOf(entry('a')), phaseOf(entry('b'))));
    b.sampler.assign([entry('a', slow)], b.now());
    expect(new Map(b.running.map((sample) => [sample.target, sample.signal.aborted]))).toEqual(
      new Map([
        ['a', false],
        ['b', true],
      ]),
    );
    await b.run(5000);
    expect(b.seen.map((observation) => observation.target)).toEqual(['a', 'a', 'a', 'a', 'a'].slice(0, b.seen.length));
    expect(b.seen.length).toBeGreaterThan(2);
  });

  test('does not overlap the old sample of a target that changed', async () => {
    const b = bench();
    b.sampler.assign([entry('a', { timeoutMs: 5000 })], 0);
    await b.run(1000);
    b.sampler.assign([entry('a', { with: 'other', timeoutMs: 5000 })], 1000);
    await b.run(3000);
    expect(b.running).toHaveLength(1);
    b.running[0]!.settle(good);
    await turn();
    await b.run(4000);
    expect(b.running.map((sample) => sample.target)).toEqual(['a', 'other']);
    expect(b.seen).toEqual([]);
  });

  test('a thousand changes leave no trace in the queue', async () => {
    const b = bench();
    for (let n = 0; n < 1000; n++) b.sampler.assign([entry(`a${n}`, { intervalMs: 86_400_000 })], 0);
    const queue = (b.sampler as unknown as { queue: { size: number } }).queue;
    expect(queue.size).toBeLessThan(100);
  });
});
