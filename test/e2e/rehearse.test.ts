// The program itself, on its threads: what many threads rehearse is what one would, and a thread that is told nothing useful never hangs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labPolicies } from '../../src/demo/lab-policies.ts';
import { figuresOf, type Figures } from '../../src/rehearsal/figures.ts';
import { outputOf } from '../../src/rehearsal/outputs.ts';
import { hospital, rehearse, taskFor, vocabulary } from '../rehearsal/policies.ts';

test('threads give the same as one after the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resus-lab-'));
  const declared = labPolicies('.', folder).flatMap((path) => ['--policies', path]);
  const out = execFileSync(process.execPath, ['dist/main.js', 'rehearse', 'ehr', '--runs', '20', '--json', ...declared], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(folder, { recursive: true });
  const figures = JSON.parse(out) as Figures;
  const outputs = Object.fromEntries([...vocabulary.actions].map(([name, { gives }]) => [name, outputOf(gives)]));
  const task = taskFor(await hospital(), 'region-lost', { outputs });
  const { digest, rta } = figuresOf(task, rehearse(task, 20));
  expect(figures).toMatchObject({ runs: 20, digest, rta });
});
