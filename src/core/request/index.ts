// What people may ask for, one request a file: each answers with the facts that it makes true, or with a refusal that says why
// not. A refusal changes nothing, and asking twice is refused or harmless.
import { refusal, type Refusal } from '../errors.ts';
import type { Event } from '../event.ts';
import type { Request } from '../input.ts';
import type { View } from '../kernel.ts';
import type { Actor, Result } from '../values.ts';
import { saidStopped } from '../decision/hold.ts';
import { acknowledge } from './acknowledge.ts';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import { confirm } from './confirm.ts';
import { drill } from './drill.ts';
import { endMaintenance, maintain } from './maintain.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { skip } from './skip.ts';
import { release, stop } from './stop.ts';
import { ungraceful } from './ungraceful.ts';

export type Answered = Result<readonly Event[], Refusal>;
export type Ask<K extends Request['kind']> = (view: View, request: Extract<Request, { readonly kind: K }>, actor: Actor) => Answered;

const requests: { readonly [K in Request['kind']]: Ask<K> } = {
  run,
  approve,
  confirm,
  pause,
  resume,
  skip,
  retry,
  ungraceful,
  cancel,
  drill,
  stop,
  release,
  maintain,
  'end-maintenance': endMaintenance,
  acknowledge,
};
/** These start work, which must all be written down. */
const starts: ReadonlySet<Request['kind']> = new Set(['run', 'drill']);

export function requested(view: View, request: Request, actor: Actor): Answered {
  if (view.seen.isJournalSpent && starts.has(request.kind))
    return refusal(
      'JOURNAL_FULL',
      'The disk of the journal is full: what runs is finished, nothing is started.',
      'Free space on it; nothing needs to be started again.',
    );
  if (view.known.stopped !== undefined && starts.has(request.kind))
    return refusal(
      'ACTING_STOPPED',
      `Nothing is started: ${saidStopped(view.known.stopped)}.`,
      'Ask who stopped it; `resus release` lets acting go on.',
    );
  return (requests[request.kind] as Ask<Request['kind']>)(view, request as never, actor);
}
