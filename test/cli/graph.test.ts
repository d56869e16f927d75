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
test('draws a workload of the shipped estate with its surroundings, and 200 clinics as one box', async () => {
  const { exit, out } = await graph(['policies', 'runbooks', '--workload', 'ehr', '--format', 'svg']);
  expect(exit).toBe(0);
  expect(Number(/height="(\d+)"/.exec(out)?.[1])).toBeLessThan(3_000);
  expect(out).toMatch(/clinic-\S+ \(campus\) and 19\d alike/);
  expect(out).not.toContain('mekong');
  const all = await graph(['policies', 'runbooks', '--workload', 'ehr', '--each', '--format', 'svg']);
  expect(all.out.match(/>clinic-\S+ \(campus\)</g)).toHaveLength(200);
});
test.each([
  [['--workload', 'erh'], /WORKLOAD_UNKNOWN There is no workload erh\. Did you mean ehr\?/],
  [['--site', 'ashford'], /SITE_UNKNOWN There is no site ashford\. Did you mean hospital-ashford\?/],
])('says which name was meant: %j', async (args, said) => {
  const { exit, out, err } = await graph(['policies', 'runbooks', ...args]);
  expect([exit, out]).toEqual([2, '']);
  expect(err).toMatch(said);
});
test('draws nothing of what is not valid, and says why', async () => {
  const { exit, out, err } = await graph(['policies', 'nowhere']);
  expect([exit, out]).toEqual([2, '']);
  expect(err).toMatch(/NOT_VALID What is declared has \d+ problems?:\n.*nowhere/s);
});
test('help says no default that is nothing', async () => {
  const { out } = await graph(['--help']);
  expect(out).toContain('may be given more than once');
  expect(out.replaceAll(/\s+/g, ' ')).not.toContain('(default: [])');
});
