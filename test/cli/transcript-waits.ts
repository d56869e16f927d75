// What keeps a run from opening or holds it, and what of that is seen: who is called, what supersedes what, who waits for whom. Each refusal
// and each wait in one sentence, from the command line and over the API.
import type { Estate, Runbook, Tier } from '../../src/core/estate.ts';
import { beside, like } from '../core/beside.ts';
import { tier, workload } from '../core/estate.ts';
import { approvals, fenced, step, withTier } from '../scenarios/in-hand.ts';
import type { Scene, Script } from './transcript-house.ts';
import { closes, hashOf, lose, seen } from './transcript-runs.ts';

type WhyBody = { readonly incidents: readonly { readonly ahead: object }[] };
const ahead = (scene: Scene, id = 'ehr'): Promise<void> =>
  scene.gets(`/api/v1/workloads/${id}/why`, '[.incidents[].ahead]', (body: WhyBody) => body.incidents.map((each) => each.ahead));

export const approvalExpiryScripts: readonly Script[] = [
  {
    title: 'Nobody answers: people are called in turn, then the run is taken back',
    declared: withTier({ automation: { ...tier.automation, region: 'approve' }, approvals: { ...approvals, people: 2 } }),
    tell: async (scene) => {
      lose(scene);
      await scene.types('resus approve ehr-1 --yes');
      await scene.types('resus approve ehr-1 --yes');
      scene.passes(() => seen(scene, 'RunEscalated'), 'until somebody is called');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.gets('/api/v1/runs/ehr-1/why', '.wait', (body: { readonly wait?: object }) => body.wait);
      closes(scene);
      await scene.types('resus why ehr-1', 'vera');
      await scene.posts('/api/v1/runs/ehr-1/approvals', { plan: hashOf(scene) }, 'bob');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
    },
  },
  {
    title: 'An approval that grew old while the run was held does not count any more',
    declared: withTier({ automation: { ...tier.automation, region: 'approve' } }),
    tell: async (scene) => {
      lose(scene);
      await scene.types('resus approve ehr-1 --yes');
      await scene.types("resus pause ehr-1 --reason 'the storage team looks first' --for 1h");
      scene.passes(600_000);
      await scene.types('resus resume ehr-1', 'bob');
      scene.passes(() => seen(scene, 'ApprovalAsked'), 'until it asks again');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus approve ehr-1 --yes --max-loss 1s', 'bob');
      closes(scene);
    },
  },
];

const zoneFirst: Runbook = {
  ...fenced,
  id: 'zone-failover',
  steps: [step('wait', 'test.prepare', []), step('move', 'test.move', ['wait'])],
};
export const supersededScripts: readonly Script[] = [
  {
    title: 'A zone is lost, then its region: the plan gives way to its child',
    declared: ((): Estate => {
      const declared = withTier({ automation: { ...tier.automation, region: 'approve' } });
      return { ...declared, runbooks: { ...declared.runbooks, 'zone-failover': zoneFirst } };
    })(),
    tell: async (scene) => {
      const { theatre } = scene;
      theatre.writerZone = 'us-east-2a';
      theatre.pass(5_000);
      theatre.dark.add('us-east-2a');
      scene.passes(() => seen(scene, 'RunOpened'), 'us-east-2a dies');
      await scene.types("resus pause ehr-1 --reason 'look first'");
      theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'RunOpened', 2), 'all of us-east-2 dies');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus why ehr-2', 'vera');
      await scene.gets('/api/v1/runs/ehr-1/why');
      await scene.posts('/api/v1/runs/ehr-2/approvals', { plan: hashOf(scene) }, 'bob');
      await scene.types('resus approve ehr-2 --yes', 'bob');
      scene.passes(() => seen(scene, 'RoleChanged'), 'until it has moved');
      theatre.writerZone = undefined;
      closes(scene, 2);
    },
  },
];

const hospital = (of: Parameters<typeof beside>[0], change: Partial<Tier> = {}): Estate => beside(of, { approvals, ...change });
/** Canaries walk for one workload only; they fail, and say nothing of the others. */
const unwatched = ({ theatre }: Scene): void => void (theatre.canaries = 'bad');

export const lockedScripts: readonly Script[] = [
  {
    title: 'Two workloads share a global cluster',
    declared: hospital({ ehr: { shares: 'shared-global' }, lis: { shares: 'shared-global' } }),
    tell: async (scene) => {
      unwatched(scene);
      lose(scene);
      await scene.types('resus why lis', 'vera');
      await ahead(scene, 'lis');
      await scene.types("resus run lis --mode failover --reason 'the laboratory waits'");
      await scene.posts('/api/v1/runs', { workload: 'lis', mode: 'failover', reason: 'the laboratory waits' });
      scene.passes(() => seen(scene, 'RunOpened', 2), 'until the other lets go');
    },
  },
];

export const orderedScripts: readonly Script[] = [
  {
    title: 'A region with three workloads is one incident, and what others stand on moves first',
    declared: hospital({ ehr: { needs: ['idp', 'lis'] }, lis: { needs: ['idp'] }, idp: {} }),
    tell: async (scene) => {
      unwatched(scene);
      lose(scene);
      await scene.types('resus status', 'vera');
      await scene.gets(
        '/api/v1/incidents',
        '[.incidents[] | {incident, diagnosis, workloads}]',
        (body: { readonly incidents: readonly Readonly<Record<string, unknown>>[] }) =>
          body.incidents.map(({ incident, diagnosis, workloads }) => ({ incident, diagnosis, workloads })),
      );
      await scene.types('resus why lis', 'vera');
      await ahead(scene, 'ehr');
      scene.passes(() => seen(scene, 'RunOpened', 3), 'until all have begun');
    },
  },
];

const ring = hospital({ ehr: { needs: ['lis'] }, lis: { needs: ['ehr'] } });
export const ringScripts: readonly Script[] = [
  {
    title: 'Two that hard-depend on each other: the one with the shorter RTO goes first',
    declared: {
      ...ring,
      tiers: { ...ring.tiers, urgent: { ...(ring.tiers['life-critical'] ?? tier), id: 'urgent', rtoMs: 60_000 } },
      workloads: { ...ring.workloads, lis: { ...like('lis', { needs: ['ehr'] }), tier: 'urgent' } },
    },
    tell: async (scene) => {
      unwatched(scene);
      lose(scene);
      await scene.types('resus why ehr', 'vera');
      scene.passes(() => seen(scene, 'RunOpened', 2), 'until both have begun');
    },
  },
];

export const lastLookScripts: readonly Script[] = [
  {
    title: 'It comes back while people think: nothing is fenced, nothing is promoted',
    declared: withTier({ automation: { ...tier.automation, region: 'approve' } }),
    tell: async (scene) => {
      lose(scene);
      await scene.types("resus pause ehr-1 --reason 'the cable is looked for'");
      await scene.types('resus approve ehr-1 --yes');
      // One web server of it stays away, so that the incident does not close and take the run with it.
      scene.theatre.dark.delete('us-east-2');
      scene.theatre.dark.add('ehr/east/web-a');
      scene.passes(5_000, 'all but one server of us-east-2 answers again');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus resume ehr-1');
      closes(scene);
      await scene.types('resus why ehr-1', 'vera');
      await scene.gets('/api/v1/runs/ehr-1', '[.outcome, .because]', (body: { readonly outcome?: string; readonly because: string }) => [
        body.outcome,
        body.because,
      ]);
      await scene.types('resus status', 'vera');
    },
  },
];

export const blastRadiusScripts: readonly Script[] = [
  {
    title: 'The third replica that is lost within ten minutes',
    declared: hospital({ ehr: {}, idp: {}, lis: {}, pacs: {} }, { blastRadius: { decisions: 2, perMs: 600_000 } }),
    tell: async (scene) => {
      unwatched(scene);
      for (const [n, name] of ['ehr', 'idp', 'lis'].entries()) {
        for (const probe of ['web-a', 'db-a', 'web-b', 'db-b', 'db']) scene.theatre.dark.add(`${name}/east/${probe}`);
        scene.passes(() => seen(scene, 'RunOpened', n + 1), `${name}/east dies`);
      }
      await scene.types('resus status', 'vera');
      await scene.types('resus why lis', 'vera');
      await ahead(scene, 'lis');
      await scene.posts('/api/v1/runs/lis-1/approvals', { plan: hashOf(scene, 'lis-1') });
    },
  },
];

export const shadowScripts: readonly Script[] = [
  {
    title: 'It says what it would have done',
    declared: withTier({ automation: { ...tier.automation, region: 'shadow' } }),
    tell: async (scene) => {
      await scene.types('resus why ehr', 'vera');
      scene.theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'WouldHaveActed'), 'us-east-2 dies');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
      await ahead(scene);
    },
  },
];

export const innerHaScripts: readonly Script[] = [
  {
    title: 'A zone is lost, and the cluster has its own failover',
    declared: ((): Estate => {
      const declared = withTier({});
      return { ...declared, workloads: { ehr: { ...workload, localHa: { by: 'Aurora', graceMs: 20_000 } } } };
    })(),
    tell: async (scene) => {
      const { theatre } = scene;
      theatre.writerZone = 'us-east-2a';
      theatre.pass(5_000);
      theatre.dark.add('us-east-2a');
      scene.passes(() => seen(scene, 'ActionWithheld'), 'us-east-2a dies');
      scene.passes(2_000);
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
      await ahead(scene);
      scene.passes(() => seen(scene, 'RunOpened'), 'Aurora does not help itself');
    },
  },
];

/** The first run failed and its incident is over; the region is lost again at once. */
const again = async (scene: Scene): Promise<void> => {
  scene.stage.refuse.set('ehr-1/fence', { code: 'AccessDenied', retriable: false });
  lose(scene);
  await scene.types("resus cancel ehr-1 --reason 'it comes back'");
  closes(scene);
  scene.theatre.dark.delete('us-east-2');
  scene.passes(() => seen(scene, 'IncidentClosed'), 'us-east-2 is back');
  scene.theatre.dark.add('us-east-2');
  scene.passes(() => seen(scene, 'ActionWithheld', 2) && seen(scene, 'IncidentOpened', 2), 'and dies again');
  scene.passes(2_000);
  await scene.types('resus status', 'vera');
  await scene.types('resus why ehr', 'vera');
  await ahead(scene);
};
export const cooldownScripts: readonly Script[] = [
  {
    title: 'Over by time',
    declared: withTier({ cooldownMs: 120_000 }),
    tell: async (scene) => {
      await again(scene);
      scene.passes(() => seen(scene, 'RunOpened', 2), 'until the cooldown is over');
    },
  },
  {
    title: 'Ended by somebody who has looked',
    declared: withTier({ cooldownMs: 3_600_000 }),
    tell: async (scene) => {
      await again(scene);
      await scene.types("resus acknowledge incident-2 --reason 'it is another loss'");
    },
  },
];
