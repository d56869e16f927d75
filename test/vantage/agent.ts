// Starts an agent's command line as a child process, and says how it ended.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type AgentProcess = {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly ended: Promise<number | NodeJS.Signals>;
};

export function startAgent(args: readonly string[], token: string | null = 'secret-token'): AgentProcess {
  const script = fileURLToPath(new URL('./agent-process.ts', import.meta.url));
  const env = { ...process.env };
  delete env['RESUS_TOKEN'];
  if (token !== null) env['RESUS_TOKEN'] = token;
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => child.on('close', (code, signal) => resolve(signal ?? code ?? -1)));
  return { child, stderr: () => text, ended };
}
