// One mistake a file: each file of `broken/KIND/` is put in the place of the one that is right, and opens with every line that is then
// printed, as a comment: place, code, sentence, remedy. With RESUS_UPDATE_BROKEN=1 the comments are written anew: read the diff.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes } from '../../src/declare/problem.ts';
import { kindNames } from '../../src/declare/schema.ts';
import { base, linesOf, run } from './base.ts';

const folder = join(import.meta.dirname, 'broken');
/** The file of the base whose place it takes; the others come beside it. */
const placeOf: Readonly<Record<string, string>> = {
  site: 'sites.yaml',
  tier: 'tier.yaml',
  runbook: 'runbook.yaml',
  workload: 'workload.yaml',
  gameday: 'gameday.yaml',
};
const names = readdirSync(folder).flatMap((kind) => readdirSync(join(folder, kind)).map((name) => `${kind}/${name}`));
const isWritten = process.env['RESUS_UPDATE_BROKEN'] === '1';

/** What is printed, with the places in the file itself without its name. */
function linesFor(name: string, text: string): readonly string[] {
  const [kind = ''] = name.split('/');
  const others = Object.entries(base).flatMap(([path, its]) => (path === placeOf[kind] ? [] : [{ path, text: its }]));
  return linesOf(run([...others, { path: name, text }])).map((line) => (line.startsWith(`${name}:`) ? line.slice(name.length + 1) : line));
}
/** The first lines that are comments, and the rest. A mistake whose text begins with a comment begins it with `##`. */
function partsOf(text: string): { readonly expected: readonly string[]; readonly body: string } {
  const [, head = '', body = ''] = /^((?:# .*\n)*)([^]*)$/.exec(text) ?? [];
  return {
    expected: head
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(2)),
    body,
  };
}
const headed = (lines: readonly string[], body: string): string => `${lines.map((line) => `# ${line}\n`).join('')}${body}`;

describe('one mistake', () => {
  it('is not in the base', () => {
    const declared = run(Object.entries(base).map(([path, text]) => ({ path, text })));
    expect(linesOf(declared)).toEqual([]);
    expect(declared.ok && declared.estate.workloads['ehr']?.replicas.map((each) => each.role)).toEqual(['primary', 'standby']);
  });
  it('is there for every kind, and 120 times in all; none is there twice', () => {
    expect(readdirSync(folder).sort()).toEqual(kindNames.map((kind) => kind.toLowerCase()).sort());
    expect(names.length).toBeGreaterThanOrEqual(120);
    const bodies = names.map((name) => partsOf(readFileSync(join(folder, name), 'utf8')).body);
    expect(names.filter((_, at) => bodies.indexOf(bodies[at] ?? '') !== at)).toEqual([]);
  });
  it.each(names)('%s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    if (isWritten) {
      const { body } = partsOf(text);
      // How many lines there are moves the places, so they are counted first.
      const first = linesFor(name, body);
      writeFileSync(join(folder, name), headed(linesFor(name, headed(first, body)), body));
      return;
    }
    const { expected } = partsOf(text);
    expect(expected.length).toBeGreaterThan(0);
    expect(linesFor(name, text)).toEqual(expected);
    for (const line of expected)
      expect(Object.keys(codes)).toContain(/^(?:[\w-]+\.yaml:)?\d+:\d+: (?:warning )?([A-Z0-9_]+) /.exec(line)?.[1]);
  });
});
