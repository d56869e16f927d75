// Which RTO holds: the one of the loss where the tier names it, else the general one; and which loss a run treats.
import { describe, expect, test } from 'vitest';
import type { DiagnosisKind, Tier } from '../../../src/core/estate.ts';
import { rtoOf, treats } from '../../../src/core/objective/target.ts';

const general = { rtoMs: 900_000 };
const zoned = { ...general, byLoss: { zone: { rtoMs: 300_000 } } };
const undecided = { rtoMs: 0, pending: ['rto'] as const, byLoss: { zone: { rtoMs: 300_000 } } };

test.each<[string, Pick<Tier, 'rtoMs' | 'pending' | 'byLoss'>, DiagnosisKind | undefined, number | undefined]>([
  ['no target of a loss', general, 'ZoneLost', 900_000],
  ['its own', zoned, 'ZoneLost', 300_000],
  ['that of another loss', zoned, 'RegionLost', 900_000],
  ['and so of a replica', zoned, 'ReplicaDown', 900_000],
  ['a move that no diagnosis ordered', zoned, undefined, 900_000],
  ['nobody decided the general one', undecided, 'RegionLost', undefined],
  ['nobody decided the general one, and somebody that of the loss', undecided, 'ZoneLost', 300_000],
])('%s', (_, tier, diagnosis, ms) => {
  expect(rtoOf(tier, diagnosis)).toBe(ms);
});

describe('what a plan treats', () => {
  const plan = { mode: 'failover', from: 'east', to: 'west' } as const;
  test.each<[string, Parameters<typeof treats>[0], DiagnosisKind | undefined, DiagnosisKind | undefined]>([
    ['what was diagnosed', plan, 'ReplicaDown', 'ReplicaDown'],
    ['ordered by people: the widest', plan, undefined, 'RegionLost'],
    ['inside a replica: a zone', { ...plan, to: 'east' }, undefined, 'ZoneLost'],
    ['a planned move: nothing', { ...plan, mode: 'switchover' }, undefined, undefined],
    ['the way home after a loss: nothing', { ...plan, mode: 'failback' }, 'RegionLost', undefined],
    ['chosen by hand: nobody knows', { ...plan, byHand: 'restore' }, undefined, undefined],
  ])('%s', (_, of, diagnosed, treated) => {
    expect(treats(of, diagnosed)).toBe(treated);
  });
});
