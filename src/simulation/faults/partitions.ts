// A network that is cut: one way, in halves, in a ring where each reaches its neighbours only, and with one place as the only bridge;
// and the journal's store or the name servers out of reach of some.
import type { Random } from '../random.ts';
import type { Harm } from '../truth.ts';
import type { Hospital } from '../world/hospital.ts';
import type { Fault, Struck } from './fault.ts';
import { onlyResus } from './fault.ts';

type Pair = readonly [from: string, to: string];
const places = ['east', 'west', 'north', 'campus', 'harbour'] as const;
const everywhere = [...places, 'store', 'routing'];
const bothWays = (a: string, b: string): readonly Pair[] => [
  [a, b],
  [b, a],
];
const between = (some: readonly string[], others: readonly string[]): readonly Pair[] =>
  some.flatMap((a) => others.flatMap((b) => bothWays(a, b)));

const ring = (order: readonly string[]): readonly Pair[] =>
  order.flatMap((a, i) => order.slice(i + 1).flatMap((b, gap) => (gap === 0 || (i === 0 && b === order.at(-1)) ? [] : bothWays(a, b))));

export const partitions: readonly Fault[] = [
  row('partition-one-way', (random) => {
    const [from = 'east', to = 'west'] = random.some(places, 2);
    return [[from, to]];
  }),
  row('partition-halves', (random) => {
    const half = random.some(everywhere, random.between(1, 3));
    return between(
      half,
      everywhere.filter((place) => !half.includes(place)),
    );
  }),
  row('partition-ring', (random) => ring(random.some(places, places.length))),
  row('partition-bridge', (random) => {
    const [bridge = 'north', ...rest] = random.some(places, places.length);
    return between(rest.slice(0, 2), rest.slice(2)).filter((pair) => !pair.includes(bridge));
  }),
  row('partition-store', (random) =>
    random.some(['east', 'west', 'north'], random.between(1, 2)).flatMap((place) => bothWays(place, 'store')),
  ),
  row('store-answers-lost', (random) => [['store', random.pick(['east', 'west', 'north'])]]),
  row('names-cut-off', (random) => bothWays(random.pick(places), 'routing')),
];

function row(name: string, draw: (random: Random) => readonly Pair[]): Fault {
  return { name, lastsMs: { least: 8_000, most: 90_000 }, strike: (hospital, random) => cut(hospital, draw(random)) };
}

function cut(hospital: Hospital, pairs: readonly Pair[]): Struck {
  const { network } = hospital.ground;
  const all = pairs.map(([from, to]) => [network.node(from), network.node(to)] as const);
  const change = (by: 1 | -1): void => {
    for (const [from, to] of all) network.block(from, to, by);
    hospital.workloads.refresh('fault');
  };
  change(1);
  return { harms: harmsOf(hospital, new Set(all.flatMap(([from, to]) => [`${from} ${to}`, `${to} ${from}`]))), heal: () => change(-1) };
}

/** Which replicas are out of reach of whom by these cuts alone. */
function harmsOf(hospital: Hospital, cuts: ReadonlySet<string>): readonly Harm[] {
  const viewers = [
    ...hospital.vantages.map(({ id, node }) => ({ name: id, node })),
    ...hospital.populations.map(({ name, node }) => ({ name, node })),
    ...hospital.controllers.map(({ name, node }) => ({ name, node })),
  ];
  const harms: Harm[] = [];
  for (const database of hospital.workloads.databases)
    for (const replica of database.replicas) {
      const by = viewers.filter(({ node }) => cuts.has(`${node} ${replica.node}`)).map(({ name }) => name);
      if (by.length > 0) harms.push({ kind: 'unreachable', workload: database.id, replica: replica.name, by: [...new Set(by)] });
    }
  return harms.length === 0 ? onlyResus : harms;
}
