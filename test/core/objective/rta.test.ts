import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CanarySample } from '../../../src/core/objective/measurement.ts';
import { measureRta, type Boundaries, type RestoredRule } from '../../../src/core/objective/rta.ts';
import type { Instant } from '../../../src/core/values.ts';

const at = (ms: number): Instant => ms as Instant;
/** A canary every 100 ms from 0: `g` good (answered after 10 ms), `b` bad, a digit good under that timeline, `.` none was sent. */
const canaries = (pattern: string): readonly CanarySample[] =>
  pattern.split('').flatMap((mark, i) =>
    mark === '.'
      ? []
      : [
          {
            id: `c${i}`,
            sentAt: at(i * 100),
            ...(mark === 'b' ? {} : { ackedAt: at(i * 100 + 5), readAt: at(i * 100 + 10) }),
            timeline: mark === 'g' || mark === 'b' ? 1 : Number(mark),
            address: '127.0.0.1',
            detail: '',
          },
        ],
  );
const rule: RestoredRule = { good: 3, sustainedMs: 200 };
const boundaries = (detectedAt: number | undefined, decidedAt: number, approvedAt: number, executedAt: number): Boundaries => ({
  ...(detectedAt === undefined ? {} : { detectedAt: at(detectedAt) }),
  decidedAt: at(decidedAt),
  approvedAt: at(approvedAt),
  executedAt: at(executedAt),
});
const incident = boundaries(450, 460, 460, 700);
const planned = boundaries(undefined, 300, 320, 700);
const phases = (...[detect, decide, approve, execute, validate]: number[]): object => ({ detect, decide, approve, execute, validate });
const cover = (measuredMs: number, unknownMs: number): object => ({ measuredMs, unknownMs });
/** [onsetAt, restoredAt, rtaMs, phasesMs] */
type Expected = readonly [number | undefined, number | undefined, number | undefined, object | undefined];

const cases: readonly (readonly [string, string, Boundaries, RestoredRule, Expected])[] = [
  ['an outage', 'gggbbbbbggggg', incident, rule, [210, 810, 600, phases(240, 10, 0, 240, 110)]],
  ['good answers that do not last are no recovery', 'gggbbbggbbggggg', incident, rule, [210, 1010, 800, phases(240, 10, 0, 240, 310)]],
  [
    'three answers in too short a time are no recovery',
    'gggbbbbbggg',
    incident,
    { good: 3, sustainedMs: 201 },
    [210, undefined, undefined, undefined],
  ],
  [
    'long enough with too few answers is no recovery',
    'gggbbbbbggg',
    incident,
    { good: 4, sustainedMs: 0 },
    [210, undefined, undefined, undefined],
  ],
  [
    'an old writer that answers again is no recovery',
    'gggbbbgggbb222',
    incident,
    { ...rule, minTimeline: 2 },
    [210, 1110, 900, phases(240, 10, 0, 240, 410)],
  ],
  ['it never recovered', 'gggbbbbb', incident, rule, [210, undefined, undefined, undefined]],
  ['nothing good was seen before', 'bbbbbggggg', incident, rule, [undefined, 510, undefined, undefined]],
  [
    'an earlier blip is not this outage',
    'gbggggggbbbbbgggg',
    boundaries(1000, 1010, 1010, 1200),
    rule,
    [710, 1310, 600, phases(290, 10, 0, 190, 110)],
  ],
  [
    'detected by probes before the users felt it',
    'ggggggbbbggg',
    boundaries(450, 460, 460, 700),
    rule,
    [510, 910, 400, phases(0, 0, 0, 190, 210)],
  ],
  ['over before it was detected', 'gggbbgggggggg', boundaries(900, 910, 920, 930), rule, [210, 510, 300, phases(300, 0, 0, 0, 0)]],
  ['never felt', 'gggggggggg', incident, rule, [710, 710, 0, phases(0, 0, 0, 0, 0)]],
  ['never felt, but the samples end too early to say so', 'gggggg', incident, rule, [undefined, undefined, undefined, undefined]],
  ['no samples', '', incident, rule, [undefined, undefined, undefined, undefined]],
  [
    'recovered before the last step ended',
    'gggbbggggggg',
    boundaries(350, 360, 360, 900),
    rule,
    [210, 510, 300, phases(140, 10, 0, 150, 0)],
  ],
  ['planned: the first bad answer after the decision', 'gggggbbggg', planned, rule, [410, 710, 300, phases(0, 0, 0, 290, 10)]],
  ['planned: a blip that ended before the decision does not count', 'gbgggggggg', planned, rule, [710, 710, 0, phases(0, 0, 0, 0, 0)]],
  ['planned: an outage that stands counts whole', 'gbbbbbggg', planned, rule, [10, 610, 600, phases(290, 0, 20, 290, 0)]],
];

test.each(cases)('%s', (_, pattern, when, how, [onsetAt, restoredAt, rtaMs, phasesMs]) => {
  const measured = measureRta(canaries(pattern).toReversed(), when, how);
  expect([measured.onsetAt, measured.restoredAt, measured.rtaMs, measured.phasesMs]).toEqual([onsetAt, restoredAt, rtaMs, phasesMs]);
});

const watched = { ...rule, silenceMs: 500 };
const silent: readonly (readonly [string, string, Boundaries, Expected, object | undefined])[] = [
  ['that hides an outage counts as one', 'ggg......gggggg', incident, [210, 910, 700, phases(240, 10, 0, 240, 210)], cover(10, 690)],
  ['within an outage', 'gggb......bgggg', incident, [210, 1110, 900, phases(240, 10, 0, 240, 410)], cover(200, 700)],
  ['before an outage', 'ggg......bbgggg', incident, [210, 1110, 900, phases(240, 10, 0, 240, 410)], cover(210, 690)],
  ['ends a row of good answers', 'gggbbg......gggg', incident, [210, 1210, 1000, phases(240, 10, 0, 240, 510)], cover(300, 700)],
  [
    'after users were restored, while the run still went on',
    'gggbbgggg......gggg',
    boundaries(350, 360, 360, 1600),
    [210, 510, 300, phases(140, 10, 0, 150, 0)],
    cover(690, 700),
  ],
  [
    'from before the impact until it is over: no onset',
    '.........ggggg',
    boundaries(350, 360, 360, 700),
    [undefined, 910, undefined, undefined],
    cover(10, 550),
  ],
  ['that lasts: no recovery', 'gggbb', boundaries(450, 460, 460, 1200), [210, undefined, undefined, undefined], cover(190, 800)],
  ['that lasts, with nothing bad seen', 'ggg', boundaries(450, 460, 460, 1200), [210, undefined, undefined, undefined], cover(0, 990)],
  ['in a planned run', 'ggg......gggggg', planned, [210, 910, 700, phases(90, 0, 20, 380, 210)], cover(10, 690)],
  // Negative controls: what is no silence, or is not this run's, changes nothing.
  ['of five intervals is none', 'ggg....gggggg', incident, [710, 710, 0, phases(0, 0, 0, 0, 0)], undefined],
  [
    'long over when a planned run was decided',
    'g......gggggggg',
    boundaries(undefined, 900, 900, 1100),
    [1110, 1110, 0, phases(0, 0, 0, 0, 0)],
    undefined,
  ],
  ['after everything was over', 'gggbbbbbggggg......gg', incident, [210, 810, 600, phases(240, 10, 0, 240, 110)], undefined],
  ['nowhere', 'gggbbbbbggggg', incident, [210, 810, 600, phases(240, 10, 0, 240, 110)], undefined],
];
test.each(silent)('silence %s', (_, pattern, when, [onsetAt, restoredAt, rtaMs, phasesMs], coverage) => {
  const measured = measureRta(canaries(pattern).toReversed(), when, watched);
  expect([measured.onsetAt, measured.restoredAt, measured.rtaMs, measured.phasesMs, measured.coverage]).toEqual([
    onsetAt,
    restoredAt,
    rtaMs,
    phasesMs,
    coverage,
  ]);
  if (coverage === undefined) expect(measured).toEqual(measureRta(canaries(pattern), when, rule));
});

test('by the older rule silence is not looked for, so that old journals verify', () => {
  expect(measureRta(canaries('ggg......gggggg'), incident, rule)).toEqual({
    onsetAt: 910,
    restoredAt: 910,
    rtaMs: 0,
    phasesMs: phases(0, 0, 0, 0, 0),
  });
});

test('phases are never negative and always add up, whatever the clocks say', () => {
  const when = fc.record({
    detectedAt: fc.option(fc.nat(3000), { nil: undefined }),
    decidedAt: fc.nat(3000),
    approvedAt: fc.nat(3000),
    executedAt: fc.nat(3000),
  });
  let measuredSome = 0;
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('g', 'b', '2'), maxLength: 30 }),
      when,
      fc.integer({ min: 1, max: 4 }),
      (pattern, times, good) => {
        const { rtaMs, phasesMs, onsetAt, restoredAt } = measureRta(
          canaries(pattern),
          boundaries(times.detectedAt, times.decidedAt, times.approvedAt, times.executedAt),
          {
            good,
            sustainedMs: 100,
          },
        );
        expect(rtaMs === undefined).toBe(phasesMs === undefined);
        if (rtaMs === undefined || phasesMs === undefined) return;
        measuredSome += 1;
        expect(Object.values(phasesMs).every((ms) => ms >= 0)).toBe(true);
        expect(Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0)).toBe(rtaMs);
        expect(rtaMs).toBe(restoredAt! - onsetAt!);
      },
    ),
    { numRuns: 500 },
  );
  expect(measuredSome).toBeGreaterThan(50);
});
