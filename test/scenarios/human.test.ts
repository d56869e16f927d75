// A task that only people can do, in the middle of a run: it is asked, confirmed under a name, called for when nobody answers, and ends
// the step when its time is over. A controller that starts again forgets nothing of it.
import { describe, expect, test } from 'vitest';
import type { Runbook } from '../../src/core/estate.ts';
import { viewOf } from '../../src/core/kernel.ts';
import { confirmationOf } from '../../src/core/runbook/human.ts';
import type { Instant, RunId, StepId } from '../../src/core/values.ts';
import { runWhy } from '../../src/core/views/run-why.ts';
import { human } from '../../src/providers/resus/actions/human.ts';
import { ResusTools } from '../../src/providers/resus/tools.ts';
import { actions, type Theatre } from '../core/theatre.ts';
import { golden, lost, outcomes, run, step, untilBegun, withTier, type Story } from './in-hand.ts';

const { name, effect, settleMs, priorMs } = human;
actions.set(name, {
  name: name as never,
  effect,
  mayLoseData: false,
  irreversible: false,
  settleMs,
  priorMs,
  describe: (input) => human.describe(input as never),
  needs: () => [],
  changes: () => [],
});

const wards = { person: 'the charge nurse of each ward', text: 'Take the downtime binder out' };
const asking: Runbook = {
  id: 'region-failover',
  summary: 'Ask the wards, promote, and ask again.',
  modes: ['failover', 'switchover'],
  steps: [
    step('paper', 'human', [], { with: wards, timeoutMs: 300_000 }),
    step('promote', 'test.failover', []),
    step('back', 'human', ['promote', 'paper'], {
      with: { person: 'ward clerk', text: 'Enter the notes from paper; ${{ steps.paper.outputs.by }} knows where they are.' },
      timeoutMs: 300_000,
    }),
  ],
};
/** The provider's side is the real action, over what the core has folded. */
function story(runbook = asking): Story {
  const made = lost(withTier({}, runbook));
  const play = made.stage.play;
  const tools = new ResusTools({
    sample: async () => ({ ok: false, detail: '' }),
    approvals: () => false,
    confirmation: (token) => {
      const [id = '', at = ''] = token.split('/');
      const known = made.theatre.known.runs.get(id as RunId);
      return known === undefined ? undefined : confirmationOf(known, at);
    },
  });
  made.theatre.stage = (command, at) => {
    if (!('uses' in command) || command.uses !== 'human') return play(command, at);
    const seen = tools.confirmation('token' in command ? command.token : '');
    if (seen !== undefined) return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'succeeded' : 'holds', data: seen } };
    const checkAt = (at + 3_600_000) as Instant;
    return { afterMs: 50, answer: { kind: command.kind === 'apply' ? 'accepted' : 'underway', checkAt } };
  };
  return made;
}
const whyOf = (theatre: Theatre) => {
  const of = theatre.known.runs.get(run);
  if (of === undefined) throw new Error('no run');
  return runWhy(viewOf(theatre.facts, theatre.known, theatre.engine.seen, theatre.now as Instant), of);
};
const confirm = (at: string) => ({ kind: 'confirm' as const, run, step: at as StepId, comment: 'all eleven wards' });

describe('a task for people', () => {
  test('is asked beside the rest, confirmed by name, and what follows waits for it', async () => {
    const { theatre, from, ask } = story();
    theatre.pass(20_000);
    expect(theatre.known.workloads.get('ehr' as never)?.primary).toBe('west');
    const asked = whyOf(theatre);
    expect(asked.sentence).toMatch(
      /^Run ehr-1 asks the charge nurse of each ward until \S+Z: Take the downtime binder out\. `resus confirm ehr-1 paper` says that it is done\.$/,
    );
    expect(asked.wait).toMatchObject({ kind: 'confirmation' });
    expect(asked.levers).toContain('resus confirm ehr-1 paper');
    expect(ask('ann', confirm('back'))).toBe('STEP_NOT_ASKING');
    expect(ask('ann', confirm('promote'))).toBe('STEP_NOT_HUMAN');
    expect(ask('ann', confirm('nothing'))).toBe('STEP_UNKNOWN');
    expect(ask('nina', confirm('paper'))).toBe('done');
    expect(ask('ann', confirm('paper'))).toBe('ALREADY_CONFIRMED');
    theatre.pass(1_000);
    expect(theatre.of('StepStarted').at(-1)).toMatchObject({
      step: 'back',
      with: { text: expect.stringContaining('nina knows') as string },
    });
    ask('otto', { kind: 'confirm', run, step: 'back' as StepId });
    theatre.until('RunClosed');
    expect(outcomes(theatre)).toEqual([['succeeded', expect.any(String)]]);
    // A task for an hour costs a few entries, not one a second.
    expect(theatre.of('StepObserving').length).toBeLessThan(25);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('human'));
  });

  test('that was confirmed while the controller was away, or before it was killed, is not asked again', () => {
    const { theatre, ask } = story();
    untilBegun(theatre, 'paper');
    theatre.pass(200);
    theatre.restart();
    theatre.pass(2_000);
    expect(ask('nina', confirm('paper'))).toBe('done');
    theatre.restart();
    theatre.pass(10_000);
    expect(theatre.of('StepStarted').filter((each) => each.step === 'paper')).toHaveLength(1);
    expect(theatre.of('StepStarted').some((each) => each.step === 'back')).toBe(true);
  });

  test('can be confirmed before the asking was answered', () => {
    const { theatre, ask } = story();
    untilBegun(theatre, 'paper');
    expect(ask('nina', confirm('paper'))).toBe('done');
    theatre.pass(20_000);
    expect(theatre.of('StepStarted').some((each) => each.step === 'back')).toBe(true);
  });

  test('that nobody does calls one after another within its own time, fails, and can be asked again', () => {
    const { theatre, ask } = story();
    theatre.pass(290_000);
    expect(theatre.of('RunEscalated').map(({ wait, to }) => [wait, to])).toEqual([
      ['confirmation', 'onCall: ehr-on-call'],
      ['confirmation', 'clinicalOwner: cmio'],
      ['confirmation', expect.stringMatching(/^owner: /)],
    ]);
    theatre.pass(40_000, () => theatre.of('StepFailed').length > 0);
    expect(theatre.of('StepFailed')).toMatchObject([{ step: 'paper', code: 'TIMED_OUT', because: 'nobody confirmed it within 300 s' }]);
    expect(ask('nina', confirm('paper'))).toBe('STEP_NOT_ASKING');
    expect(ask('ann', { kind: 'retry', run, step: 'paper' as StepId, reason: 'the ward was called' })).toBe('done');
    theatre.pass(59_000);
    expect(theatre.of('RunEscalated').filter(({ wait }) => wait === 'confirmation')).toHaveLength(3);
    theatre.pass(2_000);
    expect(theatre.of('RunEscalated').filter(({ wait }) => wait === 'confirmation')).toHaveLength(4);
    expect(ask('nina', confirm('paper'))).toBe('done');
    theatre.pass(2_000);
    expect(theatre.of('StepStarted').some((each) => each.step === 'back')).toBe(true);
  });

  test.each([
    ['instant', undefined, 'WRONG_ANSWER'],
    ['instant', 'yesterday', 'WRONG_ANSWER'],
    ['instant', '2026-13-01T00:00:00Z', 'WRONG_ANSWER'],
    ['instant', '2026-01-01T03:00:00Z', 'done'],
    ['text', undefined, 'WRONG_ANSWER'],
    ['text', 'INC-7', 'done'],
    [undefined, 'INC-7', 'WRONG_ANSWER'],
    [undefined, undefined, 'done'],
  ])('that asks for %s and is given %s: %s', (wanted, given, code) => {
    const [paper, ...rest] = asking.steps;
    const { theatre, ask } = story({
      ...asking,
      steps: paper === undefined ? rest : [{ ...paper, with: { ...wards, ...(wanted === undefined ? {} : { answer: wanted }) } }, ...rest],
    });
    untilBegun(theatre, 'paper');
    theatre.pass(1_000);
    expect(whyOf(theatre).levers).toContain(`resus confirm ehr-1 paper${wanted === undefined ? '' : ` --answer ${wanted.toUpperCase()}`}`);
    const request = { kind: 'confirm' as const, run, step: 'paper' as StepId, ...(given === undefined ? {} : { answer: given }) };
    expect(ask('nina', request)).toBe(code);
    theatre.pass(2_000);
    if (code === 'done' && given !== undefined)
      expect(
        theatre
          .of('StepObserved')
          .filter((each) => each.step === 'paper')
          .at(-1),
      ).toMatchObject({ observed: { data: { answer: given } } });
  });

  test('of a run that is ending is not asked any more', () => {
    const { theatre, ask } = story();
    theatre.pass(20_000);
    ask('ann', { kind: 'cancel', run, reason: 'no' });
    expect(ask('nina', confirm('paper'))).toBe('RUN_ENDING');
    expect(whyOf(theatre).levers).toEqual([]);
  });
});
