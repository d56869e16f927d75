import type { Instant } from '../../src/core/values.ts';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/ports.ts';
import { approve } from '../../src/providers/resus/actions/approve.ts';
import { human } from '../../src/providers/resus/actions/human.ts';
import { move } from '../../src/providers/resus/actions/move.ts';
import { probe } from '../../src/providers/resus/actions/probe.ts';
import { wait } from '../../src/providers/resus/actions/wait.ts';
import { ResusTools, type Moves } from '../../src/providers/resus/tools.ts';
import { actionSuite } from './action.suite.ts';

let said: Sample = { ok: false, detail: 'not yet' };
const approved = new Set<string>();
const confirmed = new Map<string, { readonly by: string; readonly at: number }>();
const tools = (): ResusTools =>
  new ResusTools({ sample: async () => said, approvals: (token) => approved.has(token), confirmation: (token) => confirmed.get(token) });
const ground = (input: Record<string, unknown>) => async () => ({ with: input, tools: tools(), executions: () => 0 });

const probing = { uses: 'postgres', with: { url: 'postgres://resus@localhost/ehr' } };
actionSuite({
  action: probe,
  example: probing,
  ground: ground(probing),
  help: () => (said = { ok: true, detail: 'is a primary', measured: { role: 'primary', timeline: 2, lsn: 7 } }),
});
actionSuite({ action: wait, example: { for: '90s' }, ground: ground({ for: 300 }) });
const asking = { text: 'Is the ward on paper?', people: 2 };
actionSuite({ action: approve, example: asking, ground: ground(asking), help: () => approved.add('run-1/step-1') });

const task = { person: 'the charge nurse of each ward', text: 'Take the downtime binder out' };
actionSuite({ action: human, example: task, ground: ground(task), help: () => confirmed.set('run-1/step-1', { by: 'nina', at: 7 }) });

let standing: ReturnType<Moves['look']> = { kind: 'here', because: 'lis is at east' };
let orders = 0;
const moves: Moves = {
  look: () => standing,
  order: () => {
    if (standing.kind === 'here') [standing, orders] = [{ kind: 'open', run: 'lis-1' }, orders + 1];
    return Promise.resolve({ ok: true });
  },
};
const moving = { workload: 'lis', leave: 'us-east-2' };
const withMoves = (given: Moves): ResusTools =>
  new ResusTools({ sample: async () => said, approvals: () => false, confirmation: () => undefined, moves: given });
actionSuite({
  action: move,
  example: moving,
  ground: async () => ({ with: moving, tools: withMoves(moves), executions: () => orders }),
  help: () => (standing = { kind: 'there', replica: 'west' }),
  repeatExecutes: 0,
});
test.each([
  ['RESOURCE_HELD', true],
  ['NO_RUNBOOK', false],
])('move that is refused with %s is worth another try: %s', async (code, retriable) => {
  const refusing = withMoves({ look: () => ({ kind: 'here', because: 'so' }), order: async () => ({ ok: false, code, message: 'no' }) });
  expect(await move.apply(at(0, moving, refusing))).toEqual({ kind: 'failed', code, message: 'no', retriable });
});
test('move asks nothing of a program that does not decide', async () => {
  expect(await move.observe(at(0, moving, tools()))).toMatchObject({ kind: 'unknown' });
  expect(await move.apply(at(0, moving, tools()))).toMatchObject({ kind: 'failed', code: 'CANNOT_MOVE' });
  expect(await move.evaluate?.(at(0, moving, tools()))).toMatchObject([{ code: 'CANNOT_MOVE', severity: 'blocks' }]);
});

test('human says who confirmed it and when, and needs no control plane', async () => {
  expect(human.describe(task)).toBe('Ask the charge nurse of each ward: Take the downtime binder out.');
  expect([human.needs(task), human.changes?.(task)]).toEqual([[], []]);
  expect(await human.observe(at(0, task, tools(), 'r/asked'))).toMatchObject({ kind: 'underway' });
  confirmed.set('r/asked', { by: 'nina', at: 42 });
  expect(await human.observe(at(0, task, tools(), 'r/asked'))).toEqual({ kind: 'holds', data: { by: 'nina', at: 42 } });
});

const at = (now: number, input: unknown, through: ResusTools, token = 't') => ({
  with: input as never,
  tools: through,
  token,
  epoch: 1,
  now: now as Instant,
  signal: new AbortController().signal,
});

describe('wait', () => {
  const table: readonly (readonly [number | string, number])[] = [
    [1_500, 1_500],
    [0, 0],
    ['1500ms', 1_500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['999h', 86_400_000],
  ];
  test.each(table)('for %s', async (given, ms) => {
    const through = tools();
    await wait.apply(at(1_000, { for: given }, through));
    if (ms > 0) expect(await wait.observe(at(1_000 + ms - 1, { for: given }, through))).toEqual({ kind: 'underway', checkAt: 1_000 + ms });
    expect(await wait.observe(at(1_000 + ms, { for: given }, through))).toEqual({ kind: 'holds', data: {} });
  });
  test('each step has a clock of its own, and a restart starts it again', async () => {
    const through = tools();
    await wait.apply(at(0, { for: 100 }, through, 'one'));
    await wait.apply(at(50, { for: 100 }, through, 'two'));
    expect(await wait.observe(at(120, { for: 100 }, through, 'one'))).toMatchObject({ kind: 'holds' });
    expect(await wait.observe(at(120, { for: 100 }, through, 'two'))).toMatchObject({ kind: 'underway' });
    expect(await wait.observe(at(120, { for: 100 }, tools(), 'one'))).toEqual({ kind: 'underway', checkAt: 220 });
  });
});

test('probe may be asked to see something fail', async () => {
  said = { ok: false, detail: 'connection refused' };
  expect(await probe.apply(at(0, { ...probing, expectOk: false }, tools()))).toEqual({
    kind: 'succeeded',
    data: { ok: false, detail: 'connection refused' },
  });
  said = { ok: true, detail: 'up' };
  expect(await probe.apply(at(0, { ...probing, expectOk: false }, tools()))).toMatchObject({ kind: 'accepted' });
});
