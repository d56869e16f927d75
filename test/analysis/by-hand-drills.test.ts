// What people choose by hand is to be practised as often as what a diagnosis chooses, on the workload or on an environment of its product.
import { expect, it } from 'vitest';
import { pastFacts, type Given, type Happened } from '../../src/analysis/index.ts';
import type { EventOf } from '../../src/core/event.ts';
import type { DrillId, Instant, RunId, WorkloadId } from '../../src/core/values.ts';
import { analysed, linesOf, type Edit } from './base.ts';
import { workload } from './edits.ts';

const dayMs = 86_400_000;
const restore = `apiVersion: resus/v1
kind: Runbook
metadata: { name: restored }
spec:
  summary: Brings it back.
  modes: [failover]
  steps:
    - { id: back, uses: human, with: { person: the officer, text: Restore it. }, expect: 1s, timeout: 5m }
---
`;
const day = (on: string, schedule: string): string => `apiVersion: resus/v1
kind: GameDay
metadata: { name: restore-day }
spec:
  summary: Practises it.
  workload: ${on}
${schedule}  floors: [lab, live]
  practises: by-hand
  runbook: restore
  gates: [usersPath.healthy, incidents.open == 0, runs.open == 0]
  expect: [run.outcome == "succeeded"]
---
`;
const cron = (text: string): string => `  schedule: { cron: '${text}', zone: UTC }\n`;
const named: Edit = ['ehr', '  runbooks:\n', '  runbooks:\n    byHand: { restore: restored }\n'];
const product = (environment: string): string => `  product: { name: record, environment: ${environment} }\n`;
const practisedBy = (text: string): Edit => [
  'zoneLoss',
  'apiVersion: resus/v1\nkind: GameDay',
  `${restore}${text}apiVersion: resus/v1\nkind: GameDay`,
];
/** On the record itself. */
const itself = (schedule: string): readonly Edit[] => [named, practisedBy(day('ehr', schedule))];
/** On an environment of the same product, or of another. */
const elsewhere = (schedule: string, of = product('dr')): readonly Edit[] => [
  named,
  ['ehr', '  tier: gold\n', `  tier: gold\n${product('production')}`],
  practisedBy(
    `${workload('rehearsal', 'gold', []).replace('  tier: gold\n', `  tier: gold\n${of}`).replace('runbooks: {', 'runbooks: { byHand: { restore: restored },')}---\n${day('rehearsal', schedule)}`,
  ),
];
const tell = (edits: readonly Edit[], code: string, known?: Partial<Given>): readonly string[] =>
  linesOf(analysed(edits, known)).filter((line) => line.startsWith(`${code} `) && line.includes('restore'));

const yearly: Edit = ['tier', 'drillEvery: 90d', 'drillEvery: 1y'];
it.each<[string, readonly Edit[], readonly string[]]>([
  [
    'too seldom',
    itself(cron('0 3 1 1,7 *')),
    ['DRILL_RARE GameDay restore-day /spec/schedule: it pauses for up to 184d, and tier gold wants runbook `restored` practised every 90d'],
  ],
  [
    'without a schedule',
    itself(''),
    ['DRILL_RARE GameDay restore-day /spec/schedule: no schedule starts it, and tier gold wants runbook `restored` practised every 90d'],
  ],
  ['often enough', itself(cron('0 3 1 */2 *')), []],
  ['every year, and so the tier wants it', [...itself(cron('0 3 1 5 *')), yearly], []],
  [
    'every year, and the tier wants it sooner',
    [...itself(cron('0 3 1 5 *')), ['tier', 'drillEvery: 90d', 'drillEvery: 364d']],
    [
      'DRILL_RARE GameDay restore-day /spec/schedule: it pauses for up to 366d, and tier gold wants runbook `restored` practised every 364d',
    ],
  ],
  [
    'on its rehearsal, too seldom for both',
    elsewhere(cron('0 3 1 1,7 *')),
    [
      'DRILL_RARE GameDay restore-day /spec/schedule: it pauses for up to 184d, and tier gold wants runbook `restored` of `ehr` practised every 90d',
      'DRILL_RARE GameDay restore-day /spec/schedule: it pauses for up to 184d, and tier gold wants runbook `restored` practised every 90d',
    ],
  ],
  ['on its rehearsal, often enough', elsewhere(cron('0 3 1 */2 *')), []],
])('a runbook that people choose is practised %s', (_, edits, lines) => {
  expect(tell(edits, 'DRILL_RARE')).toEqual(lines);
});

/** A drill of this workload that ended so many days ago. */
function drilled(days: number, on: string, verdict: 'passed' | 'failed' = 'passed'): Partial<Given> {
  const [drill, run, id] = ['restore-day-1' as DrillId, 'run-1' as RunId, on as WorkloadId];
  const at = (ago: number) => ({ at: ((400 - ago) * dayMs) as Instant, floor: 'live' as const });
  const entries: readonly Happened[] = [
    { ...at(400), type: 'RunStarted', data: { run: 'none' as RunId } },
    { ...at(days), type: 'DrillOpened', data: { drill, gameday: 'restore-day', workload: id } },
    { ...at(days), type: 'RunOpened', data: { run, workload: id, mode: 'failover', drill } as EventOf<'RunOpened'>['data'] },
    {
      ...at(days),
      type: 'PlanCompiled',
      data: {
        run,
        plan: { mode: 'failover', runbook: 'restored', from: 'east', to: 'east', byHand: 'restore' },
      } as EventOf<'PlanCompiled'>['data'],
    },
    { ...at(days), type: 'DrillClosed', data: { drill, verdict, because: '', runs: [run] } },
  ];
  return { past: pastFacts(entries, { floor: 'live', now: (400 * dayMs) as Instant }) };
}
const schedule = cron('0 3 1 */2 *');
const at = 'DRILL_OVERDUE Workload ehr /spec/runbooks/byHand/restore';
it.each<[string, readonly Edit[], Partial<Given>, readonly string[]]>([
  [
    'too long ago',
    itself(schedule),
    drilled(91, 'ehr'),
    [`${at}: \`restored\` was last practised with \`ehr\` 91d ago, and tier gold wants that every 90d`],
  ],
  ['lately', itself(schedule), drilled(90, 'ehr'), []],
  ['a year ago and a day, and the tier wants it every year', [...itself(schedule), yearly], drilled(366, 'ehr'), []],
  [
    'lately, and it failed',
    itself(schedule),
    drilled(3, 'ehr', 'failed'),
    [`${at}: no drill of \`ehr\` by \`restored\` passed in 400d of history, and tier gold wants one every 90d`],
  ],
  ['lately, on its rehearsal', elsewhere(schedule), drilled(90, 'rehearsal'), []],
  [
    'too long ago, on its rehearsal',
    elsewhere(schedule),
    drilled(91, 'rehearsal'),
    [
      `${at}: \`restored\` was last practised with \`rehearsal\` 91d ago, and tier gold wants that every 90d`,
      'DRILL_OVERDUE Workload rehearsal /spec/runbooks/byHand/restore: `restored` was last practised with `rehearsal` 91d ago, and tier gold wants that every 90d',
    ],
  ],
  // BY_HAND_UNPRACTISED says so of what no game day practises.
  ['never, and by no game day', [named, practisedBy('')], drilled(3, 'rehearsal'), []],
])('a runbook that people choose was practised %s', (_, edits, known, lines) => {
  expect(tell(edits, 'DRILL_OVERDUE', known)).toEqual(lines);
});
