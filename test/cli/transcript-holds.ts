// The levers beyond one run, and what people do themselves: stop and release, maintenance, acknowledgement, a task for people, a game day.
import type { Estate, Runbook } from '../../src/core/estate.ts';
import { confirmationOf } from '../../src/core/runbook/human.ts';
import type { Instant, RunId } from '../../src/core/values.ts';
import { human } from '../../src/providers/resus/actions/human.ts';
import { actions } from '../core/theatre.ts';
import { step, withTier } from '../scenarios/in-hand.ts';
import type { Scene, Script } from './transcript-house.ts';
import { closes, graceful, lose, seen } from './transcript-runs.ts';

export const stopScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}),
    tell: async (scene) => {
      await scene.types("resus stop --reason 'the network team moves a core switch'", 'vera');
      await scene.types("resus stop --reason 'the network team moves a core switch'");
      await scene.types("resus stop --reason 'me too'", 'bob');
      await scene.types("resus run ehr --mode switchover --reason 'now'", 'bob');
      scene.theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'ActionWithheld'), 'us-east-2 dies');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
      await scene.types("resus release --reason 'the switch is done'", 'bob');
      await scene.types('resus release', 'bob');
      closes(scene);
    },
  },
  {
    title: 'Over the API, while a run is under way',
    declared: withTier({}),
    tell: async (scene) => {
      lose(scene);
      await scene.posts('/api/v1/acting/stop', { reason: ' ' });
      await scene.posts('/api/v1/acting/stop', { reason: 'look first' });
      await scene.posts('/api/v1/acting/stop', { reason: 'look first' }, 'bob');
      scene.passes(10_000);
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.gets('/api/v1/acting');
      await scene.posts('/api/v1/acting/release', { reason: 'it is the region' });
      await scene.posts('/api/v1/acting/release', {});
      closes(scene);
    },
  },
];

export const maintainScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}),
    tell: async (scene) => {
      await scene.types("resus maintain ehr --until 18:00 --reason 'storage firmware'");
      await scene.types("resus maintain ehr --until 2025-12-31T23:00Z --reason 'storage firmware'");
      await scene.types("resus maintain ehr --for 30d --reason 'storage firmware'");
      await scene.types("resus maintain ehr --until 2026-01-01T01:00+00:00 --reason 'storage firmware'");
      await scene.types('resus status', 'vera');
      await scene.types('resus drill region-loss', 'bob');
      scene.theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'ActionWithheld'), 'us-east-2 dies');
      await scene.types('resus why ehr', 'vera');
      await scene.types('resus maintain ehr --end');
      await scene.types('resus maintain ehr --end');
      closes(scene);
    },
  },
  {
    title: 'From the command line, for so long, and over by itself',
    declared: withTier({}),
    tell: async (scene) => {
      await scene.types("resus maintain ehr --for 2m --reason 'storage firmware'");
      await scene.types('resus why ehr', 'vera');
      scene.passes(() => seen(scene, 'MaintenanceEnded'), 'until its time is over');
      await scene.types('resus status', 'vera');
    },
  },
  {
    title: 'Over the API',
    declared: withTier({}),
    tell: async (scene) => {
      const path = '/api/v1/workloads/ehr/maintenance';
      await scene.posts(path, { until: scene.theatre.now, reason: 'storage firmware' });
      await scene.posts('/api/v1/workloads/lis/maintenance', { until: scene.theatre.now + 3_600_000, reason: 'storage firmware' });
      await scene.posts(path, { until: scene.theatre.now + 3_600_000, reason: 'storage firmware' });
      await scene.gets('/api/v1/acting');
      await scene.posts(`${path}/end`, { reason: 'done early' });
      await scene.posts(`${path}/end`, {});
    },
  },
];

/** Its fence is refused, nobody decides in time, and its run ends failed. */
async function unsaved(scene: Scene): Promise<void> {
  scene.stage.refuse.set('ehr-1/fence', { code: 'AccessDenied', retriable: false });
  lose(scene);
  scene.passes(() => seen(scene, 'RunClosed'), 'nobody decides');
  scene.stage.refuse.clear();
  await scene.types('resus status', 'vera');
}
const slow = withTier({ cooldownMs: 3_600_000 });
export const acknowledgeScripts: readonly Script[] = [
  {
    title: 'From the command line: the run failed, and the cooldown is long',
    declared: slow,
    tell: async (scene) => {
      await unsaved(scene);
      await scene.types('resus why ehr', 'vera');
      await scene.types("resus acknowledge incident-9 --reason 'the role is repaired'");
      await scene.types("resus acknowledge incident-1 --reason 'the role is repaired'");
      closes(scene, 2);
      await scene.types('resus why ehr-2', 'vera');
    },
  },
  {
    title: 'Over the API',
    declared: slow,
    tell: async (scene) => {
      await scene.types("resus stop --reason 'look first'");
      scene.theatre.dark.add('us-east-2');
      scene.passes(() => seen(scene, 'ActionWithheld'), 'us-east-2 dies');
      await scene.posts('/api/v1/incidents/incident-1/acknowledge', { reason: 'the role is repaired' });
      scene.stage.refuse.set('ehr-1/fence', { code: 'AccessDenied', retriable: false });
      await scene.types('resus release');
      scene.passes(() => seen(scene, 'RunClosed'), 'nobody decides');
      scene.stage.refuse.clear();
      await scene.posts('/api/v1/incidents/incident-1/acknowledge', { reason: 'the role is repaired', workload: 'lis' });
      await scene.posts('/api/v1/incidents/incident-1/acknowledge', { reason: 'the role is repaired' });
      closes(scene, 2);
    },
  },
];

const { name, effect, settleMs, priorMs } = human;
const facts = { effect, mayLoseData: false, irreversible: false, settleMs, priorMs, needs: () => [], changes: () => [] };
actions.set(name, { name: name as never, ...facts, describe: (input) => human.describe(input as never) });
const asking: Runbook = {
  id: 'region-failover',
  summary: 'Ask the wards, promote, and ask when it was last right.',
  modes: ['failover', 'switchover'],
  steps: [
    step('paper', 'human', [], {
      with: { person: 'the charge nurse of each ward', text: 'Take the downtime binder out' },
      timeoutMs: 300_000,
    }),
    step('promote', 'test.failover', []),
    step('back', 'human', ['promote', 'paper'], {
      with: { person: 'ward clerk', text: 'Enter the notes from paper and say when the last one was written', answer: 'instant' },
      timeoutMs: 300_000,
    }),
  ],
};
/** People are asked by the engine itself; what they said is what the provider sees. */
function askedInPerson({ theatre }: Scene): void {
  const { stage } = theatre;
  theatre.stage = (command, at) => {
    if (!('uses' in command) || command.uses !== 'human' || !('token' in command)) return stage(command, at);
    const [run = '', id = ''] = command.token.split('/');
    const known = theatre.known.runs.get(run as RunId);
    const said = known === undefined ? undefined : confirmationOf(known, id);
    if (said !== undefined) return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'succeeded' : 'holds', data: { ...said } } };
    return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'accepted' : 'underway', checkAt: (at + 3_600_000) as Instant } };
  };
}
export const confirmScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: withTier({}, asking),
    tell: async (scene) => {
      askedInPerson(scene);
      lose(scene);
      scene.passes(10_000);
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus confirm ehr-1 back');
      await scene.types("resus confirm ehr-1 paper --comment 'all eleven wards'");
      await scene.types('resus confirm ehr-1 paper', 'bob');
      scene.passes(2_000);
      await scene.types('resus confirm ehr-1 back --answer yesterday');
      await scene.types('resus confirm ehr-1 back --answer 2026-01-01T00:00:04Z');
      closes(scene);
    },
  },
  {
    title: 'Over the API',
    declared: withTier({}, asking),
    tell: async (scene) => {
      askedInPerson(scene);
      lose(scene);
      scene.passes(10_000);
      await scene.gets('/api/v1/runs/ehr-1/why');
      await scene.posts('/api/v1/runs/ehr-1/steps/promote/confirm', {});
      await scene.posts('/api/v1/runs/ehr-1/steps/paper/confirm', { comment: 'all eleven wards' });
      scene.passes(2_000);
      await scene.posts('/api/v1/runs/ehr-1/steps/back/confirm', { answer: '2026-01-01T00:00:04Z' }, 'bob');
      closes(scene);
    },
  },
  {
    title: 'Nobody confirms it',
    declared: withTier({}, asking),
    tell: async (scene) => {
      askedInPerson(scene);
      lose(scene);
      scene.passes(() => seen(scene, 'StepFailed'), 'nobody confirms');
      await scene.types('resus why ehr-1', 'vera');
      await scene.types('resus confirm ehr-1 paper');
      await scene.types("resus retry ehr-1 paper --reason 'the wards were called'");
      scene.passes(1_000);
      await scene.types('resus confirm ehr-1 paper');
    },
  },
];

const practised: Estate = graceful;
export const drillScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: practised,
    tell: async (scene) => {
      await scene.types('resus drill region-los');
      await scene.types('resus drill region-loss');
      await scene.types('resus drill region-loss', 'bob');
      scene.passes(() => seen(scene, 'RunOpened'), 'until the fault is diagnosed');
      await scene.types('resus status', 'vera');
      await scene.types('resus why ehr', 'vera');
      scene.passes(() => seen(scene, 'DrillClosed'), 'until the verdict');
    },
  },
  {
    title: 'Over the API',
    declared: practised,
    tell: async (scene) => {
      await scene.posts('/api/v1/drills', { gameday: 'constructor' });
      await scene.posts('/api/v1/drills', { gameday: 'region-loss' });
      await scene.posts('/api/v1/drills', { gameday: 'region-loss' });
      scene.passes(() => seen(scene, 'DrillClosed'), 'until the verdict');
      await scene.gets('/api/v1/drills/region-loss-1', '[.phase, .verdict, .because]', (drill: Readonly<Record<string, unknown>>) => [
        drill['phase'],
        drill['verdict'],
        drill['because'],
      ]);
    },
  },
  {
    title: 'Watched to its verdict, and stopped in the middle',
    declared: practised,
    tell: async (scene) => {
      await scene.typesAndWaits('resus drill switchover --wait', () => seen(scene, 'DrillClosed'));
      await scene.types('resus drill region-loss');
      scene.passes(() => seen(scene, 'FaultBit'), 'until the fault bites');
      await scene.types("resus stop --reason 'a real patient transfer'");
      scene.passes(() => seen(scene, 'DrillClosed', 2), 'until the verdict');
    },
  },
];
