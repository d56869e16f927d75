// What docs/estates.md tells people to give a controller is done as the page says it: each of the two estates, without the other, declares and
// lints clean. So nothing that both share may name what only one of them has.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/index.ts';
import { givenOf } from '../../src/cli/declared.ts';
import { declare, printed, readTree } from '../../src/declare/index.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';

const said = /Give it ([^.]*(?:\.yaml[^.]*)*) and one of the folders\./.exec(readFileSync('docs/estates.md', 'utf8').replaceAll('\n', ' '));
const shared = [...(said?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);

describe('what the page says to give a controller', () => {
  it('is named in one sentence', () =>
    expect(shared).toEqual(['policies/tiers.yaml', 'policies/calendars.yaml', 'policies/frameworks', 'runbooks']));

  it.each([
    ['riverside', 'ehr'],
    ['mekong', 'mekong-pacs-cloud'],
  ])('is an estate of its own with %s', async (folder, workload) => {
    const { files, problems } = await readTree([...shared, `policies/${folder}`]);
    const made = declare(files, { vocabulary });
    expect([...problems, ...(made.ok ? made.warnings : made.problems)].map(printed)).toEqual([]);
    if (!made.ok) throw new Error('not declared');
    expect(Object.keys(made.estate.workloads)).toContain(workload);
    expect(Object.keys(made.estate.gamedays).length).toBeGreaterThan(0);
    expect(analyse(givenOf(made, { vocabulary, catalogue })).found).toEqual([]);
  });
  it('is no estate with neither', async () => {
    const made = declare((await readTree(shared)).files, { vocabulary });
    expect(made.ok ? Object.keys(made.estate.workloads) : []).toEqual([]);
  });
});
