// What a finding may look at: the estate, what actions say of themselves, the texts as written, and every move that the declared
// runbooks could make, compiled once.
import type { Catalogue } from '../core/catalogue.ts';
import { isWithin, regionOf } from '../core/detection/targets.ts';
import {
  declaredAs,
  diagnosisKinds,
  type DiagnosisKind,
  type Estate,
  type Mode,
  type Replica,
  type Runbook,
  type Tier,
  type Workload,
} from '../core/estate.ts';
import { compile } from '../core/runbook/compile.ts';
import type { Plan } from '../core/runbook/plan.ts';
import type { Json, SiteId } from '../core/values.ts';
import type { KindName } from './finding.ts';

/** A document as it stands in its file, before the inventory was put in. */
export type Written = { readonly kind: KindName; readonly name: string; readonly value: Json };
export type Given = {
  readonly estate: Estate;
  readonly catalogue: Catalogue;
  /** Actions whose outcome carries a proof of fencing, so that no step before them must fence. */
  readonly proving: ReadonlySet<string>;
  readonly written: readonly Written[];
};
/** One way in which a runbook may be used. `leave`: the fault domain that is lost; absent in a planned move. */
export type Move = {
  readonly workload: Workload;
  readonly tier: Tier;
  readonly runbook: Runbook;
  readonly mode: Mode;
  readonly diagnosis?: DiagnosisKind;
  readonly from: Replica;
  readonly to: Replica;
  readonly leave?: SiteId;
  /** Where the workload names the runbook. */
  readonly pointer: string;
  /** Whether it starts from the declared primary. */
  readonly isFirst: boolean;
  /** Undefined where an expression waits for an inventory. */
  readonly plan?: Plan;
};
export type Examined = Given & { readonly moves: readonly Move[] };

export const examined = (given: Given): Examined => ({
  ...given,
  moves: Object.values(given.estate.workloads).flatMap((each) => movesOf(given, each)),
});

type Way = Pick<Move, 'mode' | 'diagnosis' | 'from' | 'to' | 'leave' | 'pointer'> & { readonly runbook: string };

/** Roles change, so every replica is taken for the primary once. */
function movesOf(given: Given, workload: Workload): Move[] {
  const { estate, catalogue } = given;
  const tier = declaredAs(estate.tiers, workload.tier);
  if (tier === undefined) return [];
  return workload.replicas.flatMap((from) =>
    [...unplanned(estate, workload, from), ...planned(workload, from)].flatMap((way): Move[] => {
      const runbook = declaredAs(estate.runbooks, way.runbook);
      if (runbook === undefined) return [];
      const plan = compile(estate, catalogue, { ...way, workload });
      return [{ ...way, workload, tier, runbook, isFirst: from.role === 'primary', ...(plan.ok ? { plan: plan.value } : {}) }];
    }),
  );
}

function unplanned(estate: Estate, workload: Workload, from: Replica): Way[] {
  return diagnosisKinds.flatMap((diagnosis) => {
    const runbook = workload.runbooks.onDiagnosis[diagnosis];
    if (runbook === undefined) return [];
    return lossesOf(estate, from, diagnosis).flatMap((leave): Way[] => {
      const inside = (diagnosis === 'ZoneLost' && leave !== from.site) || (diagnosis === 'ReplicaDown' && workload.replicas.length === 1);
      const to = inside ? from : workload.replicas.find((each) => each !== from && !isWithin(estate, each.site, leave));
      return to === undefined
        ? []
        : [{ mode: 'failover', diagnosis, runbook, from, to, leave, pointer: `/spec/runbooks/onDiagnosis/${diagnosis}` }];
    });
  });
}

/** The sites whose loss each diagnosis is about, for a writer at this replica. */
export function lossesOf(estate: Estate, replica: Replica, diagnosis: DiagnosisKind): readonly SiteId[] {
  if (diagnosis === 'ReplicaDown') return [replica.site];
  if (diagnosis === 'RegionLost') {
    const region = regionOf(estate, replica.site);
    return region === undefined ? [] : [region];
  }
  return zonesOf(estate, replica);
}

/** The zones (or data centres) that a replica runs in, by where it stands and what its probes observe. */
export function zonesOf(estate: Estate, replica: Replica): readonly SiteId[] {
  const sites = [replica.site, ...replica.probes.map((probe) => probe.site)];
  return [...new Set(sites.filter((site) => ['zone', 'data-centre'].includes(declaredAs(estate.sites, site)?.level ?? '')))];
}

function planned(workload: Workload, from: Replica): Way[] {
  const to = workload.replicas.find((each) => each !== from);
  if (to === undefined) return [];
  const { switchover, failback } = workload.runbooks;
  return [
    ...(switchover === undefined
      ? []
      : [{ mode: 'switchover' as const, runbook: switchover, from, to, pointer: '/spec/runbooks/switchover' }]),
    ...(failback === undefined ? [] : [{ mode: 'failback' as const, runbook: failback, from, to, pointer: '/spec/runbooks/failback' }]),
  ];
}
