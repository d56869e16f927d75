// The results of `validate` that are kept: used when nothing changed, never when anything did, and never a reason to fail.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checked } from '../../src/cli/checked.ts';
import type { Sources } from '../../src/cli/declared.ts';
import { runCli } from '../../src/cli/index.ts';
import { cacheFolder, programOf, resultCache } from '../../src/cli/result-cache.ts';
import { evaluate } from '../../src/declare/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';
import { recordedIo } from './stdio.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'resus-cache-'));
  folder = join(root, 'resus', 'validate');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const large = `# ${'x'.repeat(300_000)}\n`;
const sources: Sources = {
  files: [
    { path: 'a.yaml', text: large },
    { path: 'b.yaml', text: 'b' },
  ],
  inventory: { name: 'ehr' },
  problems: [],
  partial: false,
};
const checked: Checked = { problems: [], exitCode: 0, summary: 'Valid: much.', json: { ok: true } };
const kept = (): string => join(folder, readdirSync(folder)[0] ?? '');

describe('a kept result', () => {
  it('is found by the same sources and the same program', () => {
    expect(resultCache(folder, 'p').found(sources)).toBeUndefined();
    resultCache(folder, 'p').keep(sources, checked);
    expect(resultCache(folder, 'p').found(sources)).toEqual(checked);
    expect(statSync(kept()).mode & 0o077).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
  });
  it.each<[string, Partial<Sources>, string?]>([
    ['another text', { files: [{ path: 'a.yaml', text: `${large} ` }, sources.files[1]!] }],
    ['another name', { files: [{ path: 'c.yaml', text: large }, sources.files[1]!] }],
    ['one file less', { files: [sources.files[0]!] }],
    [
      'the same characters in other files',
      {
        files: [
          { path: 'a.yaml', text: `${large}b` },
          { path: 'b.yaml', text: '' },
        ],
      },
    ],
    ['another inventory', { inventory: { name: 'his' } }],
    ['no inventory', { inventory: undefined }],
    [
      'a path that cannot be read now',
      { problems: [{ file: 'c', line: 1, column: 1, code: 'PATH_MISSING', severity: 'error', message: 'm', remedy: 'r' }], partial: true },
    ],
    ['another program', {}, 'q'],
  ])('is not found with %s', (_what, change, program = 'p') => {
    resultCache(folder, 'p').keep(sources, checked);
    expect(resultCache(folder, program).found({ ...sources, ...change })).toBeUndefined();
  });
  it.each<[string, (path: string, text: string) => void]>([
    ['cut off', (path, text) => writeFileSync(path, text.slice(0, -5))],
    ['changed by a hand', (path, text) => writeFileSync(path, text.replace('much', 'more'))],
    ['empty', (path) => writeFileSync(path, '')],
    ['no JSON', (path) => writeFileSync(path, 'null')],
    [
      'of another key',
      (path) => {
        const body = JSON.stringify({ key: 'other', checked });
        writeFileSync(path, `${createHash('sha256').update(body).digest('hex')}\n${body}`);
      },
    ],
    ['a folder', (path) => (rmSync(path), mkdirSync(path))],
  ])('is ignored when it is %s', (_what, damage) => {
    resultCache(folder, 'p').keep(sources, checked);
    damage(kept(), readFileSync(kept(), 'utf8'));
    expect(resultCache(folder, 'p').found(sources)).toBeUndefined();
  });
  it('is not made of a small estate, nor where nothing can be written', () => {
    resultCache(folder, 'p').keep({ ...sources, files: [sources.files[1]!] }, checked);
    expect(existsSync(folder)).toBe(false);
    writeFileSync(join(root, 'file'), '');
    expect(() => resultCache(join(root, 'file', 'validate'), 'p').keep(sources, checked)).not.toThrow();
  });
  it('makes room: the newest 32 stay', () => {
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < 40; n++) {
      writeFileSync(join(folder, `${n}.json`), 'x');
      utimesSync(join(folder, `${n}.json`), 1_000 + n, 1_000 + n);
    }
    resultCache(folder, 'p').keep(sources, checked);
    expect(readdirSync(folder)).toHaveLength(32);
    expect(resultCache(folder, 'p').found(sources)).toEqual(checked);
    expect(existsSync(join(folder, '39.json'))).toBe(true);
    expect(existsSync(join(folder, '8.json'))).toBe(false);
  });
});

describe('where and of what', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/resus/validate'],
    [{ XDG_CACHE_HOME: '', HOME: '/h' }, '/h/.cache/resus/validate'],
    [{}, undefined],
  ])('%o: %s', (env, expected) => {
    expect(cacheFolder(env)).toBe(expected);
  });
  it('another vocabulary is another program', () => {
    const all = programOf(vocabularyOf(providers));
    expect(all).toMatch(/^[0-9a-f]{64}$/);
    expect(programOf(vocabularyOf(providers))).toBe(all);
    expect(programOf(vocabularyOf(providers.slice(1)))).not.toBe(all);
  });
});

describe('resus validate', () => {
  const vocabulary = vocabularyOf(providers);
  const site = 'apiVersion: resus/v1\nkind: Site\nmetadata: { name: cloud }\nspec: { level: cloud, kind: aws, residency: US }\n';
  const run = async (...args: string[]) => {
    const io = recordedIo({ env: { XDG_CACHE_HOME: root } });
    const exit = await runCli(['validate', join(root, 'estate'), ...args], {
      io,
      version: '1.2.3',
      vocabulary,
      catalogue: { actions: new Map(), evaluate },
    });
    return { exit, out: io.printed() };
  };
  /** Says something else in what is kept, so that one sees where an answer came from. */
  const mark = (): void => {
    const body = readFileSync(kept(), 'utf8').split('\n')[1]?.replace('Valid: 1 site', 'Kept: 1 site') ?? '';
    writeFileSync(kept(), `${createHash('sha256').update(body).digest('hex')}\n${body}`);
  };

  it('answers from what is kept until something changes, and never with --no-cache', async () => {
    mkdirSync(join(root, 'estate'));
    writeFileSync(join(root, 'estate', 'sites.yaml'), large + site);
    expect((await run('--no-cache')).out).toContain('Valid: 1 site');
    expect(existsSync(folder)).toBe(false);
    expect((await run()).out).toContain('Valid: 1 site');
    mark();
    expect((await run()).out).toContain('Kept: 1 site');
    expect((await run('--no-cache')).out).toContain('Valid: 1 site');
    writeFileSync(join(root, 'estate', 'sites.yaml'), large + site.replace('level: cloud', 'level: clout'));
    expect(await run()).toMatchObject({ exit: 1, out: expect.stringContaining('NOT_ALLOWED') as string });
    expect(await run()).toMatchObject({ exit: 1, out: expect.stringContaining('NOT_ALLOWED') as string });
  });
});
