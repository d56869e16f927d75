// A runbook and an inventory make a plan. Nothing is left to choose: the replicas, the site to leave and every
// input are in it, so that approving its hash approves what will happen.
import { refusal, type Refusal } from '../errors.ts';
import { declaredAs, type Estate, type Mode, type Replica, type StepSpec, type Workload } from '../estate.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Json, Result, SiteId } from '../values.ts';
import { expand, type Scope } from './expand.ts';
import { changesWriter, promotes, type Plan, type PlannedStep, type Ungraceful } from './plan.ts';

export type Move = {
  readonly workload: Workload;
  readonly mode: Mode;
  readonly runbook: string;
  readonly from: Replica;
  readonly to: Replica;
  readonly leave?: SiteId;
  readonly byHand?: string;
};

export function compile(estate: Estate, catalogue: Catalogue, move: Move): Result<Plan, Refusal> {
  const runbook = declaredAs(estate.runbooks, move.runbook);
  if (runbook === undefined)
    return refusal('RUNBOOK_UNKNOWN', `There is no runbook ${move.runbook}.`, 'Declare it, or name another one in the workload.');
  if (!runbook.modes.includes(move.mode))
    return refusal(
      'RUNBOOK_MODE',
      `Runbook ${runbook.id} does not serve ${move.mode}.`,
      `It serves ${runbook.modes.join(' and ')}: ask for that, or name another runbook.`,
    );
  const scope = scopeOf(move);
  const steps: PlannedStep[] = [];
  for (const step of runbook.steps) {
    const own = inserted(step.id, step, { scope, catalogue });
    if (!own.ok) return own;
    const without = variant(step, own.value, { scope, catalogue });
    if (!without.ok) return without;
    steps.push({
      id: step.id,
      uses: step.uses,
      with: own.value.with,
      needs: step.needs,
      ...(step.when === undefined ? {} : { when: step.when }),
      timeoutMs: step.timeoutMs,
      retries: step.retries,
      expectMs: own.value.expectMs,
      settleMs: own.value.settleMs,
      effect: own.value.effect,
      mayLoseData: own.value.mayLoseData,
      sentence: own.value.sentence,
      ...(without.value === undefined ? {} : { ungraceful: without.value }),
    });
  }
  const moving = move.byHand !== undefined && move.from === move.to ? steps.find(changesWriter) : undefined;
  if (moving !== undefined)
    return refusal(
      'MOVES_NOWHERE',
      `Step ${moving.id} moves the writer, and ${move.workload.id} is at ${move.to.site} already.`,
      'Name another replica or site with --to.',
    );
  return {
    ok: true,
    value: {
      workload: move.workload.id,
      mode: move.mode,
      runbook: runbook.id,
      from: move.from.name,
      to: move.to.name,
      ...(move.leave === undefined ? {} : { leave: move.leave }),
      ...(move.byHand === undefined ? {} : { byHand: move.byHand }),
      steps,
    },
  };
}

type Around = { readonly scope: Scope; readonly catalogue: Catalogue };
type Use = { readonly uses: string; readonly with: Json; readonly timeoutMs: number; readonly expectMs?: number };
type Inserted = Extract<Ungraceful, { readonly kind: 'replace' }>;

/** One use of an action, with everything that is known now put in. */
function inserted(step: string, use: Use, { scope, catalogue }: Around): Result<Inserted, Refusal> {
  const facts = catalogue.actions.get(use.uses);
  if (facts === undefined)
    return refusal('ACTION_UNKNOWN', `Step ${step} uses ${use.uses}, which no provider has.`, 'Check the name with `resus validate`.');
  const input = expand(use.with, scope, catalogue.evaluate, 'later');
  if (!input.ok)
    return refusal('EXPRESSION_FAILED', `Step ${step}: ${input.error}`, 'Correct the expression, or declare the resource that it names.');
  return {
    ok: true,
    value: {
      kind: 'replace',
      uses: use.uses,
      with: input.value,
      timeoutMs: use.timeoutMs,
      expectMs: use.expectMs ?? facts.priorMs.p50,
      settleMs: facts.settleMs,
      effect: facts.effect,
      mayLoseData: facts.mayLoseData,
      sentence: facts.describe(input.value),
    },
  };
}

/** The ungraceful variant. It may be faster and lose more, but it stops the old writer and makes the new one where the graceful one does. */
function variant(step: StepSpec, own: Inserted, around: Around): Result<Ungraceful | undefined, Refusal> {
  const declared = step.onUngraceful;
  if (declared === undefined) return { ok: true, value: undefined };
  if (declared.kind === 'skip')
    return changesWriter(own)
      ? refusal(
          'UNGRACEFUL_SKIPS_WRITER',
          `Step ${step.id} stops or makes the writer; without grace it may be replaced, not skipped.`,
          'Name a replacement.',
        )
      : { ok: true, value: { kind: 'skip' } };
  const made = inserted(step.id, { timeoutMs: step.timeoutMs, ...declared }, around);
  if (!made.ok) return made;
  const fences = (effect: Inserted['effect']): boolean => effect === 'fences' || effect === 'fences-and-promotes';
  if (fences(own.effect) !== fences(made.value.effect) || promotes(own) !== promotes(made.value))
    return refusal(
      'UNGRACEFUL_EFFECT',
      `Step ${step.id}: ${step.uses} ${own.effect}, and its ungraceful variant ${made.value.uses} ${made.value.effect}.`,
      'Replace it with an action of the same effect.',
    );
  return made;
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
