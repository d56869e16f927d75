// What a run would do if it were asked for now, compiled without opening one. The hash is that of the run that would open as
// long as nothing changes in between.
import { planMove } from '../decision/decide.ts';
import { compile } from '../runbook/compile.ts';
import type { Refusal } from '../errors.ts';
import type { Mode } from '../estate.ts';
import type { View } from '../kernel.ts';
import { predictedLossMs } from '../objective/loss.ts';
import type { Plan } from '../runbook/plan.ts';
import type { Hash, Json, Result, WorkloadId } from '../values.ts';

export type Preview = {
  readonly hash: Hash;
  readonly plan: Plan;
  readonly sentences: readonly { readonly step: string; readonly sentence: string }[];
  /** Along the longest path by `needs`, from each step's declared or usual time. */
  readonly expectMs: number;
  /** Only for a failover: an upper bound on acknowledged writes that would be lost, in milliseconds; null when nothing is known. */
  readonly predictedLossMs?: number | null;
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly approvalsNeeded: number;
};

export function preview(view: View, id: WorkloadId, mode: Mode): Result<Preview, Refusal> {
  const move = planMove(view, id, mode);
  if (!move.ok) return move;
  const { estate } = view.known;
  const tier = view.tierOf(id);
  if (estate === undefined || tier === undefined)
    return {
      ok: false,
      error: { code: 'NOTHING_DECLARED', message: 'No estate is declared.', remedy: 'Start `resus serve` with policies.' },
    };
  const compiled = compile(estate, view.facts.catalogue, move.value);
  if (!compiled.ok) return compiled;
  const plan = compiled.value;
  return {
    ok: true,
    value: {
      hash: view.facts.digest(plan as unknown as Json),
      plan,
      sentences: plan.steps.map((step) => ({ step: step.id, sentence: step.sentence })),
      expectMs: criticalPathMs(plan),
      ...(mode === 'failover' ? { predictedLossMs: predictedLossMs(view, move.value.workload, move.value.to, tier) ?? null } : {}),
      rtoMs: tier.rtoMs,
      rpoMs: tier.rpoMs,
      approvalsNeeded: tier.approvals.people,
    },
  };
}

/** Steps come after what they need (the declaration is checked for cycles), in any order of the list. */
export function criticalPathMs(plan: Pick<Plan, 'steps'>): number {
  const doneAt = new Map<string, number>();
  const stepOf = new Map(plan.steps.map((step) => [step.id as string, step]));
  const done = (id: string): number => {
    const known = doneAt.get(id);
    if (known !== undefined) return known;
    const step = stepOf.get(id);
    if (step === undefined) return 0;
    doneAt.set(id, 0);
    const at = Math.max(0, ...step.needs.map(done)) + step.expectMs;
    doneAt.set(id, at);
    return at;
  };
  return Math.max(0, ...plan.steps.map((step) => done(step.id)));
}
