// What a calendar holds back: a game day in a freeze is refused, and in a blackout the machine asks before it acts.
import { expect, test } from 'vitest';
import type { Calendar, Estate, WindowKind } from '../../src/core/estate.ts';
import type { Instant, WorkloadId } from '../../src/core/values.ts';
import { estate } from '../core/estate.ts';
import { person, type Theatre } from '../core/theatre.ts';
import { open, WorkingStage } from './stage.ts';

const withWindow = (kind: WindowKind, endsAt: Instant): Estate => {
  const { ehr } = estate.workloads;
  if (ehr === undefined) throw new Error('no ehr');
  const calendar: Calendar = {
    id: 'house',
    zone: 'UTC',
    windows: [{ name: 'quiet', kind, when: { kind: 'dated', startsAt: 0 as Instant, endsAt } }],
  };
  return { ...estate, calendars: { house: calendar }, workloads: { ...estate.workloads, ehr: { ...ehr, calendar: 'house' } } };
};
const drill = (theatre: Theatre): string => {
  const result = theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
  return result.ok ? 'done' : result.error.code;
};

test.each<[WindowKind, Instant, string]>([
  ['freeze', 8e15 as Instant, 'CALENDAR_CLOSED'],
  ['blackout', 8e15 as Instant, 'CALENDAR_CLOSED'],
  ['maintenance', 8e15 as Instant, 'done'],
  ['freeze', 1 as Instant, 'done'],
])('a game day in a %s of its workload until %i: %s', (kind, endsAt, answer) => {
  const { theatre } = open(new WorkingStage(), withWindow(kind, endsAt));
  expect(drill(theatre)).toBe(answer);
});

test.each<[WindowKind, number]>([
  ['blackout', 1],
  ['freeze', 0],
])('a lost region in a %s is treated after %i approvals', (kind, approvals) => {
  const { theatre } = open(new WorkingStage(), withWindow(kind, 8e15 as Instant));
  theatre.dark.add('us-east-2');
  theatre.until('RunOpened');
  expect(theatre.of('RunOpened')[0]).toMatchObject({ workload: 'ehr' as WorkloadId, approvalsNeeded: approvals });
});
