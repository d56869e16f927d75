// The lost region answers again after its writer was fenced: nobody writes any more, so the run promotes all the same. Before the fence
// it stops.
import { expect, test } from 'vitest';
import type { Estate, Runbook } from '../../src/core/estate.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { step } from './in-hand.ts';
import { WorkingStage } from './stage.ts';

const fenced: Runbook = {
  id: 'region-failover',
  summary: 'Prepare, fence, promote.',
  modes: ['failover'],
  steps: [step('prepare', 'test.prepare', []), step('fence', 'test.fence', ['prepare']), step('promote', 'test.move', ['fence'])],
};
const declared: Estate = { ...estate, runbooks: { ...estate.runbooks, 'region-failover': fenced } };

test.each([
  ['prepare', [], 'failed'],
  ['fence', ['ehr-1/fence', 'ehr-1/promote'], 'succeeded'],
] as const)('back while %s is under way', (during, changed, outcome) => {
  const stage = new WorkingStage({ busyMs: 15_000 });
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.pass(60_000, () => theatre.of('StepStarted').some(({ step: id }) => id === during));
  theatre.dark.delete('us-east-2');
  theatre.until('RunExecuted');
  expect(
    stage.executed.filter((goal) => !goal.endsWith('prepare')),
    theatre.transcript(),
  ).toEqual(changed);
  expect(theatre.of('RunExecuted')).toMatchObject([{ outcome }]);
});
