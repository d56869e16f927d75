// The main job, over and over: the demo as a newcomer runs it, with the recovery time that its users felt and what of it was spent
// outside the lab's own operations. What the lab did when comes from the lab itself: its RDS events, and its name server's answers.
//
//   overhead = RTA - detection window - promotion - stale answers - routing - time to live
//
// detection window: what the tier's rule allows, `failures x interval + timeout`, or less when it took less; promotion: from StepStarted
// to the RDS event that says it is complete; stale answers: from the first look after that to the look that saw it, because the lab
// answered those between with an older state, as AWS does (its read-backs lag by up to 3 s); routing: from StepStarted to the first
// answer that leads to the standby; time to live: what clients may keep the old answer, or less when it took less.
//
// And how good forecasts are over the lab: each recovery time against the slow figure that `resus plan` gives with all the other runs as history.
import { RDS } from '@aws-sdk/client-rds';
import { execFile, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { backTest } from '../src/core/objective/back-test.ts';
import { labPolicies } from '../src/demo/lab-policies.ts';
import type { Entry } from '../src/journal/entry.ts';
import { calibrate, report, setting } from './measure.ts';

const rule = { intervalMs: 500, failures: 3, timeoutMs: 450 };
const ttlMs = 2_000;
const pollMs = 20;
type Lab = {
  readonly dns: string;
  readonly ehrName: string;
  readonly regions: Readonly<Record<string, { readonly aws: string; readonly ehr: readonly string[] }>>;
};
type Shares = { readonly rtaMs: number; readonly overheadMs: number; readonly parts: Readonly<Record<string, number>> };

export async function demoRta(): Promise<void> {
  const runs = setting('RUNS', 20);
  const shares: Shares[] = [];
  const refused: string[] = [];
  const calibration = calibrate();
  const kept = mkdtempSync(join(tmpdir(), 'resus-bench-evidence-'));
  const bundles: string[] = [];
  for (let n = 0; n < runs; n += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'resus-bench-'));
    try {
      const share = await once(join(folder, 'demo'));
      shares.push(share);
      bundles.push(join(kept, String(n)));
      cpSync(join(folder, 'demo', 'evidence'), join(kept, String(n)), { recursive: true });
      report('demo-rta', calibration, { what: `run ${n + 1} of ${runs}`, ...share });
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  report('demo-rta', calibration, {
    what: 'silent loss of a region, fast profile',
    runs: shares.length,
    rtaMs: spread(shares.map(({ rtaMs }) => rtaMs)),
    goalRtaMs: 15_000,
    overheadMs: spread(shares.map(({ overheadMs }) => overheadMs)),
    goalOverheadMs: 1_000,
    ...Object.fromEntries(Object.keys(shares[0]?.parts ?? {}).map((part) => [part, spread(shares.map(({ parts }) => parts[part] ?? 0))])),
    refused,
  });
  try {
    report('demo-rta', calibration, await heldAgainstForecasts(shares, bundles));
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
}

/** Leaves each run out of the history of its own forecast. With fewer than nine runs that history is too short to be used, which `source` shows. */
async function heldAgainstForecasts(shares: readonly Shares[], bundles: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const slowMs: number[] = [];
  let source: readonly string[] = [];
  for (const own of bundles) {
    const planned = await planFrom(bundles.filter((each) => each !== own));
    slowMs.push(planned.predicted.rtoMs.p95);
    source = planned.criticalPath.map((part) => `${part.name}: ${part.source}, n ${part.n}`);
  }
  const { n, under, says } = backTest(
    shares.map(({ rtaMs }, i) => rtaMs / (slowMs[i] ?? Number.NaN)),
    1,
  );
  return {
    what: 'recovery times under the p95 that plan predicted',
    n,
    under,
    share: n === 0 ? null : under / n,
    goalShare: [0.9, 0.99],
    says,
    slowMs: spread(slowMs),
    source,
  };
}

type Planned = {
  readonly predicted: { readonly rtoMs: { readonly p95: number } };
  readonly criticalPath: readonly { readonly name: string; readonly source: string; readonly n: number }[];
};
async function planFrom(history: readonly string[]): Promise<Planned> {
  // What the demo reads: the populations and the vantages are those of the laboratory.
  const folder = mkdtempSync(join(tmpdir(), 'resus-declared-'));
  const declared = labPolicies('.', folder).flatMap((path) => ['--policies', path]);
  const known = history.length === 0 ? [] : ['--floor', 'lab', ...history.flatMap((each) => ['--history', each])];
  const args = ['plan', 'ehr', '--mode', 'failover', ...declared, ...known, '--assume', `dns-ttl=${ttlMs}ms`, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/main.js', ...args], { maxBuffer: 1 << 24 });
  rmSync(folder, { recursive: true });
  return JSON.parse(stdout) as Planned;
}

async function once(folder: string): Promise<Shares> {
  const child = spawn(process.execPath, ['dist/main.js', 'demo', '--json', '--dir', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  let watching: Promise<{ flippedAt: number; promotedAt: number }> | undefined;
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (watching === undefined && line.includes('injecting')) watching = watch(join(folder, 'logs', 'lab.log'));
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0 || watching === undefined) throw new Error(`the demo ended with ${code ?? 'a signal'}: ${lines.slice(-3).join(' | ')}`);
  const { flippedAt, promotedAt } = await watching;
  const { rtaMs } = JSON.parse(Buffer.concat(out).toString()) as { rtaMs: number };
  const entries = readFileSync(join(folder, 'evidence', 'log', 'events.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  return sharesOf(rtaMs, entries, { flippedAt, promotedAt });
}

function sharesOf(rtaMs: number, entries: readonly Entry[], lab: { readonly flippedAt: number; readonly promotedAt: number }): Shares {
  const startedAt = (step: string): number =>
    Date.parse(entries.find((entry) => entry.type === 'StepStarted' && entry.data.step === step)?.ts ?? '');
  const measurement = entries.flatMap((entry) => (entry.type === 'RunMeasured' ? [entry.data.measurement] : []))[0];
  const { onsetAt = 0, restoredAt = 0 } = measurement ?? {};
  const detectMs = Date.parse(entries.find((entry) => entry.type === 'IncidentOpened')?.ts ?? '') - onsetAt;
  const windowMs = Math.min(detectMs, rule.failures * rule.intervalMs + rule.timeoutMs);
  const promoteMs = lab.promotedAt - startedAt('promote');
  const routeMs = lab.flippedAt - startedAt('route');
  const keptMs = Math.min(ttlMs, restoredAt - lab.flippedAt);
  const looks = entries
    .filter((entry) => entry.type === 'StepObserving' && entry.data.step === 'promote')
    .map(({ ts }) => Date.parse(ts))
    .filter((at) => at >= lab.promotedAt);
  const staleMs = (looks.at(-1) ?? 0) - (looks[0] ?? 0);
  const parts = {
    windowMs,
    promoteMs,
    staleMs,
    routeMs,
    keptMs,
    lateDetectionMs: detectMs - windowMs,
    noticingPromotionMs: startedAt('route') - lab.promotedAt - staleMs,
    afterRoutingMs: restoredAt - lab.flippedAt - keptMs,
  };
  return { rtaMs, overheadMs: rtaMs - windowMs - promoteMs - staleMs - routeMs - keptMs, parts };
}

/** Asks the lab as any client would: when the name leads to the standby, and when RDS says that the promotion was complete. */
async function watch(log: string): Promise<{ flippedAt: number; promotedAt: number }> {
  const lab = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] ?? '') as Lab;
  const west = lab.regions['us-west-2'];
  const standby = new Set((west?.ehr ?? []).map((url) => new URL(url).hostname));
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([lab.dns]);
  const until = Date.now() + 60_000;
  let flippedAt = 0;
  while (flippedAt === 0 && Date.now() < until) {
    const addresses = await resolver.resolve4(lab.ehrName).catch(() => []);
    if (addresses.length > 0 && addresses.every((address) => standby.has(address))) flippedAt = Date.now();
    else await pass(pollMs);
  }
  const rds = new RDS({
    region: 'us-west-2',
    endpoint: west?.aws ?? '',
    credentials: { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' },
  });
  try {
    while (Date.now() < until) {
      // Read-backs lag in the lab as they do at AWS; an event keeps its own time.
      const { Events = [] } = await rds.describeEvents({ Duration: 60 }).catch(() => ({ Events: [] }));
      const done = Events.find(({ Message }) => /^Global failover to .* completed\.$/.test(Message ?? ''));
      if (done?.Date !== undefined) return { flippedAt, promotedAt: done.Date.getTime() };
      await pass(100);
    }
  } finally {
    rds.destroy();
  }
  throw new Error('the lab never said that the promotion was complete');
}

function spread(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { min: at(0), median: at(0.5), max: at(1) };
}
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
