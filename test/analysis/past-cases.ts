// The findings about what was done and measured, over a history of a few entries: what is old, what never was, and what was too slow.
import { pastFacts, type Happened, type Recorded } from '../../src/analysis/index.ts';
import type { DiagnosisKind, Mode } from '../../src/core/estate.ts';
import type { Event, EventOf } from '../../src/core/event.ts';
import type { DrillVerdict } from '../../src/core/gameday/phases.ts';
import type { DrillId, Instant, RunId, WorkloadId } from '../../src/core/values.ts';
import type { Edit } from './base.ts';
import type { Border, Case } from './edits.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 22);
const ago = (days: number, event: Event, floor: Happened['floor'] = 'live'): Happened => ({
  at: (now - days * dayMs) as Instant,
  floor,
  ...event,
});
const ehr = 'ehr' as WorkloadId;
let number = 0;
/** A drill that found this loss, treated it by this runbook, and ended so many days ago. */
function drilled(
  days: number,
  gameday: string,
  diagnosis: DiagnosisKind,
  runbook: string,
  verdict: DrillVerdict = 'passed',
): readonly Happened[] {
  number += 1;
  const drill = `${gameday}-${number}` as DrillId;
  return [
    ago(days, { type: 'DrillOpened', data: { drill, gameday, workload: ehr } }),
    ago(days, { type: 'IncidentOpened', data: { drill, diagnosis } as EventOf<'IncidentOpened'>['data'] }),
    ...ran(days, runbook, 'failover', {}, drill),
    ago(days, { type: 'DrillClosed', data: { drill, verdict, because: '', runs: [] } }),
  ];
}
function ran(
  days: number,
  runbook: string,
  mode: Mode,
  measured: { rtaMs?: number; rpaMs?: number },
  drill?: DrillId,
): readonly Happened[] {
  number += 1;
  const run = `ehr-${number}` as RunId;
  const canaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
  return [
    ago(days, {
      type: 'RunOpened',
      data: { run, workload: ehr, mode, ...(drill === undefined ? {} : { drill }) } as EventOf<'RunOpened'>['data'],
    }),
    ago(days, { type: 'PlanCompiled', data: { run, plan: { runbook } } as EventOf<'PlanCompiled'>['data'] }),
    ago(days, { type: 'RunMeasured', data: { run, provisional: false, measurement: { canaries, ...measured } } }),
  ];
}
const began = (days: number): Happened => ago(days, { type: 'RunStarted', data: { run: 'none' as RunId } });
const knowing = (entries: readonly Happened[], recorded: readonly Recorded[] = []): NonNullable<Case['known']> => ({
  past: pastFacts(entries, { floor: 'live', now: now as Instant, recorded }),
});

const regionDrill = drilled(10, 'region-loss', 'RegionLost', 'away');
const zoneDrill = drilled(10, 'zone-loss', 'ZoneLost', 'across');
const switchover = (days: number): readonly Happened[] => {
  number += 1;
  const drill = `switchover-${number}` as DrillId;
  return [
    ago(days, { type: 'DrillOpened', data: { drill, gameday: 'switchover', workload: ehr } }),
    ...ran(days, 'planned', 'switchover', {}, drill),
    ago(days, { type: 'DrillClosed', data: { drill, verdict: 'passed', because: '', runs: [] } }),
  ];
};
/** Everything was practised lately. */
const practised = [...regionDrill, ...zoneDrill, ...switchover(10)];

/** So many looks at the standby, of which the last ones found it so far behind. */
const looks = (count: number, late: number, behindMs: number): readonly Recorded[] =>
  Array.from({ length: count }, (_, n) => {
    const at = (now - count * 1_000 + n * 1_000) as Instant;
    return { target: 'ehr/west/db', at, measured: { heartbeatAt: at - (n >= count - late ? behindMs : 500), lagMs: 0 } };
  });

export const pastCases: readonly Case[] = [
  {
    code: 'DRILL_OVERDUE',
    edits: [],
    known: knowing([...drilled(91, 'zone-loss', 'ZoneLost', 'across'), ...regionDrill, ...switchover(10)]),
    says: 'DRILL_OVERDUE Workload ehr /spec/runbooks/onDiagnosis/ZoneLost: `across` was last practised with `ehr` 91d ago, and tier gold wants that every 90d',
    unless: [],
    unlessKnown: knowing([...drilled(90, 'zone-loss', 'ZoneLost', 'across'), ...regionDrill, ...switchover(10)]),
  },
  {
    code: 'DRILL_NEVER_RUN',
    edits: [],
    // The same runbook was practised, for a dead replica.
    known: knowing([...drilled(10, 'replica-loss', 'ReplicaDown', 'away'), ...zoneDrill, ...switchover(10)]),
    says: 'DRILL_NEVER_RUN Workload ehr /spec/runbooks/onDiagnosis/RegionLost: no drill of RegionLost of `ehr` has ever passed, and tier gold demands 2 regions',
    unless: [],
    unlessKnown: knowing(practised),
  },
  {
    code: 'TARGET_MISSED',
    edits: [],
    known: knowing(ran(3, 'away', 'failover', { rtaMs: 901_000, rpaMs: 10_000 })),
    says: 'TARGET_MISSED Workload ehr /spec/runbooks/onDiagnosis/ReplicaDown: the last failover by `away` took 15m1s, and the RTO is 15m',
    unless: [],
    unlessKnown: knowing([
      ...ran(3, 'away', 'failover', { rtaMs: 901_000, rpaMs: 10_001 }),
      ...ran(2, 'away', 'failover', { rtaMs: 900_000, rpaMs: 10_000 }),
    ]),
  },
  {
    code: 'LAG_OVER_RPO',
    edits: [],
    known: knowing([], looks(100, 6, 12_000)),
    says: 'LAG_OVER_RPO Workload ehr /spec/replication/0: `west` was 12s behind `east` or more in one of twenty looks, and the RPO is 10s',
    unless: [],
    unlessKnown: knowing([], looks(100, 5, 12_000)),
  },
];

const accepted: Edit = [
  'ehr',
  '  name: ehr',
  "  name: ehr\n  labels: { accept/drill-overdue: 'The directory is moved first. CMIO, 2026-11-02' }",
];
const reported: Edit = [
  'ehr',
  'from: east, to: west, lagProbe: db, heartbeat: 1s',
  'from: east, to: west, lagProbe: db, heartbeat: 1s, measuredBy: reported, arrivalProbe: web-a',
];

export const pastBorders: readonly Border[] = [
  { what: 'a history in which all is well', code: 'DRILL_OVERDUE', edits: [], known: knowing(practised), found: 0 },
  {
    what: 'a switchover that was last practised too long ago',
    code: 'DRILL_OVERDUE',
    edits: [],
    known: knowing([...switchover(100), ...regionDrill, ...zoneDrill]),
    found: 1,
  },
  {
    what: 'a switchover that nobody practised in a long history',
    code: 'DRILL_OVERDUE',
    edits: [],
    known: knowing([began(91), ...regionDrill, ...zoneDrill]),
    found: 1,
  },
  {
    what: 'a switchover that nobody practised in a short history',
    code: 'DRILL_OVERDUE',
    edits: [],
    known: knowing([began(90), ...regionDrill, ...zoneDrill]),
    found: 0,
  },
  {
    what: 'a drill that failed lately, after one that passed long ago',
    code: 'DRILL_OVERDUE',
    edits: [],
    known: knowing([
      ...drilled(100, 'zone-loss', 'ZoneLost', 'across'),
      ...drilled(2, 'zone-loss', 'ZoneLost', 'across', 'failed'),
      ...regionDrill,
      ...switchover(10),
    ]),
    found: 1,
  },
  {
    what: 'a drill on another floor',
    code: 'DRILL_NEVER_RUN',
    edits: [],
    known: knowing([began(1), ...practised.map((each): Happened => ({ ...each, floor: 'lab' }))]),
    found: 2,
  },
  {
    what: 'a drill that was aborted',
    code: 'DRILL_NEVER_RUN',
    edits: [],
    known: knowing([...drilled(10, 'zone-loss', 'ZoneLost', 'across', 'aborted'), ...regionDrill]),
    found: 1,
  },
  { what: 'recordings alone', code: 'DRILL_NEVER_RUN', edits: [], known: knowing([], looks(100, 0, 0)), found: 0 },
  { what: 'no history', code: 'DRILL_NEVER_RUN', edits: [], found: 0 },
  {
    what: 'a loss over the RPO',
    code: 'TARGET_MISSED',
    edits: [],
    known: knowing(ran(3, 'across', 'failover', { rtaMs: 1, rpaMs: 10_001 })),
    found: 1,
  },
  {
    what: 'a planned move that took long',
    code: 'TARGET_MISSED',
    edits: [],
    known: knowing(ran(3, 'planned', 'switchover', { rtaMs: 9_000_000 })),
    found: 0,
  },
  { what: 'seven looks', code: 'LAG_OVER_RPO', edits: [], known: knowing([], looks(7, 7, 60_000)), found: 0 },
  {
    what: 'what a replica reports of itself',
    code: 'LAG_OVER_RPO',
    edits: [reported],
    known: knowing([], looks(100, 50, 60_000)),
    found: 0,
  },
  { what: 'an overdue drill that is accepted, without a history', code: 'ACCEPTANCE_UNUSED', edits: [accepted], found: 0 },
  {
    what: 'an overdue drill that is accepted, and not overdue',
    code: 'ACCEPTANCE_UNUSED',
    edits: [accepted],
    known: knowing(practised),
    found: 1,
  },
  {
    what: 'a step that took an hour each time that it was measured',
    code: 'RTO_UNREACHABLE',
    edits: [],
    known: {
      past: {
        ...pastFacts([], { floor: 'live', now: now as Instant }),
        measuredOf: (workload) =>
          workload === 'ehr'
            ? {
                floor: 'live',
                steps: new Map([['aws.rds.failover-db-cluster', Array.from({ length: 10 }, () => 3_600_000)]]),
                approvalsMs: [],
              }
            : undefined,
      },
    },
    found: 1,
  },
];
