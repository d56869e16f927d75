// The hospitals that a seed draws from: always two or three regions and a campus, and then what makes one different from another: how
// the writer is moved, what moves inside a replica by itself, who depends on whom, and how much a person wants to be asked.
import type { Automation, Estate, FenceKind, GameDay, ProbeUse, Replica, Runbook, Site, Tier, Vantage, Workload } from '../core/estate.ts';
import { later, type Instant, type SiteId, type StepId, type VantageId, type WorkloadId } from '../core/values.ts';
import type { Random } from './random.ts';
import type { Theme } from './themes.ts';

export type Shape = {
  readonly name: string;
  /** How a lost region is treated: one call that fences as well as it can, or a proof first. */
  readonly mover: 'combined' | 'separate';
  /** Two zones in each region, and something inside that moves between them by itself. */
  readonly zoned: boolean;
  readonly innerHaMs: number | undefined;
  readonly workloads: number;
  /** Where the vantages stand; one place may have several. */
  readonly eyes: readonly string[];
  readonly accepts: readonly FenceKind[];
  readonly automation: Tier['automation'];
  readonly people: number;
  readonly intervalMs: number;
  /** Where the data of the west stands in law; workloads may only be in the US. */
  readonly west: string;
  /** All workloads live in the east, and each hard-depends on the one before. */
  readonly ordered: boolean;
  /** All workloads are in one group of the provider, which no two runs may change at once. */
  readonly shared: boolean;
  readonly blastRadius: Tier['blastRadius'];
  /** After the start, a time in which the machine asks before it acts. */
  readonly blackout: { readonly afterMs: number; readonly lastsMs: number } | undefined;
  /** Nobody has decided yet how available the tier has to be. */
  readonly undecided: boolean;
  /** A planned move begins with a number that a person gives it, and ends with what only a person can do. */
  readonly byHand: boolean;
  /** Two workloads hard-depend on each other. */
  readonly ring: boolean;
  /** A game day brings the writer home again. */
  readonly failback: boolean;
  /** Standbys tell how far they are behind, and when data last arrived. */
  readonly reportsLag: boolean;
};

const shapes: Readonly<Record<string, (random: Random) => Partial<Shape>>> = {
  combined: (random) => ({ byHand: random.chance(0.4) }),
  separate: () => ({ mover: 'separate' }),
  zoned: (random) => ({
    zoned: true,
    innerHaMs: random.chance(0.7) ? random.between(5_000, 20_000) : undefined,
    workloads: random.pick([1, 1, 2]),
  }),
  chain: () => ({ workloads: 3 }),
  strict: () => ({ accepts: ['storage-fenced'] }),
  approved: (random) => ({ automation: everywhere('approve'), people: random.between(1, 2) }),
  'five-eyes': () => ({ eyes: ['east', 'west', 'campus', 'north', 'harbour'] }),
  abroad: (random) => ({ west: 'CA', mover: random.pick(['combined', 'separate']) }),
  'two-domains': (random) => ({ eyes: random.chance(0.25) ? ['campus', 'north'] : ['campus', 'campus', 'north'] }),
  ordered: (random) => ({ workloads: 3, ordered: true, mover: random.pick(['combined', 'separate']) }),
  limited: () => ({ workloads: 3, blastRadius: { decisions: 1, perMs: 120_000 } }),
  // The one with less time comes first, whatever their names say.
  ring: (random) => ({ workloads: random.between(2, 3), ordered: true, ring: true }),
  shared: () => ({ workloads: 3, shared: true }),
  shadow: () => ({ automation: everywhere('shadow') }),
  blackout: (random) => ({ blackout: { afterMs: random.between(0, 200_000), lastsMs: random.between(60_000, 400_000) } }),
  undecided: () => ({ undecided: true }),
  'half-shadow': () => ({ automation: { replica: 'shadow', zone: 'approve', region: 'automatic' } }),
};

const everywhere = (automation: Automation): Tier['automation'] => ({ replica: automation, zone: automation, region: automation });

/** `theme`: the hospitals to draw from, and whether two are put together, of which the second decides where they differ. */
export function drawShape(random: Random, { shapes: names = Object.keys(shapes), mixed }: Pick<Theme, 'shapes' | 'mixed'> = {}): Shape {
  const drawnNames = [random.pick(names), ...(mixed === true ? [random.pick(Object.keys(shapes))] : [])];
  const drawn = drawnNames.map((name) => shapes[name]?.(random) ?? {});
  return {
    name: drawnNames.join(' and '),
    mover: 'combined',
    zoned: false,
    innerHaMs: undefined,
    workloads: 1,
    eyes: ['east', 'west', 'campus'],
    accepts: ['storage-fenced', 'provider-asserted'],
    automation: everywhere('automatic'),
    people: 1,
    intervalMs: random.pick([4_000, 5_000, 6_000]),
    west: 'US',
    ordered: false,
    shared: false,
    blastRadius: undefined,
    blackout: undefined,
    undecided: false,
    byHand: false,
    ring: false,
    failback: drawnNames.includes('separate') || drawnNames.includes('chain'),
    reportsLag: false,
    ...Object.assign({}, ...drawn),
  };
}

const at = (id: string): SiteId => id as SiteId;
const probe = (id: string, uses: string, site: string): ProbeUse => ({ id, uses, with: {}, site: at(site) });

/** Two references each, outside its own domain, so that the loss of one region does not silence everybody. */
const referencesOf: Readonly<Record<string, readonly string[]>> = {
  east: ['north', 'campus'],
  west: ['north', 'campus'],
  campus: ['north', 'west'],
  north: ['west', 'campus'],
  harbour: ['north', 'west'],
};
const vantagesAt = (place: string, eyes: readonly string[]): readonly Vantage[] =>
  eyes
    .filter((each) => each === place)
    .map((_, i) => ({
      id: (i === 0 ? `v-${place}` : `v-${place}-${i + 1}`) as VantageId,
      site: at(place),
      references: (referencesOf[place] ?? []).map((site) => probe(site, 'sim.reference', site)),
    }));

function sitesOf(shape: Shape): Estate['sites'] {
  const region = (id: string): Site => ({
    id: at(id),
    parent: at('cloud'),
    level: 'region',
    kind: 'aws',
    residency: id === 'west' ? shape.west : 'US',
    vantages: vantagesAt(id, shape.eyes),
  });
  const zone = (id: string, parent: string): Site => ({
    id: at(id),
    parent: at(parent),
    level: 'zone',
    kind: 'aws',
    residency: 'US',
    vantages: [],
  });
  const campus = (id: string): Site => ({
    id: at(id),
    level: 'campus',
    kind: 'onprem',
    residency: 'US',
    vantages: vantagesAt(id, shape.eyes),
  });
  const zones = shape.zoned
    ? ['east', 'west'].flatMap((id) => ['a', 'b'].map((letter): [string, Site] => [`${id}-${letter}`, zone(`${id}-${letter}`, id)]))
    : [];
  return {
    cloud: { id: at('cloud'), level: 'cloud', kind: 'aws', residency: 'US', vantages: [] },
    east: region('east'),
    west: region('west'),
    north: region('north'),
    ...Object.fromEntries(zones),
    campus: campus('campus'),
    harbour: campus('harbour'),
  };
}

function tierOf(shape: Shape, id: string, rtoMs: number): Tier {
  const { intervalMs, automation, people, accepts, blastRadius } = shape;
  return {
    id,
    rtoMs,
    rpoMs: 15_000,
    availability: '99.99',
    strategy: 'warm-standby',
    least: { regions: 2, zones: shape.zoned ? 2 : 1 },
    detection: { intervalMs, timeoutMs: 2_000, failures: 3, successes: 2 },
    usersPath: {
      intervalMs: Math.max(4_000, Math.round((intervalMs * 2) / 3)),
      timeoutMs: 2_000,
      failures: 3,
      good: 3,
      sustainedMs: 8_000,
    },
    automation,
    approvals: { people, expireMs: 60_000 },
    fencing: { accepts },
    cooldownMs: 45_000,
    ...(blastRadius === undefined ? {} : { blastRadius }),
    ...(shape.undecided ? { pending: ['availability'] } : {}),
    drillEveryMs: 7_776_000_000,
    retentionMs: 189_216_000_000,
  };
}

function replicaOf(shape: Shape, region: string, role: Replica['role']): Replica {
  const zones = shape.zoned ? [`${region}-a`, `${region}-b`] : [];
  const probes = [
    probe('db', 'sim.role', region),
    ...(shape.zoned
      ? zones.flatMap((zone, i) => [probe(`web-${i}`, 'sim.zone', zone), probe(`instance-${i}`, 'sim.zone', zone)])
      : [probe('web', 'sim.process', region)]),
  ];
  return { name: region, site: at(region), role, onIsolation: 'keep', resources: {}, probes };
}

const ids = ['ehr', 'pacs', 'hl7'];
function dependsOn({ ordered, ring }: Shape, index: number): Workload['dependsOn'] {
  if (index === 0) return ring ? [{ workload: 'pacs' as WorkloadId, strength: 'hard' }] : [];
  if (ordered) return [{ workload: (ids[index - 1] ?? '') as WorkloadId, strength: 'hard' }];
  return [{ workload: 'ehr' as WorkloadId, strength: index === 1 ? 'hard' : 'soft' }];
}

function workloadOf(shape: Shape, index: number): Workload {
  const id = ids[index] ?? `w${index}`;
  const home = index === 1 && !shape.ordered ? 'west' : 'east';
  const away = home === 'east' ? 'west' : 'east';
  return {
    id: id as WorkloadId,
    tier: shape.ring && id === 'pacs' ? 'acute' : 'critical',
    controlDomain: 'central',
    owner: 'team',
    onCall: 'on-call',
    clinicalOwner: 'cmio',
    impact: 'Nobody can read or write charts.',
    downtimeProcedure: 'DT-1',
    residency: ['US'],
    dependsOn: dependsOn(shape, index),
    resources: { group: shape.shared ? 'group-1' : `group-${id}` },
    replicas: [replicaOf(shape, home, 'primary'), replicaOf(shape, away, 'standby')],
    replication: [
      {
        from: home,
        to: away,
        lagProbe: 'db',
        heartbeatMs: 1_000,
        ...(shape.reportsLag ? { measuredBy: 'reported' as const, arrivalProbe: 'db' } : {}),
      },
    ],
    ...(shape.blackout === undefined ? {} : { calendar: 'nights' }),
    ...(shape.innerHaMs === undefined ? {} : { localHa: { by: 'the cluster itself', graceMs: 30_000 } }),
    usersPath: {
      url: `http://${id}.hospital.test`,
      nameServers: ['10.0.0.53:53'],
      populations: [
        { name: 'ward', site: at('campus') },
        { name: 'clinic', site: at('harbour') },
      ].slice(0, index === 0 ? 2 : 1),
    },
    runbooks: {
      onDiagnosis: {
        RegionLost: 'region-failover',
        ReplicaDown: 'region-failover',
        ...(shape.zoned ? { ZoneLost: 'zone-failover' } : {}),
      },
      switchover: 'switchover',
      failback: 'switchover',
    },
  };
}

const move = { group: '${{ workload.resources.group }}', workload: '${{ workload.id }}', from: '${{ from.name }}', to: '${{ to.name }}' };
const step = (
  id: string,
  uses: string,
  input: Readonly<Record<string, string>>,
  needs: readonly string[] = [],
): Runbook['steps'][number] => ({
  id: id as StepId,
  uses,
  with: input,
  needs: needs as readonly StepId[],
  timeoutMs: 30_000,
  retries: 2,
});
/** Users are led to whom the promotion made the writer, by its own word. */
const route = (needs: string): Runbook['steps'][number] =>
  step('route', 'sim.route', { ...move, to: '${{ steps.promote.outputs.writer }}', at: 'routing' }, [needs]);

function runbooksOf(shape: Shape): Estate['runbooks'] {
  const runbook = (id: string, modes: Runbook['modes'], steps: Runbook['steps']): [string, Runbook] => [
    id,
    { id, summary: id, modes, steps },
  ];
  const failover =
    shape.mover === 'combined'
      ? [step('promote', 'sim.failover', { ...move, at: '${{ to.site }}' }), route('promote')]
      : [
          step('fence', 'sim.fence', { ...move, at: 'north' }),
          step('promote', 'sim.promote', { ...move, at: '${{ to.site }}' }, ['fence']),
          route('promote'),
        ];
  return Object.fromEntries([
    runbook('region-failover', ['failover'], failover),
    runbook('zone-failover', ['failover'], [step('move', 'sim.move', { ...move, at: '${{ to.site }}', leave: '${{ site }}' })]),
    runbook(
      'switchover',
      ['switchover', 'failback'],
      [
        ...(shape.byHand ? [step('ask', 'human', { person: 'the database team', text: 'Open a change.', answer: 'text' })] : []),
        shape.byHand
          ? step('promote', 'sim.switchover', { ...move, at: '${{ from.site }}', change: '${{ steps.ask.outputs.answer }}' }, ['ask'])
          : step('promote', 'sim.switchover', { ...move, at: '${{ from.site }}' }),
        route('promote'),
        ...(shape.byHand ? [step('tell', 'human', { person: 'the charge nurse', text: 'Tell the wards.' }, ['route'])] : []),
      ],
    ),
  ]);
}

/** A region taken away by the injector, and given back. */
const regionLoss = (workload: Workload, failback: boolean): GameDay => ({
  id: 'region-loss',
  summary: 'Lose the primary region without a word.',
  workload: workload.id,
  floors: ['simulation', 'lab'],
  practises: {
    kind: 'fault',
    diagnosis: 'RegionLost',
    faults: [{ id: 'region', uses: 'sim.lose', with: { site: 'east' }, site: at('east'), leaseMs: 120_000 }],
  },
  steadyState: { forMs: 10_000 },
  gates: ['usersPath.healthy', 'standby.fit', 'incidents.open == 0', 'runs.open == 0'],
  aborts: ['runs.open == 0 && run.outcome == "" && !standby.fit'],
  expect: ['diagnosis == "RegionLost"', 'run.outcome == "succeeded"', 'fault.reverted'],
  failback,
  limits: { biteMs: 40_000, recoverMs: 150_000, revertMs: 30_000 },
});

function calendarsOf({ blackout }: Shape, startAt: Instant): Pick<Estate, 'calendars'> {
  if (blackout === undefined) return {};
  const startsAt = later(startAt, blackout.afterMs);
  const when = { kind: 'dated', startsAt, endsAt: later(startsAt, blackout.lastsMs) } as const;
  return { calendars: { nights: { id: 'nights', zone: 'UTC', windows: [{ name: 'go-live', kind: 'blackout', when }] } } };
}

export function buildEstate(shape: Shape, startAt: Instant): Estate {
  const workloads = Array.from({ length: shape.workloads }, (_, i) => workloadOf(shape, i));
  const gamedays = workloads.slice(0, 1).map((workload): [string, GameDay] => ['region-loss', regionLoss(workload, shape.failback)]);
  return {
    sites: sitesOf(shape),
    tiers: { critical: tierOf(shape, 'critical', 60_000), ...(shape.ring ? { acute: tierOf(shape, 'acute', 40_000) } : {}) },
    workloads: Object.fromEntries(workloads.map((workload) => [workload.id, workload])),
    runbooks: runbooksOf(shape),
    gamedays: Object.fromEntries(gamedays),
    ...calendarsOf(shape, startAt),
  };
}

/** What a change of the files while runs are open may look like: the same hospital under other rules. */
export function changedEstate(estate: Estate, random: Random): Estate {
  const [cooldownMs, failures, expireMs] = [random.pick([30_000, 90_000]), random.pick([3, 4]), random.pick([45_000, 75_000])];
  const changed = (tier: Tier): Tier => ({
    ...tier,
    cooldownMs,
    detection: { ...tier.detection, failures },
    approvals: { ...tier.approvals, expireMs },
  });
  return { ...estate, tiers: Object.fromEntries(Object.entries(estate.tiers).map(([id, tier]) => [id, changed(tier)])) };
}
