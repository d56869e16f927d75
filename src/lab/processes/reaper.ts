// A process of its own that outlives the lab's parent by a moment: it holds a pipe to it, and when the pipe ends, however
// the parent died, it ends every process that was reported to it and removes the lab's folder. Signals do not move it.
import { chmodSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { reap, type Ward } from './reap.ts';

/** One line on the pipe. */
export type ReaperMessage = { readonly ward: Ward } | { readonly gone: number };

const [, , folder, task] = process.argv;
if (folder === undefined || folder === '') process.exit(2);

// The parent may be gone before we could say anything.
process.stdout.on('error', () => undefined);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);

const wards = new Map<number, Ward>();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message = JSON.parse(line) as ReaperMessage;
  if ('ward' in message) wards.set(message.ward.pid, message.ward);
  else wards.delete(message.gone);
});
lines.on('close', () => void reap(wards.values(), folder).then(() => process.exit(0)));
// It makes the folder itself, so that there is no moment in which the folder exists and nobody would remove it. Others may
// pass through, not look in: PostgreSQL runs as another user when we are root.
try {
  if (task === 'make') {
    mkdirSync(folder, { mode: 0o711 });
    chmodSync(folder, 0o711);
  }
  process.stdout.write('ready\n');
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
  process.exit(1);
}
