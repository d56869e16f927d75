// The lease, move by move, and then two and three controllers on a store of their own with clocks that drift, answers that are lost
// and processes that stand still: at no instant may two of them act.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Leadership, leaseRules, type Answer, type Ask, type LeaseRecord, type LeaseRules } from '../../src/engine/leadership.ts';

const rules = leaseRules({ leaseMs: 10_000, driftPpm: 10_000, slackMs: 400 });
const other: LeaseRecord = { holder: 'b', epoch: 4, renewals: 7 };
const stands = (record: LeaseRecord | undefined, lastEpoch = record?.epoch ?? 0): Answer => ({ kind: 'stands', record, lastEpoch });
const swapped: Answer = { kind: 'swapped' };

type Step =
  | { readonly at: number; readonly asks: Omit<Extract<Ask, { kind: 'swap' }>, 'id'> | { readonly kind: 'read' } | undefined }
  | { readonly at: number; readonly told: Answer }
  | { readonly at: number; readonly lateTold: Answer }
  | { readonly at: number; readonly stepDown: string }
  | { readonly at: number; readonly acts: boolean; readonly epoch?: number };
const read = { kind: 'read' } as const;
const swap = (expect: LeaseRecord | undefined, to: LeaseRecord) => ({ kind: 'swap', expect, to }) as const;
const mine = (epoch: number, renewals = 0): LeaseRecord => ({ holder: 'a', epoch, renewals });
/** Follows an empty store and leads in epoch 1 from 0 on. */
const leads: Step[] = [
  { at: 0, asks: read },
  { at: 0, told: stands(undefined) },
  { at: 0, asks: swap(undefined, mine(1)) },
  { at: 100, told: swapped },
];

const stories: [string, Step[]][] = [
  ['an empty store is claimed at once', [...leads, { at: 101, acts: true, epoch: 1 }]],
  [
    'an empty record after a journal of another life begins above its epoch',
    [
      { at: 0, asks: read },
      { at: 10, told: stands(undefined, 8) },
      { at: 10, asks: swap(undefined, mine(9)) },
    ],
  ],
  [
    'it acts until the lease less the margin after it SENT the claim, and then follows',
    [...leads, { at: 9_499, acts: true }, { at: 9_500, acts: false }, { at: 9_500, asks: read }],
  ],
  [
    'a renewal counts from when it was sent',
    [
      ...leads,
      { at: 4_000, asks: swap(mine(1), mine(1, 1)) },
      { at: 5_900, told: swapped },
      { at: 13_499, acts: true },
      { at: 13_500, acts: false },
    ],
  ],
  [
    'a renewal that is answered after the lease ran out does not bring it back',
    [...leads, { at: 9_000, asks: swap(mine(1), mine(1, 1)) }, { at: 9_600, told: swapped }, { at: 9_600, acts: false }],
  ],
  [
    'one question at a time; an answer that never comes is given up, and means nothing when it comes late',
    [
      ...leads,
      { at: 2_000, asks: swap(mine(1), mine(1, 1)) },
      { at: 3_999, asks: undefined },
      { at: 4_000, asks: swap(mine(1), mine(1, 1)) },
      { at: 4_100, lateTold: swapped },
      { at: 4_100, asks: undefined },
      { at: 4_200, told: stands(mine(1, 1)) },
      { at: 4_200, asks: swap(mine(1, 1), mine(1, 2)) },
      { at: 4_300, told: swapped },
      { at: 13_699, acts: true, epoch: 1 },
      { at: 13_700, acts: false },
    ],
  ],
  [
    'a renewal whose answer was lost makes the lease no longer',
    [
      ...leads,
      { at: 4_000, asks: swap(mine(1), mine(1, 1)) },
      { at: 6_000, asks: swap(mine(1), mine(1, 1)) },
      { at: 6_100, told: stands(mine(1, 1)) },
      { at: 9_499, acts: true },
      { at: 9_500, acts: false },
    ],
  ],
  [
    'a leader that finds another one follows',
    [...leads, { at: 4_000, asks: swap(mine(1), mine(1, 1)) }, { at: 4_100, told: stands(other) }, { at: 4_100, acts: false }],
  ],
  [
    'a leader that finds itself in a later epoch is in doubt',
    [...leads, { at: 4_000, asks: swap(mine(1), mine(1, 1)) }, { at: 4_100, told: stands(mine(2)) }, { at: 4_100, acts: false }],
  ],
  [
    'a follower waits until the record looked the same for the lease and the margin, from the answer on',
    [
      { at: 0, asks: read },
      { at: 900, told: stands(other) },
      { at: 900, acts: false },
      { at: 10_500, asks: read },
      { at: 11_300, told: stands(other) },
      { at: 11_300, asks: undefined },
      { at: 12_500, asks: swap(other, mine(5)) },
      { at: 12_600, told: swapped },
      { at: 12_600, acts: true, epoch: 5 },
    ],
  ],
  [
    'a renewal begins the wait again',
    [
      { at: 0, asks: read },
      { at: 0, told: stands(other) },
      { at: 9_000, asks: read },
      { at: 9_000, told: stands({ ...other, renewals: 8 }) },
      { at: 19_000, asks: read },
      { at: 19_499, told: stands({ ...other, renewals: 8 }) },
      { at: 19_499, asks: undefined },
      { at: 21_000, asks: swap({ ...other, renewals: 8 }, mine(5)) },
    ],
  ],
  [
    'a claim that came too late follows again, from the beginning',
    [
      { at: 0, asks: read },
      { at: 0, told: stands(other) },
      { at: 10_500, asks: swap(other, mine(5)) },
      { at: 10_600, told: stands({ holder: 'c', epoch: 5, renewals: 0 }) },
      { at: 10_600, acts: false },
      { at: 20_600, asks: read },
    ],
  ],
  [
    'its own record, by which it does not lead, is claimed at once and in the next epoch',
    [
      { at: 0, asks: read },
      { at: 0, told: stands(mine(3, 2)) },
      { at: 0, asks: swap(mine(3, 2), mine(4)) },
    ],
  ],
  [
    'after it stepped down it is a follower like any other',
    [
      ...leads,
      { at: 200, stepDown: 'STALE_EPOCH' },
      { at: 200, acts: false },
      { at: 2_000, asks: read },
      { at: 2_100, told: stands(other) },
      { at: 4_000, asks: read },
    ],
  ],
  ['a clock that goes back is a doubt', [...leads, { at: 50, acts: false }]],
  [
    'a follower whose clock went back begins to wait again',
    [
      { at: 10_000, asks: read },
      { at: 10_000, told: stands(other) },
      { at: 0, asks: read },
      { at: 0, told: stands(other) },
      { at: 10_400, asks: read },
    ],
  ],
];

describe('the lease, move by move', () => {
  test.each(stories)('%s', (_, steps) => {
    const it = new Leadership('a', rules);
    const asked: Ask[] = [];
    for (const step of steps) {
      if ('asks' in step) {
        const ask = it.ask(step.at);
        if (ask !== undefined) asked.push(ask);
        const { id: _id, ...rest } = ask ?? { id: 0 };
        expect(ask === undefined ? undefined : rest, `at ${step.at}`).toEqual(step.asks);
      } else if ('told' in step) it.answered(asked.at(-1)?.id ?? 0, step.told, step.at);
      else if ('lateTold' in step) it.answered(asked.at(-2)?.id ?? 0, step.lateTold, step.at);
      else if ('stepDown' in step) it.stepDown(step.stepDown);
      else {
        expect(it.mayAct(step.at), `may act at ${step.at}: ${it.because}`).toBe(step.acts);
        if (step.epoch !== undefined) expect(it.epoch).toBe(step.epoch);
      }
    }
  });

  test('says when it has something to ask again', () => {
    const it = new Leadership('a', rules);
    it.ask(0);
    expect(it.wakeAt).toBe(2_000);
    it.answered(1, stands(other), 10);
    expect([it.ask(1_999), it.wakeAt]).toEqual([undefined, 2_000]);
    expect(it.because).toBe('b holds the lease in epoch 4');
  });

  test.each([
    [{ leaseMs: 10_000, driftPpm: 0, slackMs: 0 }],
    [{ leaseMs: 1_000, driftPpm: 0, slackMs: 501 }],
    [{ leaseMs: Number.NaN, driftPpm: 1, slackMs: 1 }],
  ])('refuses %j, which leaves no room', (asked) => {
    expect(() => leaseRules(asked)).toThrow(RangeError);
  });
});

/** One store, several controllers; each has a clock of its own rate, and stands still or loses answers as the dice say. */
function play(given: LeaseRules, driftPpm: number, steps: readonly Dice[]): { overlaps: number; acted: number; terms: number } {
  let record: LeaseRecord | undefined;
  let trueMs = 0;
  const controllers = [-1, 1, 0.3].map((drift, index) => ({
    it: new Leadership(`c${index}`, given),
    clock: () => 1_000 * index + trueMs * (1 + (drift * driftPpm) / 1_000_000),
    stillUntil: 0,
    due: [] as { at: number; run: () => void }[],
  }));
  const terms = new Set<number>();
  let [overlaps, acted] = [0, 0];
  for (const dice of steps) {
    trueMs += dice.passMs;
    const held = controllers[dice.who % controllers.length];
    if (held !== undefined && dice.stillMs > 0) held.stillUntil = Math.max(held.stillUntil, trueMs + dice.stillMs);
    for (const each of controllers) {
      if (each.stillUntil > trueMs) continue;
      for (const due of each.due.filter(({ at }) => at <= trueMs)) due.run();
      each.due = each.due.filter(({ at }) => at > trueMs);
      const ask = each.it.ask(each.clock());
      if (ask === undefined) continue;
      const reach = (): void => {
        const isSame = JSON.stringify(record) === JSON.stringify(ask.kind === 'swap' ? ask.expect : record);
        const answer: Answer = ask.kind === 'swap' && isSame ? swapped : stands(record, record?.epoch ?? 0);
        if (ask.kind === 'swap' && isSame) record = ask.to;
        if (!dice.isLost) each.due.push({ at: trueMs + dice.backMs, run: () => each.it.answered(ask.id, answer, each.clock()) });
      };
      each.due.push({ at: trueMs + dice.thereMs, run: reach });
    }
    // What is asked is what its own clock says of now, also of one that stands still: it may wake between any two instructions.
    const acting = controllers.filter(({ it, clock }) => it.mayAct(clock()));
    if (acting.length > 1) overlaps += 1;
    acted += acting.length;
    for (const { it } of acting) terms.add(it.epoch ?? 0);
  }
  return { overlaps, acted, terms: terms.size };
}
const step = fc.record({
  passMs: fc.integer({ min: 1, max: 400 }),
  who: fc.nat(2),
  stillMs: fc.oneof({ weight: 40, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 500, max: 30_000 }) }),
  thereMs: fc.oneof({ weight: 10, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.nat(15_000) }),
  backMs: fc.oneof({ weight: 10, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.nat(15_000) }),
  isLost: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
type Dice = { passMs: number; who: number; stillMs: number; thereMs: number; backMs: number; isLost: boolean };

describe('several controllers', () => {
  test('never act at once, and somebody acts most of the time', () => {
    let [acted, terms] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => {
        const played = play(rules, 9_000, steps);
        expect(played.overlaps).toBe(0);
        acted += played.acted / steps.length;
        terms += played.terms;
      }),
      { numRuns: 150, seed: 20261122 },
    );
    expect(acted / 150).toBeGreaterThan(0.4);
    expect(terms).toBeGreaterThan(300);
  });
  test('do act at once when the margin is smaller than what their clocks differ by', () => {
    const thin: LeaseRules = { ...rules, marginMs: 100 };
    const found = fc.check(
      fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => play(thin, 300_000, steps).overlaps === 0),
      { numRuns: 300, seed: 20261122, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
