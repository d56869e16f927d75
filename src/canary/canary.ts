// The canary process of one population: gets its settings from the controller (or from disk while that is away), writes
// canaries as users do, keeps the ledger, reports, and reads back when asked.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../core/values.ts';
import { checkedName } from '../vantage/agent.ts';
import { isDuration, isRecord } from '../vantage/assignment.ts';
import { controllerClient } from '../vantage/controller-client.ts';
import { linkState, pause } from '../vantage/link-state.ts';
import { canaryPrefix } from './canary-observation.ts';
import { startCanaryClient, type CanaryClient } from './client.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { readBack } from './read-back.ts';
import { reporter, troubleWith, type LedgerText, type Order } from './reporter.ts';
import { cachingResolver, type CachingResolver } from './resolver.ts';
import { usersConnections, type UsersConnections } from './users-connections.ts';

export type CanaryOptions = {
  readonly controller: string;
  readonly token: string;
  readonly workload: string;
  readonly population: string;
  /** Holds the ledger; one folder may serve many populations. */
  readonly dir: string;
  /** Ends it: canaries under way are waited for, what waits is reported once, then `runCanary` resolves. */
  readonly signal: AbortSignal;
  /** Goes on with an expired address while no name server answers, as some clients do. */
  readonly serveStale?: boolean;
  /** One line for people, each time something changes; stderr when absent. */
  readonly log?: (line: string) => void;
  /** How often the settings are asked for again; 5,000 ms when absent. */
  readonly refreshMs?: number;
  /** For reading a whole ledger back; 20,000 ms when absent. */
  readonly readBackMs?: number;
};
export type CanaryAssignment = {
  readonly url: string;
  readonly nameServers: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** How much longer than the TTL an address is kept, as the software of users does; not at all when absent. */
  readonly clientCacheMs?: number;
  /** Of the identifiers of what is written. */
  readonly system?: string;
};

/** Everything that lives as long as one assignment. */
type Path = {
  readonly assignment: CanaryAssignment;
  readonly resolver: CachingResolver;
  readonly connections: UsersConnections;
  readonly client: CanaryClient;
};

const settingsFile = 'assignment.json';
const lastWordsMs = 1000;
/** So far back the ledger is asked for the last acknowledgement. */
const ledgerMs = 86_400_000;
const neverAborted = new AbortController().signal;

/** Runs until `signal` aborts. Rejects with NAME_INVALID, LEDGER_UNWRITABLE or CONTROLLER_URL, before anything was sent. */
export async function runCanary(options: CanaryOptions): Promise<void> {
  const { workload, population, signal } = options;
  checkedName('workload', workload);
  checkedName('population', population);
  const who = `canary "${workload}/${population}"`;
  const log = options.log ?? ((line: string): void => void process.stderr.write(`resus ${who}: ${line}\n`));
  const client = controllerClient({ url: options.controller, token: options.token, timeoutMs: 5000 });
  const path = `/api/v1/canaries/${encodeURIComponent(workload)}/${encodeURIComponent(population)}`;
  const dir = join(options.dir, workload, population);
  const ledger = await openLedger({ dir, onProblem: (problem) => log(`${problem.code} ${problem.message}`) });
  const prefix = canaryPrefix(workload, population, Date.now().toString(36));
  const link = linkState(log, 'the controller answers again');
  const settings = linkState(log, 'the settings can be used again');
  let first = 1;
  let current: Path | undefined;

  const lastAckedAt = await lastAckedIn(ledger, Date.now()).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    log(`the ledger of before cannot be read (${why}); canaries go on, and the last acknowledgement is told from the next one on`);
    return undefined;
  });
  const report = reporter({ client, path, who, link, log, signal, fulfil, lastAckedAt });
  async function fulfil(order: Order): Promise<LedgerText> {
    const until = Date.now() as Instant;
    await current?.client.settled();
    const { samples, damaged } = await ledger.read(order.from, until);
    if (damaged > 0) log(`LEDGER_DAMAGED ${damaged} lines of the ledger in ${dir} cannot be read; a crash tears at most the last one`);
    const assignment = current?.assignment;
    if (assignment === undefined) throw new Error('there are no settings yet');
    const resolver = cachingResolver({ nameServers: assignment.nameServers, timeoutMs: resolverTimeoutMs(assignment) });
    const connections = usersConnections(new URL(assignment.url), resolver);
    try {
      const readings = await readBack(samples, {
        connections,
        timeoutMs: assignment.timeoutMs,
        deadlineMs: options.readBackMs ?? 20_000,
        signal,
      });
      return { samples, ledger: readings };
    } finally {
      connections.close();
      resolver.close();
    }
  }
  const use = async (assignment: CanaryAssignment): Promise<void> => {
    if (JSON.stringify(assignment) === JSON.stringify(current?.assignment)) return;
    const resolver = cachingResolver({
      nameServers: assignment.nameServers,
      timeoutMs: resolverTimeoutMs(assignment),
      ...(options.serveStale === undefined ? {} : { serveStale: options.serveStale }),
      ...(assignment.clientCacheMs === undefined ? {} : { keptLongerMs: assignment.clientCacheMs }),
    });
    await end();
    const connections = usersConnections(new URL(assignment.url), resolver);
    const acknowledged = new Map<string, Promise<void>>();
    const started = startCanaryClient({
      prefix,
      first,
      intervalMs: assignment.intervalMs,
      timeoutMs: assignment.timeoutMs,
      connections,
      ...(assignment.system === undefined ? {} : { system: assignment.system }),
      onAcknowledged(sample) {
        const durable = ledger.acknowledged(sample);
        // Its failure is dealt with at the end of the canary; until then nobody waits for it.
        durable.catch(() => undefined);
        acknowledged.set(sample.id, durable);
      },
      onEnded(sample) {
        const durable = Promise.all([acknowledged.get(sample.id), ledger.ended(sample)]);
        acknowledged.delete(sample.id);
        durable.then(
          () => report.add(sample),
          (error: unknown) => log(`a canary is not reported: ${error instanceof Error ? error.message : String(error)}`),
        );
      },
    });
    current = { assignment, resolver, connections, client: started };
    log(`writes a canary to ${assignment.url} every ${assignment.intervalMs} ms`);
  };
  const end = async (): Promise<void> => {
    const old = current;
    if (old === undefined) return;
    current = undefined;
    first = await old.client.stop();
    old.connections.close();
    old.resolver.close();
  };
  /** Returns what is wrong when it cannot go by them. */
  const adopt = async (body: unknown): Promise<string | undefined> => {
    const assignment = readCanaryAssignment(body);
    if (typeof assignment === 'string') return assignment;
    try {
      await use(assignment);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    await remember(dir, assignment);
    return undefined;
  };
  /** Without the controller: the settings of last time, when there are any. */
  const recall = async (): Promise<void> => {
    const text = await readFile(join(dir, settingsFile), 'utf8').catch(() => undefined);
    if (text !== undefined && (await adopt(parseJson(text))) === undefined) log('goes on with the settings that it had last');
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      const answer = await client.get(`${path}/assignment`);
      let waitMs = options.refreshMs ?? 5000;
      if (answer.kind === 'answered') {
        link.well();
        const complaint = await adopt(answer.body);
        if (complaint === undefined) settings.well();
        else waitMs = settings.trouble(complaint, `the controller sent settings that cannot be used: ${complaint}`);
      } else {
        waitMs = link.trouble(...troubleWith(answer, who));
        if (current === undefined && answer.kind === 'away') await recall();
      }
      await pause(waitMs, signal);
    }
  };

  try {
    await Promise.all([follow(), report.run()]);
  } finally {
    await end();
    await ledger.close();
    await Promise.race([report.last(), pause(lastWordsMs, neverAborted)]);
    client.close();
  }
}

/** Returns what is wrong with it when it cannot be used. */
export function readCanaryAssignment(value: unknown): CanaryAssignment | string {
  if (!isRecord(value)) return 'they are no object';
  const { url, nameServers, intervalMs, timeoutMs, clientCacheMs, system } = value;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return '`url` must be an http or https address';
  if (!Array.isArray(nameServers) || !nameServers.every((one): one is string => typeof one === 'string'))
    return '`nameServers` must be a list of address:port';
  if (!isDuration(intervalMs) || !isDuration(timeoutMs)) return '`intervalMs` and `timeoutMs` must be 10 to 86400000';
  if (clientCacheMs !== undefined && (typeof clientCacheMs !== 'number' || !Number.isSafeInteger(clientCacheMs) || clientCacheMs < 0))
    return '`clientCacheMs` must be at least 0';
  if (system !== undefined && (typeof system !== 'string' || !URL.canParse(system))) return '`system` must be a URI';
  return {
    url,
    nameServers,
    intervalMs,
    timeoutMs,
    ...(clientCacheMs === undefined ? {} : { clientCacheMs }),
    ...(system === undefined ? {} : { system }),
  };
}

/** Of earlier processes. Older than a day is no better than unknown. */
async function lastAckedIn(ledger: Ledger, now: number): Promise<Instant | undefined> {
  const { samples } = await ledger.read((now - ledgerMs) as Instant, now as Instant);
  return samples.findLast(({ ackedAt }) => ackedAt !== undefined)?.ackedAt;
}

/** Two questions to the name servers must fit into one canary's time. */
const resolverTimeoutMs = (assignment: CanaryAssignment): number => Math.max(100, Math.min(1000, Math.floor(assignment.timeoutMs / 2)));

/** Kept beside the ledger, so that canaries start without the controller as well. */
async function remember(dir: string, assignment: CanaryAssignment): Promise<void> {
  const text = JSON.stringify(assignment);
  const path = join(dir, settingsFile);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writeFile(`${path}.new`, text, { mode: 0o600 }).then(
    () => rename(`${path}.new`, path),
    () => undefined,
  );
}
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
