// What a run would do if it were asked for now, compiled without opening one. The hash is that of the run that would open as
// long as nothing changes in between.
import { planMove } from '../decision/decide.ts';
import type { Wish } from '../decision/planned-move.ts';
import { evictableFor } from '../decision/products.ts';
import { compile } from '../runbook/compile.ts';
import type { Refusal } from '../errors.ts';
import type { Estate, Tier, UsersPath, Workload } from '../estate.ts';
import type { View } from '../kernel.ts';
import { predictedLossMs } from '../objective/loss.ts';
import { rtoOf, treats } from '../objective/target.ts';
import { asDone, goesBack, type Plan } from '../runbook/plan.ts';
import type { Floor, Hash, Json, Result, WorkloadId } from '../values.ts';

export type Preview = {
  readonly hash: Hash;
  readonly plan: Plan;
  readonly sentences: readonly { readonly step: string; readonly sentence: string }[];
  /** Along the longest path by `needs`, from each step's declared or usual time. */
  readonly expectMs: number;
  /** Only for a failover: an upper bound on acknowledged writes that would be lost, in milliseconds; null when nothing is known. */
  readonly predictedLossMs?: number | null;
  /** Of the loss that it treats; 0 while it is pending. */
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly approvalsNeeded: number;
  /** What the forecast and its reader need to know besides. */
  readonly tier: Tier;
  readonly workload: About;
  readonly history: Durations;
};
/** What a person wants to know of a workload at night. Of its replicas only where they stand: inputs of probes are nobody's business. */
export type About = Pick<
  Workload,
  'id' | 'owner' | 'onCall' | 'clinicalOwner' | 'impact' | 'downtimeProcedure' | 'localHa' | 'replication'
> & {
  readonly replicas: readonly { readonly name: string; readonly site: string }[];
  readonly populations: readonly string[];
  /** Absent from a controller that does not know of it yet. */
  readonly usersPath?: Pick<UsersPath, 'ttlMs' | 'clientCacheMs'>;
  /** Other environments of its product, which may be stopped to free capacity for it. */
  readonly evictable?: readonly string[];
};
/** Of runs of this workload on the controller's floor, ascending milliseconds: what each action took, by its name, and people to approve. */
export type Durations = {
  readonly floor: Floor;
  readonly runs: number;
  readonly steps: Readonly<Record<string, readonly number[]>>;
  readonly approvalsMs: readonly number[];
  /** By runbook: recovery times on the users' path. */
  readonly rtas: Readonly<Record<string, readonly number[]>>;
};

export function preview(view: View, id: WorkloadId, wish: Wish): Result<Preview, Refusal> {
  const move = planMove(view, id, wish);
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
      ...(plan.mode !== 'failover'
        ? {}
        : {
            predictedLossMs: goesBack(plan) ? null : (predictedLossMs(view, move.value.workload, move.value.to, tier) ?? null),
          }),
      rtoMs: rtoOf(tier, treats(plan)) ?? 0,
      rpoMs: tier.rpoMs,
      approvalsNeeded: tier.approvals.people,
      tier,
      workload: aboutOf(move.value.workload, estate),
      history: durationsOf(view, id),
    },
  };
}

export function aboutOf(workload: Workload, estate: Estate): About {
  const evictable = evictableFor(estate, workload);
  const { id, owner, onCall, clinicalOwner, impact, downtimeProcedure, localHa, replication, replicas, usersPath } = workload;
  return {
    id,
    owner,
    onCall,
    clinicalOwner,
    impact,
    downtimeProcedure,
    replication,
    ...(localHa === undefined ? {} : { localHa }),
    replicas: replicas.map(({ name, site }) => ({ name, site })),
    populations: usersPath.populations.map(({ name }) => name),
    usersPath: keptOf(usersPath),
    ...(evictable.length === 0 ? {} : { evictable }),
  };
}

const keptOf = ({ ttlMs, clientCacheMs }: UsersPath): Pick<UsersPath, 'ttlMs' | 'clientCacheMs'> => ({
  ...(ttlMs === undefined ? {} : { ttlMs }),
  ...(clientCacheMs === undefined ? {} : { clientCacheMs }),
});

/** From the first attempt of a step to where it was known to hold. */
function durationsOf({ known, facts }: View, id: WorkloadId): Durations {
  const steps = new Map<string, number[]>();
  const approvalsMs: number[] = [];
  const rtas = new Map<string, number[]>();
  let runs = 0;
  for (const run of known.runs.values()) {
    if (run.workload !== id) continue;
    runs += 1;
    if (run.approvalsNeeded > 0 && run.startedAt !== undefined) approvalsMs.push(run.startedAt - run.openedAt);
    if (run.measurement?.rtaMs !== undefined) rtas.set(run.plan.runbook, [...(rtas.get(run.plan.runbook) ?? []), run.measurement.rtaMs]);
    for (const planned of run.plan.steps) {
      const step = run.steps.get(planned.id);
      if (step?.status !== 'succeeded' || step.startedAt === undefined || step.endedAt === undefined) continue;
      const { uses } = asDone(planned, step);
      const all = steps.get(uses) ?? [];
      all.push(step.endedAt - step.startedAt);
      steps.set(uses, all);
    }
  }
  const ascending = (list: readonly number[]): readonly number[] => list.filter((ms) => ms >= 0).sort((a, b) => a - b);
  return {
    floor: facts.floor,
    runs,
    steps: Object.fromEntries([...steps].map(([uses, list]) => [uses, ascending(list)])),
    approvalsMs: ascending(approvalsMs),
    rtas: Object.fromEntries([...rtas].map(([runbook, list]) => [runbook, ascending(list)])),
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
