// Four eyes are four only if they belong to different people who read the same plan.
import type { Checker } from '../truth.ts';

export const approvals: Checker = {
  name: 'approvals',
  holds:
    'A run that needs people starts after as many distinct people as it needs, none the requester, approved exactly its plan before it expired. (5)',
  begin(violate, history) {
    /** What people really clicked, by run: who read which plan. */
    const clicked = new Map<string, Set<string>>();
    return {
      clicked({ by, request }) {
        if (request.kind !== 'approve' || request.run === undefined) return;
        const set = clicked.get(request.run) ?? new Set();
        clicked.set(request.run, set.add(`${by.id} ${request.plan ?? ''}`));
      },
      durable({ event, entryAt, at }) {
        if (event.type === 'ApprovalGiven') {
          const { run: id, by, plan } = event.data;
          const run = history.runs.get(id);
          if (run === undefined || plan !== run.hash) violate(at, `${by} approved another plan than that of ${id}`);
          else if (run.requestedBy.kind === 'person' && run.requestedBy.id === by)
            violate(at, `${by} approved ${id}, and had asked for it`);
          else if (run.closedAt !== undefined) violate(at, `${by} approved ${id} after it had closed`);
        }
        if (event.type !== 'RunStarted') return;
        const run = history.runs.get(event.data.run);
        if (run === undefined) return;
        const people = new Set(run.approvals.filter(({ plan }) => plan === run.hash).map(({ by }) => by));
        if (run.requestedBy.kind === 'person') people.delete(run.requestedBy.id);
        const needed = Math.max(
          run.approvalsNeeded,
          run.requestedBy.kind === 'person' && run.drill === undefined ? (run.promised?.approvalsNeeded ?? 0) : 0,
        );
        const isEmergency = run.approvals.some(({ emergency }) => emergency !== undefined);
        if (people.size < needed && !isEmergency) violate(at, `${run.id} started with ${people.size} of ${needed} approvals`);
        const expireMs = run.promised?.approvalExpireMs ?? Infinity;
        // It may have been opened by one controller's clock and started by another's.
        if (needed > 0 && entryAt - run.openedEntryAt > expireMs + 2 * history.world.skewMs)
          violate(at, `${run.id} started ${entryAt - run.openedEntryAt} ms after it opened; an approval is good for ${expireMs} ms`);
        for (const person of people)
          if (clicked.get(run.id)?.has(`${person} ${run.hash}`) !== true)
            violate(at, `${run.id} counts ${person}, who never approved its plan`);
      },
    };
  },
};
