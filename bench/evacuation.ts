// How long a lost region takes to leave, in virtual time, against the longest chain of what must come after what. Workloads hard-depend on
// each other in layers; providers take as long as they please, and are asked how far they are. What is more than the chain is ours.
import { hash } from 'node:crypto';
import type { ActionFacts, Catalogue } from '../src/core/catalogue.ts';
import { orderOf } from '../src/core/decision/dependencies.ts';
import type { Estate, StepSpec } from '../src/core/estate.ts';
import { answerTo } from '../src/core/input.ts';
import type { Command, Input } from '../src/core/kernel.ts';
import { newState, type Facts } from '../src/core/state.ts';
import type { Hash, Instant, Json, StepId, VantageId, WorkloadId } from '../src/core/values.ts';
import { Engine } from '../src/engine/engine.ts';
import { canonical } from '../src/journal/canonical.ts';
import { Seal } from '../src/journal/seal.ts';
import { Random } from '../src/simulation/random.ts';
import { catalogue, fleetOf, tier } from './fleet.ts';
import { calibrate, report, setting, Stopwatch } from './measure.ts';

const startAt = Date.UTC(2026, 0, 1);
const tickMs = 10;
/** The way to the provider and back. */
const callMs = 60;
/** A provider that is at work says that it wants to be asked again so much later. */
const askAgainMs = 250;
const steps = ['promote', 'route'] as const;
type Durations = ReadonlyMap<string, Readonly<Record<(typeof steps)[number], number>>>;

export async function evacuation(): Promise<void> {
  const calibration = calibrate();
  const workloads = setting('WORKLOADS', 1_000);
  for (const seed of Array.from({ length: setting('SEEDS', 3) }, (_, n) => n + 1)) {
    const random = new Random(seed);
    const estate = layered(workloads, random);
    const takes: Durations = new Map(
      Object.keys(estate.workloads).map((id) => [id, { promote: random.between(20_000, 120_000), route: random.between(5_000, 30_000) }]),
    );
    const watch = new Stopwatch();
    const left = await watch.time(() => leave(estate, takes));
    const path = criticalPath(estate, takes);
    report('evacuation', calibration, {
      what: 'a region is lost under every workload, which leave it in the order of their hard dependencies; virtual time',
      seed,
      workloads,
      layers: path.layers,
      criticalPathMs: path.ms,
      actualMs: left.ms,
      overheadPercent: Math.round((left.ms / path.ms - 1) * 10_000) / 100,
      goalPercent: 5,
      outOfOrder: left.outOfOrder,
      inputs: left.inputs,
      looks: left.looks,
      ...watch.span,
    });
  }
}

/** Eight layers; who is not in the lowest hard-depends on one to three of the layer below. */
function layered(workloads: number, random: Random): Estate {
  const fleet = fleetOf(workloads);
  const layers = Math.min(8, workloads);
  const ids = Object.keys(fleet.workloads) as WorkloadId[];
  const made = ids.map((id, n) => {
    const below = ids.filter((_, other) => other % layers === (n % layers) - 1);
    const needs = new Set(below.length === 0 ? [] : Array.from({ length: random.between(1, 3) }, () => random.pick(below)));
    const workload = fleet.workloads[id];
    if (workload === undefined) throw new Error(`no ${id}`);
    return [id, { ...workload, dependsOn: [...needs].map((each) => ({ workload: each, strength: 'hard' as const })) }] as const;
  });
  const step = (id: string, needs: readonly string[]): StepSpec => ({
    id: id as StepId,
    uses: `bench.${id}`,
    with: { cluster: '${{ workload.resources.globalCluster }}' },
    needs: needs as readonly StepId[],
    timeoutMs: 600_000,
    retries: 0,
  });
  return {
    ...fleet,
    tiers: {
      [tier.id]: {
        ...tier,
        rtoMs: 4 * 3_600_000,
        rpoMs: 4 * 3_600_000,
        detection: { intervalMs: 15_000, timeoutMs: 5_000, failures: 1, successes: 1 },
      },
    },
    workloads: Object.fromEntries(made),
    runbooks: {
      failover: {
        id: 'failover',
        summary: 'Leave.',
        modes: ['failover', 'switchover'],
        steps: [step('promote', []), step('route', ['promote'])],
      },
    },
  };
}

/** The longest chain of promotions, and the routing after the last. */
function criticalPath(estate: Estate, takes: Durations): { readonly ms: number; readonly layers: number } {
  const { before } = orderOf(estate);
  const found = new Map<string, { readonly ms: number; readonly layers: number }>();
  const promoted = (id: string): { readonly ms: number; readonly layers: number } => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const needs = (before.get(id as WorkloadId) ?? []).map(promoted);
    const own = {
      ms: Math.max(0, ...needs.map(({ ms }) => ms)) + (takes.get(id)?.promote ?? 0),
      layers: Math.max(0, ...needs.map(({ layers }) => layers)) + 1,
    };
    found.set(id, own);
    return own;
  };
  const all = Object.keys(estate.workloads);
  return {
    ms: Math.max(...all.map((id) => promoted(id).ms + (takes.get(id)?.route ?? 0))),
    layers: Math.max(...all.map((id) => promoted(id).layers)),
  };
}

type Left = { readonly ms: number; readonly outOfOrder: number; readonly inputs: number; readonly looks: number };
/** From the incident to the last step of the last workload. */
function leave(estate: Estate, takes: Durations): Left {
  const { engine, declared } = begin(estate);
  const { before } = orderOf(estate);
  const due = new Map<number, Input[]>();
  const doneAt = new Map<string, number>();
  const promoted = new Set<string>();
  let [now, wakeAt, inputs, looks, outOfOrder, open] = [startAt, Infinity, 0, 0, 0, 0];
  let lostAt: number | undefined;
  let leftAt = startAt;

  const later = (ms: number, input: Input): void => {
    const at = Math.ceil((now + ms) / tickMs) * tickMs;
    const list = due.get(at);
    if (list === undefined) due.set(at, [input]);
    else list.push(input);
  };
  const play = (command: Command): void => {
    if (command.kind !== 'apply' && command.kind !== 'observe') return;
    const workload = engine.known.runs.get(command.run)?.workload ?? '';
    const goal = `${command.run}/${command.step}`;
    if (command.kind === 'apply') {
      // It begins when the request is there, and the answer is on its way back meanwhile.
      doneAt.set(goal, now + callMs / 2 + (takes.get(workload)?.[command.step as 'promote'] ?? 0));
      if (command.step === 'promote' && (before.get(workload as WorkloadId) ?? []).some((need) => !promoted.has(need))) outOfOrder += 1;
      return later(callMs, answerTo(command, { kind: 'accepted', checkAt: now as Instant }));
    }
    looks += 1;
    const isDone = now + callMs / 2 >= (doneAt.get(goal) ?? Infinity);
    const answer = isDone ? { kind: 'holds' as const, data: null } : { kind: 'underway' as const, checkAt: (now + askAgainMs) as Instant };
    later(callMs, answerTo(command, answer));
  };
  const give = (input: Input): void => {
    inputs += 1;
    const turn = engine.turn(input, { at: now as Instant, ns: 0n });
    if (!turn.ok) throw new Error(turn.error.message);
    ({ wakeAt } = turn.value);
    for (const { event } of turn.value.entries) {
      if (event.type === 'IncidentOpened') lostAt ??= now;
      if (event.type === 'RunOpened') open += 1;
      if (event.type === 'RoleChanged') promoted.add(event.data.workload);
      if (event.type === 'RunExecuted') [open, leftAt] = [open - 1, now];
      if (event.type === 'StepFailed') throw new Error(`${event.data.run}: ${event.data.because}`);
    }
    for (const command of turn.value.act) play(command);
  };
  give({ kind: 'began', controller: 'bench', version: '0', lastSeq: -1, lastHash: '0'.repeat(64) as Hash });
  give({ kind: 'declared', estate: declared });
  const all = Object.keys(estate.workloads).length;
  const lostFrom = startAt + 20_000;
  for (const end = startAt + 3_600_000; promoted.size < all || open > 0; now += tickMs) {
    if (now >= end) throw new Error(`only ${promoted.size} of ${all} left: ${[...engine.known.counts].join(' ')}`);
    if ((now - startAt) % 1_000 === 0) look(engine, now, lostFrom, (now - startAt) % 15_000 === 0, give);
    for (const input of due.get(now) ?? []) give(input);
    due.delete(now);
    if (wakeAt <= now) give({ kind: 'woke' });
  }
  return { ms: leftAt - (lostAt ?? leftAt), outOfOrder, inputs, looks };
}

/** Every vantage outside the lost region looks at everything; those inside see nothing any more. */
function look(engine: Engine, now: number, lostFrom: number, whole: boolean, give: (input: Input) => void): void {
  const { targets } = engine.known;
  for (const { id: vantage, site } of targets?.vantages ?? []) {
    if (now >= lostFrom && site === 'us-east-2') continue;
    for (const target of targets?.byId.values() ?? []) {
      if (target.workload === undefined ? !target.id.startsWith(`reference/${vantage}/`) : !whole) continue;
      const isLost = now >= lostFrom && target.replica === 'east';
      const role = target.replica === 'east' ? 'primary' : 'standby';
      const measured = target.workload === undefined || isLost ? {} : { measured: { role, heartbeatAt: Math.min(now, lostFrom) } };
      const detail = isLost ? 'no answer within 5000 ms' : 'answered';
      give({ kind: 'probed', target: target.id, vantage: vantage as VantageId, ok: !isLost, at: now as Instant, detail, ...measured });
    }
  }
}

function begin(estate: Estate): { readonly engine: Engine; readonly declared: Hash } {
  const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
  const declared = digest(estate as unknown as Json);
  const promote = catalogue.actions.get('bench.promote');
  if (promote === undefined) throw new Error('no promotion');
  const route: ActionFacts = { ...promote, name: 'bench.route' as ActionFacts['name'], effect: 'routes', mayLoseData: false };
  const actions: Catalogue['actions'] = new Map([...catalogue.actions, ['bench.route', route]]);
  const facts: Facts = { floor: 'simulation', catalogue: { ...catalogue, actions }, estates: new Map([[declared, estate]]), digest };
  const seal = new Seal({ log: 'resus.example/bench', floor: 'simulation', controlDomain: 'central', boot: 'bench' });
  return { engine: new Engine({ facts, state: newState(), seal, epoch: 1, controller: 'bench' }), declared };
}
