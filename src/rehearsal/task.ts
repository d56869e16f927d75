// From what is declared to what is rehearsed: this workload and what it hangs on, the plan that its runbook makes, and a duration for
// everything that takes time, each with where it comes from. Plain data, so that threads can be given it.
import type { ActionFacts, Catalogue } from '../core/catalogue.ts';
import { isWithin } from '../core/detection/targets.ts';
import { refusal, type Refusal } from '../core/errors.ts';
import { declaredAs, saidPending, type Estate, type Replica, type Tier, type Workload } from '../core/estate.ts';
import { patienceMs } from '../core/runbook/approval.ts';
import { compile, type Move } from '../core/runbook/compile.ts';
import type { Plan, PlannedStep } from '../core/runbook/plan.ts';
import { escalateMs } from '../core/runbook/wait.ts';
import type { Json, Result, WorkloadId } from '../core/values.ts';
import { leastSamples, type History } from './history.ts';
import { notesOn } from './notes.ts';
import { scenarioNamed, scenarios, type Loss, type ScenarioName } from './scenarios.ts';
import { always, type Spread } from './spread.ts';

export const assumptionNames = ['dns-ttl', 'replication-lag', 'people'] as const;
export type AssumptionName = (typeof assumptionNames)[number];
export type Given = Readonly<Partial<Record<AssumptionName, Spread>>>;

/** `n`: how many samples of the same floor there are, also when they are too few to be used. */
export type Timing = {
  readonly what: string;
  readonly spread: Spread;
  readonly source: 'declared' | 'history' | 'assumed' | 'given';
  readonly n: number;
  readonly because: string;
};
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
    plan.steps.map((step) => [
      `${step.id} ${step.uses}`,
      timingOf(step, catalogue.actions.get(step.uses), declaredExpect(estate, plan, step), asked.history),
    ]),
  );
  const assumptions = assumptionsOf({ workload, tier, plan, given: asked.given, history: asked.history });
  const { rtoMs, rpoMs } = tier;
  const pending = saidPending(tier);
  if (pending !== undefined)
    return refusal(
      'TARGETS_PENDING',
      `Nobody has decided the ${pending} of ${workload.id} yet (pending-bia), so a rehearsal cannot say whether it is met.`,
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

/** Of one step. `expectMs` is what its runbook says, and then moves both quantiles of the action. */
export function timingOf(
  step: Pick<PlannedStep, 'id' | 'uses' | 'with'>,
  facts: ActionFacts | undefined,
  expectMs: number | undefined,
  history: History | undefined,
): Timing {
  const what = `${step.id} ${step.uses}`;
  const measured = history?.steps.get(step.uses) ?? [];
  const n = measured.length;
  const waits = step.uses === 'wait' ? waitMs(step.with) : undefined;
  if (waits !== undefined) return { what, spread: always(waits), source: 'declared', n: 0, because: 'as long as the step says' };
  if (n >= leastSamples && history !== undefined)
    return {
      what,
      spread: { kind: 'measured', sortedMs: measured },
      source: 'history',
      n,
      because: `${n} runs of ${step.uses} on floor ${history.floor}`,
    };
  const few = n === 0 ? '' : `; only ${n} of ${leastSamples} samples on floor ${history?.floor ?? '?'}`;
  const prior = facts?.priorMs ?? { p50: 0, p95: 0 };
  if (expectMs === undefined || prior.p50 === 0)
    return {
      what,
      spread: { kind: 'quantiles', ...prior, ...(expectMs === undefined ? {} : always(expectMs)) },
      source: 'declared',
      n,
      because: `the prior of ${step.uses}${few}`,
    };
  const p95 = Math.round((expectMs * prior.p95) / prior.p50);
  return {
    what,
    spread: { kind: 'quantiles', p50: expectMs, p95 },
    source: 'declared',
    n,
    because: `\`expect\` of the step, spread as the prior of ${step.uses}${few}`,
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
function waitMs(input: Json): number | undefined {
  const given = typeof input === 'object' && input !== null && 'for' in input ? input['for'] : undefined;
  if (typeof given === 'number') return given;
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(typeof given === 'string' ? given : '') ?? [];
  return count === undefined ? undefined : Number(count) * (unitMs[unit] ?? 1);
}

type Known = {
  readonly workload: Workload;
  readonly tier: Tier;
  readonly plan: Plan;
  readonly given: Given;
  readonly history: History | undefined;
};
function assumptionsOf({ workload, tier, plan, given, history }: Known): Task['assumptions'] {
  const answered = history?.approvalsMs ?? [];
  const own: Readonly<Record<AssumptionName, Timing>> = {
    'dns-ttl': ttlOf(plan),
    'replication-lag': lagOf(workload, plan),
    people:
      answered.length >= leastSamples && history !== undefined
        ? {
            what: 'people',
            spread: { kind: 'measured', sortedMs: answered },
            source: 'history',
            n: answered.length,
            because: `from request to approval in ${answered.length} runs on floor ${history.floor}`,
          }
        : {
            what: 'people',
            spread: { kind: 'quantiles', p50: escalateMs(tier), p95: patienceMs(tier) },
            source: 'assumed',
            n: answered.length,
            because: `each person answers at the first escalation, and in 5 of 100 cases not before approvals expire`,
          },
  };
  return Object.fromEntries(
    Object.entries(own).map(([name, timing]) => {
      const spread = given[name as AssumptionName];
      return [name, spread === undefined ? timing : { ...timing, spread, source: 'given', n: 0, because: 'given with --assume' }];
    }),
  ) as Task['assumptions'];
}

const usualTtlMs = 60_000;
function ttlOf(plan: Plan): Timing {
  const what = 'dns-ttl';
  const written = plan.steps
    .map(({ with: input }) => (typeof input === 'object' && input !== null && 'ttl' in input ? input['ttl'] : undefined))
    .find((ttl) => typeof ttl === 'number');
  if (typeof written === 'number')
    return { what, spread: always(written * 1_000), source: 'declared', n: 0, because: 'the TTL that the plan sets' };
  return { what, spread: always(usualTtlMs), source: 'assumed', n: 0, because: "no declaration says what TTL the users' name has" };
}
/** A standby that is healthy has each heartbeat soon after it was written; how soon nobody declares. */
function lagOf({ replication }: Workload, { from, to }: Plan): Timing {
  const beatMs = replication.find((link) => link.from === from && link.to === to)?.heartbeatMs ?? 1_000;
  return {
    what: 'replication-lag',
    spread: { kind: 'quantiles', p50: beatMs, p95: 4 * beatMs },
    source: 'assumed',
    n: 0,
    because: 'no declaration says how far the standby is behind: one heartbeat interval, in 5 of 100 cases four',
  };
}
