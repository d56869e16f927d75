// A runbook and an inventory make a plan. Nothing is left to choose: the replicas, the site to leave and every
// input are in it, so that approving its hash approves what will happen.
import { refusal, type Refusal } from '../errors.ts';
import { declaredAs, type Estate, type Mode, type Replica, type Workload } from '../estate.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Json, Result, SiteId } from '../values.ts';
import { expand, type Scope } from './expand.ts';
import type { Plan, PlannedStep } from './plan.ts';

export type Move = {
  readonly workload: Workload;
  readonly mode: Mode;
  readonly runbook: string;
  readonly from: Replica;
  readonly to: Replica;
  readonly leave?: SiteId;
};

export function compile(estate: Estate, catalogue: Catalogue, move: Move): Result<Plan, Refusal> {
  const runbook = declaredAs(estate.runbooks, move.runbook);
  if (runbook === undefined)
    return refusal('RUNBOOK_UNKNOWN', `There is no runbook ${move.runbook}.`, 'Declare it, or name another one in the workload.');
  if (!runbook.modes.includes(move.mode))
    return refusal(
      'RUNBOOK_MODE',
      `Runbook ${runbook.id} does not serve ${move.mode}.`,
      `Add ${move.mode} to its modes, or name another runbook.`,
    );
  const scope = scopeOf(move);
  const steps: PlannedStep[] = [];
  for (const step of runbook.steps) {
    const facts = catalogue.actions.get(step.uses);
    if (facts === undefined)
      return refusal(
        'ACTION_UNKNOWN',
        `Step ${step.id} uses ${step.uses}, which no provider has.`,
        'Check the name with `resus validate`.',
      );
    const input = expand(step.with, scope, catalogue.evaluate, 'later');
    if (!input.ok)
      return refusal(
        'EXPRESSION_FAILED',
        `Step ${step.id}: ${input.error}`,
        'Correct the expression, or declare the resource that it names.',
      );
    steps.push({
      id: step.id,
      uses: step.uses,
      with: input.value,
      needs: step.needs,
      ...(step.when === undefined ? {} : { when: step.when }),
      timeoutMs: step.timeoutMs,
      retries: step.retries,
      expectMs: step.expectMs ?? facts.priorMs.p50,
      settleMs: facts.settleMs,
      effect: facts.effect,
      mayLoseData: facts.mayLoseData,
      sentence: facts.describe(input.value),
    });
  }
  return {
    ok: true,
    value: {
      workload: move.workload.id,
      mode: move.mode,
      runbook: runbook.id,
      from: move.from.name,
      to: move.to.name,
      ...(move.leave === undefined ? {} : { leave: move.leave }),
      steps,
    },
  };
}

/** What expressions of a runbook may speak of. `site` is the fault domain to leave, empty in a planned move. */
export function scopeOf(move: Pick<Move, 'workload' | 'from' | 'to' | 'leave'>): Scope {
  const replica = (each: Replica): Json => ({ name: each.name, site: each.site, resources: each.resources });
  return {
    workload: { id: move.workload.id, resources: move.workload.resources },
    from: replica(move.from),
    to: replica(move.to),
    site: move.leave ?? '',
  };
}
