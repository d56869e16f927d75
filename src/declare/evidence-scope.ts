// Which facts of the journal can be evidence of a control, and what a condition may ask of each. The types of the events hold this table:
// a field that an event does not have, or has of another type, does not compile.
import type { EventData } from '../core/event.ts';
import type { Scope } from './expression.ts';

/** A field's type in CEL; of an object, those of its fields. */
type FieldType<T> = [T] extends [string]
  ? 'string'
  : [T] extends [number]
    ? 'int'
    : [T] extends [boolean]
      ? 'bool'
      : [T] extends [readonly string[]]
        ? 'list<string>'
        : [T] extends [object]
          ? { readonly [K in keyof T]?: FieldType<NonNullable<T[K]>> }
          : never;
type Fields = { readonly [E in keyof EventData]?: FieldType<EventData[E]> };

const measurement = {
  onsetAt: 'int',
  restoredAt: 'int',
  rtaMs: 'int',
  rpaMs: 'int',
  canaries: { acknowledged: 'int', lost: 'int', duplicated: 'int', unknown: 'int' },
} as const;

const fields = {
  EstateDeclared: { estate: 'string', workloads: 'int' },
  IncidentOpened: { diagnosis: 'string', site: 'string', workload: 'string', drill: 'string', workloadCount: 'int' },
  IncidentClosed: { because: 'string' },
  IncidentAcknowledged: { workload: 'string', by: 'string', reason: 'string' },
  ActionWithheld: { workload: 'string', guard: 'string', because: 'string' },
  MaintenanceBegan: { workload: 'string', by: 'string', reason: 'string' },
  RoleChanged: { workload: 'string', primary: 'string', run: 'string' },
  RunOpened: { run: 'string', workload: 'string', mode: 'string', incident: 'string', drill: 'string', approvalsNeeded: 'int' },
  PlanCompiled: { run: 'string', hash: 'string' },
  ApprovalGiven: {
    run: 'string',
    plan: 'string',
    by: 'string',
    comment: 'string',
    maxLossMs: 'int',
    emergency: { role: 'string', reason: 'string' },
  },
  RunEscalated: { run: 'string', wait: 'string', to: 'string', level: 'int' },
  FenceStated: { run: 'string', step: 'string', fence: 'string' },
  StepConfirmed: { run: 'string', step: 'string', by: 'string', comment: 'string', answer: 'string' },
  StepSkipped: { run: 'string', step: 'string', by: 'string', because: 'string' },
  LedgerReceived: { run: 'string', population: 'string', measurement },
  RunMeasured: { run: 'string', provisional: 'bool', measurement },
  RunClosed: { run: 'string', outcome: 'string', fencing: 'string' },
  UsersPathFailed: { workload: 'string', population: 'string' },
  UsersPathRestored: { workload: 'string', population: 'string' },
  ScheduleMissed: { gameday: 'string', because: 'string' },
  DrillOpened: { drill: 'string', gameday: 'string', workload: 'string' },
  FaultBit: { drill: 'string', fault: 'string' },
  FaultReverted: { drill: 'string', fault: 'string' },
  ExpectationChecked: { drill: 'string', expectation: 'string', holds: 'bool' },
  DrillClosed: { drill: 'string', verdict: 'string', runs: 'list<string>' },
} as const satisfies Fields;

export type EvidenceEvent = keyof typeof fields;
export const evidenceEvents = Object.keys(fields) as readonly EvidenceEvent[] as readonly [EvidenceEvent, ...EvidenceEvent[]];

/** What `where` may use over an entry of this type. A field that an entry lacks makes the condition fail for it; ask with `has(data.drill)`. */
export const evidenceScope = (event: EvidenceEvent): Scope => ({
  controlDomain: 'string',
  actor: { kind: 'string', id: 'string' },
  data: fields[event],
});
