// What seldom meets by chance: a few faults that belong together, often, in the hospital in which they matter. About half of all
// schedules have a theme; the others draw everything by itself.
import type { Random } from './random.ts';
import type { Habit } from './swarm.ts';

export type Asked = { readonly kind: 'drill' } | { readonly kind: 'run'; readonly mode: 'switchover' | 'failback' };
export type Theme = {
  readonly name: string;
  /** Hospitals to draw from, by name; two are put together where `mixed`. */
  readonly shapes?: readonly string[];
  readonly mixed?: true;
  /** The only faults that strike. */
  readonly faults?: readonly string[];
  readonly betweenMs?: number;
  readonly stretch?: number;
  /** When the first fault may strike, after the start. */
  readonly quietMs?: number;
  readonly clicksEveryMs?: number;
  readonly patient?: boolean;
  readonly habit?: Habit;
  /** What somebody asks for before the first fault, and when. */
  readonly asks?: readonly { readonly atMs: number; readonly what: Asked }[];
};

const plain = ['combined', 'separate', 'five-eyes', 'ordered', 'chain', 'shared', 'ring'];
const often = { betweenMs: 12_000, stretch: 2 } as const;

export const themes: readonly Theme[] = [
  // A game day, and then a planned move, on a day on which nothing else happens.
  {
    name: 'practice',
    shapes: plain,
    faults: ['region-lost', 'process-death'],
    quietMs: 205_000,
    clicksEveryMs: 0,
    asks: [{ atMs: 14_000, what: { kind: 'drill' } }],
  },
  {
    name: 'planned',
    shapes: [...plain, 'zoned', 'abroad'],
    quietMs: 150_000,
    clicksEveryMs: 0,
    asks: [
      { atMs: 14_000, what: { kind: 'run', mode: 'switchover' } },
      { atMs: 100_000, what: { kind: 'run', mode: 'failback' } },
    ],
  },
  // Several small incidents within the time in which a limit counts them.
  { name: 'small-ones', shapes: ['limited'], faults: ['process-death', 'replica-frozen'], ...often, patient: true },
  // The standby is far behind when the writer is lost.
  { name: 'behind', faults: ['replication-stalled', 'region-lost', 'process-death'], ...often, patient: true },
  // Others move the writer while it is hard to see who it is.
  {
    name: 'two-writers',
    faults: ['role-changed-outside', 'region-lost', 'partition-halves', 'partition-bridge', 'process-death'],
    ...often,
  },
  // A planned move and the way home, and others who take each of them back.
  {
    name: 'taken-back',
    shapes: ['combined', 'separate', 'five-eyes'],
    faults: ['taken-back', 'vantage-lies', 'provider-drops-reply'],
    betweenMs: 12_000,
    quietMs: 5_000,
    clicksEveryMs: 0,
    asks: [
      { atMs: 30_000, what: { kind: 'run', mode: 'switchover' } },
      { atMs: 160_000, what: { kind: 'run', mode: 'switchover' } },
    ],
  },
  // Eyes that lose what users still reach.
  {
    name: 'blind',
    faults: ['partition-one-way', 'partition-halves', 'partition-bridge', 'vantage-lies', 'vantage-dead', 'vantage-clock-wrong'],
    ...often,
  },
  // Users who are not answered by what every probe calls well.
  { name: 'unanswered', faults: ['writes-failing', 'replica-slow', 'names-cut-off', 'canary-client-dead', 'operator-restart'], ...often },
  { name: 'zones', shapes: ['zoned'], faults: ['zone-lost', 'instance-death', 'process-death'], ...often, patient: true },
  // A leader that ends in the middle of a run, again and again.
  {
    name: 'leaders',
    faults: [
      'region-lost',
      'process-death',
      'controller-crash',
      'controller-stands',
      'controller-dies',
      'controller-paused',
      'partition-store',
    ],
    ...often,
  },
  {
    name: 'calls',
    faults: ['region-lost', 'provider-drops-reply', 'provider-late-request', 'provider-slow-operation', 'repeated-outcome', 'people'],
    betweenMs: 25_000,
  },
  // People at every step of a run, and a tier that asks them.
  {
    name: 'hands',
    mixed: true,
    shapes: ['approved', 'ordered', 'shared', 'limited', 'strict'],
    clicksEveryMs: 8_000,
    habit: 'meddle',
    betweenMs: 25_000,
  },
  // The lever while a run waits for its approvals, which people give all the same.
  {
    name: 'lever',
    mixed: true,
    shapes: ['approved', 'strict', 'half-shadow'],
    faults: ['people', 'region-lost', 'process-death', 'operator-restart'],
    clicksEveryMs: 15_000,
    habit: 'stop',
    ...often,
  },
  { name: 'mixed', mixed: true },
];

export const drawTheme = (random: Random): Theme | undefined => (random.chance(0.5) ? random.pick(themes) : undefined);
