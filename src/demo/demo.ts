// The main job, end to end: a hospital in a box loses a region, recovers, and gets a signed account of it. Everything runs as
// it does in production, as processes of their own that talk over the wire; this one only starts them, asks and watches.
import { join } from 'node:path';
import { clientFor, type Client, type Told } from '../cli/client.ts';
import { fetchEvidence } from '../cli/evidence.ts';
import type { Io } from '../cli/io.ts';
import { timelineView, type TimelineView } from '../cli/timeline.ts';
import type { DrillView, IncidentView, RunView } from '../core/views/runs.ts';
import { verifyBundle } from '../evidence/verify.ts';
import type { Endpoints } from '../lab/up.ts';
import { Crew, type Member } from './crew.ts';
import { resultOf, type Addresses, type Result } from './result.ts';
import { claimFolder, DemoError, newTokens, vantages, writeConfig, type Tokens } from './setting.ts';

export type DemoOptions = {
  readonly folder: string;
  /** Where `policies/` and `runbooks/` lie. */
  readonly root: string;
  readonly gameday: string;
  readonly profile: 'fast' | 'aws';
  /** As `resus lab up` takes them. */
  readonly addresses: Addresses;
  /** The drawing goes to stderr as plain lines, so that stdout holds the result alone. */
  readonly json: boolean;
  readonly io: Io;
};
const limits = { startMs: 40_000, steadyMs: 20_000 } as const;
const redrawMs = 100;

/** Resolves with what came of it, and nothing left running. Rejects with a `DemoError` or `CliError` that says what to do. */
export async function demo(options: DemoOptions): Promise<Result> {
  const { folder, io, json } = options;
  claimFolder(folder);
  const view = timelineView({
    isTty: io.isTty && !json,
    write: (text) => (json ? io.err(text) : io.out(text)),
    now: () => io.now(),
    color: io.color && !json,
    columns: io.columns,
  });
  const drawing = setInterval(() => view.tick(), redrawMs);
  let lost: (error: Error) => void = () => undefined;
  const trouble = new Promise<never>((_, reject) => (lost = reject));
  trouble.catch(() => undefined);
  const interrupted = (): void => lost(new DemoError('INTERRUPTED', 'the demo was interrupted; nothing of it was left running'));
  io.signal.addEventListener('abort', interrupted, { once: true });
  const crew = new Crew(join(folder, 'logs'), (member, how) =>
    lost(new DemoError('DEMO_LOST_A_PROCESS', `${member.name} ended, ${how}; its log is ${member.log}`)),
  );
  // What still waits when the demo is broken off would keep the process alive for as long as it has patience.
  const over = new AbortController();
  try {
    return await Promise.race([play(options, crew, view, over.signal), trouble]);
  } finally {
    over.abort();
    clearInterval(drawing);
    view.end();
    io.signal.removeEventListener('abort', interrupted);
    await crew.dismiss();
  }
}

async function play(options: DemoOptions, crew: Crew, view: TimelineView, over: AbortSignal): Promise<Result> {
  const { folder, root, gameday, profile, addresses } = options;
  view.say('Starting a hospital: two regions, four zones, PostgreSQL pairs, EHRs, AWS on the wire, DNS ...');
  const lab = JSON.parse(
    await lineOf(crew.start('lab', ['lab', 'up', '--json', '--profile', profile, '--addresses', addresses])),
  ) as Endpoints;
  const tokens = newTokens();
  const config = writeConfig(folder, lab, tokens, root);
  view.say('Starting the controller, three vantages and the users of one ward ...');
  const { url } = JSON.parse(await lineOf(crew.start('controller', ['serve', '--config', config, '--json', '--exit-with-parent']))) as {
    url: string;
  };
  const client = clientFor({ url, token: tokens.operator });
  await man(crew, { url, config, folder, lab, tokens });
  await steady(client, over);

  const opened = await client.post<{ drill: string; seq: number }>('/api/v1/drills', { gameday });
  const { gamedays } = await client.get<{ gamedays: readonly { gameday: string; summary: string }[] }>('/api/v1/gamedays');
  view.say(`Game day ${gameday}. ${gamedays.find((each) => each.gameday === gameday)?.summary ?? ''} Watch.`);
  const isVerdict = (told: Told): boolean => told.type === 'DrillClosed' && told.data.drill === opened.drill;
  await client.follow(
    opened.seq,
    (told) => {
      view.entry(told);
      return isVerdict(told);
    },
    { signal: over },
  );
  return account(options, client, opened.drill);
}

/** Vantages live in their sites: what takes a region away takes its vantage along. */
async function man(crew: Crew, at: { url: string; config: string; folder: string; lab: Endpoints; tokens: Tokens }): Promise<void> {
  for (const name of vantages) {
    const member = crew.start(
      `vantage-${name}`,
      ['vantage', '--name', name, '--controller', at.url, '--config', at.config, '--exit-with-parent'],
      { RESUS_TOKEN: at.tokens[name] },
    );
    const site = { east: 'us-east-2', west: 'us-west-2', campus: undefined }[name];
    if (site !== undefined)
      await clientFor({ url: at.lab.control, token: at.lab.controlToken }).post('/residents', { site, pid: member.process.pid });
  }
  const canary = [
    'canary',
    '--workload',
    'ehr',
    '--population',
    'ward',
    '--controller',
    at.url,
    '--dir',
    join(at.folder, 'canary'),
    '--exit-with-parent',
  ];
  crew.start('canary', canary, { RESUS_TOKEN: at.tokens.canary });
}

/** Until the controller sees what it needs to see: a drill that starts blind is refused by its own gates. */
async function steady(client: Client, over: AbortSignal): Promise<void> {
  const until = Date.now() + limits.steadyMs;
  while (!over.aborted) {
    const { workloads } = await client.get<{
      workloads: readonly { state: string; next: string; replicas: readonly { role: string; verdict: string; lagMs?: number }[] }[];
    }>('/api/v1/workloads');
    const isSteady = workloads.every(
      (each) =>
        each.state === 'healthy' &&
        each.replicas.every((replica) => replica.verdict === 'up') &&
        each.replicas.some((replica) => replica.lagMs !== undefined),
    );
    if (isSteady && workloads.length > 0) return;
    if (Date.now() > until)
      throw new DemoError(
        'DEMO_NOT_STEADY',
        `the hospital did not become healthy within ${limits.steadyMs / 1000} s: ${workloads.map((each) => each.next).join('; ')}; see the logs in its folder, or try again on a quieter machine`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function account({ folder, profile }: DemoOptions, client: Client, drillId: string): Promise<Result> {
  const drill = await client.get<DrillView>(`/api/v1/drills/${drillId}`);
  if (drill.run === undefined)
    throw new DemoError('DEMO_NO_RUN', `the drill ended without a run (${drill.verdict ?? 'open'}): ${drill.because}`);
  const run = await client.get<RunView>(`/api/v1/runs/${drill.run}`);
  const failback = drill.failback === undefined ? undefined : await client.get<RunView>(`/api/v1/runs/${drill.failback}`);
  const { incidents } = await client.get<{ incidents: readonly IncidentView[] }>('/api/v1/incidents');
  const bundle = join(folder, 'evidence');
  await fetchEvidence(client, run.run, bundle);
  const verification = verifyBundle(bundle);
  return resultOf({
    drill,
    run,
    failback,
    incident: incidents.find((each) => each.incident === run.incident),
    vantages: vantages.length,
    profile,
    floor: 'lab',
    bundle,
    journal: { entries: verification.summary?.size ?? 0, root: verification.summary?.root ?? '' },
    isVerified: verification.ok,
  });
}

function lineOf(member: Member): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new DemoError('DEMO_SLOW_START', `${member.name} was not ready within ${limits.startMs / 1000} s; its log is ${member.log}`),
        ),
      limits.startMs,
    );
  });
  return Promise.race([member.firstLine, late]).finally(() => clearTimeout(timer));
}
