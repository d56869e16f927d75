// Maintenance of one workload: until then nothing is done about it without a person, and no game day begins. A run that is open goes on.
import { maintenanceOf } from '../decision/hold.ts';
import { refusal } from '../errors.ts';
import { declaredAs } from '../estate.ts';
import type { Ask } from './index.ts';

/** A workload must not be without its failover for ever because somebody forgot. */
export const longestMs = 7 * 86_400_000;

export const maintain: Ask<'maintain'> = ({ known, now }, { workload, until, reason }, actor) => {
  if (declaredAs(known.estate?.workloads, workload) === undefined)
    return refusal('WORKLOAD_UNKNOWN', `There is no workload ${workload}.`, 'See `resus status` for the declared ones.');
  if (!(until > now))
    return refusal('UNTIL_PAST', `Maintenance of ${workload} until ${iso(until)} would be over already.`, 'Name an instant in the future.');
  if (until - now > longestMs)
    return refusal(
      'UNTIL_TOO_FAR',
      `Maintenance of ${workload} until ${iso(until)} is longer than 7 days; so long it would have no automatic failover.`,
      'Name an earlier end, and extend it when it is needed.',
    );
  return { ok: true, value: [{ type: 'MaintenanceBegan', data: { workload, by: actor.id, reason, until } }] };
};

export const endMaintenance: Ask<'end-maintenance'> = (view, { workload, reason }, actor) => {
  if (declaredAs(view.known.estate?.workloads, workload) === undefined)
    return refusal('WORKLOAD_UNKNOWN', `There is no workload ${workload}.`, 'See `resus status` for the declared ones.');
  if (maintenanceOf(view, workload) === undefined)
    return refusal('NOT_MAINTAINED', `Nobody maintains ${workload} now.`, `See what holds it: \`resus why ${workload}\`.`);
  return { ok: true, value: [{ type: 'MaintenanceEnded', data: { workload, by: actor.id, because: reason ?? 'done' } }] };
};

const iso = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at));
