// The levers of one run as people pull them at night, each from the command line and over the API: what takes hold, and one that is refused.
import type { Estate, Runbook, Tier } from '../../src/core/estate.ts';
import type { EventType } from '../../src/core/event.ts';
import { tier } from '../core/estate.ts';
import { approvals, begun, fenced, step, withTier } from '../scenarios/in-hand.ts';
import type { Scene, Script } from './transcript-house.ts';

export const byPeople: Tier['automation'] = { ...tier.automation, region: 'approve' };
/** A planned move whose first step takes grace, and whose promotion has a way without. */
export const graceful: Estate = {
  ...withTier({}),
  runbooks: {
    'region-failover': fenced,
    switchover: {
      id: 'switchover',
      summary: 'Drain, promote, route.',
      modes: ['switchover', 'failback'],
      steps: [
        step('drain', 'test.prepare', [], { onUngraceful: { kind: 'skip' } }),
        step('promote', 'test.switchover', ['drain'], {
          onUngraceful: { kind: 'replace', uses: 'test.failover', with: { allowLoss: true } },
        }),
        step('route', 'test.route', ['promote']),
      ],
    } satisfies Runbook,
  },
};

export const seen = ({ theatre }: Scene, type: EventType, times = 1): boolean =>
  theatre.entries.filter((entry) => entry.event.type === type).length >= times;
/** The region dies, and a run opens. */
export function lose(scene: Scene, runs = 1): void {
  scene.theatre.dark.add('us-east-2');
  scene.passes(() => seen(scene, 'RunOpened', runs), 'us-east-2 dies');
}
export const closes = (scene: Scene, runs = 1): void => scene.passes(() => seen(scene, 'RunClosed', runs), 'until the run is closed');
export const hashOf = ({ theatre }: Scene, run = 'ehr-1'): string => theatre.known.runs.get(run as never)?.hash ?? '';
const begins = (scene: Scene, id: string): void => scene.passes(() => begun(scene.theatre, id), `until step ${id} begins`);
/** The way to the users cannot be changed before somebody repairs it. */
function refusedAt(scene: Scene, id: string): void {
  scene.stage.refuse.set(`ehr-1/${id}`, { code: 'AccessDenied', retriable: false });
  lose(scene);
  scene.passes(() => seen(scene, 'RunEscalated'), 'until somebody is called');
}

export const pauseScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}),
    tell: async (scene) => {
      lose(scene);
      await scene.types("resus pause ehr-1 --reason 'the storage team looks first' --for 5m");
      await scene.types("resus pause ehr-1 --reason 'me too'", 'bob');
      scene.passes(10_000);
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types("resus resume ehr-1 --reason 'they found nothing'", 'bob');
      await scene.types('resus resume ehr-1');
      closes(scene);
      await scene.types('resus why ehr-1', 'vera');
    },
  },
  {
    title: 'Over the API, a moment too late: the old writer is being stopped',
    declared: withTier({}),
    tell: async (scene) => {
      lose(scene);
      begins(scene, 'fence');
      await scene.posts('/api/v1/runs/ehr-1/pause', { reason: 'a cable was pulled' }, 'vera');
      await scene.posts('/api/v1/runs/ehr-1/pause', { reason: 'a cable was pulled', forMs: 300_000 });
      scene.passes(10_000);
      await scene.gets('/api/v1/runs/ehr-1/why');
      await scene.posts('/api/v1/runs/ehr-1/resume', {}, 'bob');
      await scene.posts('/api/v1/runs/ehr-1/resume', {}, 'bob');
      closes(scene);
    },
  },
  {
    title: 'Nobody resumes it',
    declared: withTier({}),
    tell: async (scene) => {
      lose(scene);
      await scene.types("resus pause ehr-1 --reason 'the storage team looks first' --for 150s");
      scene.passes(() => seen(scene, 'RunEscalated'), 'until somebody is called');
      await scene.types('resus why ehr-1', 'vera');
      closes(scene);
      await scene.types('resus why ehr', 'vera');
    },
  },
];

export const retryScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}),
    tell: async (scene) => {
      refusedAt(scene, 'route');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types("resus retry ehr-1 tell --reason 'try again'");
      scene.stage.refuse.clear();
      await scene.types("resus retry ehr-1 route --reason 'the role is repaired'");
      closes(scene);
    },
  },
  {
    title: 'Over the API',
    declared: withTier({}),
    tell: async (scene) => {
      refusedAt(scene, 'route');
      await scene.posts('/api/v1/runs/ehr-1/steps/rout/retry', { reason: 'the role is repaired' });
      scene.stage.refuse.clear();
      await scene.posts('/api/v1/runs/ehr-1/steps/route/retry', { reason: 'the role is repaired' });
      closes(scene);
    },
  },
];

export const skipScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}),
    tell: async (scene) => {
      refusedAt(scene, 'route');
      await scene.types("resus skip ehr-1 fence --reason 'hurry'");
      await scene.types("resus skip ehr-1 route --reason 'the record was changed by hand'");
      closes(scene);
      await scene.types('resus why ehr-1', 'vera');
    },
  },
  {
    title: 'Over the API',
    declared: withTier({}),
    tell: async (scene) => {
      scene.stage.refuse.set('ehr-1/route', { code: 'AccessDenied', retriable: false });
      lose(scene);
      await scene.posts('/api/v1/runs/ehr-1/steps/fence/skip', { reason: 'hurry' });
      await scene.posts('/api/v1/runs/ehr-1/steps/promote/skip', { reason: 'hurry' });
      scene.passes(() => seen(scene, 'RunEscalated'), 'until somebody is called');
      await scene.posts('/api/v1/runs/ehr-1/steps/route/skip', { reason: 'the record was changed by hand' });
      closes(scene);
    },
  },
];

export const cancelScripts: readonly Script[] = [
  {
    title: 'From the command line, while a step is under way',
    declared: withTier({}),
    tell: async (scene) => {
      lose(scene);
      await scene.types("resus cancel ehr-1 --reason 'only a cable was pulled'");
      await scene.types("resus cancel ehr-1 --reason 'only a cable was pulled'", 'bob');
      closes(scene);
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus why ehr', 'vera');
    },
  },
  {
    title: 'Over the API, while it waits for approval, and once more',
    declared: withTier({ automation: byPeople }),
    tell: async (scene) => {
      lose(scene);
      await scene.posts('/api/v1/runs/ehr-1/cancel', {});
      await scene.posts('/api/v1/runs/ehr-1/cancel', { reason: 'only a cable was pulled' });
      await scene.posts('/api/v1/runs/ehr-1/cancel', { reason: 'only a cable was pulled' });
    },
  },
];

const moving = async (scene: Scene): Promise<void> => {
  await scene.types("resus run ehr --mode switchover --reason 'the region is to be patched'");
  await scene.types('resus approve ehr-1 --yes', 'bob');
};
export const ungracefulStepScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: graceful,
    tell: async (scene) => {
      await moving(scene);
      await scene.types("resus ungraceful ehr-1 --step route --reason 'the wards wait'");
      await scene.types("resus ungraceful ehr-1 --step promote --reason 'the wards wait'");
      await scene.types('resus why ehr-1', 'vera');
      closes(scene);
    },
  },
  {
    title: 'Over the API',
    declared: graceful,
    tell: async (scene) => {
      await moving(scene);
      await scene.posts('/api/v1/runs/ehr-1/ungraceful', { reason: 'the wards wait', step: 'promote' });
      await scene.posts('/api/v1/runs/ehr-1/ungraceful', { reason: 'the wards wait', step: 'promote' });
      await scene.gets('/api/v1/runs/ehr-1', '.ungraceful', (body: { readonly ungraceful?: unknown }) => body.ungraceful);
      closes(scene);
    },
  },
];
export const ungracefulRunScripts: readonly Script[] = [
  {
    title: 'From the command line, after a step failed',
    declared: graceful,
    tell: async (scene) => {
      scene.stage.refuse.set('ehr-1/promote', { code: 'InvalidGlobalClusterStateFault', retriable: false });
      await moving(scene);
      scene.passes(() => seen(scene, 'RunEscalated'), 'until somebody is called');
      await scene.types('resus why ehr-1', 'vera');
      scene.stage.refuse.clear();
      await scene.types("resus ungraceful ehr-1 --reason 'the wards cannot wait'");
      await scene.types("resus ungraceful ehr-1 --reason 'the wards cannot wait'");
      closes(scene);
    },
  },
  {
    title: 'Over the API, before it is approved and after',
    declared: graceful,
    tell: async (scene) => {
      await scene.types("resus run ehr --mode switchover --reason 'the region is to be patched'");
      await scene.posts('/api/v1/runs/ehr-1/ungraceful', { reason: 'the wards cannot wait' });
      await scene.types('resus approve ehr-1 --yes', 'bob');
      await scene.posts('/api/v1/runs/ehr-1/ungraceful', { reason: 'the wards cannot wait' });
      closes(scene);
    },
  },
];

export const runScripts: readonly Script[] = [
  {
    title: 'From the command line: over, and back',
    declared: graceful,
    tell: async (scene) => {
      await scene.types("resus run ehr --mode switchover --reason 'the region is to be patched'");
      await scene.types("resus run ehr --mode switchover --reason 'the region is to be patched'", 'bob');
      await scene.types('resus approve ehr-1 --yes', 'bob');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      closes(scene);
      scene.passes(5_000);
      await scene.types('resus status', 'vera');
      await scene.types("resus run ehr --mode failback --reason 'the region is patched'");
      await scene.types('resus approve ehr-2 --yes', 'bob');
      closes(scene, 2);
      await scene.types('resus why ehr-2', 'vera');
    },
  },
  {
    title: 'From the command line: a failover where the machine may not act',
    declared: withTier({ automation: { ...tier.automation, region: 'manual' } }),
    tell: async (scene) => {
      scene.theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'ActionWithheld'), 'us-east-2 dies');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
      await scene.types("resus run lis --mode failover --reason 'the region is gone'");
      await scene.types("resus run ehr --mode failover --reason 'the region is gone'");
      await scene.types('resus approve ehr-1 --yes', 'bob');
      closes(scene);
    },
  },
  {
    title: 'Over the API: over, back, and a failover',
    declared: graceful,
    tell: async (scene) => {
      const move = async (mode: string, run: string, times: number): Promise<void> => {
        await scene.posts('/api/v1/runs', { workload: 'ehr', mode, reason: 'the region is to be patched' });
        await scene.posts(`/api/v1/runs/${run}/approvals`, { plan: hashOf(scene, run) }, 'bob');
        closes(scene, times);
        scene.passes(5_000);
      };
      await scene.posts('/api/v1/runs', { workload: 'ehr', mode: 'sideways', reason: 'the region is to be patched' });
      await move('switchover', 'ehr-1', 1);
      await scene.posts('/api/v1/runs', { workload: 'lis', mode: 'switchover', reason: 'the region is to be patched' });
      await move('failback', 'ehr-2', 2);
      await move('failover', 'ehr-3', 3);
    },
  },
  {
    title: 'Watched to its end',
    declared: withTier({ approvals: { ...approvals, people: 0 } }),
    tell: async (scene) => {
      await scene.typesAndWaits("resus run ehr --mode switchover --reason 'the region is to be patched' --wait", () =>
        seen(scene, 'RunClosed'),
      );
    },
  },
];
