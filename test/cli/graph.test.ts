// `resus graph` as a command: a picture in the form that was asked for, or what is wrong with the declarations.
import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from './stdio.ts';

async function graph(args: readonly string[]) {
  const io = recordedIo();
  const exit = await runCli(['graph', ...args], { io, version: '0', vocabulary, catalogue, more: [] });
  return { exit, out: io.printed(), err: io.complained() };
}

test.each([
  ['mermaid', /^flowchart/],
  ['dot', /^digraph/],
  ['svg', /^<svg/],
])('draws what is shipped as %s', async (format, begins) => {
  const { exit, out, err } = await graph(['policies', 'runbooks', '--format', format]);
  expect([exit, err]).toEqual([0, '']);
  expect(out).toMatch(begins);
});
test('draws nothing of what is not valid, and says why', async () => {
  const { exit, out, err } = await graph(['policies', 'nowhere']);
  expect([exit, out]).toEqual([2, '']);
  expect(err).toMatch(/NOT_VALID What is declared has \d+ problems?:\n.*nowhere/s);
});
