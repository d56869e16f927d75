// What can be rehearsed: what goes wrong in the world, and which of the workload's runbooks answers it. One row a scenario; the command
// line, the errors and the documentation take their list from here.
import { regionOf } from '../core/detection/targets.ts';
import type { DiagnosisKind, Estate, Replica, Workload } from '../core/estate.ts';
import type { SiteId } from '../core/values.ts';

export type ScenarioName = 'region-lost' | 'zone-lost' | 'replica-down' | 'switchover';
/** What is gone, or nothing: then a person asks for a planned move. */
export type Loss =
  | { readonly kind: 'site'; readonly site: SiteId; readonly diagnosis: DiagnosisKind }
  | { readonly kind: 'replica'; readonly replica: string; readonly diagnosis: DiagnosisKind }
  | { readonly kind: 'none' };
export type Scenario = {
  readonly name: ScenarioName;
  readonly summary: string;
  /** Undefined where the workload has nothing that could be lost this way. */
  loss(estate: Estate, workload: Workload, primary: Replica): Loss | undefined;
  /** What the workload would have to declare, when `loss` is undefined. */
  readonly wants: string;
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'region-lost',
    summary: 'the region or campus around the primary is silent, at once and for good',
    loss: (estate, _, { site }) => {
      const region = regionOf(estate, site);
      return region === undefined ? undefined : { kind: 'site', site: region, diagnosis: 'RegionLost' };
    },
    wants: 'a site of the primary that is declared',
  },
  {
    name: 'zone-lost',
    summary: 'the zone in which the writer runs is silent, at once and for good',
    loss: (estate, workload, primary) => {
      const zone = zonesOf(estate, primary)[0];
      return zone === undefined || !isProbed(workload, zone) ? undefined : { kind: 'site', site: zone, diagnosis: 'ZoneLost' };
    },
    wants: 'zones below the site of the primary, with probes in them',
  },
  {
    name: 'replica-down',
    summary: 'the database of the primary dies; what runs beside it goes on',
    loss: (_, __, { name }) => ({ kind: 'replica', replica: name, diagnosis: 'ReplicaDown' }),
    wants: 'a primary',
  },
  {
    name: 'switchover',
    summary: 'nothing is lost: a person asks for a planned move',
    loss: () => ({ kind: 'none' }),
    wants: 'a primary',
  },
];

export const scenarioNamed = (name: string): Scenario | undefined => scenarios.find((scenario) => scenario.name === name);

/** As the simulated world has them: the zones right below the replica's site, or that site itself. The writer is in the first. */
function zonesOf(estate: Estate, { site }: Replica): readonly SiteId[] {
  if (estate.sites[site]?.level === 'zone') return [site];
  return Object.values(estate.sites).flatMap(({ id, parent, level }) => (parent === site && level === 'zone' ? [id] : []));
}
const isProbed = ({ replicas }: Workload, zone: SiteId): boolean => replicas.some(({ probes }) => probes.some(({ site }) => site === zone));
