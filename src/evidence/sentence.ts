// One entry as one plain sentence for the report's timeline. An event without a row here is named by its type.
import type { EventData, EventType } from '../core/event.ts';
import type { Outcome } from '../core/outcome.ts';
import { saidRunbook } from '../core/runbook/plan.ts';
import type { Entry } from '../journal/entry.ts';

type Sentences = { readonly [T in EventType]?: (data: EventData[T]) => string };

const outcome = (said: Outcome): string =>
  said.kind === 'failed' ? `failed (${said.code}: ${said.message})` : said.kind === 'unknown' ? `unknown (${said.message})` : said.kind;

const sentences: Sentences = {
  IncidentOpened: ({ diagnosis, site, sentence, vantages }) => `${diagnosis} of ${site}: ${sentence} Seen from ${vantages.join(', ')}.`,
  IncidentClosed: ({ incident, because }) => `Incident ${incident} closed: ${because}`,
  RoleChanged: ({ workload, primary, because }) => `The primary of ${workload} is now ${primary}: ${because}`,
  ActionWithheld: ({ workload, guard, because }) => `Nothing was done for ${workload} (${guard}): ${because}`,
  RunOpened: ({ mode, workload, because, approvalsNeeded, record }) =>
    `Decided: ${mode} of ${workload}. ${because}${recorded(record)} ${approvalsNeeded === 0 ? 'No approval needed.' : `Approvals needed: ${approvalsNeeded}.`}`,
  PlanCompiled: ({ plan, hash }) =>
    `Plan ${hash.slice(0, 12)}: ${saidRunbook(plan)}, from ${plan.from} to ${plan.to}, ${plan.steps.length} steps.`,
  ApprovalGiven: ({ by, plan, comment, maxLossMs, emergency, record }) =>
    `${by} approved the plan ${plan.slice(0, 12)}${emergency === undefined ? '' : ` ALONE, as ${emergency.role}, by the emergency rule (${emergency.reason})${recorded(record)}`}${maxLossMs === undefined ? '' : `, accepting at most ${maxLossMs} ms of loss`}${comment === undefined ? '.' : `: ${comment}`}`,
  RunStarted: () => 'Execution began.',
  LookedAgain: ({ step, holds, sentence }) => `Last look before ${step}: ${holds ? 'it still holds' : 'it no longer holds'}. ${sentence}`,
  FenceStated: ({ step, fence, sentence }) => `Fence at ${step}: ${fence}. ${sentence}`,
  StepStarted: ({ step, attempt, uses }) => `Step ${step} sent (${uses}${attempt > 1 ? `, attempt ${attempt}` : ''}).`,
  StepAnswered: ({ step, outcome: said }) => `Step ${step}: ${outcome(said)}.`,
  StepObserved: ({ step, observed }) => `Step ${step} read back: ${observed.kind}.`,
  StepSkipped: ({ step, because, by, record }) =>
    `Step ${step} skipped${by === undefined ? '' : ` by ${by}`}: ${because}${recorded(record)}`,
  StepRetried: ({ step, by, reason, look }) =>
    `${by} had step ${step} tried again${look ? ', after a look at what the earlier attempt did' : ''}: ${reason}`,
  StepConfirmed: ({ step, by, comment, answer }) =>
    `${by} confirmed that step ${step} is done${answer === undefined ? '' : `, and said ${answer}`}${comment === undefined ? '' : `: ${comment}`}`,
  RunPaused: ({ by, reason, from }) => `${by} paused the run, ${from}: ${reason}`,
  RunResumed: ({ by, reason }) => `${by} resumed the run${reason === undefined ? '.' : `: ${reason}`}`,
  RunCancelling: ({ by, reason, from, record }) => `${by} cancelled the run, ${from}: ${reason}${recorded(record)}`,
  RunEscalated: ({ to, because }) => `Called ${to}: the run ${because}`,
  UngracefulChosen: ({ steps, by, reason, record }) => `${by} gave up on grace for ${steps.join(', ')}: ${reason}${recorded(record)}`,
  ApprovalAsked: ({ people, because }) => `Asked again for ${people} approval${people === 1 ? '' : 's'}: ${because}`,
  SituationChanged: ({ because }) => `The plan no longer fits: ${because}`,
  StepFailed: ({ step, code, because }) => `Step ${step} failed (${code}): ${because}`,
  RunExecuted: ({ outcome: end, because }) => `Execution ${end}: ${because}`,
  LedgerRequested: ({ population }) => `Asked the client of ${population} to read back what was acknowledged.`,
  LedgerReceived: ({ population, measurement: { canaries } }) =>
    `Ledger of ${population}: ${canaries.acknowledged} acknowledged, ${canaries.lost} lost.`,
  RunMeasured: ({ measurement: { rtaMs, rpaMs, coverage }, provisional }) =>
    `Measured: RTA ${rtaMs ?? 'unknown'} ms, RPA ${rpaMs ?? 'unknown'} ms${provisional ? ', provisional' : ''}` +
    (coverage === undefined
      ? '.'
      : `; upper bounds: ${coverage.measuredMs} ms were measured, ${coverage.unknownMs} ms nobody watched and is unknown.`),
  RunClosed: ({ outcome: end, because }) => `Run ${end}: ${because}`,
  DrillOpened: ({ gameday }) => `Game day ${gameday} began.`,
  DrillPhaseEntered: ({ phase }) => `Game day: ${phase}.`,
  GateChecked: ({ gate, holds }) => `Gate ${holds ? 'open' : 'closed'}: ${gate}`,
  FaultIntended: ({ fault, what = fault, expiresAt }) =>
    `About to be injected: ${what}. Its lease ends at ${new Date(expiresAt).toISOString()}.`,
  FaultAnswered: ({ fault, what = fault, outcome: said }) => `Injection of ${what}: ${outcome(said)}.`,
  FaultBit: ({ fault, what = fault, because }) => `Felt: ${what}. ${because}`,
  FaultReverting: ({ fault, what = fault, attempt }) => `About to be undone: ${what}${attempt > 1 ? ` (attempt ${attempt})` : ''}.`,
  FaultReverted: ({ fault, what = fault, outcome: said }) => `Undoing ${what}: ${outcome(said)}.`,
  FaultChecking: ({ fault, what = fault }) => `Looking whether it is gone: ${what}.`,
  FaultChecked: ({ fault, what = fault, observed }) => `Looked for ${what}: ${observed.kind === 'absent' ? 'gone' : observed.kind}.`,
  DrillStopping: ({ because }) => `Game day stopping: ${because}`,
  ExpectationChecked: ({ expectation, holds }) => `Expected ${expectation}: ${holds ? 'holds' : 'does not hold'}.`,
  DrillClosed: ({ verdict, because }) => `Game day ${verdict}: ${because}`,
};

export function sentenceOf(entry: Entry): string {
  const say = sentences[entry.type] as ((data: Entry['data']) => string) | undefined;
  return say === undefined ? entry.type : say(entry.data);
}
const recorded = (record: string | undefined): string => (record === undefined ? '' : ` (record ${record})`);
