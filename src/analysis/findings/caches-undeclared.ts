// Users are moved to another address, and nobody has said for how long they go on to the old one.
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

const kept = [
  { key: 'ttl', what: 'resolvers', of: 'ttlMs' },
  { key: 'clientCache', what: 'the software of users', of: 'clientCacheMs' },
] as const;

export const cachesUndeclared: Finding = {
  code: 'CACHES_UNDECLARED',
  severity: 'warning',
  means: 'A runbook moves users to another address, and nothing declares how long resolvers or their software keep the old one.',
  why: 'Every forecast of such a move then takes a TTL of 60 s for granted and counts the caches of clients as nothing. A runtime that keeps addresses for ever, or a device that asks once a day, is found out on the night of the loss.',
  fix: 'Declare `usersPath.ttl`, as the records have it on a quiet day, and `usersPath.clientCache`, as it was measured with the software of users; `0s` where that asks again for each connection.',
  example: `usersPath:
  url: https://ehr.example
  ttl: 30s
  clientCache: 30s   # measured: the runtime of the ward clients keeps an address for that long
  populations: [{ name: ward, site: campus }]`,
  *find({ catalogue: { actions }, moves }) {
    for (const { workload, plan, runbook } of moves) {
      const steps = plan?.steps ?? runbook.steps;
      const step = steps.find(({ uses }) => actions.get(uses)?.effect === 'routes');
      const missing = kept.filter(({ of }) => workload.usersPath[of] === undefined);
      if (step === undefined || missing.length === 0) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec/usersPath' },
        sentence: `nothing says how long ${listed(missing.map(({ what }) => what))} keep the old address of ${quoted(workload.id)}`,
        evidence: [`step ${step.id} of ${runbook.id} moves users`],
        remedy: `declare ${listed(missing.map(({ key }) => `\`${key}\``))}`,
      };
    }
  },
};
