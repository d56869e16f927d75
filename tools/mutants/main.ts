// `npm run simulate:mutants`: does the simulation notice when the engine is wrong? Makes mutants of what decides, runs each through the
// same schedules until it is caught, and says which checker caught which. Exits with 1 when fewer than 95% were caught.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { checkers } from '../../src/simulation/checkers/index.ts';
import { Copy } from './bundle.ts';
import type { Candidate } from './candidates.ts';
import { Choice, drawn, filesIn, placeOf } from './choice.ts';
import { favouritesFirst } from './first.ts';
import { findOwn, tableOf } from './find-own.ts';
import { everything, parts } from './sources.ts';
import { Baseline, schedulesOf, tryOut, type Verdict } from './trial.ts';

const help = `npm run simulate:mutants -- [--count N] [--schedules N] [--from SEED] [--more N] [--of TEXT] [--threads N] [--list] [--json FILE]

  --count N       how many of the candidates, drawn evenly from all files and rules (default 60; 0: all)
  --schedules N   a mutant that outlives so many has survived (default 20000)
  --most N        run so many of them at most, those first that fit the code (default 0: all)
  --from SEED     the first seed (default 1)
  --more N        schedules after it was caught, to see who else catches it (default 12)
  --baseline N    schedules of the unchanged source first: a checker that it violates catches nothing (default 200)
  --all           of everything that decides, not only of due, evolve, guards, quorum, lease and fence
  --of TEXT       only candidates whose place, file:line or rule contains this
  --threads N     mutants at once (default: one a core)
  --own           for each checker: tries of the code that its invariant is about, until --schedules show one that it alone catches
  --tries N       with --own: so many candidates for each checker at most (default 12)
  --list          print the candidates and run nothing
  --json FILE     write the whole result there`;

const options = {
  count: { type: 'string', default: '60' },
  schedules: { type: 'string', default: '20000' },
  most: { type: 'string', default: '0' },
  from: { type: 'string', default: '1' },
  more: { type: 'string', default: '12' },
  baseline: { type: 'string', default: '200' },
  all: { type: 'boolean', default: false },
  of: { type: 'string', default: '' },
  threads: { type: 'string', default: String(availableParallelism()) },
  json: { type: 'string' },
  list: { type: 'boolean', default: false },
  own: { type: 'boolean', default: false },
  tries: { type: 'string', default: '12' },
  help: { type: 'boolean', default: false },
} as const;
const hangMs = 120_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options });

async function main(): Promise<number> {
  const copy = new Copy();
  try {
    if (values.own) return await searchOwn(copy);
    const sources = values.all ? everything : parts.flatMap(({ files }) => files);
    const choice = new Choice(copy);
    const all = sources.flatMap(filesIn).flatMap((path) => choice.of(path));
    const chosen = drawn(
      all.filter((each) => `${placeOf(each)} ${each.rule}`.includes(values.of)),
      number(values.count),
    );
    print(`${chosen.length} of ${all.length} mutants`);
    if (values.list) {
      for (const each of chosen) print(`${placeOf(each)}  ${each.rule}: ${each.before}  ->  ${each.after || '(nothing)'}`);
      return 0;
    }
    const verdicts = await tryAll(copy, chosen);
    report(verdicts);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(summaryOf(verdicts), null, 2)}\n`);
    return verdicts.filter(({ caughtBy }) => caughtBy !== undefined).length >= verdicts.length * 0.95 ? 0 : 1;
  } finally {
    copy.remove();
  }
}

/** 0 when every checker has a mutant of its own. */
async function searchOwn(copy: Copy): Promise<number> {
  const unchanged = await copy.bundle('baseline');
  const unfit = await unfitBy(unchanged);
  const baseline = new Baseline(unchanged);
  const wanted = checkers.map(({ name }) => name).filter((name) => name.includes(values.of));
  const own = await findOwn({
    copy,
    wanted,
    tries: number(values.tries),
    threads: Math.max(1, number(values.threads)),
    trial: {
      seeds: seedsInOrder(new Map()),
      more: Infinity,
      untilCheckers: 2,
      hangMs,
      unfit,
      expected: (seed) => baseline.violatedIn(seed),
    },
    print,
    rowOf,
  });
  await baseline.end();
  for (const line of ['\nfor the page:\n', ...tableOf(wanted, own)]) print(line);
  print(`\n${own.size} of ${checkers.length} have one, each over ${values.schedules} schedules from seed ${values.from}`);
  return wanted.every((name) => own.has(name)) ? 0 : 1;
}

async function tryAll(copy: Copy, chosen: readonly Candidate[]): Promise<readonly Verdict[]> {
  const unchanged = await copy.bundle('baseline');
  const unfit = await unfitBy(unchanged);
  const baseline = new Baseline(unchanged);
  const verdicts: Verdict[] = [];
  const caughtBy = new Map<number, number>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < chosen.length; i = next++) {
      const candidate = chosen[i];
      if (candidate === undefined) return;
      const verdict = await tryOut(candidate, {
        file: await copy.bundle(`mutant-${i}`, candidate),
        seeds: seedsInOrder(caughtBy, candidate.path),
        more: number(values.more),
        hangMs,
        unfit,
        expected: (seed) => baseline.violatedIn(seed),
      });
      verdicts[i] = verdict;
      if (verdict.caughtBy !== undefined) caughtBy.set(verdict.caughtBy.seed, (caughtBy.get(verdict.caughtBy.seed) ?? 0) + 1);
      print(rowOf(verdict));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, number(values.threads)) }, work));
  await baseline.end();
  return verdicts;
}

/** Seeds that caught mutants before come first, those that caught most before all others, then those that fit the code: which seeds are run is the same. */
function seedsInOrder(caughtBy: ReadonlyMap<number, number>, path = ''): readonly number[] {
  const from = number(values.from);
  const good = [...caughtBy].sort(([a, n], [b, m]) => m - n || a - b).map(([seed]) => seed);
  const all = Array.from({ length: number(values.schedules) }, (_, i) => from + i);
  const rest = all.filter((seed) => !caughtBy.has(seed));
  const most = number(values.most);
  return [...good, ...favouritesFirst(path, rest)].slice(0, most === 0 ? undefined : most);
}

/** A checker that the unchanged source violates here and there would catch any mutant sooner or later. */
async function unfitBy(file: string): Promise<ReadonlySet<string>> {
  const unfit = new Map<string, number[]>();
  const [from, all] = [number(values.from), number(values.baseline)];
  const threads = Math.max(1, number(values.threads));
  const each = Math.ceil(all / threads);
  const watch = async (first: number): Promise<void> => {
    const seeds = Array.from({ length: Math.min(each, from + all - first) }, (_, i) => first + i);
    for await (const { seed, found } of schedulesOf({ file, seeds, hangMs }))
      for (const checker of Object.keys(found)) unfit.set(checker, [...(unfit.get(checker) ?? []), seed]);
  };
  await Promise.all(
    Array.from({ length: threads }, (_, i) => from + i * each)
      .filter((first) => first < from + all)
      .map(watch),
  );
  for (const [checker, seeds] of unfit)
    print(
      `not counted: ${checker}, which the unchanged source violates with --seed ${seeds.slice(0, 5).join(', ')} (${seeds.length} of ${all})`,
    );
  return new Set(unfit.keys());
}

function rowOf({ caughtBy, checkers: who, ...mutant }: Verdict): string {
  const said = caughtBy === undefined ? `SURVIVED ${mutant.schedules}` : `caught after ${caughtBy.schedules} by ${who.join(', ')}`;
  return `${placeOf(mutant)}  ${mutant.rule}: ${mutant.before}  ->  ${mutant.after || '(nothing)'}  |  ${said}`;
}

function summaryOf(verdicts: readonly Verdict[]) {
  const survivors = verdicts.filter(({ caughtBy }) => caughtBy === undefined);
  const alone = Object.fromEntries(
    checkers.map(({ name }) => [name, verdicts.filter(({ checkers: who }) => who.length === 1 && who[0] === name).map(placeOf)]),
  );
  const counts = verdicts.flatMap(({ caughtBy }) => caughtBy?.schedules ?? []).sort((a, b) => a - b);
  return {
    mutants: verdicts.length,
    caught: verdicts.length - survivors.length,
    medianSchedules: counts[counts.length >> 1] ?? 0,
    mostSchedules: counts.at(-1) ?? 0,
    alone,
    survivors,
    verdicts,
  };
}
function report(verdicts: readonly Verdict[]): void {
  const { mutants, caught, medianSchedules, mostSchedules, alone, survivors } = summaryOf(verdicts);
  print(
    `\n${caught} of ${mutants} caught (${((100 * caught) / Math.max(1, mutants)).toFixed(1)}%); median ${medianSchedules}, most ${mostSchedules} schedules`,
  );
  const own = Object.entries(alone).filter(([, places]) => places.length > 0);
  print(`\n${own.length} of ${checkers.length} checkers caught what no other did:`);
  for (const [name, places] of own) print(`${name.padEnd(20)} ${String(places.length).padStart(4)}  ${places.slice(0, 4).join(', ')}`);
  print(`not so: ${checkers.flatMap(({ name }) => ((alone[name]?.length ?? 0) > 0 ? [] : [name])).join(', ')}`);
  print('\nfor the page:\n\n| mutant | rule | caught | by |\n| --- | --- | --- | --- |');
  for (const { caughtBy, checkers: who, ...each } of verdicts)
    print(`| \`${placeOf(each).replace('src/', '')}\` | ${each.rule} | ${caughtBy?.schedules ?? 'no'} | ${who.join(', ')} |`);
  print(`\nsurvivors: ${survivors.length}`);
  for (const each of survivors) print(rowOf(each));
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '') throw new Error(`${text} is no whole number from 0 on\n${help}`);
  return value;
}

if (values.help) print(help);
else process.exitCode = await main();
