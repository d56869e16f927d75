// Commands that the pages show are run as they stand there, in a folder like the reader's: declarations, runbooks and an inventory.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { iamCommand } from '../../src/cli/iam.ts';
import { runCli } from '../../src/cli/index.ts';
import { readConfig } from '../../src/config.ts';
import type { Provider } from '../../src/ports.ts';
import { permissionsOf, providers } from '../../src/providers/index.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from './stdio.ts';

const permissions = permissionsOf(providers as readonly unknown[] as readonly Provider[]);
const from = process.cwd();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-pages-'));
  for (const name of ['policies', 'runbooks']) cpSync(name, join(folder, name), { recursive: true });
  cpSync('docs/riverside/inventory.yaml', join(folder, 'inventory.yaml'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(from);
  rmSync(folder, { recursive: true, force: true });
});

const commandsIn = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.startsWith('resus ')),
  );
const pages = ['docs/iam.md', 'docs/plan.md'].map((page) => [page, commandsIn(page)] as const);

describe.each(pages)('%s', (_page, commands) => {
  test('has commands', () => expect(commands.length).toBeGreaterThan(2));
  test.each(commands)('%s', async (line) => {
    const io = recordedIo({ readFile: (path) => readFileSync(path, 'utf8') });
    const more = [iamCommand({ io, vocabulary, catalogue, permissions, configured: (path) => Promise.resolve(readConfig(path, 'c')) })];
    const exit = await runCli(line.split(' ').slice(1), { io, version: '0', vocabulary, catalogue, more });
    expect([exit, io.complained()]).toEqual([0, '']);
    expect(io.printed().length).toBeGreaterThan(50);
  });
});
