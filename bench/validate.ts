// How long `resus validate` takes over a large estate: 5,000 files with 10,000 workloads. The built program as it is shipped, in a process
// of its own: with an empty cache, then again unchanged, then with a change in one file, of which nothing is kept.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { calibrate, report, setting } from './measure.ts';

const goals = { coldS: 30, warmS: 3, residentMb: 1_000 } as const;

export async function validate(): Promise<void> {
  const calibration = calibrate();
  const folder = mkdtempSync(join(tmpdir(), 'resus-bench-'));
  try {
    const estate = join(folder, 'estate');
    const size = writeEstate(estate, setting('FILES', 5_000), setting('WORKLOADS', 10_000));
    for (const what of ['cold', 'unchanged', 'one file changed'] as const) {
      if (what === 'one file changed') touch(estate);
      report('validate', calibration, { what, ...size, ...(await validated(estate, join(folder, 'cache'))), goals });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Run = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly residentMb: number;
  readonly exitCode: number | null;
  readonly printed: string;
};
/** CPU and the highest resident set are what the system counted, looked at every 20 ms; on a busy machine only they say something. */
function validated(estate: string, cache: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const beganAt = performance.now();
    const child = spawn(process.execPath, ['dist/main.js', 'validate', estate], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed: string[] = [];
    let [residentMb, cpuMs] = [0, 0];
    const look = setInterval(() => {
      residentMb = Math.max(residentMb, peakMb(child.pid ?? 0));
      cpuMs = Math.max(cpuMs, cpuMsOf(child.pid ?? 0));
    }, 20);
    child.stdout.on('data', (text: Buffer) => printed.push(text.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearInterval(look);
      const said = printed.join('').trim().split('\n').at(-1) ?? '';
      resolve({ wallMs: Math.round(performance.now() - beganAt), cpuMs, residentMb, exitCode, printed: said.slice(0, 200) });
    });
  });
}
function peakMb(pid: number): number {
  try {
    return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000);
  } catch {
    return 0;
  }
}

/** Linux counts CPU in hundredths of a second. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** Sites in one file, tiers and a runbook for each region in another, and the workloads in all others. */
function writeEstate(
  folder: string,
  files: number,
  workloads: number,
): { readonly files: number; readonly workloads: number; readonly mib: number } {
  const document = (kind: string, name: string, spec: object): string =>
    stringify({ apiVersion: 'resus/v1', kind, metadata: { name }, spec });
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  const write = (name: string, documents: readonly string[]): void => {
    const text = documents.join('---\n');
    bytes += text.length;
    writeFileSync(join(folder, name), text);
  };
  const regions = Array.from({ length: 20 }, (_, n) => `region-${n}`);
  write('sites.yaml', [
    document('Site', 'aws', { level: 'cloud', kind: 'aws', residency: 'US' }),
    ...regions.map((name) => document('Site', name, { level: 'region', parent: 'aws' })),
  ]);
  const detection = { interval: '1s', timeout: '500ms', failures: 3, successes: 2 };
  write('tiers.yaml', [
    ...['gold', 'silver', 'bronze'].map((name) =>
      document('Tier', name, { rto: '15m', rpo: '1m', availability: '99.9', strategy: 'warm-standby', detection, cooldown: '1m' }),
    ),
    ...regions.map((_, n) =>
      document('Runbook', `move-${n}`, {
        summary: 'Promotes the database of the standby, then looks.',
        modes: ['failover', 'switchover'],
        steps: [
          {
            id: 'promote',
            uses: 'aws.rds.promote-read-replica',
            with: { instance: '${{ to.resources.instance }}', region: '${{ to.site }}' },
            timeout: '10m',
          },
        ],
      }),
    ),
  ]);
  const holding = files - 2;
  const firstOf = (file: number): number => Math.floor((file * workloads) / holding);
  for (let file = 0; file < holding; file += 1)
    write(
      `workloads-${file}.yaml`,
      Array.from({ length: firstOf(file + 1) - firstOf(file) }, (_, n) => workload(firstOf(file) + n, regions.length, document)),
    );
  return { files, workloads, mib: Math.round(bytes / (1 << 20)) };
}

function workload(n: number, regions: number, document: (kind: string, name: string, spec: object) => string): string {
  const at = n % regions;
  const replica = (name: string, site: number, role: string): object => ({
    name,
    site: `region-${site}`,
    role,
    resources: { instance: `database-${n}-${name}`, address: `10.${site}.${(n >> 8) & 255}.${n & 255}` },
    probes: [
      { id: 'web', uses: 'http', with: { url: `http://${name}.workload-${n}.test/health` } },
      { id: 'tcp', uses: 'tcp', with: { address: `10.${site}.${(n >> 8) & 255}.${n & 255}:5432` } },
    ],
  });
  return document('Workload', `workload-${n}`, {
    tier: ['gold', 'silver', 'bronze'][n % 3],
    owner: `Team ${n % 40}`,
    onCall: `on-call-${n % 40}`,
    clinicalOwner: 'Chief medical information officer',
    impact: 'Wards cannot read charts; orders are written on paper, and allergies are asked for again.',
    downtimeProcedure: 'Paper charts in the red folder of each ward.',
    residency: ['US'],
    ...(n % 10 === 0 ? {} : { dependsOn: [{ workload: `workload-${n - (n % 10)}`, strength: n % 2 === 0 ? 'hard' : 'soft' }] }),
    replicas: [replica('east', at, 'primary'), replica('west', (at + 1) % regions, 'standby')],
    usersPath: {
      url: `https://workload-${n}.hospital.test`,
      nameServers: ['127.0.0.1:53'],
      populations: [{ name: 'ward', site: `region-${at}` }],
    },
    runbooks: { onDiagnosis: { RegionLost: `move-${at}` }, switchover: `move-${at}` },
  });
}

/** A change in one file of thousands. */
function touch(folder: string): void {
  const path = join(folder, 'workloads-0.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('owner: Team', 'owner: Unit'));
}
