// `npm run simulate`: one schedule by its seed, or many on all cores. Exits with 1 when anything was violated, and says how to see it
// again.
import { parseArgs } from 'node:util';
import { evaluate } from '../declare/expression.ts';
import { checkers } from './checkers/index.ts';
import { runSchedule, startAt } from './schedule.ts';
import { runAll, runAllQuiet, type Found, type Ran, type Total } from './simulate.ts';
import type { Fact } from './truth.ts';

const help = `npm run simulate -- [--schedules N] [--from SEED] [--threads N] [--json]
npm run simulate -- --seed N [--facts] [--json]
npm run simulate -- --quiet-hours N [--from SEED] [--threads N] [--json]

  --schedules N   how many schedules, of seeds that follow one another (default 200)
  --from SEED     the first seed (default 1)
  --threads N     how many threads (default: one a core)
  --seed N        one schedule, exactly as it always runs
  --facts         everything that happened in it, as it really happened
  --quiet-hours N so many hours in which nothing is lost, in shifts of ten: every failover that is decided in them is counted
  --json          one JSON object on stdout

A violation is told on stderr as soon as its schedule has ended.`;

const options = {
  schedules: { type: 'string', default: '200' },
  from: { type: 'string', default: '1' },
  threads: { type: 'string' },
  seed: { type: 'string' },
  'quiet-hours': { type: 'string' },
  facts: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const mostShown = 20;
const shiftHours = 10;

try {
  const { values } = parseArgs({ options });
  if (values.help) print(help);
  else if (values.seed !== undefined) one(count(values.seed, 'seed'), values);
  else if (values['quiet-hours'] !== undefined) await quiet(count(values['quiet-hours'], 'quiet-hours'), values);
  else await many(values);
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.stack ?? ''}` : ''}` : String(error)}\n`,
  );
  process.exitCode = 2;
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '')
    throw new Error(`--${name} ${text} is no whole number from 0 on; see --help`);
  return value;
}

function one(seed: number, { facts, json }: { readonly facts: boolean; readonly json: boolean }): void {
  const startedAt = performance.now();
  const told = (fact: Fact): void => {
    print(`${((fact.at - startAt) / 1000).toFixed(3).padStart(9)} ${sentenceOf(fact)}`);
  };
  const result = runSchedule({ seed, evaluate, checkers, scanEvery: 1, ...(facts && !json ? { told } : {}) });
  const seconds = (performance.now() - startedAt) / 1000;
  const { swarm, violations, inputs, digest, virtualMs } = result;
  process.exitCode = violations.length > 0 ? 1 : 0;
  if (json) {
    print(
      JSON.stringify({
        schedules: 1,
        violations: violations.length,
        seconds: round(seconds),
        schedulesPerSecond: round(1 / seconds),
        inputsPerSecond: Math.round(inputs / seconds),
        faults: Object.fromEntries([...result.strikes].sort(([a], [b]) => (a < b ? -1 : 1))),
        digest,
      }),
    );
    return;
  }
  print(
    `seed ${seed}: ${JSON.stringify(swarm, (_, value: unknown) => (value instanceof Set ? [...(value as ReadonlySet<string>)].sort((a, b) => (a < b ? -1 : 1)) : value))}`,
  );
  print(`${Math.round(virtualMs / 1000)} virtual seconds, ${inputs} inputs${result.counts ? '' : ' (does not count)'}`);
  print(`struck: ${[...result.strikes].map(([fault, times]) => `${fault} ${times}`).join(', ')}`);
  print(`digest ${digest}`);
  for (const { at, checker, sentence } of violations) print(`VIOLATED ${checker} at ${((at - startAt) / 1000).toFixed(3)}: ${sentence}`);
  if (violations.length === 0) print('no violation');
}

/** An entry by its type and data; everything else as it is. */
function sentenceOf(fact: Fact): string {
  if (fact.kind === 'durable') return `${fact.controller} ${fact.event.type} ${JSON.stringify(fact.event.data)}`;
  const { kind } = fact;
  const rest = Object.fromEntries(Object.entries(fact).filter(([key]) => key !== 'at' && key !== 'kind'));
  return `${kind} ${JSON.stringify(rest)}`;
}

async function many(values: {
  readonly schedules: string;
  readonly from: string;
  readonly threads?: string;
  readonly json: boolean;
}): Promise<void> {
  const from = count(values.from, 'from');
  const seeds = Array.from({ length: count(values.schedules, 'schedules') }, (_, i) => from + i);
  const startedAt = performance.now();
  const progress = (done: number, last: readonly Ran[]): void => {
    for (const { seed, violations } of last)
      for (const { checker, sentence } of violations)
        process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}--seed ${seed}: ${checker}: ${sentence}\n`);
    if (!values.json && process.stderr.isTTY) process.stderr.write(`\r${done} of ${seeds.length}`);
  };
  const total = await runAll({ seeds, threads: threadsOf(values.threads), progress });
  const seconds = (performance.now() - startedAt) / 1000;
  process.exitCode = total.violations.length > 0 ? 1 : 0;
  const counted = total.schedules - total.uncounted.length;
  const figures = {
    schedules: counted,
    violations: total.violations.length,
    seconds: round(seconds),
    schedulesPerSecond: round(counted / seconds),
    inputsPerSecond: Math.round(total.inputs / seconds),
    faults: total.faults,
    digest: total.digest,
  };
  if (values.json) print(JSON.stringify(figures));
  else tell(total, figures);
}

function tell(
  total: Total,
  figures: { readonly schedules: number; readonly seconds: number; readonly schedulesPerSecond: number; readonly inputsPerSecond: number },
): void {
  const { schedules, seconds, schedulesPerSecond, inputsPerSecond } = figures;
  print(`${schedules} schedules in ${seconds} s: ${schedulesPerSecond} schedules/s, ${inputsPerSecond} inputs/s`);
  if (total.uncounted.length > 0) print(`${total.uncounted.length} more do not count: nothing struck, or too few inputs`);
  for (const [fault, times] of Object.entries(total.faults)) print(`${String(times).padStart(9)} ${fault}`);
  print(`digest ${total.digest}`);
  print(total.violations.length === 0 ? 'no violation' : `${total.violations.length} violations`);
  const byChecker = new Map<string, Found[]>();
  for (const found of total.violations) byChecker.set(found.checker, [...(byChecker.get(found.checker) ?? []), found]);
  for (const [checker, found] of byChecker) {
    print(`${checker}: ${found.length}`);
    for (const { seed, sentence } of found.slice(0, mostShown)) print(`  --seed ${seed}: ${sentence}`);
  }
}

function threadsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : count(text, 'threads');
}
async function quiet(hours: number, values: { readonly from: string; readonly threads?: string; readonly json: boolean }): Promise<void> {
  const from = count(values.from, 'from');
  const seeds = Array.from({ length: Math.ceil(hours / shiftHours) }, (_, i) => from + i);
  const startedAt = performance.now();
  const progress = (done: number): void => {
    if (!values.json && process.stderr.isTTY) process.stderr.write(`\r${done * shiftHours} of ${hours} hours`);
  };
  const ran = await runAllQuiet({ seeds, threads: threadsOf(values.threads), progress }, shiftHours);
  const sum = (of: (shift: (typeof ran)[number]) => number): number => ran.reduce((total, shift) => total + of(shift), 0);
  const wrong = ran.flatMap(({ seed, falseOnes, broken }) => [...falseOnes, ...broken].map((sentence) => `--from ${seed}: ${sentence}`));
  const faults = new Map<string, number>();
  for (const { strikes } of ran) for (const [fault, times] of strikes) faults.set(fault, (faults.get(fault) ?? 0) + times);
  const seconds = (performance.now() - startedAt) / 1000;
  process.exitCode = wrong.length > 0 ? 1 : 0;
  const figures = {
    hours: sum((shift) => shift.hours),
    decisions: sum(({ decisions }) => decisions),
    promotions: sum(({ promotions }) => promotions),
    false: wrong.length,
    seconds: round(seconds),
    inputsPerSecond: Math.round(sum(({ inputs }) => inputs) / seconds),
    faults: Object.fromEntries([...faults].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  if (values.json) return print(JSON.stringify(figures));
  print(`${figures.hours} quiet hours in ${figures.seconds} s: ${figures.inputsPerSecond} inputs/s`);
  for (const [fault, times] of Object.entries(figures.faults)) print(`${String(times).padStart(9)} ${fault}`);
  print(`${figures.decisions} failovers decided, ${figures.promotions} promotions sent, ${figures.false} without a loss`);
  for (const sentence of wrong.slice(0, mostShown)) print(`  ${sentence}`);
}
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
