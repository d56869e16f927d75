// What a controller costs when nothing happens: 1,000 workloads of two replicas, each probed every 5 s by the controller's own vantage.
// The built program, as it is shipped, with files as people write them; its memory and CPU as the system counts them.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { calibrate, report, setting } from './measure.ts';
import { startTargets, type TestTargets } from './targets.ts';

const goalMb = 150;
/** Linux counts CPU in these. */
const ticksPerS = 100;

export async function idle(): Promise<void> {
  const workloads = setting('WORKLOADS', 1_000);
  for (const uses of ['tcp', 'http'] as const) {
    const calibration = calibrate();
    const folder = mkdtempSync(join(tmpdir(), 'resus-bench-'));
    const targets = await startTargets();
    const config = write(folder, workloads, uses, targets);
    const child = spawn(process.execPath, ['dist/main.js', 'serve', '--config', config, '--json', '--exit-with-parent'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      const beganAt = performance.now();
      const { url } = JSON.parse(await firstLine(child)) as { url: string };
      const startMs = Math.round(performance.now() - beganAt);
      await pass(setting('WARM', 30) * 1_000);
      const before = cpuMsOf(child);
      const from = performance.now();
      await pass(setting('SECONDS', 30) * 1_000);
      const wallMs = performance.now() - from;
      const memory = memoryOf(child);
      report('idle', calibration, {
        what: `${uses}, every 5 s, from the controller itself`,
        workloads,
        probesPerS: (workloads * 2) / 5,
        up: await upOf(url),
        residentMb: memory.now,
        peakMb: memory.peak,
        goalMb,
        cpuPercent: Math.round(((cpuMsOf(child) - before) / wallMs) * 1000) / 10,
        startMs,
        afterS: setting('WARM', 30) + setting('SECONDS', 30),
      });
    } finally {
      child.kill('SIGKILL');
      targets.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function write(folder: string, workloads: number, uses: 'tcp' | 'http', targets: TestTargets): string {
  const policies = join(folder, 'policies');
  mkdirSync(policies);
  const document = (kind: string, name: string, spec: object): string =>
    stringify({ apiVersion: 'resus/v1', kind, metadata: { name }, spec });
  const sees = (site: string) => [{ id: 'other', uses: 'tcp', with: { address: targets.tcp }, site }];
  const sites = [
    document('Site', 'aws', { level: 'cloud', kind: 'aws', residency: 'US' }),
    document('Site', 'us-east-2', { level: 'region', parent: 'aws' }),
    document('Site', 'us-west-2', { level: 'region', parent: 'aws' }),
    document('Site', 'campus', {
      level: 'campus',
      kind: 'onprem',
      residency: 'US',
      vantages: [{ id: 'campus', references: sees('us-east-2') }],
    }),
  ];
  const tier = readFileSync('policies/tiers.yaml', 'utf8').split(/^---$/m)[1] ?? '';
  writeFileSync(join(policies, 'sites.yaml'), sites.join('---\n'));
  writeFileSync(join(policies, 'tiers.yaml'), tier);
  const probe = { id: 'web', uses, with: uses === 'tcp' ? { address: targets.tcp } : { url: targets.http } };
  const all = Array.from({ length: workloads }, (_, n) =>
    document('Workload', `workload-${n}`, {
      tier: 'core-clinical',
      owner: 'Team',
      onCall: 'on-call',
      clinicalOwner: 'Chief',
      impact: 'Charts cannot be read.',
      downtimeProcedure: 'Paper.',
      residency: ['US'],
      replicas: [
        { name: 'east', site: 'us-east-2', role: 'primary', probes: [probe] },
        { name: 'west', site: 'us-west-2', role: 'standby', probes: [probe] },
      ],
      usersPath: { url: 'http://ehr.hospital.test', nameServers: ['127.0.0.1:53'], populations: [{ name: 'ward', site: 'campus' }] },
      runbooks: { onDiagnosis: {} },
    }),
  );
  // At most 1 MiB a file.
  for (let n = 0; n < all.length; n += 500) writeFileSync(join(policies, `workloads-${n}.yaml`), all.slice(n, n + 500).join('---\n'));
  const path = join(folder, 'resus.yaml');
  const viewer = { name: 'bench', role: 'viewer', sha256: createHash('sha256').update('bench').digest('hex') };
  const listen = { host: '127.0.0.1', port: 0 };
  writeFileSync(
    path,
    stringify({ name: 'bench', floor: 'lab', data: './data', listen, policies: ['./policies'], tokens: [viewer], vantage: 'campus' }),
  );
  return path;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the controller ended: exit ${code ?? '?'}`)));
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
  });
}
/** How many replicas it calls up: an idle controller that sees nothing would be cheap and worth nothing. */
async function upOf(url: string): Promise<number> {
  const { workloads } = (await (await fetch(`${url}/api/v1/workloads`, { headers: { authorization: 'Bearer bench' } })).json()) as {
    workloads: readonly { replicas: readonly { verdict: string }[] }[];
  };
  return workloads.flatMap(({ replicas }) => replicas).filter(({ verdict }) => verdict === 'up').length;
}
function memoryOf({ pid = 0 }: ChildProcess): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (key: string): number => Math.round(Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1000);
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
function cpuMsOf({ pid = 0 }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerS;
}
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
