// What copies nothing has no writer: a portal, a dashboard. Which replica has the role is where users were led, so that the way home leads home.
import { describe, expect, test } from 'vitest';
import type { Estate, GameDay, Workload } from '../../src/core/estate.ts';
import { estate, regionLoss, workload } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

const route = (id: string) => ({
  id: id as never,
  uses: 'test.route',
  with: { to: '${{ to.name }}' },
  needs: [],
  timeoutMs: 20_000,
  retries: 0,
});
/** No probe of it measures a role, and its runbook leads users in two steps. */
const portal: Workload = {
  ...workload,
  replication: [],
  replicas: workload.replicas.map((each) => ({ ...each, probes: each.probes.filter(({ uses }) => uses !== 'postgres') })),
  runbooks: { onDiagnosis: { RegionLost: 'lead' }, switchover: 'lead', failback: 'lead' },
};
const drill: GameDay = {
  ...regionLoss,
  id: 'there-and-back',
  practises: { kind: 'switchover' },
  gates: ['usersPath.healthy', 'incidents.open == 0', 'runs.open == 0'],
  aborts: [],
  expect: ['run.outcome == "succeeded"', 'failback.outcome == "succeeded"'],
  failback: true,
};
const hospital = (of: Workload): Estate => ({
  ...estate,
  workloads: { ehr: of },
  runbooks: {
    ...estate.runbooks,
    lead: {
      id: 'lead',
      summary: 'Leads users there.',
      modes: ['switchover', 'failover', 'failback'],
      steps: [route('half'), { ...route('all'), needs: ['half' as never] }],
    },
  },
  gamedays: { 'there-and-back': drill },
});
function open(of: Workload): { readonly theatre: Theatre; readonly stage: WorkingStage } {
  const stage = new WorkingStage({ busyMs: 200 });
  const theatre = new Theatre(hospital(of), stage.play);
  stage.theatre = theatre;
  theatre.canaries = 'good';
  theatre.pass(5_000);
  return { theatre, stage };
}
const move = (theatre: Theatre, mode: 'switchover' | 'failback'): void => {
  theatre.give(
    { kind: 'requested', by: person('olga'), request: { kind: 'run', workload: workload.id, mode, reason: 'planned' } },
    person('olga'),
  );
  theatre.pass(1_000);
  const [run] = theatre.of('RunOpened').slice(-1);
  if (run === undefined) throw new Error('no run');
  theatre.give({ kind: 'requested', by: person('omar'), request: { kind: 'approve', run: run.run, plan: run.plan } }, person('omar'));
  theatre.pass(60_000);
};
const went = (theatre: Theatre): readonly string[] => theatre.of('PlanCompiled').map(({ plan }) => `${plan.from} to ${plan.to}`);

describe('where users were led', () => {
  test('is told once every step that leads them holds, and the way home starts there', () => {
    const { theatre } = open(portal);
    move(theatre, 'switchover');
    expect(
      theatre.of('RoleChanged').map(({ primary, because }) => [primary, because]),
      theatre.transcript(),
    ).toEqual([['west', 'run ehr-1 led the users to west']]);
    theatre.restart();
    move(theatre, 'failback');
    expect(went(theatre)).toEqual(['east to west', 'west to east']);
    expect(theatre.of('RoleChanged').map(({ primary }) => primary)).toEqual(['west', 'east']);
  });
  test('lets a game day practise both ways', () => {
    const { theatre } = open(portal);
    theatre.give({ kind: 'requested', by: person('olga'), request: { kind: 'drill', gameday: 'there-and-back' } as never });
    theatre.pass(200_000);
    expect(theatre.of('DrillClosed'), theatre.transcript()).toMatchObject([{ verdict: 'passed' }]);
    expect(went(theatre)).toEqual(['east to west', 'west to east']);
  });
  test('is not told while a step that leads them has failed', () => {
    const { theatre, stage } = open(portal);
    stage.refuse.set('ehr-1/all', { code: 'AccessDenied', retriable: false });
    move(theatre, 'switchover');
    expect(theatre.of('RoleChanged')).toEqual([]);
  });
  test('says nothing of the writer, where there is one', () => {
    const { theatre } = open({ ...portal, replicas: workload.replicas, replication: workload.replication });
    move(theatre, 'switchover');
    expect(theatre.of('RunExecuted')).toMatchObject([{ outcome: 'succeeded' }]);
    expect(theatre.of('RoleChanged')).toEqual([]);
  });
});
