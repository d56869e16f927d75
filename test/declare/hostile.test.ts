// Input made to hurt: too large, too deep, repeated, linked to itself. Each ends at once in a line that says what to do.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTree } from '../../src/declare/read-tree.ts';
import { printed } from '../../src/declare/problem.ts';
import { base, linesOf, run, withFile } from './base.ts';

const tier = base['tier.yaml'];
const one = (text: string): string[] => linesOf(run([{ path: 'x.yaml', text }]));
const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
${'abcdefgh'
  .split('')
  .slice(1)
  .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[at]}`).join(', ')}]`)
  .join('\n')}
`;

const cases: readonly (readonly [title: string, text: string, lines: readonly string[]])[] = [
  [
    'more than 1 MiB',
    'x'.repeat(1_048_577),
    ['x.yaml:1:1: FILE_TOO_LARGE the file has 1048577 bytes; 1048576 are allowed, and it was not parsed (split it into several files)'],
  ],
  [
    'an alias bomb',
    bomb,
    [
      'x.yaml:1:1: YAML_ALIASES Excessive alias count indicates a resource exhaustion attack (write the values out; at most 100 repetitions of one anchor are allowed)',
    ],
  ],
  [
    'a value that holds itself',
    'a: &a [*a]\n',
    ['x.yaml:1:8: YAML_ALIASES the alias `a` stands inside its own anchor (write the value out)'],
  ],
  [
    'brackets nested 60 deep',
    `a: ${'['.repeat(60)}${']'.repeat(60)}\n`,
    ['x.yaml:1:51: TOO_DEEP values are nested more than 48 deep (check the brackets and the indentation)'],
  ],
  [
    'brackets nested 100,000 deep',
    '['.repeat(100_000),
    ['x.yaml:1:49: TOO_DEEP values are nested more than 48 deep (check the brackets and the indentation)'],
  ],
  [
    'more values than a document may have',
    `a: [${'1,'.repeat(100_001)}]\n`,
    ['x.yaml:1:1: TOO_BIG the document holds more than 100000 values (split it into several documents)'],
  ],
  [
    '2,000 documents',
    '---\na: b\n'.repeat(2_000),
    ['x.yaml:1:1: TOO_MANY_DOCUMENTS the file holds more than 1000 documents (split it into several files)'],
  ],
  [
    'a text for a document',
    'hello\n',
    ['x.yaml:1:1: NOT_A_DECLARATION this document is not a mapping (begin with `apiVersion: resus/v1`, `kind`, `metadata` and `spec`)'],
  ],
  [
    'a byte that YAML does not have',
    'kind: "\u0000"\n',
    ['x.yaml:1:7: UNKNOWN_KIND there is no kind ` ` (known: `Site`, `Tier`, `Workload`, `Runbook`, `GameDay`, `Calendar`, `Framework`)'],
  ],
];

describe('a hostile text', () => {
  it.each(cases)('%s', (_title, text, lines) => {
    expect(one(text)).toEqual(lines);
  });

  // A check in quadratic time does not come back within the limit.
  it('with 40,000 keys is read in time that grows with its size', () => {
    const text = tier + Array.from({ length: 40_000 }, (_, at) => `  key${at}: 1\n`).join('');
    expect(one(text)).toHaveLength(201);
  }, 60_000);

  it('has at most 200 problems a file, and says that there are more', () => {
    const text = tier + Array.from({ length: 300 }, (_, at) => `  key${at}: 1\n`).join('');
    const lines = linesOf(run([{ path: 'x.yaml', text }]));
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('x.yaml:211:3: TOO_MANY_PROBLEMS more than 200 problems in this file (correct these first)');
  });

  it('does not reach the prototype of anything', () => {
    const text = tier.replace(
      '  rpo: 5s',
      '  rpo: 5s\n  "__proto__": { polluted: true }\n  constructor: { prototype: { polluted: true } }',
    );
    expect(linesOf(run([{ path: 'x.yaml', text }])).map((line) => line.split(' ')[1])).toEqual(['FORBIDDEN_KEY', 'UNKNOWN_KEY']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('may be called like a property that every object has', () => {
    const text = tier.replace('name: gold', 'name: constructor');
    const declared = run(withFile('x.yaml', text));
    expect(declared.ok && Object.keys(declared.estate.tiers)).toEqual(['gold', 'constructor']);
    const lost = base['workload.yaml'].replace('tier: gold', 'tier: constructor');
    expect(linesOf(run([{ path: 'w.yaml', text: lost }]))[0]).toContain('UNKNOWN_TIER there is no tier `constructor`');
  });
});

describe('line ends and byte order marks', () => {
  const wrong = tier.replace('rto: 60s', 'rto: soon');
  const line =
    'x.yaml:5:8: BAD_DURATION `spec.rto` is `soon`, which is not a duration (write e.g. `500ms`, `90s`, `15m`, `36h`, `90d` or `6y`)';
  it.each([
    ['LF', wrong],
    ['CRLF', wrong.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${wrong}`],
    ['no end of line at the end', wrong.trimEnd()],
  ])('%s', (_title, text) => {
    expect(one(text)).toEqual([line]);
  });
  it('counts lines through documents and comments', () => {
    expect(one(`# first\n---\n${tier}---\n# second\n${wrong.replace('gold', 'tin')}`)).toEqual([line.replace(':5:', ':19:')]);
  });
});

describe('paths', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'resus-declare-'));
    await mkdir(join(root, 'tree', 'inner'), { recursive: true });
    await mkdir(join(root, 'empty'));
    await writeFile(join(root, 'tree', 'b.yml'), tier);
    await writeFile(join(root, 'tree', 'inner', 'a.yaml'), tier);
    await writeFile(join(root, 'tree', 'notes.txt'), 'not read');
    await writeFile(join(root, 'large.yaml'), Buffer.alloc(10 * 1_048_576, 0x20));
    await writeFile(join(root, 'latin1.yaml'), Buffer.from([0x61, 0xe9, 0x0a]));
    await symlink(join(root, 'tree'), join(root, 'tree', 'inner', 'back'));
    await symlink('self', join(root, 'self'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  const shown = async (...names: string[]): Promise<{ files: string[]; lines: string[] }> => {
    const { files, problems } = await readTree(names.map((name) => join(root, name)));
    return {
      files: files.map((each) => each.path.slice(root.length + 1)),
      lines: problems.map((each) => printed(each).slice(root.length + 1)),
    };
  };

  it('finds .yaml and .yml files in folders, in order, each once, and stops at a link that leads back', async () => {
    expect(await shown('tree', 'tree/b.yml')).toEqual({
      files: ['tree/b.yml', 'tree/inner/a.yaml'],
      lines: ['tree/inner/back:1:1: SYMLINK_LOOP this link leads back to a folder that holds it (remove the link)'],
    });
  });
  it.each([
    ['missing', 'missing:1:1: PATH_MISSING there is no such file or folder (check the path)'],
    ['empty', 'empty:1:1: NOTHING_DECLARED there is no .yaml or .yml file here (name files, or folders that hold some)'],
    [
      'large.yaml',
      'large.yaml:1:1: FILE_TOO_LARGE the file has 10485760 bytes; 1048576 are allowed, and it was not parsed (split it into several files)',
    ],
    ['latin1.yaml', 'latin1.yaml:1:1: NOT_UTF8 this file is not UTF-8 text (save it as UTF-8)'],
    ['self', 'self:1:1: SYMLINK_LOOP this link leads to itself (remove the link)'],
  ])('%s', async (name, line) => {
    expect(await shown(name)).toEqual({ files: [], lines: [line] });
  });
  it('refuses a device without reading it', async () => {
    expect((await readTree(['/dev/zero'])).problems.map(printed)).toEqual([
      '/dev/zero:1:1: NOT_A_FILE this is neither a file nor a folder (name a YAML file or a folder of them)',
    ]);
  });
});
