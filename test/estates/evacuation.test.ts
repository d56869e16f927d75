// Riverside leaves a region in good time, to the end: the shipped plan of plans on the real engine, each move a run of its own, with people who
// approve and confirm. What AWS and the name servers answer is made up: they do what they are told, unless a case says otherwise.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { focusedOn } from '../../src/analysis/index.ts';
import type { Estate } from '../../src/core/estate.ts';
import { answerTo, type Request } from '../../src/core/input.ts';
import type { Command } from '../../src/core/kernel.ts';
import { confirmationOf } from '../../src/core/runbook/human.ts';
import type { Instant, Json, WorkloadId } from '../../src/core/values.ts';
import { declare, printed, readInventory, readTree } from '../../src/declare/index.ts';
import { look, order, type Controlled } from '../../src/runtime/moves.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { actions, person, Theatre, type Stage } from '../core/theatre.ts';

for (const [name, facts] of catalogue.actions) actions.set(name, facts);
const moved = ['blood-bank', 'ehr', 'fhir', 'identity', 'iomt-hub', 'lis', 'pharmacy', 'portal', 'telehealth'];

let estate: Estate;
beforeAll(async () => {
  const { files } = await readTree(['policies/tiers.yaml', 'policies/calendars.yaml', 'policies/riverside', 'runbooks']);
  const inventory = readInventory('inventory.yaml', readFileSync('docs/riverside/inventory.yaml', 'utf8'));
  const made = declare(files, { vocabulary, inventory: inventory.ok ? inventory.inventory : undefined });
  if (!made.ok) throw new Error(made.problems.map(printed).join('\n'));
  // What is moved and what that lives on. The viewers, gateways and cabinets of 222 sites stay where they are.
  const around = Object.values(focusedOn(made.estate, { workloads: ['home-region', ...moved], sites: [] }).estate.workloads);
  const kept = around.filter(({ id }) => !/^(?:viewer|gateway|cabinets)-/.test(id)).map(({ id }) => [id, made.estate.workloads[id]]);
  estate = { ...made.estate, workloads: Object.fromEntries(kept) as Estate['workloads'], gamedays: {} };
});

type Call = Extract<Command, { kind: 'apply' | 'observe' }>;
type Cast = { readonly refuses?: string; readonly isIdle?: (run: string) => boolean };
const busyMs = 1_000;

/** `refuses`: the workload whose provider says no. `isIdle`: runs that nobody approves. */
class Evacuation {
  readonly theatre: Theatre;
  readonly executed: string[] = [];
  readonly #cast: Cast;
  readonly #doneAt = new Map<string, number>();
  readonly #clicked = new Set<string>();
  #moves: Call[] = [];

  constructor(cast: Cast = {}) {
    this.#cast = cast;
    this.theatre = new Theatre(estate, this.#play);
    this.theatre.canaries = 'good';
    this.theatre.populations = Object.values(estate.workloads).flatMap(({ id, usersPath }) =>
      usersPath.populations.map(({ name }) => [id, name] as const),
    );
    this.theatre.pass(5_000);
  }

  order(to: string): void {
    const request: Request = {
      kind: 'run',
      workload: 'home-region' as WorkloadId,
      runbook: 'region-evacuation',
      mode: 'switchover',
      to,
      reason: 'the storm comes ashore on Friday',
    };
    expect(this.#click('olga', request)).toBe(true);
  }
  /** At most ten minutes. */
  async until(isOver: () => boolean): Promise<void> {
    for (let n = 0; n < 300 && !isOver(); n += 1) {
      this.theatre.pass(2_000, isOver);
      await this.#orderMoves();
      this.#people();
    }
  }
  isClosed(run: string): boolean {
    return this.theatre.of('RunClosed').some((closed) => closed.run === run);
  }
  primaryOf(workload: string): string | undefined {
    return this.theatre.known.workloads.get(workload as WorkloadId)?.primary;
  }
  cancel(run: string): void {
    expect(this.#click('omar', { kind: 'cancel', run: run as never, reason: 'the provider refuses' })).toBe(true);
  }
  retry(run: string, step: string): void {
    expect(this.#click('omar', { kind: 'retry', run: run as never, step: step as never, reason: 'there is capacity now' })).toBe(true);
  }

  readonly #play: Stage = (command, at) => {
    if (command.kind !== 'apply' && command.kind !== 'observe') return undefined;
    if (command.uses === 'move') return this.#move(command, at);
    if (command.uses === 'human') return this.#asks(command, at);
    return this.#works(command, at);
  };
  #works(command: Call, at: number): ReturnType<Stage> {
    const goal = `${command.run}/${command.step}`;
    const run = this.theatre.known.runs.get(command.run);
    if (command.kind === 'apply') {
      if (run?.workload === this.#cast.refuses)
        return { afterMs: 50, answer: { kind: 'failed', code: 'AWS_REFUSED', message: 'no capacity', retriable: false } };
      this.executed.push(goal);
      this.#doneAt.set(goal, at + busyMs);
      return { afterMs: 50, answer: { kind: 'accepted', checkAt: (at + busyMs) as Instant } };
    }
    const doneAt = this.#doneAt.get(goal);
    if (doneAt === undefined) return { afterMs: 50, answer: { kind: 'absent', because: 'nothing was done' } };
    if (at < doneAt) return { afterMs: 50, answer: { kind: 'underway', checkAt: doneAt as Instant } };
    const effect = catalogue.actions.get(command.uses)?.effect ?? 'nothing';
    if (run?.plan !== undefined && effect !== 'nothing') this.theatre.primaries.set(run.workload, run.plan.to);
    return { afterMs: 50, answer: { kind: 'holds', data: {} } };
  }
  #asks(command: Call, at: number): ReturnType<Stage> {
    const run = this.theatre.known.runs.get(command.run);
    const confirmed = run === undefined ? undefined : confirmationOf(run, command.step);
    const checkAt = (at + 3_600_000) as Instant;
    if (confirmed === undefined) return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'accepted' : 'underway', checkAt } };
    return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'succeeded' : 'holds', data: confirmed as unknown as Json } };
  }
  #move(command: Call, at: number): ReturnType<Stage> {
    if (command.kind === 'apply') {
      this.#moves.push(command);
      return undefined;
    }
    const seen = look(this.theatre.known, `${command.run}/${command.step}`, moveOf(command.with));
    const answers = {
      there: { kind: 'holds', data: {} },
      open: { kind: 'underway', checkAt: (at + busyMs) as Instant },
      here: { kind: 'absent', because: 'it is here' },
      'given-up': { kind: 'absent', because: 'its run was given up', isFinal: true },
      unknown: { kind: 'unknown', message: 'nobody knows' },
    } as const;
    return { afterMs: 50, answer: answers[seen.kind] };
  }
  async #orderMoves(): Promise<void> {
    const { theatre } = this;
    const controller: Controlled = {
      get known() {
        return theatre.known;
      },
      submit: (input, actor) => {
        const made = theatre.give(input, actor);
        return Promise.resolve(made.ok ? { ok: true, value: made.value.entries } : made);
      },
    };
    for (const command of this.#moves.splice(0)) {
      const ordered = await order(controller, `${command.run}/${command.step}`, moveOf(command.with));
      const answer = ordered.ok
        ? ({ kind: 'accepted', checkAt: (theatre.now + busyMs) as Instant } as const)
        : ({ kind: 'failed', code: ordered.code, message: ordered.message, retriable: false } as const);
      theatre.give(answerTo(command, answer));
    }
  }
  /** Whoever asked approves nothing; everybody else says yes, and confirms what was asked of them, once. */
  #people(): void {
    for (const { run, plan } of this.theatre.of('RunOpened'))
      if (this.#cast.isIdle?.(run) !== true) this.#once(run, () => this.#click('omar', { kind: 'approve', run, plan }));
    for (const { run, step, uses, with: input } of this.theatre.of('StepStarted'))
      if (uses === 'human')
        this.#once(`${run}/${step}`, () =>
          this.#click('ines', { kind: 'confirm', run, step, comment: 'done', ...(asksFor(input) ? { answer: 'change-4711' } : {}) }),
        );
  }
  #once(key: string, click: () => boolean): void {
    if (!this.#clicked.has(key) && click()) this.#clicked.add(key);
  }
  #click(by: string, request: Request): boolean {
    return this.theatre.give({ kind: 'requested', by: person(by), request }, person(by)).ok;
  }
}
const moveOf = (input: Json): { readonly workload: string; readonly leave: string } => input as never;
const asksFor = (input: Json): boolean => typeof input === 'object' && input !== null && 'answer' in input;

const runsOf = ({ theatre }: Evacuation): Readonly<Record<string, string>> =>
  Object.fromEntries(theatre.of('RunClosed').map(({ run, outcome }) => [run, outcome]));
const wellDone = (n: number): Readonly<Record<string, string>> =>
  Object.fromEntries([...moved, 'home-region'].map((workload) => [`${workload}-${n}`, 'succeeded']));
const roles = (made: Evacuation): readonly (string | undefined)[] => [...moved, 'home-region'].map((each) => made.primaryOf(each));
const all = (replica: string): readonly string[] => [...moved, 'home-region'].map(() => replica);

describe('the whole of care leaves a region', () => {
  test('each workload by a run of its own, in the order in which they need each other, and comes home by the same runbook', async () => {
    const made = new Evacuation();
    made.order('us-west-2');
    await made.until(() => made.isClosed('home-region-1'));
    expect(runsOf(made)).toEqual(wellDone(1));
    expect(roles(made)).toEqual(all('west'));
    const at = (type: 'RunOpened' | 'RunClosed', run: string): number =>
      made.theatre.entries.findIndex(({ event }) => event.type === type && event.data.run === run);
    const before: readonly (readonly [string, string])[] = [
      ['identity', 'ehr'],
      ['identity', 'blood-bank'],
      ['ehr', 'fhir'],
      ['ehr', 'portal'],
      ['ehr', 'telehealth'],
      ['ehr', 'lis'],
      ['ehr', 'pharmacy'],
    ];
    expect(before.filter(([first, then]) => at('RunClosed', `${first}-1`) > at('RunOpened', `${then}-1`))).toEqual([]);
    // Laboratory and pharmacy wait for the people who move the interface engine, and its users are led last of all.
    const confirmed = made.theatre.of('StepConfirmed').filter(({ run }) => run === 'home-region-1');
    expect(confirmed.map(({ step, by }) => [step, by])).toEqual([
      ['roles', 'ines'],
      ['interfaces', 'ines'],
      ['look', 'ines'],
    ]);
    expect(made.executed.at(-1)).toBe('home-region-1/home');

    made.theatre.pass(4 * 60_000);
    made.order('us-east-2');
    await made.until(() => made.isClosed('home-region-2'));
    expect(runsOf(made)).toEqual({ ...wellDone(1), ...wellDone(2) });
    expect(roles(made)).toEqual(all('east'));
  });
  test('though its controller starts again in the middle, and nothing is done twice', async () => {
    const made = new Evacuation();
    made.order('us-west-2');
    await made.until(() => made.isClosed('ehr-1'));
    expect(made.isClosed('fhir-1')).toBe(false);
    made.theatre.restart();
    await made.until(() => made.isClosed('home-region-1'));
    expect(runsOf(made)).toEqual(wellDone(1));
    expect(roles(made)).toEqual(all('west'));
    expect(made.executed).toEqual([...new Set(made.executed)]);
  });
  test('but whoever asks for it approves none of it', async () => {
    const made = new Evacuation({ isIdle: () => true });
    made.order('us-west-2');
    await made.until(() => false);
    expect(made.theatre.of('RunStarted')).toEqual([]);
    expect(roles(made)).toEqual(all('east'));
  });
});

test('when one of them cannot move, what does not need it goes on, and its users are not led away', async () => {
  const made = new Evacuation({ refuses: 'blood-bank' });
  made.order('us-west-2');
  await made.until(() => made.theatre.of('StepFailed').some(({ run }) => run === 'blood-bank-1'));
  made.cancel('blood-bank-1');
  await made.until(() => false);
  expect(made.theatre.of('RunClosed').find(({ run }) => run === 'blood-bank-1')?.outcome).toBe('cancelled');
  expect(Object.fromEntries(moved.map((each) => [each, made.primaryOf(each)]))).toEqual({
    ...Object.fromEntries(moved.map((each) => [each, 'west'])),
    'blood-bank': 'east',
  });
  expect(made.primaryOf('home-region')).toBe('east');
  expect(made.isClosed('home-region-1')).toBe(false);
  expect(made.executed).not.toContain('home-region-1/home');
  // Nobody waits for its hour to be over, and no second run is asked for behind the back of who cancelled the first.
  expect(made.theatre.of('StepFailed').filter(({ run }) => run === 'home-region-1')).toMatchObject([
    { step: 'blood', code: 'DID_NOT_TAKE_EFFECT', because: 'its run was given up' },
  ]);
  expect(made.theatre.of('RunOpened').filter(({ workload }) => workload === 'blood-bank')).toHaveLength(1);
  made.retry('home-region-1', 'blood');
  await made.until(() => made.theatre.of('RunOpened').some(({ run }) => run === 'blood-bank-2'));
  expect(made.theatre.of('RunOpened').filter(({ workload }) => workload === 'blood-bank')).toHaveLength(2);
});
