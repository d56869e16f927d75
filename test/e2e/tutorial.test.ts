// docs/tutorial.md, done as it says: every file is written and every command typed, in one empty folder. What a command prints is what the
// page shows; `-u` writes the page anew.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const page = resolve('docs/tutorial.md');
const program = resolve('dist/main.js');
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'resus-tutorial-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fence = /```(yaml \S+|console)\n([\s\S]*?)```/g;

test('prints what the page shows', async () => {
  let [files, commands] = [0, 0];
  const done = readFileSync(page, 'utf8').replace(fence, (_whole, info: string, body: string) => {
    if (info !== 'console') {
      files += 1;
      writeFileSync(join(folder, info.slice('yaml '.length)), body);
      return `\`\`\`${info}\n${body}\`\`\``;
    }
    const typed = body.split('\n').filter((line) => line.startsWith('$ resus '));
    commands += typed.length;
    return `\`\`\`console\n${typed.map((line) => `${line}\n${printedBy(line.slice('$ resus '.length))}`).join('')}\`\`\``;
  });
  expect([files, commands]).toEqual([8, 6]);
  await expect(done).toMatchFileSnapshot(page);
});

function printedBy(typed: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...typed.split(' ')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, RESUS_URL: '', NO_COLOR: '1' },
  });
  expect(stderr, typed).toBe('');
  return stdout;
}
