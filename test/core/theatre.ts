// Plays a story to the engine: a clock that moves in steps, vantages and canaries that report what the scripted world lets
// them see, and a stage that answers commands. What the engine journals is the transcript.
import { hash } from 'node:crypto';
import type { Estate } from '../../src/core/estate.ts';
import type { ActionFacts } from '../../src/core/catalogue.ts';
import { isWithin } from '../../src/core/detection/targets.ts';
import { newState, type Facts } from '../../src/core/state.ts';
import { answerTo } from '../../src/core/input.ts';
import type { Command, Input } from '../../src/core/kernel.ts';
import type { CanarySample, LedgerLine } from '../../src/core/objective/measurement.ts';
import type { Observed, Outcome } from '../../src/core/outcome.ts';
import type { Actor, Hash, Instant, Json, VantageId, WorkloadId } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/expression.ts';
import { Engine, type Sealed } from '../../src/engine/engine.ts';
import { recover } from '../../src/engine/recovery.ts';
import { canonical } from '../../src/journal/canonical.ts';
import { Seal } from '../../src/journal/seal.ts';

export const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
const action = (name: string, effect: ActionFacts['effect'], settleMs = 1_000): [string, ActionFacts] => [
  name,
  {
    name: name as never,
    effect,
    mayLoseData: false,
    irreversible: false,
    settleMs,
    priorMs: { p50: 1_000, p95: 2_000 },
    describe: () => `${name}.`,
    needs: () => [],
  },
];
export const actions = new Map([
  action('test.failover', 'fences-and-promotes'),
  action('test.move', 'promotes'),
  action('test.switchover', 'fences-and-promotes'),
  action('test.route', 'routes'),
  action('test.fence', 'fences'),
  action('test.prepare', 'nothing'),
]);

const faults = new Map([['test.lose', { named: (_: Json, site: string) => `loss of ${site}` }]]);

/** What the world does with a command. `undefined`: no answer ever comes. */
export type Stage = (command: Command, at: Instant) => { readonly afterMs: number; readonly answer: Outcome | Observed } | undefined;
export const person = (id: string): Actor => ({ kind: 'person', id });
const t0 = Date.UTC(2026, 0, 1);

export class Theatre {
  readonly lines: string[] = [];
  readonly entries: Sealed[] = [];
  readonly commands: { readonly at: number; readonly command: Command }[] = [];
  /** Sites that answer nobody, and targets that answer nobody. */
  readonly dark = new Set<string>();
  /** Vantages that report nothing. */
  readonly silent = new Set<string>();
  primary = 'east';
  /** The vantage that tells roles the wrong way round. */
  liar: string | undefined;
  /** Of workloads whose writer went its own way; all others are where `primary` is. */
  readonly primaries = new Map<string, string>();
  /** Where in the primary's region its writer runs; undefined: nobody can tell. */
  writerZone: string | undefined;
  /** Whether canaries are answered; by default while the primary's region is not dark. */
  canaries: 'auto' | 'good' | 'bad' | 'none' = 'auto';
  /** Whose canaries report, by workload and population. */
  populations: readonly (readonly [workload: string, population: string])[] = [['ehr', 'ward']];
  timeline = 1;
  stage: Stage;
  now = t0;
  readonly estate: Estate;
  readonly facts: Facts;
  #engine: Engine;
  #due: { readonly at: number; readonly input: Input }[] = [];
  #wakeAt = Infinity;
  #samples: CanarySample[] = [];
  readonly #estates = new Map<Hash, Estate>();

  constructor(estate: Estate, stage: Stage) {
    this.estate = estate;
    this.stage = stage;
    this.facts = { floor: 'simulation', catalogue: { actions, faults, evaluate }, estates: this.#estates, digest };
    this.#engine = new Engine({ facts: this.facts, state: newState(), seal: this.#seal(), epoch: 1, controller: 'c1' });
    this.give({ kind: 'began', controller: 'c1', version: 'test', lastSeq: -1, lastHash: '0'.repeat(64) as Hash });
    this.declare(estate);
  }

  /** As a controller does that read the files; restarted or not. */
  declare(estate: Estate): Hash {
    const id = digest(estate as unknown as Json);
    this.#estates.set(id, estate);
    this.give({ kind: 'declared', estate: id });
    return id;
  }

  get known() {
    return this.#engine.known;
  }
  get engine(): Engine {
    return this.#engine;
  }

  /** Kill and start again: what was seen and what was under way is lost, the journal is not. */
  restart(): void {
    const { state, chain } = recover(this.lines, this.facts);
    const epoch = chain.epoch + 1;
    this.#due = [];
    this.#engine = new Engine({ facts: this.facts, state, seal: this.#seal(chain), epoch, controller: 'c1' });
    this.give({ kind: 'began', controller: 'c1', version: 'test', lastSeq: chain.seq - 1, lastHash: chain.prev });
  }

  give(input: Input, actor?: Actor) {
    const result = this.#engine.turn(input, { at: this.now as Instant, ns: 0n }, actor);
    if (!result.ok) return result;
    this.lines.push(...result.value.lines);
    this.entries.push(...result.value.entries);
    this.#wakeAt = result.value.wakeAt;
    for (const command of result.value.act) {
      this.commands.push({ at: this.now - t0, command });
      const played = this.stage(command, this.now as Instant);
      if (played !== undefined) this.#due.push({ at: this.now + played.afterMs, input: answerTo(command, played.answer) });
    }
    return result;
  }

  /** Lets time pass in steps of 50 ms; everything reports at its own pace. */
  pass(ms: number, until: () => boolean = () => false): void {
    for (const end = this.now + ms; this.now < end && !until();) {
      this.now += 50;
      for (const due of this.#due.filter((each) => each.at <= this.now)) this.give(due.input);
      this.#due = this.#due.filter((each) => each.at > this.now);
      if ((this.now - t0) % 500 === 0) this.#probeAll();
      if ((this.now - t0) % 200 === 0) this.#canary();
      this.#ledgers();
      if (this.#wakeAt <= this.now) this.give({ kind: 'woke' });
    }
  }
  until(type: Sealed['event']['type'], withinMs = 120_000): void {
    this.pass(withinMs, () => this.entries.some((entry) => entry.event.type === type));
    if (!this.entries.some((entry) => entry.event.type === type))
      throw new Error(`no ${type} within ${withinMs} ms:\n${this.transcript()}`);
  }

  /** `  1.950 IncidentOpened {...}`: seconds since `from`, verdicts and looks left out unless asked for. */
  transcript(from = t0, noisy = false): string {
    const quiet = new Set(['VerdictChanged', 'StepObserving', 'EstateDeclared', 'GateChecked']);
    return this.entries
      .filter((entry) => noisy || !quiet.has(entry.event.type))
      .filter((entry) => !(entry.event.type === 'StepObserved' && entry.event.data.observed.kind === 'underway'))
      .map((entry) => `${((entry.at - from) / 1000).toFixed(3).padStart(8)} ${entry.event.type} ${brief(entry.event.data)}`)
      .join('\n');
  }
  of<T extends Sealed['event']['type']>(type: T): Extract<Sealed['event'], { type: T }>['data'][] {
    return this.entries.flatMap((entry) => (entry.event.type === type ? [entry.event.data as never] : []));
  }

  isDark(site: string): boolean {
    return [...this.dark].some((domain) => isWithin(this.estate, site, domain));
  }
  #seal(continueFrom?: ConstructorParameters<typeof Seal>[0]['continueFrom']): Seal {
    return new Seal({
      log: 'test/log',
      floor: 'simulation',
      controlDomain: 'central',
      boot: 'b',
      ...(continueFrom === undefined ? {} : { continueFrom }),
    });
  }
  #probeAll(): void {
    const { targets } = this.#engine.known;
    for (const target of targets?.byId.values() ?? [])
      for (const vantage of targets?.vantages ?? []) {
        if (this.silent.has(vantage.id) || this.isDark(vantage.site)) continue;
        if (target.workload === undefined && !target.id.startsWith(`reference/${vantage.id}/`)) continue;
        const isPrimary = target.replica === (this.primaries.get(target.workload ?? '') ?? this.primary);
        const role = isPrimary === (vantage.id !== this.liar) ? 'primary' : 'standby';
        const zone = role === 'primary' ? this.writerZone : undefined;
        const isDatabase = target.probe.uses === 'postgres';
        const ok = !this.isDark(isDatabase ? (zone ?? target.site) : target.site) && !this.dark.has(target.id);
        const address = this.writerZone === undefined ? {} : { address: isDatabase ? (zone ?? 'elsewhere') : target.site };
        const measured = !ok
          ? undefined
          : isDatabase
            ? {
                role,
                timeline: this.timeline,
                ...address,
                heartbeatAt: this.isDark('us-east-2') ? (this.#lastBeat ?? this.now) : (this.#lastBeat = this.now),
              }
            : target.probe.uses === 'tcp'
              ? address
              : undefined;
        this.give({
          kind: 'probed',
          target: target.id,
          vantage: vantage.id as VantageId,
          ok,
          at: this.now as Instant,
          detail: ok ? 'answered' : 'no answer within 450 ms',
          ...(measured === undefined ? {} : { measured }),
        });
      }
  }
  #lastBeat: number | undefined;
  #canary(): void {
    if (this.canaries === 'none') return;
    const good =
      this.canaries === 'auto'
        ? !this.isDark(this.writerZone ?? (this.primary === 'east' ? 'us-east-2' : 'us-west-2'))
        : this.canaries === 'good';
    const sentAt = (this.now - 20) as Instant;
    const sample: CanarySample = {
      id: `c${this.#samples.length}`,
      sentAt,
      ...(good ? { ackedAt: (this.now - 10) as Instant, readAt: this.now as Instant } : {}),
      timeline: this.timeline,
      address: '10.0.0.1',
      detail: good ? 'good' : 'no answer',
    };
    this.#samples.push(sample);
    const lastAckedAt = this.#samples.findLast((each) => each.ackedAt !== undefined)?.ackedAt;
    for (const [workload, population] of this.populations)
      this.give({
        kind: 'sampled',
        workload: workload as WorkloadId,
        population,
        samples: [sample],
        ...(lastAckedAt === undefined ? {} : { lastAckedAt }),
      });
  }
  #ledgers(): void {
    for (const id of this.known.openRuns) {
      const run = this.known.runs.get(id);
      if (run?.status !== 'measuring') continue;
      for (const [population, from] of run.ledgersWanted) {
        if (run.ledgers.has(population)) continue;
        const samples = this.#samples.filter((sample) => sample.sentAt >= from);
        const ledger: LedgerLine[] = samples
          .filter((sample) => sample.ackedAt !== undefined)
          .map((sample) => ({ id: sample.id, found: 'present', versions: 1 }));
        this.give({ kind: 'ledgered', run: id, population, samplesHash: digest(samples as unknown as Json), samples, ledger });
      }
    }
  }
}

/** One line of what matters; hashes and long lists are shortened. */
function brief(data: object): string {
  return Object.entries(data)
    .filter(([key]) => !['plan', 'with', 'token', 'lastHash', 'samples', 'reasons', 'locks'].includes(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .map((text) =>
      text.replaceAll(/\b176\d{10}\b/g, (at) => `t${((Number(at) - t0) / 1000).toFixed(2)}`).replaceAll(/[0-9a-f]{64}/g, 'HASH'),
    )
    .join(' ');
}
