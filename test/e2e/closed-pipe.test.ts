// A reader that has had enough (`resus --help | head -1`) ends the program, quietly.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

test('a closed pipe is no crash', async () => {
  const child = spawn(process.execPath, ['dist/main.js', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  expect([code, Buffer.concat(said).toString()]).toEqual([0, '']);
});
