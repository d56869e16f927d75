// One lane of the crash matrix: the lab's AWS on the wire around a hospital in memory, relays to all of it, one vantage and one ward that
// report over HTTP, and a controller process that is killed at a point and started again on the same journal.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunView } from '../../../src/core/views/runs.ts';
import { startBench, type Bench } from '../../lab/aws/memory-hospital.ts';
import { StandbySwitch } from '../../lab/standby-switch.ts';
import { until } from '../../vantage/until.ts';
import { main } from '../program.ts';
import { freePort } from '../stage.ts';
import type { FromController, Point, ToController } from './controller.ts';
import { Crowd } from './crowd.ts';
import { tokens, writeHospital, type Facts } from './hospital.ts';
import { Wire } from './wire.ts';

/** Where the built program lies. */
const dist = dirname(main);
const ours = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/**
 * What makes every run the same, however busy the machine is: a step is still under way at its first look, because nothing at AWS takes less
 * than `leastMs`, and done at its second, whose question is held up until `overMs` after the mutation.
 */
const pace = { leastMs: 900, overMs: 1_800 } as const;
const slow = [pace.leastMs, pace.leastMs] as const;
const isLook = (name: string): boolean => /^(rds DescribeGlobalClusters|route53 GET \/change|dns A )/.test(name);
const isMutation = (name: string): boolean => /^(rds SwitchoverGlobalCluster|route53 POST|switch PUT)/.test(name);
/** What a start asks for, to see whether the runbooks could run: over when both are answered. */
const readiness = ['rds DescribeGlobalClusters', 'switch GET /standby'];
type Reply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export class Lane {
  readonly folder = mkdtempSync(join(tmpdir(), 'resus-matrix-'));
  readonly wire = new Wire();
  /** What was passed since the last `arm`, in order; only the first halves. */
  readonly passed: { readonly name: string; readonly nth: number }[] = [];
  /** Where the journal failed: what it held, and how much more it was given. */
  readonly failures: { readonly size: number; readonly more: number }[] = [];
  /** What mutations were answered with, also those of a controller that was left alone. */
  readonly answers: { readonly name: string; readonly status: number; readonly body: string }[] = [];
  readonly #crowd: Crowd;
  readonly bench: Bench;
  readonly #switch: StandbySwitch;
  #port: number;
  #facts: Omit<Facts, 'port'> | undefined;
  #config = '';
  #child: ChildProcess | undefined;
  #armed: Point | null = null;
  readonly #answered = new Set<string>();
  #sentAt = 0;
  err = '';

  private constructor(bench: Bench, standby: StandbySwitch, port: number) {
    this.bench = bench;
    this.#switch = standby;
    this.#port = port;
    this.#crowd = new Crowd(`http://127.0.0.1:${port}`);
    this.wire.hook = async ({ name, nth, phase, answer }) => {
      if (phase === 'before') this.passed.push({ name, nth });
      else {
        this.#answered.add(name);
        if (answer !== undefined && isMutation(name)) this.answers.push({ name, status: answer.status, body: answer.body.toString() });
      }
      if (phase === 'after' && isMutation(name)) this.#sentAt = Date.now();
      const heldMs = this.#sentAt + pace.overMs - Date.now();
      if (phase === 'before' && isLook(name) && nth % 2 === 0 && heldMs > 0) await new Promise((resolve) => setTimeout(resolve, heldMs));
      if (this.#armed === null || this.#armed.name !== name || this.#armed.nth !== nth || this.#armed.phase !== phase) return true;
      this.#child?.kill('SIGKILL');
      return false;
    };
  }

  static async open(): Promise<Lane> {
    const standby = await StandbySwitch.open();
    const bench = await startBench({ switchUrl: standby.url }, { switchoverMs: slow, insyncMs: slow, healthPropagationMs: slow });
    const lane = new Lane(bench, standby, await freePort());
    const { wire } = lane;
    // Both regions under one name: a run goes one way or the other, and its points are the same.
    lane.#facts = {
      rds: {
        'us-east-2': await wire.http('rds', bench.url('us-east-2')),
        'us-west-2': await wire.http('rds', bench.url('us-west-2')),
      },
      route53: await wire.http('route53', bench.url('us-east-1')),
      standbySwitch: `${await wire.http('switch', new URL(standby.url).origin)}/standby`,
      nameServer: await wire.dns('dns', bench.aws.dns),
      hostedZoneId: bench.aws.hostedZoneId,
    };
    lane.#config = writeHospital(lane.folder, { ...lane.#facts, port: lane.#port });
    return lane;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }
  /** The kernel has taken it off the processor. */
  get isStopped(): boolean {
    return this.isRunning && /^State:\s+T/m.test(readFileSync(`/proc/${this.#child?.pid ?? 0}/status`, 'utf8'));
  }

  /** Starts a controller; resolves when it answers and asks nothing more, or is gone. `point`: where it dies. `stopBefore`: a text on the wire. */
  async boot(point: Point | null = null, stopBefore?: string): Promise<void> {
    this.#reset(point);
    const args = [controllerProgram(), dist, this.#config, JSON.stringify(point), ...(stopBefore === undefined ? [] : [stopBefore])];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, NO_COLOR: '1' } });
    this.#child = child;
    let isReady = false;
    child.stdout?.on('data', () => (isReady = true));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err = `${this.err}${text}`.slice(-4_000)));
    child.on('message', (message: FromController) => {
      if ('append' in message) this.passed.push(message.append);
      if ('failed' in message) this.failures.push(message.failed);
    });
    const isDone = (): boolean => isReady && readiness.every((name) => this.#answered.has(name));
    await until('a controller that answers', () => isDone() || !this.isRunning, 90_000);
  }
  /** From now on counts begin at 1, and the controller dies at that point. */
  async arm(point: Point | null): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) throw new Error('no controller runs');
    let isArmed = false;
    const hear = (message: FromController): void => {
      if ('armed' in message) isArmed = true;
    };
    child.on('message', hear);
    this.#reset(point);
    child.send({ arm: point } satisfies ToController);
    await until('that it is armed', () => isArmed || !this.isRunning).finally(() => child.off('message', hear));
  }
  #reset(point: Point | null): void {
    this.passed.length = 0;
    this.#answered.clear();
    this.wire.reset();
    this.#armed = point;
  }
  async kill(): Promise<void> {
    this.#child?.kill('SIGCONT');
    this.#child?.kill('SIGKILL');
    await until('its end', () => !this.isRunning);
  }
  /** Leaves the process alone, so that a successor starts beside it, at a port of its own. */
  async release(): Promise<ChildProcess> {
    const child = this.#child;
    if (child === undefined || this.#facts === undefined) throw new Error('no controller runs');
    this.#port = await freePort();
    this.#config = writeHospital(this.folder, { ...this.#facts, port: this.#port });
    this.#crowd.url = this.url;
    this.#child = undefined;
    return child;
  }

  /** What AWS carried out so far, by operation; the switch counts its own. */
  executions(): Readonly<Record<string, number>> {
    const sums: Record<string, number> = { PutSwitch: this.#switch.puts };
    for (const [key, count] of Object.entries(this.bench.aws.executions())) {
      const operation = key.split(' ')[0] ?? '';
      sums[operation] = (sums[operation] ?? 0) + count;
    }
    return sums;
  }

  /** Where the switch sends the users now. */
  get usersAt(): 'standby' | 'primary' {
    return this.#switch.isOn ? 'standby' : 'primary';
  }

  /** The one before may be dying still, having answered once more than it should live. */
  async #firstRuns(): Promise<readonly { readonly run: string }[]> {
    for (const end = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 40))) {
      if (!this.isRunning) await this.boot();
      const runs = await this.#runs().catch(() => undefined);
      if (runs !== undefined) return runs;
      if (Date.now() > end) throw new Error(`it does not say which runs there are: ${this.err}`);
    }
  }

  /** One move from where the writer is, whatever becomes of the controller meanwhile: one that died is started again, once. */
  async move(): Promise<{ readonly run: RunView; readonly deaths: number }> {
    const before = new Set((await this.#firstRuns()).map(({ run }) => run));
    let deaths = 0;
    let found: RunView | undefined;
    for (const end = Date.now() + 180_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 40))) {
      if (!this.isRunning) {
        deaths += 1;
        if (deaths > 1) throw new Error(`it died twice: ${this.err}`);
        await this.boot();
      }
      const runs = await this.#runs().catch(() => undefined);
      if (runs === undefined) continue;
      const [id] = runs.filter(({ run }) => !before.has(run));
      if (id === undefined) {
        await this.ask('olga', 'POST', '/runs', { workload: 'ehr', mode: 'switchover', reason: 'matrix' });
        continue;
      }
      found = (await this.ask('olga', 'GET', `/runs/${id.run}`))?.body as RunView | undefined;
      if (found?.status === 'awaiting-approval') await this.ask('omar', 'POST', `/runs/${id.run}/approvals`, { plan: found.plan.hash });
      if (found?.status === 'closed') return { run: found, deaths };
    }
    throw new Error(`the run did not end: ${JSON.stringify(found)}\n${this.err}`);
  }
  async #runs(): Promise<readonly { readonly run: string }[]> {
    const reply = await this.ask('olga', 'GET', '/runs');
    if (reply?.status !== 200) throw new Error('no answer');
    return reply.body['runs'] as readonly { readonly run: string }[];
  }
  /** Undefined when nobody answers. */
  async ask(who: keyof typeof tokens, method: string, path: string, body?: unknown): Promise<Reply | undefined> {
    return this.#crowd.ask(who, method, path, body);
  }

  async close(): Promise<void> {
    await this.#crowd.stop();
    await this.kill();
    this.wire.close();
    await this.#switch.close();
    await this.bench.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let program: string | undefined;
/** `controller.ts` without its types: teaching TypeScript to each of some hundred processes would double what they cost. */
function controllerProgram(): string {
  if (program !== undefined) return program;
  const folder = mkdtempSync(join(tmpdir(), 'resus-matrix-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const flags = ['--ignoreConfig', '--noCheck', '--noResolve', '--module', 'nodenext', '--target', 'es2023', '--outDir', folder];
  const made = spawnSync(process.execPath, [ours('../../../node_modules/typescript/bin/tsc'), ...flags, ours('controller.ts')]);
  if (made.status !== 0) throw new Error(`controller.ts cannot be compiled: ${String(made.stdout)}${String(made.stderr)}`);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return (program = join(folder, 'controller.js'));
}
