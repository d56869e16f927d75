// What is different about one schedule: the hospital, how many eyes and controllers, which faults there are and how often. Drawn from
// the seed and printed, so that no schedule is hard for reasons that nobody can see.
import { drawShape, type Shape } from './estates.ts';
import type { Random } from './random.ts';
import type { Theme } from './themes.ts';

/** `any`: all requests alike. */
export type Habit = 'any' | 'stop' | 'maintain' | 'acknowledge' | 'meddle';

export type Swarm = {
  /** What it has more of than others, by name. */
  readonly theme: string | undefined;
  readonly shape: Shape;
  readonly controllers: readonly { readonly name: string; readonly site: string }[];
  /** Faults that may strike in this schedule. */
  readonly enabled: ReadonlySet<string>;
  /** Mean time between two strikes of anything. */
  readonly betweenMs: number;
  /** How long a strike lasts, against its own measure. */
  readonly stretch: number;
  readonly safetyMs: number;
  /** Until then nothing strikes. */
  readonly quietMs: number;
  readonly asks: NonNullable<Theme['asks']>;
  /** A person who clicks about so often; 0: nobody does. */
  readonly clicksEveryMs: number;
  /** What that person asks for more often than anything else. */
  readonly habit: Habit;
  /** In the calm people leave to the machine what the machine can do alone. */
  readonly patient: boolean;
  readonly leaseMs: number;
  /** How far a standby is behind while nothing is wrong with it. */
  readonly lagMs: number;
  /** A fenced writer calls itself a standby, as one does that its cluster manager demotes. */
  readonly fencingDemotes: boolean;
};

const controllers = [
  { name: 'c1', site: 'east' },
  { name: 'c2', site: 'west' },
  { name: 'c3', site: 'north' },
];

const quietMs = 25_000;

/** `faults`: the names of all there are. At least two of them are enabled. A theme decides only what it names. */
export function drawSwarm(random: Random, faults: readonly string[], theme?: Theme): Swarm {
  const shape = drawShape(random, theme);
  const share = random.pick([0.15, 0.35, 0.6, 0.9]);
  const enabled = new Set(faults.filter(() => random.chance(share)));
  for (const fault of random.some(faults, 2)) enabled.add(fault);
  const drawn: Swarm = {
    theme: theme?.name,
    shape,
    controllers: random.some(controllers, random.chance(0.6) ? 2 : 3),
    enabled,
    betweenMs: random.pick([12_000, 25_000, 60_000]),
    stretch: random.pick([0.5, 1, 2]),
    safetyMs: random.between(210_000, 300_000),
    clicksEveryMs: enabled.has('people') ? random.pick([15_000, 40_000, 90_000]) : 0,
    leaseMs: random.pick([6_000, 10_000]),
    habit: random.pick(['any', 'stop', 'maintain', 'acknowledge', 'meddle']),
    patient: random.chance(0.4),
    lagMs: random.pick([100, 500, 2_000, 6_000]),
    quietMs,
    asks: [],
    fencingDemotes: random.chance(0.3),
  };
  const swarm = { ...drawn, shape: { ...shape, reportsLag: random.chance(0.2) } };
  if (theme === undefined) return swarm;
  const { faults: only, betweenMs = drawn.betweenMs, stretch = drawn.stretch, asks = drawn.asks } = theme;
  return {
    ...swarm,
    enabled: only === undefined ? enabled : new Set(only),
    betweenMs,
    stretch,
    asks,
    quietMs: theme.quietMs ?? drawn.quietMs,
    clicksEveryMs: theme.clicksEveryMs ?? (only?.includes('people') === false ? 0 : drawn.clicksEveryMs),
    patient: theme.patient ?? drawn.patient,
    habit: theme.habit ?? drawn.habit,
  };
}
