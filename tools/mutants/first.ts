// Which schedules come first for a mutant: those in which what its code decides happens often. All others follow, so that which schedules
// are run is the same; a mutant that they catch is only caught sooner.
import { allFaults } from '../../src/simulation/faults/index.ts';
import { Random } from '../../src/simulation/random.ts';
import { drawSwarm, type Swarm } from '../../src/simulation/swarm.ts';
import { drawTheme } from '../../src/simulation/themes.ts';

type Fits = (swarm: Swarm) => boolean;
const theme =
  (...names: readonly string[]): Fits =>
  (swarm) =>
    names.includes(swarm.theme ?? '');
const byHand: Fits = ({ shape }) => shape.byHand;
const meddled: Fits = ({ habit, clicksEveryMs }) => habit === 'meddle' && clicksEveryMs > 0;

/** By the beginning of a path; the first that fits. What is not here has no favourites. */
const rows: readonly (readonly [path: string, fits: Fits])[] = [
  ['src/core/gameday/', theme('practice')],
  ['src/core/decision/dependencies.ts', ({ shape }) => shape.ordered],
  ['src/core/decision/blast-radius.ts', theme('small-ones')],
  ['src/core/objective/loss.ts', theme('behind', 'leaders')],
  ['src/core/detection/roles.ts', theme('taken-back', 'two-writers')],
  ['src/core/detection/diagnosis.ts', ({ shape, theme: name }) => shape.zoned && (name === undefined || name === 'zones')],
  ['src/core/runbook/sending.ts', theme('taken-back')],
  ['src/core/runbook/wait.ts', theme('lever', 'hands')],
  ['src/core/runbook/transitions.ts', (swarm) => byHand(swarm) || theme('calls')(swarm)],
  ['src/core/request/skip.ts', (swarm) => byHand(swarm) && meddled(swarm)],
  ['src/core/evolve.ts', ({ habit, clicksEveryMs }) => habit === 'acknowledge' && clicksEveryMs > 0 && clicksEveryMs <= 15_000],
  ['src/engine/leadership.ts', theme('leaders')],
];

const swarms = new Map<number, Swarm>();
function swarmOf(seed: number): Swarm {
  let swarm = swarms.get(seed);
  if (swarm === undefined)
    swarms.set(seed, (swarm = drawSwarm(new Random(seed, 'swarm'), allFaults, drawTheme(new Random(seed, 'theme')))));
  return swarm;
}

/** The same seeds, in turn one that fits this code and one of the rest, as long as there are both. */
export function favouritesFirst(path: string, seeds: readonly number[]): readonly number[] {
  const fits = rows.find(([begin]) => path.startsWith(begin))?.[1];
  if (fits === undefined) return seeds;
  const [good, rest]: [number[], number[]] = [[], []];
  for (const seed of seeds) (fits(swarmOf(seed)) ? good : rest).push(seed);
  let [g, r] = [0, 0];
  return seeds.map((_, i) => (i % 2 === 0 ? (good[g++] ?? rest[r++]) : (rest[r++] ?? good[g++])) ?? 0);
}
