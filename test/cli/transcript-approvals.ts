// What people say yes to, from the command line and over the API: a plan, up to a loss; and alone, when nobody else answers.
import { approvals, withTier } from '../scenarios/in-hand.ts';
import type { Script } from './transcript-house.ts';
import { byPeople, closes, graceful, hashOf, lose } from './transcript-runs.ts';

const lossy = withTier({ rpoMs: 100, automation: byPeople });
export const approveScripts: readonly Script[] = [
  {
    title: 'From the command line: the loss is more than the RPO',
    declared: lossy,
    tell: async (scene) => {
      lose(scene);
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus approve ehr-1 --yes');
      await scene.types('resus approve ehr-1 --max-loss 1s --plan sha256:0000', 'ann');
      await scene.types('resus approve ehr-1 --max-loss 1s', 'ann', { ask: () => Promise.resolve('n') });
      await scene.types("resus approve ehr-1 --max-loss 1s --comment 'the chief of medicine agrees'", 'ann', {
        ask: () => Promise.resolve('y'),
      });
      closes(scene);
    },
  },
  {
    title: 'Over the API',
    declared: lossy,
    tell: async (scene) => {
      lose(scene);
      await scene.gets('/api/v1/runs/ehr-1/why');
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: `sha256:${'0'.repeat(64)}`, maxLossMs: 1_000 });
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: hashOf(scene), maxLossMs: 100 });
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: hashOf(scene), maxLossMs: 1_000 });
      closes(scene);
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: hashOf(scene), maxLossMs: 1_000 }, 'bob');
    },
  },
  {
    title: 'Who asked for it does not approve it',
    declared: graceful,
    tell: async (scene) => {
      await scene.types("resus run ehr --mode switchover --reason 'the region is to be patched'");
      await scene.types('resus approve ehr-1 --yes');
    },
  },
];

const two = { automation: byPeople, approvals: { ...approvals, people: 2 } };
export const emergencyScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier(two),
    tell: async (scene) => {
      lose(scene);
      await scene.types('resus why ehr-1', 'vera');
      await scene.types("resus approve ehr-1 --yes --emergency 'nobody else answers'", 'bob');
      await scene.types("resus approve ehr-1 --yes --emergency 'nobody else answers'", 'ines');
      closes(scene);
    },
  },
  {
    title: 'Over the API, while there is time to ask others and when there is none',
    declared: withTier({ ...two, rtoMs: 180_000 }),
    tell: async (scene) => {
      lose(scene);
      const body = { plan: hashOf(scene), emergency: { reason: 'nobody else answers' } };
      await scene.posts('/api/v1/runs/ehr-1/approvals', body, 'ines');
      scene.passes(120_000);
      await scene.posts('/api/v1/runs/ehr-1/approvals', body, 'ines');
      closes(scene);
    },
  },
];
