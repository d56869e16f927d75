// Recorded observations under other thresholds: the real detection, fed with what really came, in the order in which it came. It can show
// when an incident would have been opened; it cannot show what people or runs would have made of that, nor what nobody sampled.
import { hash } from 'node:crypto';
import type { Estate, Tier } from '../core/estate.ts';
import type { Input, Observation, Sampled } from '../core/input.ts';
import { newState, type Facts } from '../core/state.ts';
import type { Hash, Instant, Json } from '../core/values.ts';
import { Engine } from '../engine/engine.ts';
import { canonical } from '../journal/canonical.ts';
import { Seal } from '../journal/seal.ts';
import { figuresOf, type Alarm, type Figures, type Impact } from './figures.ts';

export type Thresholds = { readonly failures: number; readonly successes: number };
/** One line of a recording that was read. */
export type Line = {
  readonly at: Instant;
  readonly estate?: Estate;
  readonly probed?: Omit<Observation, 'detail'>;
  readonly sampled?: Sampled;
};
export type Row = Thresholds & Figures;

/** Lines in the order in which they were recorded; the first names the estate. Throws for none. */
export function backtest(lines: readonly Line[], thresholds: Thresholds): Row {
  const [first] = lines;
  if (first?.estate === undefined) throw Object.assign(new Error('the recording does not begin with an estate'), { code: 'NO_ESTATE' });
  const alarms: Alarm[] = [];
  const impacts: Impact[] = [];
  const canaries = new Map<string, Instant[]>();
  let stage = staged(first.estate, thresholds, first.at);
  let last = first.at;
  const give = (input: Input, at: Instant): void => {
    const turn = stage.engine.turn(input, { at, ns: 0n });
    if (!turn.ok) return;
    stage.wakeAt = turn.value.wakeAt;
    for (const { event } of turn.value.entries) {
      if (event.type === 'IncidentOpened') {
        const { diagnosis, site, incident } = event.data;
        const workloads = [...(stage.engine.known.incidents.get(incident)?.workloads ?? [])];
        alarms.push({ incident: `${stage.number}/${incident}`, diagnosis, site, workloads, openedAt: at, closedAt: undefined });
      }
      if (event.type === 'IncidentClosed') {
        const alarm = alarms.findLast((each) => each.incident === `${stage.number}/${event.data.incident}`);
        if (alarm !== undefined) alarm.closedAt = at;
      }
      if (event.type === 'UsersPathFailed') {
        const { workload, population, lastGoodAt } = event.data;
        impacts.push({ workload, population, onsetAt: lastGoodAt, endedAt: undefined });
      }
      if (event.type === 'UsersPathRestored') {
        const { workload, population, firstGoodAt } = event.data;
        const impact = impacts.findLast((each) => each.workload === workload && each.population === population);
        if (impact !== undefined) impact.endedAt = firstGoodAt;
      }
    }
  };
  /** Time passes between two lines as well: what waits for it happens when it is due. */
  const passTo = (at: Instant): void => {
    while (stage.wakeAt < at) give({ kind: 'woke' }, Math.max(stage.wakeAt, last) as Instant);
  };
  for (const [n, line] of lines.entries()) {
    const at = Math.max(line.at, last) as Instant;
    if (line.estate !== undefined && n > 0) {
      // A controller began anew: it had seen nothing, and what was open then ends here as far as this can tell.
      for (const each of alarms) each.closedAt ??= at;
      for (const each of impacts) each.endedAt ??= at;
      stage = staged(line.estate, thresholds, at, stage.number + 1);
    }
    passTo(at);
    last = at;
    if (line.probed !== undefined) give({ kind: 'probed', ...line.probed, detail: line.probed.ok ? 'answered' : 'no answer' }, at);
    if (line.sampled !== undefined) {
      const { workload } = line.sampled;
      const seen = canaries.get(workload);
      if (seen === undefined) canaries.set(workload, [at]);
      else seen.push(at);
      give({ kind: 'sampled', ...line.sampled }, at);
    }
  }
  return { ...thresholds, ...figuresOf({ alarms, impacts, canaries, endAt: last }) };
}

type Staged = { readonly engine: Engine; readonly number: number; wakeAt: number };
function staged(declared: Estate, thresholds: Thresholds, at: Instant, number = 1): Staged {
  const estate = under(declared, thresholds);
  const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
  const id = digest(estate as unknown as Json);
  const evaluate = (): { readonly ok: false; readonly message: string } => ({ ok: false, message: 'nothing is run in a backtest' });
  const facts: Facts = { floor: 'simulation', catalogue: { actions: new Map(), evaluate }, estates: new Map([[id, estate]]), digest };
  const seal = new Seal({ log: 'resus/backtest', floor: 'simulation', controlDomain: 'central', boot: 'backtest' });
  const engine = new Engine({ facts, state: newState(), seal, epoch: 1, controller: 'backtest' });
  const begun = engine.turn(
    { kind: 'began', controller: 'backtest', version: '0', lastSeq: -1, lastHash: '0'.repeat(64) as Hash },
    { at, ns: 0n },
  );
  const made = engine.turn({ kind: 'declared', estate: id }, { at, ns: 0n });
  return { engine, number, wakeAt: made.ok ? made.value.wakeAt : begun.ok ? begun.value.wakeAt : Infinity };
}

/** The same estate with other thresholds, in which nothing is ever run. How often was looked cannot be changed afterwards. */
function under(estate: Estate, { failures, successes }: Thresholds): Estate {
  const change = (tier: Tier): Tier => ({
    ...tier,
    detection: { ...tier.detection, failures, successes },
    automation: { replica: 'manual', zone: 'manual', region: 'manual' },
  });
  return { ...estate, tiers: Object.fromEntries(Object.entries(estate.tiers).map(([name, tier]) => [name, change(tier)])), gamedays: {} };
}
