// A runbook that people would choose on the worst day, and have never chosen before.
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';
import { daysOf } from '../practice.ts';

export const byHandUnpractised: Finding = {
  code: 'BY_HAND_UNPRACTISED',
  severity: 'warning',
  means:
    'No game day practises a runbook that people may choose by hand, neither on the workload nor on another environment of its product.',
  why: 'A restore that nobody has tried is a hope: backups cannot be read, roles are missing, and nobody knows how long it takes. It is needed on the day on which everything else has failed.',
  fix: 'Declare a game day with `practises: by-hand`. Where the production cannot be touched, declare the same runbook on its rehearsal environment (`product`) and practise it there; or accept this with how it is tried instead.',
  example: `kind: GameDay
metadata: { name: ehr-restore }
spec: { workload: ehr-dr, practises: by-hand, runbook: restore }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads))
      for (const [name, runbook] of Object.entries(workload.runbooks.byHand ?? {})) {
        const pointer = `/spec/runbooks/byHand/${name}`;
        if (daysOf(estate, workload, { what: `byHand.${name}`, runbook, pointer }).length > 0) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer },
          sentence: `no game day practises ${quoted(name)}, which people may choose`,
          evidence: [`runbook ${runbook}`],
          remedy: `declare a GameDay with \`practises: by-hand\` and \`runbook: ${name}\`, on it or on another environment of its product`,
        };
      }
  },
};
