// A plan of plans: what a step that moves another workload asks of the controller, and what it is told, on an engine that journals it all.
import { describe, expect, test } from 'vitest';
import type { Estate, Workload } from '../../src/core/estate.ts';
import type { RunId } from '../../src/core/values.ts';
import { look, order, type Controlled } from '../../src/runtime/moves.ts';
import { estate, workload } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

const lis: Workload = {
  ...workload,
  id: 'lis' as never,
  resources: { globalCluster: 'lis-global' },
  replicas: workload.replicas.map((each) => ({ ...each, resources: { cluster: `arn:lis:${each.name}` } })),
};
const declared: Estate = { ...estate, workloads: { ehr: workload, lis } };
const out = { workload: 'lis', leave: 'us-east-2' };
const token = 'ehr-1/move-lis';

/** A run of the record that olga asked for is open; its step is to move the laboratory. */
function open(of: Estate = declared) {
  const stage = new WorkingStage({ busyMs: 200 });
  const theatre = new Theatre(of, stage.play);
  stage.theatre = theatre;
  theatre.canaries = 'good';
  theatre.pass(5_000);
  const request = { kind: 'run', workload: workload.id, mode: 'switchover', reason: 'evacuation' } as const;
  theatre.give({ kind: 'requested', by: person('olga'), request }, person('olga'));
  const controller: Controlled = {
    get known() {
      return theatre.known;
    },
    submit: (input, actor) => {
      const made = theatre.give(input, actor);
      return Promise.resolve(made.ok ? { ok: true, value: made.value.entries } : made);
    },
  };
  const yes = (by: string): void => {
    const run = theatre.of('RunOpened').at(-1);
    if (run === undefined) throw new Error('no run');
    theatre.give({ kind: 'requested', by: person(by), request: { kind: 'approve', run: run.run, plan: run.plan } }, person(by));
  };
  return { theatre, stage, controller, yes, at: (which = token) => look(theatre.known, which, out) };
}

describe('a step that moves another workload', () => {
  test('opens one run for it, waits for it, and sees that it is there', async () => {
    const { theatre, controller, yes, at } = open();
    expect(at()).toEqual({ kind: 'here', because: 'lis is at east in us-east-2' });
    expect(await order(controller, token, out)).toEqual({ ok: true });
    expect(theatre.of('RunOpened').at(-1)).toMatchObject({
      run: 'lis-1',
      workload: 'lis',
      mode: 'switchover',
      because: 'step ehr-1/move-lis',
    });
    expect(at()).toEqual({ kind: 'open', run: 'lis-1' });
    expect(await order(controller, token, out)).toMatchObject({ ok: false, code: 'RUN_OPEN' });
    yes('omar');
    theatre.restart();
    theatre.primaries.set('lis', 'west');
    theatre.pass(60_000);
    expect(at()).toEqual({ kind: 'there', replica: 'west' });
    expect(await order(controller, token, out), 'it is never moved back').toMatchObject({ ok: false, code: 'CANNOT_MOVE' });
    expect(theatre.of('RunOpened')).toHaveLength(2);
  });
  test('asks in the name of whoever asked for its own run, who then approves neither', async () => {
    const { theatre, controller, yes } = open();
    await order(controller, token, out);
    expect(theatre.known.runs.get('lis-1' as RunId)?.requestedBy).toBe('olga');
    yes('olga');
    expect(theatre.of('RunStarted')).toEqual([]);
    yes('omar');
    expect(theatre.of('RunStarted')).toMatchObject([{ run: 'lis-1' }]);
  });
  test('says what became of its own run, and not of one that people have asked for since', async () => {
    const { theatre, controller, at } = open();
    await order(controller, token, out);
    theatre.give(
      { kind: 'requested', by: person('omar'), request: { kind: 'cancel', run: 'lis-1' as RunId, reason: 'no' } },
      person('omar'),
    );
    theatre.pass(1_000);
    expect(at()).toEqual({ kind: 'given-up', because: expect.stringMatching(/^run lis-1 ended cancelled: /) as string });
    expect(at('ehr-1/other')).toEqual({ kind: 'here', because: 'lis is at east in us-east-2' });
  });
  test.each<[string, { workload: string; leave: string }]>([
    ['a workload', { workload: 'pacs', leave: 'us-east-2' }],
    ['a site', { workload: 'lis', leave: 'mars' }],
  ])('knows nothing of %s that is not declared', async (_what, move) => {
    const { theatre, controller } = open();
    expect(look(theatre.known, token, move).kind).toBe('unknown');
    expect(await order(controller, token, move)).toMatchObject({ ok: false, code: 'CANNOT_MOVE' });
  });
  test('moves nothing to where it would have to leave again', async () => {
    const [east, west] = lis.replicas;
    if (east === undefined || west === undefined) throw new Error('no replicas');
    const both: Estate = { ...declared, workloads: { ehr: workload, lis: { ...lis, replicas: [east, { ...west, site: east.site }] } } };
    const { controller } = open(both);
    expect(await order(controller, token, out)).toMatchObject({ ok: false, message: 'lis has no replica outside of us-east-2 to move to' });
  });
});
