// A provider that answers nonsense: it becomes `unknown`, with a code and the name of the action, and the run goes on by looking.
import { describe, expect, test } from 'vitest';
import type { Command, Input } from '../../src/core/kernel.ts';
import type { Instant } from '../../src/core/values.ts';
import { dispatcher, type Registry } from '../../src/runtime/dispatch.ts';
import { Theatre } from '../core/theatre.ts';
import { estate } from '../core/estate.ts';
import { WorkingStage } from '../scenarios/stage.ts';

const ring: Record<string, unknown> = {};
ring['self'] = [ring, ring];
const angry = {
  get kind(): string {
    throw new Error('no');
  },
};
const always: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'done'],
  ['a number', 7],
  ['a list', [{ kind: 'succeeded' }]],
  ['an object that says nothing', {}],
  ['a kind that nobody knows', { kind: 'perhaps' }],
  ['a kind that every object has', { kind: 'toString' }],
  ['a kind that is no text', { kind: ['succeeded'] }],
  ['one that cannot be read', angry],
  ['unknown without a word', { kind: 'unknown' }],
];
const toAct: readonly (readonly [string, unknown])[] = [
  ...always,
  ['accepted, and no word of when to look', { kind: 'accepted' }],
  ['accepted, to look at no time', { kind: 'accepted', checkAt: Number.NaN }],
  ['accepted, to look never', { kind: 'accepted', checkAt: Infinity }],
  ['accepted, to look at a text', { kind: 'accepted', checkAt: '2026-11-22T00:00:00Z' }],
  ['failed, without a code', { kind: 'failed', message: 'no', retriable: false }],
  ['failed, and no word of whether to try again', { kind: 'failed', code: 'X', message: 'no' }],
  ['succeeded, with a ring', { kind: 'succeeded', data: ring }],
  ['the answer to a look', { kind: 'holds', data: {} }],
];
const toLook: readonly (readonly [string, unknown])[] = [
  ...always,
  ['absent, without a reason', { kind: 'absent' }],
  ['under way, to look at no time', { kind: 'underway', checkAt: Number.NaN }],
  ['holds, with a ring', { kind: 'holds', data: ring }],
  ['the answer to a call', { kind: 'succeeded', data: {} }],
];
const call = (kind: Command['kind']): Command =>
  ({ kind, run: 'ehr-1', step: 'promote', drill: 'd-1', fault: 'f', attempt: 1, look: 1, uses: 'test.nonsense', with: {}, token: 't', leaseMs: 1, deadline: 5_000 }) as never; // prettier-ignore

function registryThat(answers: () => unknown): Registry {
  const promised = () => Promise.resolve(answers());
  const it = { apply: promised, observe: promised, inject: promised, revert: promised } as never;
  const bound = new Map([['test.nonsense', { it, tools: undefined, problem: () => undefined }]]) as never;
  return { actions: bound, faults: bound };
}
const dispatched = (kind: Command['kind'], registry: Registry): Promise<Input> =>
  new Promise((post) =>
    dispatcher({ registry, clock: { now: () => 0 as Instant, monotonicNs: () => 0n }, epoch: 1, log: 'l', post })(call(kind)),
  );
const said = (input: Input): unknown => ('outcome' in input ? input.outcome : 'observed' in input ? input.observed : input);

describe.each<[Command['kind'], readonly (readonly [string, unknown])[]]>([
  ['apply', toAct],
  ['inject', toAct],
  ['revert', toAct],
  ['observe', toLook],
  ['check', toLook],
])('%s answered with', (kind, rows) => {
  test.each(rows)('%s is unknown, and says who answered what', async (_, answer) => {
    expect(
      said(
        await dispatched(
          kind,
          registryThat(() => answer),
        ),
      ),
    ).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(new RegExp(`^BAD_ANSWER: test\\.nonsense answered \`${kind}\` with .+; report it`)) as unknown,
    });
  });
});

test.each<[Command['kind'], object]>([
  ['apply', { kind: 'succeeded', data: { writer: 'arn' } }],
  ['apply', { kind: 'accepted', checkAt: 50 }],
  ['apply', { kind: 'failed', code: 'X', message: '', retriable: true }],
  ['apply', { kind: 'unknown', message: 'reset' }],
  ['observe', { kind: 'holds', data: null }],
  ['observe', { kind: 'underway', checkAt: 50 }],
  ['check', { kind: 'absent', because: 'it answers' }],
  ['observe', { kind: 'absent', because: 'it was cancelled', isFinal: true }],
])('%s answered as its contract has it is passed on as it is: %o', async (kind, answer) => {
  expect(
    said(
      await dispatched(
        kind,
        registryThat(() => answer),
      ),
    ),
  ).toEqual(answer);
});

test('a moment between two milliseconds is a whole one, and what is not promised is left out', async () => {
  const answer = { kind: 'accepted', checkAt: 50.4, more: Number.NaN };
  expect(
    said(
      await dispatched(
        'apply',
        registryThat(() => answer),
      ),
    ),
  ).toEqual({ kind: 'accepted', checkAt: 50 });
});
test.each<[string, () => unknown]>([
  [
    'throws at once',
    () => {
      throw new Error('broken');
    },
  ],
  [
    'throws what has no text',
    () => {
      throw Object.create(null);
    },
  ],
])('a provider that %s gives an unknown outcome', async (_, answers) => {
  const registry = registryThat(() => undefined);
  Object.assign(registry.actions.get('test.nonsense')?.it ?? {}, { apply: answers });
  expect(said(await dispatched('apply', registry))).toMatchObject({ kind: 'unknown' });
});

test.each(toAct)('a run whose promotion is answered with %s looks, and ends as it should', async (_, answer) => {
  const outcome = said(
    await dispatched(
      'apply',
      registryThat(() => answer),
    ),
  );
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, (command, at) => {
    const played = stage.play(command, at);
    return command.kind === 'apply' ? { afterMs: 50, answer: outcome as never } : played;
  });
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.until('RunClosed');
  expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
});

test('a provider that wants to be asked in a year is asked before the time of its step is over', () => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, (command, at) => {
    const played = stage.play(command, at);
    return command.kind === 'apply' ? { afterMs: 50, answer: { kind: 'accepted', checkAt: (at + 31_536_000_000) as Instant } } : played;
  });
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.until('RunClosed', 300_000);
  expect(theatre.of('RunClosed')[0], theatre.transcript()).toMatchObject({ outcome: 'succeeded' });
});
