// How fast the simulator is on all cores: schedules and engine inputs a second, in the built program as it is shipped, in a process of its
// own. Always the same seeds, so that two runs do the same work.
import { spawn } from 'node:child_process';
import { calibrate, report, setting } from './measure.ts';

type Said = {
  readonly schedules: number;
  readonly violations: number;
  readonly seconds: number;
  readonly schedulesPerSecond: number;
  readonly inputsPerSecond: number;
  readonly digest: string;
};

export async function simulation(): Promise<void> {
  const calibration = calibrate();
  const { schedules, violations, seconds, schedulesPerSecond, inputsPerSecond, digest } = await simulated(setting('SCHEDULES', 600));
  report('simulation', calibration, {
    what: 'schedules with faults, on all cores',
    schedules,
    schedulesPerS: schedulesPerSecond,
    inputsPerS: inputsPerSecond,
    goals: { inputsPerS: 100_000, schedulesPerS: 60 },
    seconds,
    violations,
    digest,
  });
}

/** With 1 it has found a violation, which it still counts; anything else is no figure. */
function simulated(schedules: number): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/simulation/main.js', '--schedules', String(schedules), '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const printed: string[] = [];
    child.stdout.on('data', (text: Buffer) => printed.push(text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || code === 1) resolve(JSON.parse(printed.join('')) as Said);
      else reject(new Error(`the simulator ended with ${String(code)}`));
    });
  });
}
