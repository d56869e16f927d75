// `npm run simulate:mutants`: does the simulation notice when the engine is wrong? Makes mutants of what decides, runs each through the
// same schedules until it is caught, and says which checker caught which. Exits with 1 when fewer than 95% were caught.
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { checkers } from '../../src/simulation/checkers/index.ts';
import { Copy, stripped } from './bundle.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { everything, parts } from './sources.ts';
import { wordsIn, type Words } from './wording.ts';
import { Baseline, schedulesOf, tryOut, type Verdict } from './trial.ts';

const help = `npm run simulate:mutants -- [--count N] [--schedules N] [--from SEED] [--more N] [--of TEXT] [--threads N] [--list] [--json FILE]

  --count N       how many of the candidates, drawn evenly from all files and rules (default 60; 0: all)
  --schedules N   a mutant that outlives so many has survived (default 20000)
  --from SEED     the first seed (default 1)
  --more N        schedules after it was caught, to see who else catches it (default 12)
  --baseline N    schedules of the unchanged source first: a checker that it violates catches nothing (default 200)
  --all           of everything that decides, not only of due, evolve, guards, quorum, lease and fence
  --of TEXT       only candidates whose place, file:line or rule contains this
  --threads N     mutants at once (default: one a core)
  --list          print the candidates and run nothing
  --json FILE     write the whole result there`;

const options = {
  count: { type: 'string', default: '60' },
  schedules: { type: 'string', default: '20000' },
  from: { type: 'string', default: '1' },
  more: { type: 'string', default: '12' },
  baseline: { type: 'string', default: '200' },
  all: { type: 'boolean', default: false },
  of: { type: 'string', default: '' },
  threads: { type: 'string', default: String(availableParallelism()) },
  json: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
/** Nothing else takes part in a schedule, but for what pages show. */
const deciding = ['src/core', 'src/engine', 'src/simulation'];
const hangMs = 120_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options });

async function main(): Promise<number> {
  const copy = new Copy();
  try {
    const sources = values.all ? everything : parts.flatMap(({ files }) => files);
    const words = wordsIn(
      new Map(
        deciding
          .flatMap(filesIn)
          .filter((path) => !path.startsWith('src/core/views/'))
          .map((path) => [path, copy.read(path)]),
      ),
    );
    const all = sources.flatMap((path) => filesIn(path)).flatMap((path) => mutantsOf(path, copy.read(path), words));
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

const filesIn = (path: string): readonly string[] =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(path, { withFileTypes: true })
        .flatMap((each) =>
          each.isDirectory() ? filesIn(`${path}/${each.name}`) : each.name.endsWith('.ts') ? [`${path}/${each.name}`] : [],
        )
        .sort();

/** Only what is still a program, and another one once its types are gone. */
function mutantsOf(path: string, text: string, words: Words): readonly Candidate[] {
  const known = new Set([stripped(text)]);
  return candidatesOf(path, text, words).filter((candidate) => {
    const code = stripped(candidate.text);
    if (code === undefined || known.has(code)) return false;
    known.add(code);
    return true;
  });
}

const placeOf = ({ path, line }: Pick<Candidate, 'path' | 'line'>): string => `${path}:${line}`;
/** File by file in turn, in an order that depends on the candidates alone. */
function drawn(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const lot = ({ path, rule, before, after }: Candidate): string =>
    createHash('sha256').update([path, rule, before, after].join('\n')).digest('hex');
  const byFile = new Map<string, Candidate[]>();
  for (const each of candidates) byFile.set(each.path, [...(byFile.get(each.path) ?? []), each]);
  const ranked = [...byFile.values()].flatMap((list) =>
    list
      .map((each) => ({ each, lot: lot(each) }))
      .sort((a, b) => (a.lot < b.lot ? -1 : 1))
      .map(({ each, lot: own }, i) => ({ each, rank: (i + 1) / list.length, lot: own })),
  );
  const taken = ranked.sort((a, b) => a.rank - b.rank || (a.lot < b.lot ? -1 : 1)).slice(0, count === 0 ? undefined : count);
  return taken.map(({ each }) => each).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
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
        seeds: seedsInOrder(caughtBy),
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

/** Seeds that caught mutants before come first, those that caught most before all others: which seeds are run is the same. */
function seedsInOrder(caughtBy: ReadonlyMap<number, number>): readonly number[] {
  const from = number(values.from);
  const good = [...caughtBy].sort(([a, n], [b, m]) => m - n || a - b).map(([seed]) => seed);
  const all = Array.from({ length: number(values.schedules) }, (_, i) => from + i);
  return [...good, ...all.filter((seed) => !caughtBy.has(seed))];
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
