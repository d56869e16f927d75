// The readiness looks: every runbook of every mode is asked about once at the start, home as well as out, and what was found can be read back.
import { afterEach, expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import type { Instant, Json } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/expression.ts';
import type { Action } from '../../src/ports.ts';
import type { Registry } from '../../src/runtime/dispatch.ts';
import { startReadiness, type ReadinessWatch } from '../../src/runtime/readiness.ts';
import { estate } from '../core/estate.ts';
import { actions } from '../core/theatre.ts';

let watch: ReadinessWatch | undefined;
afterEach(() => watch?.end());

async function look(declared: Estate, evaluated: (input: Json) => Promise<readonly []>): Promise<ReturnType<ReadinessWatch['last']>> {
  const it = { evaluate: ({ with: input }: { readonly with: Json }) => evaluated(input) } as unknown as Action<unknown>;
  const registry: Registry = {
    actions: new Map([...actions.keys()].map((name) => [name, { it, tools: undefined, problem: () => undefined }])),
    faults: new Map(),
  };
  const clock = { now: () => 7 as Instant, monotonicNs: () => 0n };
  watch = startReadiness({ estate: declared, catalogue: { actions, evaluate }, registry, clock, changed: () => undefined });
  expect(watch.last()).toBeUndefined();
  for (const end = Date.now() + 5_000; watch.last() === undefined && Date.now() < end;)
    await new Promise((resolve) => setImmediate(resolve));
  return watch.last();
}

test('asks about each mode, with the roles that it would have', async () => {
  const ehr = estate.workloads['ehr'];
  if (ehr === undefined) throw new Error('the estate has no ehr');
  const [planned = ''] = [ehr.runbooks.switchover];
  const runbook = estate.runbooks[planned];
  if (runbook === undefined) throw new Error('it has no switchover');
  const declared: Estate = {
    ...estate,
    runbooks: { ...estate.runbooks, [planned]: { ...runbook, modes: ['switchover', 'failback'] } },
    workloads: { ehr: { ...ehr, runbooks: { ...ehr.runbooks, failback: planned } } },
  };
  const looked = await look(declared, () => Promise.resolve([]));
  expect([looked?.at, looked?.findings]).toEqual([7, []]);
  const ways = looked?.moves.map(({ mode, from, to }) => `${mode} ${from} to ${to}`) ?? [];
  expect(ways).toEqual(expect.arrayContaining(['failover east to west', 'switchover east to west', 'failback west to east']));
});
test('asks about what people choose by hand, in each mode that it serves, also where there is no other replica', async () => {
  const ehr = estate.workloads['ehr'];
  const lost = estate.runbooks['region-failover'];
  const [east] = ehr?.replicas ?? [];
  if (ehr === undefined || lost === undefined || east === undefined) throw new Error('the estate has no such');
  const restore = {
    ...lost,
    id: 'restore',
    steps: lost.steps.filter(({ uses }) => uses === 'test.route').map((step) => ({ ...step, needs: [] })),
  };
  const workload = { ...ehr, runbooks: { onDiagnosis: {}, byHand: { back: 'restore' } } };
  const ways = async (declared: typeof ehr) =>
    (await look({ ...estate, runbooks: { restore }, workloads: { ehr: declared } }, () => Promise.resolve([])))?.moves.map(
      ({ runbook, mode, from, to }) => `${runbook} ${mode} ${from} to ${to}`,
    );
  expect(await ways(workload)).toEqual(['restore failover east to west']);
  watch?.end();
  expect(await ways({ ...workload, replicas: [east] })).toEqual(['restore failover east to east']);
});
test.each([
  ['to.site == "us-east-2"', 0],
  ['to.site == "us-west-2"', 1],
  ['to.site == "us-west-2" || steps.promote.outputs.ok', 1],
  ['steps.promote.outputs.ok', 1],
  // What cannot be judged yet is asked about.
  ['to.site == "us-east-2" && steps.promote.outputs.ok', 1],
])('asks of a step with the condition %s %i times on the way to the west', async (when, times) => {
  const ehr = estate.workloads['ehr'];
  const lost = estate.runbooks['region-failover'];
  if (ehr === undefined || lost === undefined) throw new Error('the estate has no such');
  const steps = lost.steps.map((step) => (step.uses === 'test.route' ? { ...step, when: `\${{ ${when} }}` } : step));
  let asked = 0;
  const workload = { ...ehr, runbooks: { onDiagnosis: { RegionLost: lost.id } } };
  const without = lost.steps.length - 1;
  await look({ ...estate, runbooks: { [lost.id]: { ...lost, steps } }, workloads: { ehr: workload } }, () => {
    asked += 1;
    return Promise.resolve([]);
  });
  expect(asked - without).toBe(times);
});
test('an evaluation that fails is a finding of its step and mode', async () => {
  const looked = await look(estate, () => Promise.reject(new Error('nobody answers')));
  expect(looked?.findings.length).toBeGreaterThan(1);
  expect(looked?.findings[0]).toMatchObject({
    workload: 'ehr',
    mode: 'failover',
    step: expect.stringMatching(/./) as string,
    finding: { code: 'NOT_EVALUATED', severity: 'warns', sentence: expect.stringContaining('nobody answers') as string },
  });
});
test.each<[string, unknown]>([
  ['no list', { code: 'X' }],
  ['a list of something else', ['X']],
  ['findings without a remedy', [{ code: 'X', severity: 'warns', sentence: 'x' }]],
  ['findings of no known severity', [{ code: 'X', severity: 'fatal', sentence: 'x', remedy: 'y' }]],
])('an evaluation that answers %s is one that failed', async (_, answer) => {
  const looked = await look(estate, () => Promise.resolve(answer as never));
  expect(looked?.findings[0]?.finding).toMatchObject({
    code: 'NOT_EVALUATED',
    sentence: expect.stringContaining('it answered what is no list of findings') as unknown,
  });
});
