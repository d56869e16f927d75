// A controller with everything around it: the journal, the providers, the declared estate, the API, the schedule and, where it
// is told to, a vantage of its own. Builds real adapters; decides nothing.
import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { createApi } from './api/api.ts';
import { listen } from './api/listen.ts';
import { targetsOf } from './core/detection/targets.ts';
import type { Estate } from './core/estate.ts';
import { isStepApproved } from './core/runbook/approval.ts';
import { confirmationOf } from './core/runbook/human.ts';
import type { Run } from './core/state.ts';
import type { Instant, Json, RunId, VantageId } from './core/values.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { declare, evaluate, readTree } from './declare/index.ts';
import { buildBundle, type BundleFiles } from './evidence/bundle.ts';
import { type Signer, vkeyOf } from './journal/checkpoint.ts';
import type { Action, Fault, Journal, Probe, Provider, Sample } from './ports.ts';
import { catalogueOf, faultsOf, providers, vocabularyOf } from './providers/index.ts';
import type { ResusConfig } from './providers/resus/tools.ts';
import { Controller } from './runtime/controller.ts';
import type { Bound, Registry } from './runtime/dispatch.ts';
import type { Log } from './runtime/log.ts';
import { look, order } from './runtime/moves.ts';
import { startReadiness, type ReadinessWatch } from './runtime/readiness.ts';
import { startSchedule } from './runtime/schedule.ts';
import { steadyClock, type SteadyClock } from './runtime/steady-clock.ts';
import { Recording } from './stores/recording.ts';
import { loadOrCreateKey } from './stores/key.ts';
import { openSqlite } from './stores/sqlite.ts';
import { startProber } from './vantage/prober.ts';

export type Serving = { readonly url: string; readonly vkey: string; readonly close: () => Promise<void> };

/** What stands for the disk and the time of this machine. */
export type Parts = { readonly openJournal: (file: string) => Promise<Journal>; readonly clock: SteadyClock };
/** Further behind its journal than this, a system clock is worth a line in the log. */
const clockBehindMs = 1_000;

/** Resolves when it acts and answers. Rejects with a `ConfigError`, a `JournalError` or what the port refused, and nothing left open. */
export async function serve(configPath: string, version: string, log: Log, parts: Partial<Parts> = {}): Promise<Serving> {
  const { openJournal = openSqlite, clock = steadyClock() } = parts;
  const config = readConfig(configPath, shortHostname());
  const estate = await estateOf(config);
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const signer = loadOrCreateKey(join(config.data, 'log.key'), config.log);
  let lastAliveAt: Instant | undefined;
  const catalogue = { actions: catalogueOf(known), faults: faultsOf(known), evaluate };
  const registry = registryOf(config, {
    approvals: (token) => askedOf(controller, token, isStepApproved) ?? false,
    confirmation: (token) => askedOf(controller, token, confirmationOf),
    moves: { look: (token, to) => look(controller.known, token, to), order: (token, to) => order(controller, token, to) },
  });
  const recording =
    config.recording === undefined
      ? undefined
      : new Recording(join(config.data, 'observations.ndjson'), config.recording.mostMiB * 1024 * 1024, estate, clock.now(), (error) =>
          log.note(`RECORDING_ENDED nothing more is recorded until the next start: ${error.message}`),
        );
  const controller: Controller = new Controller({
    name: config.name,
    version,
    log: config.log,
    floor: config.floor,
    controlDomain: config.controlDomain,
    boot: bootId(),
    clock,
    catalogue,
    registry,
    signer,
    estate,
    ...(recording === undefined ? {} : { recorded: (input) => recording.take(input, clock.now()) }),
    open: async () => {
      const journal = await openJournal(join(config.data, 'journal.db'));
      lastAliveAt = lastEntryAt(journal);
      if (lastAliveAt !== undefined) clock.notBefore(lastAliveAt);
      if (clock.aheadMs() > clockBehindMs)
        log.note(
          `CLOCK_BEHIND the system clock is ${Math.round(clock.aheadMs() / 1000)} s behind the newest entry of the journal; time goes on from that entry, at half speed until both agree: set the clock right (NTP)`,
        );
      return journal;
    },
  });
  controller.listen((entry) => log.entry(entry));
  await controller.start();
  const vkey = vkeyOf(signer);
  let readiness: ReadinessWatch | undefined;
  const app = createApi({
    controller,
    tokens: config.tokens,
    version,
    bundle: (run) => evidenceOf(controller, signer, run),
    readiness: () => readiness?.last(),
    failed: (error) => log.failed(error),
  });
  const listening = await listen(app, config.listen).catch(async (error: unknown) => {
    await controller.stop();
    throw error;
  });
  const ownVantage = config.vantage === undefined ? undefined : probeFrom(controller, config, estate, config.vantage as VantageId, log);
  const atWork = (inForce: Estate, aliveAt?: Instant) => {
    const endSchedule = startSchedule(controller, inForce, clock, aliveAt);
    readiness = startReadiness({
      estate: inForce,
      catalogue,
      registry,
      clock,
      changed: (findings) => {
        for (const { workload, runbook, step, finding } of findings)
          log.note(`${finding.code} ${workload}, ${runbook}, step ${step}: ${finding.sentence} ${finding.remedy}`);
      },
    });
    const { end } = readiness;
    ownVantage?.probe(inForce);
    return {
      inForce,
      end: () => {
        endSchedule();
        end();
      },
    };
  };
  let work = atWork(controller.known?.estate ?? estate, lastAliveAt);
  if (controller.known?.waitingEstate !== undefined)
    log.note(
      'ESTATE_WAITS what is declared would change the ground under a run or game day that is open: it goes on with what was declared before, and this comes into force when it has closed; `resus why` of the run or `resus events` names what',
    );
  // What waited for a run to close is in force from then on.
  controller.listen(({ event }) => {
    const inForce = controller.known?.estate;
    if (event.type !== 'EstateDeclared' || inForce === undefined || inForce === work.inForce) return;
    work.end();
    work = atWork(inForce);
  });
  return {
    url: listening.url,
    vkey,
    close: async () => {
      work.end();
      await ownVantage?.stop();
      await listening.close();
      await controller.stop();
      recording?.close(clock.now());
    },
  };
}

const known: readonly Provider[] = providers as readonly unknown[] as readonly Provider[];

/** What is declared, with the facts of this environment filled in. Nothing is started on a file with a problem. */
export async function estateOf(config: Pick<Config, 'policies' | 'inventory'>): Promise<Estate> {
  const tree = await readTree(config.policies);
  const declared = declare(tree.files, { vocabulary: vocabularyOf(known), inventory: config.inventory, partial: tree.problems.length > 0 });
  const problems = [...tree.problems, ...(declared.ok ? [] : declared.problems)];
  if (!declared.ok || problems.length > 0) throw new ConfigError(problems);
  return declared.estate;
}

/** What each provider is opened with; `resus` itself needs the probes of the others and the approvals of the core. */
export const providersConfig = (config: Config): Readonly<Record<string, Json>> =>
  ({ aws: config.providers.aws ?? {}, lab: config.providers.lab ?? { labUrl: 'http://127.0.0.1:0' } }) as never;

/** A bundle over everything that is durable now, with a checkpoint signed for it. */
async function evidenceOf(controller: Controller, signer: Signer, run: RunId): Promise<BundleFiles> {
  const { journal, checkpoints } = controller;
  if (journal === undefined || checkpoints === undefined)
    throw new Error(`there is no journal to take evidence from: ${controller.standing.because}`);
  const { size, note } = await checkpoints.sign();
  const lines: string[] = [];
  for (const line of journal.read(0)) {
    if (lines.length === size) break;
    lines.push(line);
  }
  return buildBundle({ lines, checkpoint: note, signer, blob: (id) => journal.blob(id), run });
}

function registryOf(config: Config, people: Omit<ResusConfig, 'sample'>): Registry {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const bound = <T extends { readonly with: TSchema }>(it: T, tools: unknown): Bound<T> => {
    const fits = ajv.compile(it.with);
    return { it, tools, problem: (input) => (fits(input) ? undefined : ajv.errorsText(fits.errors, { dataVar: 'with' })) };
  };
  const probes = new Map<string, Bound<Probe<unknown>>>();
  const sample = async (uses: string, input: unknown, signal: AbortSignal): Promise<Sample> => {
    const probe = probes.get(uses);
    if (probe === undefined) return { ok: false, detail: `there is no probe ${uses}` };
    const problem = probe.problem(input as Json);
    return problem === undefined ? probe.it.sample(input as never, probe.tools, signal) : { ok: false, detail: problem };
  };
  const configured = providersConfig(config);
  const given: Readonly<Record<string, unknown>> = {
    ...configured,
    aws: { ...(configured['aws'] as object), evaluate },
    resus: { sample, ...people } satisfies ResusConfig,
  };
  const actions = new Map<string, Bound<Action<unknown>>>();
  const faults = new Map<string, Bound<Fault<unknown>>>();
  for (const provider of known) {
    const tools = provider.open(given[provider.name] ?? {});
    for (const action of provider.actions) actions.set(action.name, bound(action, tools));
    for (const probe of provider.probes) probes.set(probe.name, bound(probe, tools));
    for (const fault of provider.faults) faults.set(fault.name, bound(fault, tools));
  }
  return { actions, faults };
}

/** A token is `RUN/STEP`. */
function askedOf<T>(controller: Controller, token: string, ask: (run: Readonly<Run>, step: string) => T): T | undefined {
  const at = token.lastIndexOf('/');
  const run = controller.known?.runs.get(token.slice(0, at) as RunId);
  return run === undefined ? undefined : ask(run, token.slice(at + 1));
}

type OwnVantage = { readonly probe: (inForce: Estate) => void; readonly stop: () => Promise<void> };
function probeFrom(controller: Controller, config: Config, declared: Estate, vantage: VantageId, log: Log): OwnVantage {
  if (!targetsOf(declared).vantageById.has(vantage))
    throw new ConfigError([
      {
        file: 'resus.yaml',
        line: 1,
        column: 1,
        code: 'UNKNOWN_REFERENCE' as never,
        severity: 'error',
        message: `no site declares the vantage ${vantage}`,
        remedy: 'declare it in a site, or leave `vantage` out',
      },
    ]);
  const prober = startProber({
    providersConfig: providersConfig(config),
    onObservations: (observations) => {
      for (const each of observations) controller.post({ kind: 'probed', vantage, ...each, at: each.at as Instant });
    },
    onProblem: (problem) => log.note(`${problem.code} ${problem.message}`),
  });
  return {
    probe: (inForce) => {
      const targets = targetsOf(inForce);
      const isDeclared = targets.vantageById.has(vantage);
      prober.assign(
        [...targets.byId.values()]
          .filter((target) => isDeclared && (target.workload !== undefined || target.id.startsWith(`reference/${vantage}/`)))
          .map(({ id, probe, detection: { intervalMs, timeoutMs } }) => ({
            target: id,
            uses: probe.uses,
            with: probe.with,
            intervalMs,
            timeoutMs,
          })),
      );
    },
    stop: () => prober.stop(),
  };
}

function lastEntryAt(journal: Journal): Instant | undefined {
  const size = journal.size();
  if (size === 0) return undefined;
  const [line] = [...journal.read(size - 1)];
  return line === undefined ? undefined : (Date.parse((JSON.parse(line) as { ts: string }).ts) as Instant);
}

const shortHostname = (): string =>
  hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63) || 'controller';
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `since-${Math.round(Date.now() / 1000 - process.uptime())}`;
  }
}
