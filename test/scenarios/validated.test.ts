// A validated system leaves its approved way only with a record; and what is not the production of a product waits for the one that is.
import { describe, expect, test } from 'vitest';
import type { Estate, Workload } from '../../src/core/estate.ts';
import type { StepId, WorkloadId } from '../../src/core/values.ts';
import { evictableFor, productionInTrouble } from '../../src/core/decision/products.ts';
import type { View } from '../../src/core/kernel.ts';
import type { Request } from '../../src/core/input.ts';
import { estate, workload } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { codeOf, fenced, lost, run, step, withTier } from './in-hand.ts';

const gxp = (whole: Estate): Estate => ({ ...whole, workloads: { ...whole.workloads, ehr: { ...workload, validated: true } } });
const route = 'route' as StepId;
const graceful = {
  ...fenced,
  steps: [
    step('drain', 'test.prepare', [], { onUngraceful: { kind: 'skip' } }),
    step('promote', 'test.switchover', ['drain']),
    step('route', 'test.route', ['promote']),
  ],
};

describe('a step of a validated system is skipped', () => {
  test.each<[string, boolean, string | undefined, string]>([
    ['not without a record', true, undefined, 'RECORD_REQUIRED'],
    ['not with an empty one', true, '  ', 'RECORD_REQUIRED'],
    ['with one', true, 'DEV-2026-117', 'done'],
    ['or of any other without one', false, undefined, 'done'],
  ])('%s', (_, validated, record, answer) => {
    const { theatre, stage, ask } = lost(validated ? gxp(withTier({})) : withTier({}));
    stage.refuse.set('ehr-1/route', { code: 'Denied', retriable: false });
    theatre.pass(60_000, () => theatre.of('StepFailed').length > 0);
    const named = record === undefined ? {} : { record };
    expect(ask('ann', { kind: 'skip', run, step: route, reason: 'moved by hand', ...named })).toBe(answer);
    expect(theatre.of('StepSkipped').map((each) => each.record)).toEqual(answer === 'done' ? [record] : []);
  });
});

test.each<[string | undefined, string]>([
  [undefined, 'RECORD_REQUIRED'],
  ['DEV-2026-118', 'done'],
])('grace of a validated system is given up with the record %s: %s', (record, answer) => {
  const { theatre, stage, ask } = lost(gxp(withTier({}, graceful)));
  stage.refuse.set('ehr-1/drain', { code: 'Busy', retriable: false });
  expect(ask('ann', { kind: 'ungraceful', run, reason: 'no answer', ...(record === undefined ? {} : { record }) })).toBe(answer);
  expect(theatre.of('UngracefulChosen').map((each) => each.record)).toEqual(answer === 'done' ? [record] : []);
});

describe('also where the run is left as a whole', () => {
  const named = (record: string | undefined): { readonly record?: string } => (record === undefined ? {} : { record });
  const answers: [string | undefined, string][] = [
    [undefined, 'RECORD_REQUIRED'],
    ['DEV-2026-119', 'done'],
  ];
  test.each(answers)('it is ended with the record %s: %s', (record, answer) => {
    const { theatre, ask } = lost(gxp(withTier({})));
    expect(ask('ann', { kind: 'cancel', run, reason: 'only a cable', ...named(record) })).toBe(answer);
    expect(theatre.of('RunCancelling').map((each) => each.record)).toEqual(answer === 'done' ? [record] : []);
  });
  test('but not before anything was sent, and whoever stops or holds is not held up', () => {
    const waiting = withTier({ automation: { replica: 'approve', zone: 'approve', region: 'approve' } });
    expect(lost(gxp(waiting)).ask('ann', { kind: 'cancel', run, reason: 'only a cable' })).toBe('done');
    const { ask } = lost(gxp(withTier({})));
    expect(ask('ann', { kind: 'pause', run, reason: 'look first' })).toBe('done');
    expect(ask('ann', { kind: 'stop', reason: 'look first' })).toBe('done');
  });
  test.each(answers)('it is approved alone with the record %s: %s', (record, answer) => {
    const waiting = withTier({ automation: { replica: 'approve', zone: 'approve', region: 'approve' } });
    const { theatre, ask } = lost(gxp(waiting));
    const plan = theatre.known.runs.get(run)?.hash;
    if (plan === undefined) throw new Error('no run opened');
    const emergency = { duties: ['incident-commander'], reason: 'nobody answers', ...named(record) };
    expect(ask('ines', { kind: 'approve', run, plan, emergency })).toBe(answer);
    expect(theatre.of('ApprovalGiven').map((each) => each.record)).toEqual(answer === 'done' ? [record] : []);
  });
  test.each(answers)('a runbook is chosen by hand with the record %s: %s', (record, answer) => {
    const ehr: Workload = { ...workload, validated: true, runbooks: { ...workload.runbooks, byHand: { leave: 'switchover' } } };
    const theatre = new Theatre({ ...withTier({}), workloads: { ehr } }, () => undefined);
    theatre.pass(5_000);
    const request: Request = {
      kind: 'run',
      workload: ehr.id,
      mode: 'switchover',
      runbook: 'leave',
      reason: 'a storm comes',
      ...named(record),
    };
    expect(codeOf(theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann')))).toBe(answer);
    expect(theatre.of('RunOpened').map((each) => each.record)).toEqual(answer === 'done' ? [record] : []);
  });
  test('the runbook of the mode is its approved way', () => {
    const theatre = new Theatre(gxp(withTier({})), () => undefined);
    theatre.pass(5_000);
    const request: Request = { kind: 'run', workload: workload.id, mode: 'switchover', reason: 'a storm comes' };
    expect(codeOf(theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann')))).toBe('done');
  });
});

describe('environments of one product', () => {
  const id = (name: string): WorkloadId => name as WorkloadId;
  const of = (name: string, product?: Workload['product']): Workload => ({
    ...workload,
    id: id(name),
    ...(product === undefined ? {} : { product }),
  });
  const production = of('ehr', { name: 'ehr', environment: 'production', evictable: false });
  const training = of('ehr-training', { name: 'ehr', environment: 'training', evictable: true });
  const kept = of('ehr-exam', { name: 'ehr', environment: 'training', evictable: false });
  const other = of('lis-training', { name: 'lis', environment: 'training', evictable: true });
  const alone = of('pacs');
  const all = [production, training, kept, other, alone];
  const whole: Estate = { ...estate, workloads: Object.fromEntries(all.map((each) => [each.id, each])) };
  const view = (inTrouble: WorkloadId): View =>
    ({
      known: {
        estate: whole,
        workloads: new Map(all.map((each) => [each.id, { incidents: new Set(each.id === inTrouble ? ['i-1'] : []) }])),
      },
    }) as unknown as View;

  test.each<[Workload, string, string | undefined]>([
    [training, 'ehr', 'ehr'],
    [kept, 'ehr', 'ehr'],
    [training, 'lis-training', undefined],
    [production, 'ehr', undefined],
    [other, 'ehr', undefined],
    [alone, 'ehr', undefined],
  ])('%o waits when %s is in trouble', (each, inTrouble, waitsFor) => {
    expect(productionInTrouble(view(id(inTrouble)), each)?.production).toBe(waitsFor);
  });
  test('only training of the same product that may give way is named to the production', () => {
    expect(evictableFor(whole, production)).toEqual(['ehr-training']);
    expect(evictableFor(whole, training)).toEqual([]);
    expect(evictableFor(whole, alone)).toEqual([]);
  });
});
