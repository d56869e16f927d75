// A lab, a controller that can be killed and started again on the same data and port, three vantages and a ward: the processes
// of the demo, in the hands of a test. Every AWS call and the standby's switch go through relays.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resolver } from 'node:dns/promises';
import { parse, stringify } from 'yaml';
import { clientFor, type Client, type Told } from '../../src/cli/client.ts';
import { fetchEvidence } from '../../src/cli/evidence.ts';
import type { DrillView, RunView } from '../../src/core/views/runs.ts';
import { newTokens, vantages, writeConfig, type Tokens } from '../../src/demo/setting.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import type { Endpoints } from '../../src/lab/up.ts';
import { until } from '../vantage/until.ts';
import { Program } from './program.ts';
import { Relay } from './relay.ts';

const ours = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export type StageOptions = {
  /** Changes what is declared: gets the text of each file of policies/ and runbooks/ by its path. */
  readonly declared?: (text: string, path: string) => string;
  readonly labArgs?: readonly string[];
};
type Config = {
  listen: { port: number };
  policies: readonly string[];
  providers: { aws: { endpoints: Record<string, string> } };
  inventory: Record<string, string>;
};

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'resus-e2e-'));
  readonly told: Told[] = [];
  readonly tokens: Tokens = newTokens();
  readonly relays = new Map<string, Relay>();
  readonly agents = new Map<string, Program>();
  readonly #following = new AbortController();
  #lab: Program | undefined;
  #endpoints: Endpoints | undefined;
  #controller: Program | undefined;
  #config = '';
  #port = 0;

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage();
    try {
      await stage.#open(options);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get lab(): Endpoints {
    return this.#endpoints ?? never('the lab is not up');
  }
  get labProgram(): Program {
    return this.#lab ?? never('the lab is not up');
  }
  get controller(): Program {
    return this.#controller ?? never('no controller was started');
  }
  get config(): string {
    return this.#config;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get client(): Client {
    return clientFor({ url: this.url, token: this.tokens.operator });
  }
  get control(): Client {
    return clientFor({ url: this.lab.control, token: this.lab.controlToken });
  }
  relay(name: string): Relay {
    return this.relays.get(name) ?? never(`there is no relay ${name}`);
  }

  /** Starts a controller on the same data and port as ever, and waits until it acts. */
  async startController(): Promise<void> {
    this.#controller = new Program(['serve', '--config', this.#config, '--json', '--exit-with-parent']);
    await this.#controller.firstLine();
  }
  async restartController(): Promise<void> {
    await this.controller.kill();
    await this.startController();
  }
  async startVantage(name: (typeof vantages)[number]): Promise<void> {
    const args = ['vantage', '--name', name, '--controller', this.url, '--config', this.#config, '--exit-with-parent'];
    const vantage = new Program(args, { env: { RESUS_TOKEN: this.tokens[name] } });
    this.agents.set(name, vantage);
    const site = { east: 'us-east-2', west: 'us-west-2', campus: undefined }[name];
    if (site !== undefined) await this.control.post('/residents', { site, pid: vantage.pid });
  }
  startCanary(): void {
    const args = ['canary', '--workload', 'ehr', '--population', 'ward', '--controller', this.url, '--dir', join(this.folder, 'canary')];
    this.agents.set('canary', new Program([...args, '--exit-with-parent'], { env: { RESUS_TOKEN: this.tokens.canary } }));
  }
  agent(name: string): Program {
    return this.agents.get(name) ?? never(`nobody is called ${name}`);
  }

  /** The first entry from `from` on that fits. The entry is durable and was told as soon as it was. */
  entry(what: string, fits: (told: Told) => boolean, { from = 0, deadlineMs = 60_000 } = {}): Promise<Told> {
    const found = until(what, () => this.told.find((each) => each.seq >= from && fits(each)), deadlineMs);
    return found.catch((error: Error) => Promise.reject(new Error(`${error.message}; what was told:\n${this.story(from)}`)));
  }
  /** What the journal says since `from`, as people read it: for the message of a test that fails. */
  story(from: number): string {
    const lines = this.told.filter(({ seq, sentence }) => seq >= from && sentence !== null);
    return lines.map(({ at, sentence }) => `${new Date(at).toISOString().slice(14, 23)} ${sentence ?? ''}`).join('\n');
  }
  get nextSeq(): number {
    return (this.told.at(-1)?.seq ?? -1) + 1;
  }
  /** Until every replica is seen up from everywhere, no incident is open and users are answered. */
  async steady(deadlineMs = 60_000): Promise<void> {
    type Workload = { state: string; replicas: readonly { verdict: string; lagMs?: number }[] };
    await until(
      'a healthy hospital',
      async () => {
        const { workloads } = await this.client
          .get<{ workloads: readonly Workload[] }>('/api/v1/workloads')
          .catch(() => ({ workloads: [] }));
        const isWell = ({ state, replicas }: Workload): boolean =>
          state === 'healthy' &&
          replicas.every(({ verdict }) => verdict === 'up') &&
          replicas.some(({ lagMs }) => lagMs !== undefined && lagMs < 1_500);
        return workloads.length > 0 && workloads.every(isWell);
      },
      deadlineMs,
    );
  }

  openDrill(gameday: string): Promise<{ drill: string; seq: number }> {
    return this.client.post('/api/v1/drills', { gameday });
  }
  /** To the end of the game day, whatever becomes of the controller meanwhile. */
  async drilled(drill: string, deadlineMs = 120_000): Promise<DrillView> {
    await this.entry(`the end of ${drill}`, (told) => told.type === 'DrillClosed' && told.data.drill === drill, { deadlineMs });
    return this.client.get<DrillView>(`/api/v1/drills/${drill}`);
  }
  run(id: string): Promise<RunView> {
    return this.client.get<RunView>(`/api/v1/runs/${id}`);
  }
  /** Fetches the evidence of a run and verifies it; the sentences that fail, so that a test can expect none. */
  async mistakes(run: string): Promise<readonly string[]> {
    const folder = join(this.folder, `evidence-${run}-${this.nextSeq}`);
    await fetchEvidence(this.client, run, folder);
    const { ok, problems } = verifyBundle(folder);
    return ok ? [] : problems;
  }
  /** What the lab counted, e.g. `FailoverGlobalCluster ehr-global`, where the operation's name fits. */
  async executions(operation: RegExp): Promise<Readonly<Record<string, number>>> {
    const all = await this.control.get<Record<string, number>>('/executions');
    return Object.fromEntries(Object.entries(all).filter(([key]) => operation.test(key)));
  }
  /** What the users' name is answered with now: one zone's address, drawn by weight. */
  async names(): Promise<readonly string[]> {
    const resolver = new Resolver({ timeout: 500, tries: 2 });
    resolver.setServers([this.lab.dns]);
    return (await resolver.resolve4(this.lab.ehrName)).toSorted();
  }
  addressesOf(region: string): readonly string[] {
    return (this.lab.regions[region]?.ehr ?? []).map((url) => new URL(url).hostname).toSorted();
  }

  async close(): Promise<void> {
    this.#following.abort();
    await Promise.all([...this.agents.values(), ...(this.#controller === undefined ? [] : [this.#controller])].map((each) => each.end()));
    await this.#lab?.end();
    for (const relay of this.relays.values()) relay.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #open({ declared, labArgs = [] }: StageOptions): Promise<void> {
    const seed = process.env['RESUS_E2E_SEED'];
    this.#lab = new Program(['lab', 'up', '--json', ...(seed === undefined ? [] : ['--seed', seed]), ...labArgs]);
    this.#endpoints = JSON.parse(await this.#lab.firstLine(90_000)) as Endpoints;
    this.#port = await freePort();
    for (const name of ['policies', 'runbooks']) this.#declare(name, declared ?? ((text) => text));
    const switchUrl = new URL(this.lab.inventory['standbySwitch'] ?? '');
    const endpoints: Record<string, string> = {};
    for (const [region, { aws }] of Object.entries(this.lab.regions)) endpoints[region] = await this.#relayTo(region, aws);
    const switchRelay = await this.#relayTo('switch', switchUrl.origin);
    this.#config = writeConfig(this.folder, this.lab, this.tokens, this.folder);
    const config = parse(readFileSync(this.#config, 'utf8')) as Config;
    config.listen.port = this.#port;
    Object.assign(config.providers.aws.endpoints, endpoints);
    config.inventory['standbySwitch'] = `${switchRelay}${switchUrl.pathname}`;
    writeFileSync(this.#config, stringify(config), { mode: 0o600 });
    await this.startController();
    void this.client
      .follow(
        0,
        (told) => {
          this.told.push(told);
          return false;
        },
        { signal: this.#following.signal, patienceMs: 300_000 },
      )
      .catch(() => undefined);
    await Promise.all(vantages.map((name) => this.startVantage(name)));
    this.startCanary();
    await this.steady();
  }
  async #relayTo(name: string, upstream: string): Promise<string> {
    const relay = new Relay(upstream);
    this.relays.set(name, relay);
    return relay.listen();
  }
  #declare(name: string, declared: NonNullable<StageOptions['declared']>): void {
    const to = join(this.folder, name);
    for (const path of readdirSync(ours(name), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.yaml')) continue;
      mkdirSync(join(to, path, '..'), { recursive: true });
      writeFileSync(join(to, path), declared(readFileSync(join(ours(name), path), 'utf8'), path));
    }
  }
}

/** Only for a test that wants to see a port taken or kept: another may take it meanwhile. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
function never(what: string): never {
  throw new Error(what);
}
