// A workload whose targets nobody has decided: nothing is done about it without a person, no schedule practises on it, and no page
// shows a number that somebody could take for its promise.
import { expect, test } from 'vitest';
import type { Estate, Target } from '../../src/core/estate.ts';
import type { Actor, WorkloadId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { person, type Theatre } from '../core/theatre.ts';
import { open, WorkingStage } from './stage.ts';

const withPending = (pending: readonly Target[]): Estate => ({
  ...estate,
  tiers: { 'life-critical': pending.length === 0 ? tier : { ...tier, pending, rtoMs: 0, rpoMs: 0 } },
});
const drill = (theatre: Theatre, by: Actor): string => {
  const result = theatre.give({ kind: 'requested', by, request: { kind: 'drill', gameday: 'region-loss' } }, by);
  return result.ok ? 'done' : result.error.code;
};
const schedule: Actor = { kind: 'schedule', id: 'region-loss' };

test.each<[readonly Target[], number]>([
  [['rto', 'rpo'], 1],
  [['availability'], 1],
  [[], 0],
])('with %j pending a lost region takes %i approvals', (pending, approvals) => {
  const { theatre } = open(new WorkingStage(), withPending(pending));
  theatre.dark.add('us-east-2');
  theatre.until('RunOpened');
  expect(theatre.of('RunOpened')[0]).toMatchObject({ workload: 'ehr' as WorkloadId, approvalsNeeded: approvals });
});

test('no schedule practises on it; a person may', () => {
  const { theatre } = open(new WorkingStage(), withPending(['rto']));
  expect(drill(theatre, schedule)).toBe('TARGETS_PENDING');
  expect(drill(theatre, person('ann'))).toBe('done');
  expect(drill(open(new WorkingStage(), withPending([])).theatre, schedule)).toBe('done');
});
