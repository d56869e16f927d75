// A way that data may have to go, and no link that says how far behind it is.
import { goesBack } from '../../core/runbook/plan.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const replicationUndeclared: Finding = {
  code: 'REPLICATION_UNDECLARED',
  severity: 'warning',
  means: 'A failover leads to a replica to which no replication is declared from the writer.',
  why: 'Without a declared link nobody measures the lag, so the loss cannot be predicted and each failover waits for a person who cannot know it either. Roles change: the way back needs a link too.',
  fix: 'Declare the link, with the probe that measures its lag, in both directions.',
  example: `replication:
  - { from: east, to: west, lagProbe: db, heartbeat: 500ms }
  - { from: west, to: east, lagProbe: db, heartbeat: 500ms }`,
  *find({ moves }) {
    for (const { workload, from, to, mode, byHand, plan } of moves) {
      // What is brought back from elsewhere comes of no copy.
      if (byHand !== undefined && (plan === undefined || goesBack(plan))) continue;
      if (mode !== 'failover' || from === to || workload.replication.some((link) => link.from === from.name && link.to === to.name))
        continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec/replication' },
        sentence: `no replication from ${quoted(from.name)} to ${quoted(to.name)} is declared, where a failover may lead`,
        evidence: [],
        remedy: `add \`{ from: ${from.name}, to: ${to.name}, lagProbe: ... }\``,
      };
    }
  },
};
