// AWS on a bad day: it denies, throttles, hears and says nothing, or somebody else answers in its place. The journal says what
// happened and what to do, and whatever can still be done is done exactly once.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Told } from '../../src/cli/client.ts';
import { denied, nonsense } from './relay.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  // A call that nobody settled may be tried again only after the step's timeout: minutes in production, seconds here.
  stage = await Stage.open({ declared: (text) => text.replaceAll(/timeout: (2|5|10)m/g, 'timeout: 7s') });
}, 120_000);
afterAll(() => stage?.close(), 60_000);
afterEach(() => {
  for (const relay of stage.relays.values()) relay.rule(() => 'pass');
});

const answers = (from: number): readonly Told[] => stage.told.filter((told) => told.seq >= from && told.type === 'StepAnswered');
const switchovers = async (): Promise<number> =>
  Object.values(await stage.executions(/^SwitchoverGlobalCluster /)).reduce((sum, count) => sum + count, 0);

describe('a promotion', { timeout: 150_000 }, () => {
  test('that AWS denies fails at once, changes nothing, and says which permission is missing', async () => {
    const from = stage.nextSeq;
    stage.relay('us-east-2').rule((operation) => (operation === 'SwitchoverGlobalCluster' ? denied : 'pass'));
    const { drill } = await stage.openDrill('switchover');
    const view = await stage.drilled(drill);
    expect(view).toMatchObject({
      verdict: 'failed',
      because: expect.stringMatching(/^ehr-1 failed: step promote: .*AccessDenied/) as string,
    });
    // It never left home: to bring it "back" would have taken it away.
    expect(view.failback).toBeUndefined();
    const [answer] = answers(from);
    expect(answer?.sentence).toMatch(/^refused promote: .*(rds:)?SwitchoverGlobalCluster/);
    expect(answer?.sentence).toMatch(/AccessDenied|ACCESS_DENIED/);
    expect(answer?.sentence).toMatch(/grant the action/i);
    const run = await stage.run(view.run ?? '');
    expect(run).toMatchObject({ status: 'closed', outcome: 'failed' });
    expect(run.because).toMatch(/promote/);
    expect(stage.relay('us-east-2').count('SwitchoverGlobalCluster')).toBe(1);
    expect(await switchovers()).toBe(0);
    expect(await stage.mistakes(run.run)).toEqual([]);
  });

  test('that is throttled on the way out, and answered by somebody else on the way home, comes about all the same', async () => {
    await stage.steady();
    const from = stage.nextSeq;
    await stage.control.post('/throttle', { operation: 'SwitchoverGlobalCluster', count: 1 });
    stage.relay('us-west-2').once('SwitchoverGlobalCluster', nonsense);
    const { drill } = await stage.openDrill('switchover');
    const view = await stage.drilled(drill);
    expect(view.verdict, stage.story(from)).toBe('passed');
    const said = answers(from).map((told) => told.sentence ?? '');
    expect(said[0], said.join('\n')).toMatch(/refused promote: .*[Tt]hrottl/);
    // Nobody can tell what a page for guests means: it is looked at, never guessed.
    const doubt = said.find((each) => each.startsWith('in doubt'));
    expect(doubt, said.join('\n')).toMatch(/SwitchoverGlobalCluster/);
    expect(await switchovers()).toBe(2);
  });

  test('whose call never arrives is looked at, and sent again only once it is seen not to have happened', async () => {
    await stage.steady();
    const from = stage.nextSeq;
    const before = await switchovers();
    stage.relay('us-east-2').once('SwitchoverGlobalCluster', 'hold');
    const { drill } = await stage.openDrill('switchover');
    const view = await stage.drilled(drill);
    expect(view.verdict, stage.story(from)).toBe('passed');
    expect(answers(from)[0]?.sentence).toMatch(/^in doubt promote: .*SwitchoverGlobalCluster/);
    expect((await switchovers()) - before).toBe(2);
    expect(await stage.mistakes(view.run ?? '')).toEqual([]);
  });
});
