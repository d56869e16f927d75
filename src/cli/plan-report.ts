// What `resus plan` has to say, as data: the compiled plan in the order in which it is gone through, its forecast with where each figure comes
// from, who must say yes, and what was found. The same from declarations alone and from a controller.
import type { Place } from '../analysis/index.ts';
import type { Catalogue, ControlPlane } from '../core/catalogue.ts';
import { isPending, saidPending, type Loss, type Mode, type Tier } from '../core/estate.ts';
import { backTest, type BackTest } from '../core/objective/back-test.ts';
import { asksBefore, automationOf, type Estimate, type Forecast, type Part } from '../core/objective/forecast.ts';
import { predict } from '../core/objective/prediction.ts';
import { ownLossOf, rtoOf, treats } from '../core/objective/target.ts';
import type { Change } from '../core/runbook/diff.ts';
import { inOrder, wavesOf } from '../core/runbook/order.ts';
import type { Plan, PlannedStep } from '../core/runbook/plan.ts';
import type { About } from '../core/views/preview.ts';
import type { History } from '../rehearsal/history.ts';
import type { Given } from '../rehearsal/task.ts';

export type Found = {
  /** `lint`: from the declarations. `evaluate`: a provider was asked, read-only. */
  readonly from: 'lint' | 'evaluate';
  readonly code: string;
  readonly severity: string;
  readonly sentence: string;
  readonly remedy: string;
  /** What it rests on, a text each. */
  readonly evidence: readonly string[];
  /** Of the documentation, relative to the root of the project. */
  readonly page: string;
  /** Of the declaration that it is about. */
  readonly at?: Place;
  readonly step?: string;
  /** Why somebody answers for it. */
  readonly accepted?: string;
};
export type Evaluated = { readonly asked: boolean; readonly because: string };
/** Where a plan comes from, before anything is concluded from it. */
export type Subject = {
  readonly from: 'declarations' | 'controller';
  readonly hash: string;
  readonly plan: Plan;
  readonly tier: Tier;
  readonly workload: About;
  readonly history: History | undefined;
  /** Milliseconds; undefined: nothing can be lost; null: nobody knows. */
  readonly lossMs: number | null | undefined;
  readonly lossBecause: string;
  readonly findings: readonly Found[];
  readonly evaluated: Evaluated;
  /** What was taken for granted, a sentence each. */
  readonly assumes: readonly string[];
};
export type ReportedStep = {
  readonly id: string;
  readonly uses: string;
  readonly does: string;
  /** How it is known that it holds. */
  readonly proof: string;
  /** The control planes that must answer. */
  readonly needs: readonly ControlPlane[];
  readonly after: readonly string[];
  readonly when?: string;
  readonly startsAtMs: number;
  readonly estimate: Estimate;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly effect: string;
  readonly mayLoseData: boolean;
  readonly isCritical: boolean;
  readonly ungraceful: { readonly kind: 'same' | 'skip' | 'replace'; readonly does: string; readonly mayLoseData: boolean };
};
export type Approval = { readonly occasion: string; readonly people: number; readonly withinMs: number; readonly because: string };
export type PlanReport = {
  readonly hash: string;
  readonly from: Subject['from'];
  readonly workload: string;
  readonly mode: Mode;
  readonly runbook: string;
  /** The name by which people choose the runbook, which nothing else begins; null where a diagnosis or the mode chooses it. */
  readonly byHand: string | null;
  readonly steps: readonly ReportedStep[];
  readonly dag: { readonly edges: readonly (readonly [string, string])[]; readonly waves: readonly (readonly string[])[] };
  readonly criticalPath: readonly Part[];
  readonly predicted: {
    readonly rtoMs: Forecast['rtoMs'];
    /** From the beginning to the end, with what users do not feel. */
    readonly wholeMs: Forecast['wholeMs'];
    readonly lossMs: number | null;
    readonly lossBecause: string;
    /** Null: nobody has decided it yet. */
    readonly targetRtoMs: number | null;
    /** Whose own target that is; null: the general one, which holds whatever is lost. */
    readonly targetLoss: Loss | null;
    readonly targetRpoMs: number | null;
    /** Earlier runs by this runbook on the same floor, against this forecast; null without any. */
    readonly backTest: BackTest | null;
  };
  readonly approvals: readonly Approval[];
  readonly findings: readonly Found[];
  readonly evaluated: Evaluated;
  readonly assumes: readonly string[];
  readonly plan: Plan;
  readonly about: About;
  readonly tier: Tier;
  readonly diff?: { readonly against: string; readonly hash: string; readonly changes: readonly Change[] };
};

export function reportOf(subject: Subject, catalogue: Catalogue, given: Given): PlanReport {
  const { plan, tier, workload, history, lossMs } = subject;
  const isChosen = plan.byHand !== undefined;
  const treated = treats(plan);
  const losesTooMuch = lossMs !== undefined && lossMs !== null && lossMs > tier.rpoMs;
  const isAsked = isChosen ? tier.approvals.people > 0 : asksBefore(plan, tier) || (plan.mode === 'failover' && losesTooMuch);
  const ahead = predict({ plan, tier, workload, isAsked, actions: catalogue.actions, measured: history, given });
  const earlier = history?.rtas?.get(plan.runbook) ?? [];
  const critical = new Set(ahead.criticalPath.map((part) => (part.kind === 'step' ? part.name : '')));
  const steps = inOrder(plan.steps).flatMap((step) => {
    const estimate = ahead.estimates.get(step.id);
    return estimate === undefined ? [] : [stepOf(step, { ahead, catalogue, estimate, isCritical: critical.has(step.id) })];
  });
  return {
    hash: subject.hash,
    from: subject.from,
    workload: plan.workload,
    mode: plan.mode,
    runbook: plan.runbook,
    byHand: plan.byHand ?? null,
    steps,
    dag: {
      edges: plan.steps.flatMap((step) => step.needs.map((need) => [need as string, step.id as string] as const)),
      waves: wavesOf(plan.steps).map((wave) => wave.map(({ id }) => id)),
    },
    criticalPath: ahead.criticalPath,
    predicted: {
      rtoMs: ahead.rtoMs,
      wholeMs: ahead.wholeMs,
      lossMs: lossMs === undefined ? 0 : lossMs,
      lossBecause: subject.lossBecause,
      targetRtoMs: rtoOf(tier, treated) ?? null,
      targetLoss: ownLossOf(tier, treated) ?? null,
      targetRpoMs: isPending(tier, 'rpo') ? null : tier.rpoMs,
      backTest: earlier.length === 0 ? null : backTest(earlier, ahead.rtoMs.p95),
    },
    approvals: asking(plan, tier, losesTooMuch),
    findings: subject.findings,
    evaluated: subject.evaluated,
    assumes: subject.assumes,
    plan,
    about: workload,
    tier,
  };
}

type Around = { readonly ahead: Forecast; readonly catalogue: Catalogue; readonly estimate: Estimate; readonly isCritical: boolean };
function stepOf(step: PlannedStep, { ahead, catalogue, estimate, isCritical }: Around): ReportedStep {
  const facts = catalogue.actions.get(step.uses);
  const { ungraceful } = step;
  return {
    id: step.id,
    uses: step.uses,
    does: step.sentence,
    proof: facts?.proof?.(step.with) ?? `${step.uses} observes that its goal holds`,
    needs: facts?.needs(step.with) ?? [],
    after: step.needs,
    ...(step.when === undefined ? {} : { when: step.when }),
    startsAtMs: ahead.startsAtMs[step.id] ?? 0,
    estimate,
    timeoutMs: step.timeoutMs,
    retries: step.retries,
    effect: step.effect,
    mayLoseData: step.mayLoseData,
    isCritical,
    ungraceful:
      ungraceful === undefined
        ? { kind: 'same', does: step.sentence, mayLoseData: step.mayLoseData }
        : ungraceful.kind === 'skip'
          ? { kind: 'skip', does: '', mayLoseData: false }
          : { kind: 'replace', does: ungraceful.sentence, mayLoseData: ungraceful.mayLoseData },
  };
}

/** Who must say yes: when Resus decides, when a person asks, and at each step that waits for people. */
function asking(plan: Plan, tier: Tier, losesTooMuch: boolean): readonly Approval[] {
  const { people: count, expireMs: withinMs } = tier.approvals;
  const alone = automationOf(plan, tier);
  const wantsProof = !tier.fencing.accepts.includes('provider-asserted');
  const why = [
    ...(alone === 'automatic' ? [] : [`tier ${tier.id} says ${alone}`]),
    ...(wantsProof ? [`tier ${tier.id} wants a proof of fencing, and the provider only asserts`] : []),
    ...(saidPending(tier) === undefined ? [] : [`nobody has decided its ${saidPending(tier) ?? ''} yet`]),
    ...(losesTooMuch ? ['the predicted loss exceeds the RPO'] : []),
  ];
  const atLeastOne = Math.max(1, count);
  return [
    ...(plan.mode !== 'failover' || plan.byHand !== undefined || why.length === 0
      ? []
      : [{ occasion: 'resus-decides', people: atLeastOne, withinMs, because: why.join('; ') }]),
    ...(count === 0
      ? []
      : [{ occasion: 'person-asks', people: count, withinMs, because: `tier ${tier.id}; nobody approves what they asked for` }]),
    ...plan.steps
      .filter(({ uses }) => uses === 'approve')
      .map((step) => ({ occasion: `step ${step.id}`, people: peopleOf(step), withinMs: step.timeoutMs, because: step.sentence })),
  ];
}
function peopleOf({ with: input }: PlannedStep): number {
  const asked = typeof input === 'object' && input !== null && 'people' in input ? input['people'] : 1;
  return typeof asked === 'number' ? asked : 1;
}
