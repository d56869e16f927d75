// From what is declared to what is rehearsed: this workload and what it hangs on, the plan that its runbook makes, and a duration for
// everything that takes time, each with where it comes from. Plain data, so that threads can be given it.
import type { Catalogue } from '../core/catalogue.ts';
import { isWithin } from '../core/detection/targets.ts';
import { refusal, type Refusal } from '../core/errors.ts';
import { declaredAs, saidPending, type Estate, type Replica, type Tier, type Workload } from '../core/estate.ts';
import type { Spread } from '../core/objective/spread.ts';
import { rtoOf } from '../core/objective/target.ts';
import { cachesTiming, peopleTiming, stepTiming, ttlTiming, type Timing as Duration } from '../core/objective/timing.ts';
import { compile, type Move } from '../core/runbook/compile.ts';
import type { Plan, PlannedStep } from '../core/runbook/plan.ts';
import type { Json, Result, WorkloadId } from '../core/values.ts';
import type { History } from './history.ts';
import { notesOn } from './notes.ts';
import { scenarioNamed, scenarios, type Loss, type ScenarioName } from './scenarios.ts';

export const assumptionNames = ['dns-ttl', 'client-caches', 'replication-lag', 'people'] as const;
export type AssumptionName = (typeof assumptionNames)[number];
export type Given = Readonly<Partial<Record<AssumptionName, Spread>>>;

/** `what`: a step and what it uses, or the name of an assumption. */
export type Timing = Duration & { readonly what: string };
export type Task = {
  readonly workload: WorkloadId;
  readonly scenario: ScenarioName;
  readonly loss: Loss;
  readonly estate: Estate;
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly runbook: string;
  readonly plan: Plan;
  /** By step and what it uses: `promote aws.rds.failover-global-cluster`. */
  readonly steps: Readonly<Record<string, Timing>>;
  readonly assumptions: Readonly<Record<AssumptionName, Timing>>;
  /** What a step gives to later ones, by what it uses: of the declared types, with no meaning. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** What the world does not know of this workload, a sentence each. */
  readonly notes: readonly string[];
};
export type Asked = {
  readonly workload: string;
  readonly scenario: string;
  readonly history?: History | undefined;
  readonly given: Given;
  readonly outputs: Readonly<Record<string, Json>>;
};

export function taskOf(whole: Estate, asked: Asked, catalogue: Catalogue): Result<Task, Refusal> {
  const scenario = scenarioNamed(asked.scenario);
  if (scenario === undefined)
    return refusal(
      'UNKNOWN_SCENARIO',
      `There is no scenario ${asked.scenario}.`,
      `There are: ${scenarios.map(({ name }) => name).join(', ')}.`,
    );
  const workload = declaredAs(whole.workloads, asked.workload);
  const declared = Object.keys(whole.workloads);
  if (workload === undefined)
    return refusal(
      'WORKLOAD_UNKNOWN',
      `There is no workload ${asked.workload}.`,
      declared.length === 0
        ? 'These files declare none.'
        : `Declared are: ${declared.slice(0, 20).join(', ')}${declared.length > 20 ? ', ...' : ''}.`,
    );
  const tier = whole.tiers[workload.tier];
  const primary = workload.replicas.find(({ role }) => role === 'primary');
  if (tier === undefined || primary === undefined)
    return refusal('NO_PRIMARY', `${workload.id} has no ${tier === undefined ? 'tier' : 'primary'}.`, 'Check it with `resus validate`.');
  const estate = around(whole, workload);
  const loss = scenario.loss(estate, workload, primary);
  if (loss === undefined)
    return refusal(
      'SCENARIO_DOES_NOT_APPLY',
      `${workload.id} cannot be rehearsed for ${scenario.name}.`,
      `It would have to declare ${scenario.wants}.`,
    );
  const move = moveOf(estate, workload, primary, loss);
  if (!move.ok) return move;
  const compiled = compile(estate, catalogue, move.value);
  if (!compiled.ok) return compiled;
  const plan = compiled.value;
  const steps = Object.fromEntries(
    plan.steps.map((step) => {
      const what = `${step.id} ${step.uses}`;
      const { people } = asked.given;
      const timing: Duration =
        step.uses === 'approve' && people !== undefined
          ? { spread: people, source: 'given', n: 0, because: 'given with --assume' }
          : stepTiming(step, catalogue.actions.get(step.uses), declaredExpect(estate, plan, step), asked.history);
      return [what, { what, ...timing }];
    }),
  );
  const assumptions = assumptionsOf({ workload, tier, plan, given: asked.given, history: asked.history });
  const { rpoMs } = tier;
  const rtoMs = rtoOf(tier, loss.kind === 'none' ? undefined : loss.diagnosis);
  const pending = saidPending(tier);
  if (pending !== undefined || rtoMs === undefined)
    return refusal(
      'TARGETS_PENDING',
      `Nobody has decided the ${pending ?? 'RTO'} of ${workload.id} yet (pending-bia), so a rehearsal cannot say whether it is met.`,
      'Decide it in its tier.',
    );
  const notes = notesOn({ whole, estate, workload, tier, loss, plan, steps, catalogue });
  const { outputs } = asked;
  return {
    ok: true,
    value: {
      workload: workload.id,
      scenario: scenario.name,
      loss,
      estate,
      rtoMs,
      rpoMs,
      runbook: plan.runbook,
      plan,
      steps,
      assumptions,
      outputs,
      notes,
    },
  };
}

/** The workload first, and what it hangs on: with their tiers and runbooks, and without game days. */
function around(whole: Estate, workload: Workload): Estate {
  const kept = new Map<string, Workload>([[workload.id, workload]]);
  for (const each of kept.values())
    for (const { workload: id, strength } of each.dependsOn) {
      const other = strength === 'hard' ? whole.workloads[id] : undefined;
      if (other !== undefined) kept.set(id, other);
    }
  return { ...whole, workloads: Object.fromEntries(kept), gamedays: {} };
}

/** As `decide` will choose it, so that what takes time is known beforehand. The engine of each run decides by itself. */
function moveOf(estate: Estate, workload: Workload, from: Replica, loss: Loss): Result<Move, Refusal> {
  const other = (isOutside: (replica: Replica) => boolean): Replica | undefined =>
    workload.replicas.find((replica) => replica !== from && isOutside(replica));
  const noStandby = refusal('NO_STANDBY', `${workload.id} has no replica to move to.`, 'Declare a standby outside of what is lost.');
  if (loss.kind === 'none') {
    const to = other(() => true);
    const runbook = workload.runbooks.switchover;
    if (to === undefined) return noStandby;
    if (runbook === undefined)
      return refusal('NO_RUNBOOK', `${workload.id} names no runbook for switchover.`, 'Add `runbooks.switchover` to the workload.');
    return { ok: true, value: { workload, mode: 'switchover', runbook, from, to } };
  }
  const runbook = workload.runbooks.onDiagnosis[loss.diagnosis];
  if (runbook === undefined)
    return refusal(
      'NO_RUNBOOK',
      `${workload.id} names no runbook for ${loss.diagnosis}.`,
      `Add \`runbooks.onDiagnosis.${loss.diagnosis}\` to the workload.`,
    );
  const leave = loss.kind === 'site' ? loss.site : from.site;
  const isInside =
    (loss.kind === 'site' && loss.diagnosis === 'ZoneLost' && leave !== from.site) ||
    (loss.kind === 'replica' && workload.replicas.length === 1);
  const to = isInside ? from : other(({ site }) => !isWithin(estate, site, leave));
  return to === undefined ? noStandby : { ok: true, value: { workload, mode: 'failover', runbook, from, to, leave } };
}

const declaredExpect = (estate: Estate, plan: Plan, { id }: PlannedStep): number | undefined =>
  estate.runbooks[plan.runbook]?.steps.find((step) => step.id === id)?.expectMs;

type Known = {
  readonly workload: Workload;
  readonly tier: Tier;
  readonly plan: Plan;
  readonly given: Given;
  readonly history: History | undefined;
};
function assumptionsOf({ workload, tier, plan, given, history }: Known): Task['assumptions'] {
  return {
    'dns-ttl': { what: 'dns-ttl', ...ttlTiming(plan, given['dns-ttl'], workload.usersPath) },
    'client-caches': { what: 'client-caches', ...cachesTiming(workload.usersPath, given['client-caches']) },
    'replication-lag': lagOf(workload, plan, given['replication-lag']),
    people: { what: 'people', ...peopleTiming(tier, history, given.people) },
  };
}

/** A standby that is healthy has each heartbeat soon after it was written; how soon nobody declares. */
function lagOf({ replication }: Workload, { from, to }: Plan, given: Spread | undefined): Timing {
  const what = 'replication-lag';
  if (given !== undefined) return { what, spread: given, source: 'given', n: 0, because: 'given with --assume' };
  const beatMs = replication.find((link) => link.from === from && link.to === to)?.heartbeatMs ?? 1_000;
  return {
    what,
    spread: { kind: 'quantiles', p50: beatMs, p95: 4 * beatMs },
    source: 'assumed',
    n: 0,
    because: 'no declaration says how far the standby is behind: one heartbeat interval, in 5 of 100 cases four',
  };
}
