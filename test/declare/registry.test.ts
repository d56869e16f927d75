// Every kind is in the registry, every code is in the documentation, and no code is there for nothing.
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/declare/kinds/index.ts';
import { codes } from '../../src/declare/problem.ts';
import { kindNames } from '../../src/declare/schema.ts';

describe('the registry of kinds', () => {
  it('names every file of its folder', async () => {
    const files = (await readdir('src/declare/kinds')).filter((file) => !['index.ts', 'kind.ts'].includes(file));
    expect(files.length).toBeGreaterThan(0);
    expect(files.map((file) => file.replace('.ts', '')).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      kinds.map((each) => each.kind.toLowerCase()).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(new Set(kinds.map((each) => each.kind))).toEqual(new Set(kindNames));
  });
});

describe('the codes of problems', () => {
  it('are all documented', async () => {
    const text = await readFile('docs/declare.md', 'utf8');
    expect(
      Object.entries(codes).filter(
        ([code, sentence]) => !new RegExp(`\\| \`${code}\` +\\| ${sentence.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')} +\\|`).test(text),
      ),
    ).toEqual([]);
  });
  it('are all used', async () => {
    const files = [
      'src/config.ts',
      'src/cli/validate.ts',
      ...(await readdir('src/declare', { recursive: true })).filter((file) => file.endsWith('.ts')).map((file) => `src/declare/${file}`),
    ];
    const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
    expect(Object.keys(codes).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });
});
