// What the declared estate may ever ask of AWS, each permission with what needs it: every step that may begin, of every plan in every direction, its
// ungraceful variant, the readiness looks of the same actions, and the faults of game days. Nothing that is not declared is in it.
import { examined, type Given } from '../analysis/index.ts';
import { regionOf } from '../core/detection/targets.ts';
import { declaredAs, type Estate, type Workload } from '../core/estate.ts';
import { mayBegin } from '../core/runbook/may-begin.ts';
import type { Json } from '../core/values.ts';
import type { IamStatement } from '../ports.ts';

/** What actions and faults say of their own permissions, by name. Pure; undefined of one that needs none. */
export type Permissions = {
  readonly actions: ReadonlyMap<string, (input: Json) => readonly IamStatement[]>;
  readonly faults: ReadonlyMap<string, (input: Json) => readonly IamStatement[]>;
};
/** `region` is never `*`; `because`: `ehr failover (ehr-region-failover), step promote`. */
export type Need = IamStatement & { readonly because: string };

export function needsOf(given: Given, permissions: Permissions): readonly Need[] {
  const { estate } = given;
  return [
    ...examined(given).moves.flatMap((move) => {
      const { workload, mode, plan, runbook } = move;
      const steps = (plan?.steps ?? []).filter((step) => mayBegin(step, move, given.catalogue.evaluate));
      return steps.flatMap((step) => {
        const because = `${workload.id} ${mode} (${runbook.id}), step ${step.id}`;
        const ungraceful = step.ungraceful?.kind === 'replace' ? step.ungraceful : undefined;
        return [
          ...needs(permissions.actions.get(step.uses)?.(step.with), because, estate, workload),
          ...(ungraceful === undefined
            ? []
            : needs(permissions.actions.get(ungraceful.uses)?.(ungraceful.with), `${because} without grace`, estate, workload)),
        ];
      });
    }),
    ...Object.values(estate.gamedays).flatMap((gameday) => {
      const workload = declaredAs(estate.workloads, gameday.workload);
      if (workload === undefined || gameday.practises.kind !== 'fault') return [];
      return gameday.practises.faults.flatMap((fault) =>
        needs(permissions.faults.get(fault.uses)?.(fault.with), `game day ${gameday.id}, fault ${fault.id}`, estate, workload),
      );
    }),
  ];
}

function needs(statements: readonly IamStatement[] | undefined, because: string, estate: Estate, workload: Workload): readonly Need[] {
  return (statements ?? []).flatMap((statement) =>
    (statement.region === '*' ? regionsOf(estate, workload) : [statement.region]).map((region) => ({
      ...statement,
      region,
      // What an earlier step gives is known only in a run.
      resources: statement.resources.map((each) => each.replaceAll(/\$\{\{.*?\}\}/g, '*')),
      because,
    })),
  );
}

/** AWS regions in which a replica stands. */
function regionsOf(estate: Estate, { replicas }: Workload): readonly string[] {
  const regions = replicas.map(({ site }) => regionOf(estate, site)).filter((region) => region !== undefined);
  return [...new Set(regions)].filter((region) => estate.sites[region]?.kind === 'aws');
}
