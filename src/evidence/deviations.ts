// Where people left the way that was approved, or held it up: who, why, and under which record. A validated system (GxP) is released only
// when each of these is closed, so the evidence of a run lists them and says when there is none.
import type { Account } from './account.ts';
import { instantOf } from './account.ts';
import type { Entry } from '../journal/entry.ts';
import type { EventData, EventType } from '../core/event.ts';
import type { Instant } from '../core/values.ts';

export type Deviation = {
  /** The entry that says it. */
  readonly seq: number;
  readonly at: Instant;
  readonly what: string;
  /** A person; the engine where something outside of Resus was found. */
  readonly by: string;
  readonly because: string;
  /** The reference of its record. Stopping and holding need none: whoever stops must not be held up. */
  readonly record?: string;
};
type Said = Pick<Deviation, 'what' | 'because' | 'record'>;
type Sayings = { readonly [T in EventType]?: (data: EventData[T], account: Account) => Said | undefined };

/** One row a way of deviating. What gives nothing was done by the plan or by the rule. */
const sayings: Sayings = {
  RunOpened: ({ because, record }, { compiled }) => {
    const byHand = compiled?.data.plan.byHand;
    return byHand === undefined ? undefined : { what: `runbook chosen by hand: ${byHand}`, because, ...noted(record) };
  },
  ApprovalGiven: ({ emergency, record }) =>
    emergency === undefined
      ? undefined
      : { what: `approved alone as ${emergency.role}, by the emergency rule`, because: emergency.reason, ...noted(record) },
  StepSkipped: ({ step, by, because, record }) =>
    by === undefined ? undefined : { what: `step ${step} skipped`, because, ...noted(record) },
  UngracefulChosen: ({ steps, reason, record }) => ({ what: `grace given up for ${steps.join(', ')}`, because: reason, ...noted(record) }),
  StepRetried: ({ step, reason }) => ({ what: `step ${step} tried again`, because: reason }),
  RunPaused: ({ reason, from }) => ({ what: `run held, ${from}`, because: reason }),
  RunCancelling: ({ reason, from, record }) => ({ what: `run ended, ${from}`, because: reason, ...noted(record) }),
  IncidentAcknowledged: ({ reason }) => ({ what: 'incident taken as dealt with', because: reason }),
  ActingStopped: ({ reason }) => ({ what: 'everything stopped', because: reason }),
  RoleChanged: ({ primary, because, run }) =>
    run === undefined ? { what: `the writer became ${primary} without this run`, because } : undefined,
};
const noted = (record: string | undefined): { readonly record?: string } => (record === undefined ? {} : { record });

/** In the order of the log. */
export function deviationsOf(account: Account): readonly Deviation[] {
  return [...account.story, ...account.beside]
    .sort((a, b) => a.seq - b.seq)
    .flatMap((entry: Entry): readonly Deviation[] => {
      const say = sayings[entry.type] as ((data: Entry['data'], account: Account) => Said | undefined) | undefined;
      const said = say?.(entry.data, account);
      return said === undefined ? [] : [{ seq: entry.seq, at: instantOf(entry), by: entry.actor.id, ...said }];
    });
}
