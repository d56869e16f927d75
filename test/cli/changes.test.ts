// Looking again at each change, as editors make them: written in place, replaced by a new file, a folder that comes later.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onEachChange } from '../../src/cli/changes.ts';
import { runCli } from '../../src/cli/index.ts';
import { evaluate } from '../../src/declare/index.ts';
import { vocabularyOf } from '../../src/providers/index.ts';
import { recordedIo } from './stdio.ts';

let folder = '';
let ending = new AbortController();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-watch-'));
  ending = new AbortController();
});
afterEach(() => {
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
});
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > end) throw new Error(`never: ${what}`);
}

describe('onEachChange', () => {
  /** Each look and the next change, one after the other. */
  async function follows(paths: readonly string[], changes: readonly (() => void)[]): Promise<number> {
    let looks = 0;
    const ended = onEachChange(paths, () => Promise.resolve(void looks++), { signal: ending.signal, quietMs: 5 });
    for (const change of changes) {
      const before = looks;
      change();
      await until('looked again', () => looks > before);
    }
    ending.abort();
    await ended;
    return looks;
  }

  it('looks at once, and ends when it is told to', async () => {
    expect(await follows([folder], [])).toBe(1);
  });
  it('sees a file written, replaced, removed, and one in a folder that came later', async () => {
    put('a.yaml', '1');
    const looks = await follows(
      [folder],
      [
        () => put('a.yaml', '2'),
        () => (put('.a.yaml.tmp', '3'), renameSync(join(folder, '.a.yaml.tmp'), join(folder, 'a.yaml'))),
        () => rmSync(join(folder, 'a.yaml')),
        () => mkdirSync(join(folder, 'later')),
        () => put('later/b.yml', '1'),
      ],
    );
    expect(looks).toBeGreaterThanOrEqual(6);
  });
  it('sees a single file replaced, whatever its name, and one that was not there', async () => {
    put('estate.txt', '1');
    await follows(
      [join(folder, 'estate.txt'), join(folder, 'missing.yaml')],
      [
        () => (put('new', '2'), renameSync(join(folder, 'new'), join(folder, 'estate.txt'))),
        () => put('missing.yaml', '1'),
        () => put('estate.txt', '3'),
      ],
    );
  });
  it('does not look again at what is not YAML', async () => {
    put('a.yaml', '1');
    let looks = 0;
    const ended = onEachChange([folder], () => Promise.resolve(void looks++), { signal: ending.signal, quietMs: 5 });
    put('notes.txt', 'x');
    put('.hidden.yaml', 'x');
    // Events come in order, so when a later one was seen these were passed over.
    await until('the first look', () => looks === 1);
    put('a.yaml', '2');
    await until('the second look', () => looks === 2);
    ending.abort();
    await ended;
    expect(looks).toBe(2);
  });
  it('takes many changes as one, and does not miss one that comes during a look', async () => {
    let looks = 0;
    let release = (): void => undefined;
    const ended = onEachChange([folder], () => ((looks += 1), new Promise<void>((resolve) => (release = resolve))), {
      signal: ending.signal,
      quietMs: 5,
    });
    for (let n = 0; n < 50; n++) put(`${n}.yaml`, 'x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(looks).toBe(1);
    release();
    await until('the second look', () => looks === 2);
    ending.abort();
    release();
    await ended;
    expect(looks).toBe(2);
  });
});

describe('--watch', () => {
  const right = 'apiVersion: resus/v1\nkind: Site\nmetadata: { name: cloud }\nspec: { level: cloud, kind: aws, residency: US }\n';
  const watching = (args: readonly string[], isTty: boolean) => {
    const io = recordedIo({ isTty, signal: ending.signal });
    const ended = runCli([...args, folder], {
      io,
      version: '1.2.3',
      vocabulary: vocabularyOf([]),
      catalogue: { actions: new Map(), evaluate },
    });
    return { io, ended };
  };
  it.each(['validate', 'lint'])('%s prints again on a change; its exit code is that of the last look', async (command) => {
    put('sites.yaml', right);
    const { io, ended } = watching([command, '--watch'], false);
    await until('the first look', () => /Valid: 1 site|Nothing found/.test(io.printed()));
    put('sites.yaml', right.replace('level: cloud', 'level: clout'));
    await until('the second look', () => io.printed().includes('NOT_ALLOWED `spec.level` cannot be `clout`'));
    ending.abort();
    expect(await ended).toBe(1);
    expect(io.printed()).not.toContain('\u001b');
  });
  it('clears a terminal before each look, and with --json prints one object a line', async () => {
    put('sites.yaml', right);
    const drawn = watching(['validate', '--watch'], true);
    const told = watching(['validate', '--watch', '--json'], true);
    await until('a look', () => drawn.io.printed().endsWith('.\n') && told.io.printed().endsWith('\n'));
    ending.abort();
    expect([await drawn.ended, await told.ended]).toEqual([0, 0]);
    expect(drawn.io.printed()).toContain('\u001b[2J\u001b[3J\u001b[HValid: 1 site');
    expect(JSON.parse(told.io.printed())).toMatchObject({ ok: true });
  });
  it('is refused with --sarif, which is one document', async () => {
    const { io, ended } = watching(['validate', '--watch', '--sarif'], false);
    expect(await ended).toBe(2);
    expect(io.complained()).toContain("option '--watch' cannot be used with option '--sarif'");
  });
});
