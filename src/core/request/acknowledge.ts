// A person has looked at an incident: neither the run that treated it nor the cooldown after that keeps another run from opening. What
// the other guards say still holds.
import { refusal } from '../errors.ts';
import { later } from '../values.ts';
import type { Ask } from './index.ts';

export const acknowledge: Ask<'acknowledge'> = (view, { incident: id, workload, reason }, actor) => {
  const incident = view.known.incidents.get(id);
  if (incident === undefined)
    return refusal('INCIDENT_UNKNOWN', `There is no incident ${id}.`, 'See `resus why WORKLOAD` for its incidents.');
  if (workload !== undefined && !incident.workloads.has(workload))
    return refusal('NOT_CONCERNED', `${id} does not concern ${workload}.`, 'See `resus why WORKLOAD` for its incidents.');
  const concerned = workload === undefined ? [...incident.workloads] : [workload];
  const isHeld = concerned.some((each) => {
    const closedAt = view.known.workloads.get(each)?.lastRunClosedAt;
    const cooldownMs = view.tierOf(each)?.cooldownMs ?? 0;
    return (
      (incident.closedAt === undefined && incident.treated.has(each)) || (closedAt !== undefined && view.now < later(closedAt, cooldownMs))
    );
  });
  if (!isHeld)
    return refusal(
      'NOTHING_TO_ACKNOWLEDGE',
      `No run has treated ${id}${workload === undefined ? '' : ` for ${workload}`}, and no cooldown is running.`,
      'See what holds the workload: `resus why WORKLOAD`.',
    );
  const only = workload === undefined ? {} : { workload };
  return { ok: true, value: [{ type: 'IncidentAcknowledged', data: { incident: id, ...only, by: actor.id, reason } }] };
};
