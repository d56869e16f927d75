// The figure that is shown to the board: how long users waited, and what they lost.
import type { EventData } from '../../core/event.ts';
import type { Checker } from '../truth.ts';

/** A canary is acknowledged within a moment of its sending; in the calm its client's clock is right to 300 ms. */
const roundMs = 1_000;

export const measuredTruly: Checker = {
  name: 'measured-truly',
  holds:
    'The recovery time of a run lies between two canaries that were answered, with none that lasted in between; it has lost nothing where no writer moved; it succeeded only if users were answered; and it is provisional exactly when something is unknown.',
  begin(violate, history) {
    /** Answered canaries, by workload and population. */
    const acked = new Map<string, Map<string, number[]>>();
    const wanted = new Map<string, Set<string>>();
    const unknown = new Set<string>();
    const executedAt = new Map<string, number>();
    const measured = new Set<string>();
    const writer = new Map<string, string>();
    const moved = new Set<string>();
    let isClockRight = true;
    const near = (times: readonly number[], at: number): boolean => times.some((each) => Math.abs(each - at) <= roundMs);
    const check = ({ run: id, measurement, provisional }: EventData['RunMeasured'], at: number): void => {
      const run = history.runs.get(id);
      if (run === undefined) return;
      const isUnknown = (wanted.get(id)?.size ?? 0) > 0 || unknown.has(id);
      if (provisional !== isUnknown)
        violate(at, `${id} is ${provisional ? '' : 'not '}provisional; ${isUnknown ? 'something' : 'nothing'} is unknown`);
      if (measurement.canaries.lost > 0 && !moved.has(run.workload))
        violate(at, `${id} says that ${measurement.canaries.lost} canaries were lost; the writer of ${run.workload} never moved`);
      const { onsetAt, restoredAt, rtaMs, coverage } = measurement;
      if (!isClockRight || coverage !== undefined || onsetAt === undefined || restoredAt === undefined || rtaMs === undefined) return;
      const populations = [...(acked.get(run.workload)?.values() ?? [])];
      const isTrue = populations.some((times) => near(times, onsetAt) && near(times, restoredAt));
      if (!isTrue || rtaMs !== restoredAt - onsetAt)
        violate(at, `${id} says that users waited ${rtaMs} ms; no canary was answered when that is said to have begun or ended`);
    };
    return {
      struck({ fault }) {
        if (fault === 'canary-clock-wrong') isClockRight = false;
      },
      declared({ world }) {
        for (const [id, { primary }] of Object.entries(world.workloads)) if (!writer.has(id)) writer.set(id, primary);
      },
      // Only where the writer has moved can anything be missing that was acknowledged.
      writer({ workload, replica, writes }) {
        if (writes && writer.get(workload) !== replica) moved.add(workload);
      },
      executed({ call }) {
        if (call.from !== call.to) moved.add(call.workload);
      },
      acknowledged({ workload, population, isCanary, at }) {
        if (!isCanary) return;
        let byPopulation = acked.get(workload);
        if (byPopulation === undefined) acked.set(workload, (byPopulation = new Map()));
        const times = byPopulation.get(population);
        if (times === undefined) byPopulation.set(population, [at]);
        else times.push(at);
      },
      durable({ event, at }) {
        if (event.type === 'RunExecuted') executedAt.set(event.data.run, at);
        if (event.type === 'LedgerRequested')
          wanted.set(event.data.run, (wanted.get(event.data.run) ?? new Set()).add(event.data.population));
        if (event.type === 'LedgerReceived') {
          wanted.get(event.data.run)?.delete(event.data.population);
          if (event.data.measurement.canaries.unknown > 0) unknown.add(event.data.run);
        }
        if (event.type === 'RunMeasured') {
          measured.add(event.data.run);
          check(event.data, at);
        }
        if (event.type !== 'RunClosed') return;
        const run = history.runs.get(event.data.run);
        if (executedAt.has(event.data.run) && !measured.has(event.data.run))
          violate(at, `${event.data.run} was executed and closed without being measured`);
        if (event.data.outcome === 'failed' && !measured.has(event.data.run) && run !== undefined && run.starts.size > 0)
          violate(at, `${event.data.run} failed after it had sent something, and nobody measured what that cost`);
        if (event.data.outcome !== 'succeeded') return;
        for (const [population, times] of acked.get(run?.workload ?? '') ?? []) {
          const lastAt = times.at(-1) ?? -Infinity;
          // A client that is silent leaves it unknown, and the measurement provisional.
          if (wanted.get(event.data.run)?.has(population) === true) continue;
          if (lastAt < (run?.openedAt ?? Infinity))
            violate(at, `${event.data.run} is said to have succeeded; ${population} got no answer since it was opened`);
        }
      },
    };
  },
};
