// What a finding may look at: the estate, what actions say of themselves, the texts as written, and every move that the declared
// runbooks could make, compiled once.
import type { Catalogue } from '../core/catalogue.ts';
import { isWithin, regionOf } from '../core/detection/targets.ts';
import {
  declaredAs,
  diagnosisKinds,
  isPending,
  type DiagnosisKind,
  type Estate,
  type Mode,
  type Replica,
  type Runbook,
  type Tier,
  type Workload,
} from '../core/estate.ts';
import { scopeOf } from '../core/decision/scope.ts';
import { plannedMove } from '../core/decision/planned-move.ts';
import { compile } from '../core/runbook/compile.ts';
import type { Plan } from '../core/runbook/plan.ts';
import type { Json, SiteId } from '../core/values.ts';
import type { ControllerFacts } from './controller-facts.ts';
import type { KindName, Place } from './finding.ts';
import type { PastFacts } from './past-facts.ts';
import { textsIn } from './texts.ts';

/** A document as it stands in its file, before the inventory was put in. */
export type Written = { readonly kind: KindName; readonly name: string; readonly value: Json };
export type Given = {
  readonly estate: Estate;
  readonly catalogue: Catalogue;
  /** Actions whose outcome carries a proof of fencing, so that no step before them must fence. */
  readonly proving: ReadonlySet<string>;
  readonly written: readonly Written[];
  /** Whether expressions over the inventory were left as they are, for want of one. */
  readonly isOpen: boolean;
  /** Absent where no configuration was given: then nothing is said of any controller. */
  readonly controller?: ControllerFacts;
  /** Absent where no history was given: then nothing is said of what was or was not done. */
  readonly past?: PastFacts;
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
  /** The name by which people choose it; nothing is diagnosed then. */
  readonly byHand?: string;
  /** Where the workload names the runbook. */
  readonly pointer: string;
  /** Whether it starts from the declared primary. */
  readonly isFirst: boolean;
  /** Whether people are asked before the machine acts; `unknown` where that waits for an inventory. */
  readonly asks: 'yes' | 'no' | 'unknown';
  /** Undefined where an expression waits for an inventory. */
  readonly plan?: Plan;
};
export type Examined = Given & { readonly moves: readonly Move[] };

export function examined(whole: Given): Examined {
  const given = { ...whole, estate: withoutPending(whole.estate) };
  return { ...given, moves: Object.values(given.estate.workloads).flatMap((each) => movesOf(given, each)) };
}

/** Nothing can be said about a target that nobody has decided: it is as unknown as one that waits for an inventory. */
function withoutPending(estate: Estate): Estate {
  if (Object.values(estate.tiers).every(({ pending }) => pending === undefined)) return estate;
  const known = (tier: Tier): Tier => ({
    ...tier,
    rtoMs: isPending(tier, 'rto') ? NaN : tier.rtoMs,
    rpoMs: isPending(tier, 'rpo') ? NaN : tier.rpoMs,
  });
  return { ...estate, tiers: Object.fromEntries(Object.entries(estate.tiers).map(([name, tier]) => [name, known(tier)])) };
}

type Way = Pick<Move, 'mode' | 'diagnosis' | 'from' | 'to' | 'leave' | 'byHand' | 'pointer'> & { readonly runbook: string };

/** Roles change, so every replica is taken for the primary once. */
function movesOf(given: Given, workload: Workload): Move[] {
  const { estate, catalogue } = given;
  const tier = declaredAs(estate.tiers, workload.tier);
  if (tier === undefined) return [];
  return workload.replicas.flatMap((from) =>
    [...unplanned(estate, workload, from), ...planned(workload, from), ...chosen(estate, workload, from)].flatMap((way): Move[] => {
      const runbook = declaredAs(estate.runbooks, way.runbook);
      if (runbook === undefined) return [];
      const plan = compile(estate, catalogue, { ...way, workload });
      return [
        {
          ...way,
          workload,
          tier,
          runbook,
          isFirst: from.role === 'primary',
          asks: asking(given, tier, way.diagnosis),
          ...(plan.ok ? { plan: plan.value } : {}),
        },
      ];
    }),
  );
}

/** In an incident; who asks for a planned move is a person already. */
function asking(given: Given, { id, automation, fencing }: Tier, diagnosis: DiagnosisKind | undefined): Move['asks'] {
  if (diagnosis === undefined) return 'yes';
  const scope = scopeOf[diagnosis];
  if (waits(given, { kind: 'Tier', name: id, pointer: `/spec/automation/${scope}` })) return 'unknown';
  if (automation[scope] !== 'automatic') return 'yes';
  if (waits(given, { kind: 'Tier', name: id, pointer: '/spec/fencing/accepts' })) return 'unknown';
  return fencing.accepts.includes('provider-asserted') ? 'no' : 'yes';
}

/** `Kind name` of what declares it: a tier that was put together of several (`a+b`) stands in no file, and each of them speaks for it. */
export const declaredBy = ({ kind, name }: Pick<Place, 'kind' | 'name'>): readonly string[] =>
  (kind === 'Tier' ? name.split('+') : [name]).map((each) => `${kind} ${each}`);

/** Whether what stands there waits for an inventory, so that nothing can be said about it. */
export function waits({ isOpen, written }: Pick<Given, 'isOpen' | 'written'>, { kind, name, pointer }: Place): boolean {
  return isOpen && declaredBy({ kind, name }).some((each) => (expressionsIn(written).get(each) ?? []).some((at) => isAtOrIn(at, pointer)));
}
// Asked for each move of each workload, so it is gathered once.
const gathered = new WeakMap<readonly Written[], ReadonlyMap<string, readonly string[]>>();
/** Pointers of the texts that hold expressions, by declaration. */
function expressionsIn(written: readonly Written[]): ReadonlyMap<string, readonly string[]> {
  const known =
    gathered.get(written) ??
    new Map(
      written.map(({ kind, name, value }) => [
        `${kind} ${name}`,
        textsIn(value).flatMap(({ text, pointer }) => (text.includes('${{') ? [pointer] : [])),
      ]),
    );
  gathered.set(written, known);
  return known;
}
const isAtOrIn = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

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

/** What people may choose, in each mode that it serves, as `resus run` has it without `--to`. */
function chosen(estate: Estate, workload: Workload, from: Replica): Way[] {
  return Object.entries(workload.runbooks.byHand ?? {}).flatMap(([byHand, runbook]) =>
    (declaredAs(estate.runbooks, runbook)?.modes ?? []).flatMap((mode): Way[] => {
      const move = plannedMove(estate, { workload, from, wish: { mode, byHand } });
      return move.ok ? [{ ...move.value, pointer: `/spec/runbooks/byHand/${byHand}` }] : [];
    }),
  );
}
