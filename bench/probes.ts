// How many probes a second of CPU makes, through the vantage's own prober: a fresh connection each, in the prober's thread. The
// targets answer from a process of their own, whose CPU is not counted.
import type { ProbeAssignment } from '../src/vantage/assignment.ts';
import { startProber } from '../src/vantage/prober.ts';
import { calibrate, perSecond, report, setting } from './measure.ts';
import { startTargets } from './targets.ts';

const intervalMs = 1_000;

export async function probes(): Promise<void> {
  const rate = setting('PROBES', 1_000);
  const seconds = setting('SECONDS', 10);
  for (const uses of ['tcp', 'http'] as const) {
    const calibration = calibrate();
    const targets = await startTargets();
    const list: ProbeAssignment[] = Array.from({ length: rate }, (_, n) => ({
      target: `workload-${n}/east/web`,
      uses,
      with: uses === 'tcp' ? { address: targets.tcp } : { url: targets.http },
      intervalMs,
      timeoutMs: intervalMs,
    }));
    let good = 0;
    let bad = 0;
    let problem = '';
    const prober = startProber({
      providersConfig: {},
      onObservations: (observations) => {
        for (const { ok } of observations) {
          if (ok) good += 1;
          else bad += 1;
        }
      },
      onProblem: ({ code, message }) => (problem = `${code} ${message}`),
    });
    try {
      prober.assign(list);
      // Loading the providers is not probing.
      await pass(3_000);
      [good, bad] = [0, 0];
      const before = process.cpuUsage();
      const began = performance.now();
      await pass(seconds * 1_000);
      const wallMs = Math.round(performance.now() - began);
      const { user, system } = process.cpuUsage(before);
      const cpuMs = Math.round((user + system) / 1000);
      report('probes', calibration, {
        what: uses,
        probesPerCpuS: perSecond(good + bad, cpuMs),
        cpuPerProbeUs: Math.round((cpuMs * 1000) / Math.max(1, good + bad)),
        askedPerS: rate,
        madePerS: perSecond(good + bad, wallMs),
        good,
        bad,
        ...(problem === '' ? {} : { problem }),
        wallMs,
        cpuMs,
      });
    } finally {
      await prober.stop();
      targets.close();
    }
  }
}
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
