// A target that a tier has for one loss alone: each finding that holds something to an RTO holds it to the one of its loss, and only that.
import { expect, it } from 'vitest';
import { pastFacts, type Given, type Happened } from '../../src/analysis/index.ts';
import type { DiagnosisKind } from '../../src/core/estate.ts';
import type { EventOf } from '../../src/core/event.ts';
import type { IncidentId, Instant, RunId, WorkloadId } from '../../src/core/values.ts';
import { analysed, linesOf, type Edit } from './base.ts';
import { identity, needs } from './edits.ts';

const byLoss = (of: string): Edit => ['tier', 'rto: 15m', `rto: 15m\n  byLoss: { ${of} }`];
/** A workload that the record needs, of a tier with these targets. */
const needing = (targets: string): readonly Edit[] => {
  const [file, from, to] = identity('gold');
  return [[file, from, to.replace('rto: 1h', targets)], needs('[{ workload: directory, strength: hard }]')];
};
/** Failovers that were measured, the last one last. */
function ran(...runs: readonly (readonly [diagnosis: DiagnosisKind, rtaMs: number])[]): Partial<Given> {
  const entries = runs.flatMap(([diagnosis, rtaMs], n): readonly Happened[] => {
    const [run, incident, workload] = [`ehr-${n}` as RunId, `i-${n}` as IncidentId, 'ehr' as WorkloadId];
    const canaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
    const at = { at: n as Instant, floor: 'live' as const };
    return [
      { ...at, type: 'IncidentOpened', data: { incident, diagnosis } as EventOf<'IncidentOpened'>['data'] },
      { ...at, type: 'RunOpened', data: { run, workload, mode: 'failover', incident } as EventOf<'RunOpened'>['data'] },
      {
        ...at,
        type: 'PlanCompiled',
        data: { run, plan: { mode: 'failover', runbook: 'away', from: 'east', to: 'west' } } as EventOf<'PlanCompiled'>['data'],
      },
      { ...at, type: 'RunMeasured', data: { run, provisional: false, measurement: { canaries, rtaMs } } },
    ];
  });
  return { past: pastFacts(entries, { floor: 'live', now: 60_000 as Instant }) };
}
const tell = (edits: readonly Edit[], code: string, known?: Partial<Given>): readonly string[] =>
  linesOf(analysed(edits, known)).filter((line) => line.startsWith(`${code} `));

it.each<[string, readonly Edit[], readonly string[]]>([
  [
    'RTO_UNREACHABLE',
    [byLoss('replica: { rto: 4m }')],
    ['Workload ehr /spec/runbooks/onDiagnosis/ReplicaDown: ReplicaDown usually takes 5m17s, and the RTO of a lost replica is 4m'],
  ],
  ['RTO_UNREACHABLE', [byLoss('replica: { rto: 6m }, zone: { rto: 4m }')], []],
  [
    'RTO_TIGHT',
    [byLoss('region: { rto: 11m }')],
    ['Workload ehr /spec/runbooks/onDiagnosis/RegionLost: RegionLost may take 11m27s, and the RTO of a lost region is 11m'],
  ],
  ['RTO_TIGHT', [byLoss('region: { rto: 12m }')], []],
  [
    'APPROVAL_OVER_RTO',
    [byLoss('region: { rto: 5m }')],
    ['Tier gold /spec/approvals/expire: people have 5m to approve, and the RTO of a lost region is 5m'],
  ],
  // Nobody is asked about a lost zone.
  ['APPROVAL_OVER_RTO', [byLoss('zone: { rto: 4m }')], []],
  [
    'STRATEGY_TOO_WEAK',
    [byLoss('region: { rto: 29s }')],
    ['Tier gold /spec/byLoss/region/rto: `warm-standby` cannot keep an RTO of 29s; 30s is about what it can do'],
  ],
  // A lost zone is healed where it is, whatever stands ready elsewhere.
  ['STRATEGY_TOO_WEAK', [byLoss('zone: { rto: 29s }')], []],
  [
    'WEAKER_DEPENDENCY',
    [byLoss('zone: { rto: 10m }'), ...needing('rto: 15m')],
    ['Workload ehr /spec/dependsOn/0/workload: `ehr` has an RTO after a lost zone of 10m and needs `directory`, which has 15m'],
  ],
  ['WEAKER_DEPENDENCY', [byLoss('zone: { rto: 10m }'), ...needing('rto: 15m, byLoss: { zone: { rto: 10m } }')], []],
  // Weaker whatever is lost is said once.
  [
    'WEAKER_DEPENDENCY',
    [byLoss('zone: { rto: 10m }'), ...needing('rto: 1h')],
    ['Workload ehr /spec/dependsOn/0/workload: `ehr` has an RTO of 15m and needs `directory`, which has 1h'],
  ],
  ['RTO_INVERTED', [byLoss('zone: { rto: 5m }')], []],
  // What `byLoss` leaves out has the general target.
  [
    'RTO_INVERTED',
    [byLoss('region: { rto: 5m }')],
    ['replica', 'zone'].map(
      (loss) => `Tier gold /spec/byLoss/region/rto: a lost region is to be over in 5m, and a lost ${loss} only in 15m`,
    ),
  ],
])('%s of %j', (code, edits, says) => {
  expect(tell(edits, code)).toEqual(says.map((each) => `${code} ${each}`));
});

it('what users keep is held to the loss after which they are led away', () => {
  expect(tell([byLoss('region: { rto: 90s }')], 'DNS_TTL_OVER_RTO').join('\n')).toContain('the RTO of a lost region is 1m30s');
  expect(tell([byLoss('zone: { rto: 90s }')], 'DNS_TTL_OVER_RTO')).toEqual([]);
});

it.each<[string, string, Partial<Given>, readonly string[]]>([
  [
    'over the target of its loss',
    'region: { rto: 10m }',
    ran(['RegionLost', 600_001]),
    ['took 10m1ms, and the RTO of a lost region is 10m'],
  ],
  ['over that of another loss', 'region: { rto: 10m }', ran(['ReplicaDown', 600_001]), []],
  ['done better since', 'region: { rto: 10m }', ran(['RegionLost', 600_001], ['RegionLost', 599_999]), []],
  [
    'done better since, after another loss',
    'region: { rto: 10m }',
    ran(['RegionLost', 600_001], ['ReplicaDown', 1]),
    ['took 10m1ms, and the RTO of a lost region is 10m'],
  ],
])('TARGET_MISSED: %s', (_, of, known, says) => {
  const told = tell([byLoss(of)], 'TARGET_MISSED', known);
  expect(told.map((line) => line.replace(/^.*`away` /, ''))).toEqual(says);
});
