// A region is lost and people take its run in hand: the estate, the run and the requests that the stories of the controls share.
import { expect } from 'vitest';
import type { Estate, Runbook, StepSpec, Tier } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { RunId, StepId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

export const step = (id: string, uses: string, needs: readonly string[], more: Partial<StepSpec> = {}): StepSpec => ({
  id: id as StepId,
  uses,
  with: {},
  needs: needs as readonly StepId[],
  timeoutMs: 20_000,
  retries: 0,
  ...more,
});
export const fenced: Runbook = {
  id: 'region-failover',
  summary: 'Fence, then promote, then route.',
  modes: ['failover', 'switchover'],
  steps: [
    step('prepare', 'test.prepare', []),
    step('fence', 'test.fence', ['prepare']),
    step('promote', 'test.move', ['fence']),
    step('route', 'test.route', ['promote'], { with: { writer: '${{ steps.promote.outputs.writer }}' } }),
    step('tell', 'test.prepare', ['promote']),
  ],
};
export const approvals: Tier['approvals'] = { people: 1, expireMs: 600_000, escalateMs: 60_000, emergency: { role: 'incident-commander' } };
export const withTier = (change: Partial<Tier>, runbook: Runbook = fenced): Estate => ({
  ...estate,
  tiers: { 'life-critical': { ...tier, approvals, ...change } },
  runbooks: { ...estate.runbooks, 'region-failover': runbook },
});
export const run = 'ehr-1' as RunId;

export type Story = {
  readonly theatre: Theatre;
  readonly stage: WorkingStage;
  readonly from: number;
  readonly ask: (by: string, request: Request) => string;
};
export function lost(declared = withTier({}), before: (stage: WorkingStage) => void = () => undefined): Story {
  const stage = new WorkingStage();
  before(stage);
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  const from = theatre.now;
  theatre.dark.add('us-east-2');
  theatre.until('RunOpened');
  return { theatre, stage, from, ask: (by, request) => codeOf(theatre.give({ kind: 'requested', by: person(by), request }, person(by))) };
}
export const codeOf = (result: ReturnType<Theatre['give']>): string => (result.ok ? 'done' : result.error.code);
export const begun = (theatre: Theatre, id: string): boolean => theatre.of('StepStarted').some((each) => each.step === id);
export const untilBegun = (theatre: Theatre, id: string): void => {
  theatre.pass(60_000, () => begun(theatre, id));
  expect(begun(theatre, id), theatre.transcript()).toBe(true);
};
export const golden = (name: string): string => `./${name}.golden.txt`;
export const outcomes = (theatre: Theatre): unknown[] => theatre.of('RunClosed').map(({ outcome, because }) => [outcome, because]);
