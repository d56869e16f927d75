// The lever for everything, and letting it go. While it is pulled nothing new is started anywhere; what is under way is observed, and a
// run between fence and promotion goes on to the promotion.
import { saidStopped } from '../decision/hold.ts';
import { refusal } from '../errors.ts';
import type { Ask } from './index.ts';

export const stop: Ask<'stop'> = ({ known }, { reason }, actor) =>
  known.stopped === undefined
    ? { ok: true, value: [{ type: 'ActingStopped', data: { by: actor.id, reason } }] }
    : refusal('ALREADY_STOPPED', `${saidStopped(known.stopped)}.`, 'It holds already; `resus release` ends it.');

export const release: Ask<'release'> = ({ known }, { reason }, actor) =>
  known.stopped === undefined
    ? refusal('NOT_STOPPED', 'Nobody has stopped acting.', 'See what holds a workload: `resus why WORKLOAD`.')
    : { ok: true, value: [{ type: 'ActingReleased', data: { by: actor.id, ...(reason === undefined ? {} : { reason }) } }] };
