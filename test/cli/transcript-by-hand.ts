// A runbook that people choose by the name that the workload gives it, and the place that a move is to lead to.
import type { Estate } from '../../src/core/estate.ts';
import { workload } from '../core/estate.ts';
import { step } from '../scenarios/in-hand.ts';
import type { Script } from './transcript-house.ts';
import { closes, graceful, hashOf } from './transcript-runs.ts';

/** People may restore it, and leave the region before a storm. */
const choosable: Estate = {
  ...graceful,
  workloads: {
    ...graceful.workloads,
    ehr: { ...workload, runbooks: { ...workload.runbooks, byHand: { restore: 'restore-to-a-point', leave: 'switchover' } } },
  } as Estate['workloads'],
  runbooks: {
    ...graceful.runbooks,
    'restore-to-a-point': {
      id: 'restore-to-a-point',
      summary: 'Restore, look, route.',
      modes: ['failover'],
      steps: [step('restore', 'test.prepare', []), step('route', 'test.route', ['restore'])],
    },
  },
};
export const byHandScripts: readonly Script[] = [
  {
    title: 'From the command line: the data is wrong on both sides',
    declared: choosable,
    tell: async (scene) => {
      await scene.types("resus run ehr --reason 'orders of the morning are gone'");
      await scene.types("resus run ehr --runbook restor --reason 'orders of the morning are gone'");
      await scene.types("resus run ehr --runbook restore --mode switchover --reason 'orders of the morning are gone'");
      await scene.types("resus run ehr --runbook leave --reason 'a storm comes'");
      await scene.types("resus run ehr --runbook restore --to us-east-1 --reason 'orders of the morning are gone'");
      await scene.types('resus plan ehr --runbook restore --to us-east-2');
      await scene.types("resus run ehr --runbook restore --to us-east-2 --reason 'orders of the morning are gone'");
      await scene.types('resus approve ehr-1 --yes', 'bob');
      await scene.types('resus why ehr-1', 'vera');
      closes(scene);
    },
  },
  {
    title: 'Over the API: restored into the other region',
    declared: choosable,
    tell: async (scene) => {
      const because = { workload: 'ehr', reason: 'orders of the morning are gone' };
      await scene.posts('/api/v1/runs', because);
      await scene.posts('/api/v1/runs', { ...because, runbook: 'restor' });
      await scene.posts('/api/v1/runs', { ...because, runbook: 'restore', to: 'us-east-1' });
      await scene.gets('/api/v1/plan?workload=ehr&runbook=restore', '.plan | {mode, runbook, from, to, byHand}', chosenPlan);
      await scene.posts('/api/v1/runs', { ...because, runbook: 'restore' });
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: hashOf(scene) }, 'bob');
      await scene.gets('/api/v1/runs/ehr-1', '.plan', (body: { readonly plan?: unknown }) => body.plan);
      closes(scene);
    },
  },
  {
    title: 'To a place that is named, with the runbook of the mode',
    declared: choosable,
    tell: async (scene) => {
      await scene.types("resus run ehr --mode switchover --to us-east-2 --reason 'a storm comes'");
      await scene.types("resus run ehr --mode switchover --to us-west-2 --reason 'a storm comes'");
      await scene.types('resus approve ehr-1 --yes', 'bob');
      closes(scene);
    },
  },
];
function chosenPlan({ plan }: { readonly plan: Readonly<Record<string, unknown>> }): unknown {
  const { mode, runbook, from, to, byHand } = plan;
  return { mode, runbook, from, to, byHand };
}
