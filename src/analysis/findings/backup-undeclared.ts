// What is to come back from a backup, of which nobody says anything.
import { quoted } from '../said.ts';
import { restorableBecause, restoredBecause } from '../restores.ts';
import type { Finding } from '../finding.ts';

export const backupUndeclared: Finding = {
  code: 'BACKUP_UNDECLARED',
  severity: 'warning',
  means: 'A workload comes back from a backup, by its tier or by a runbook, and no backup is declared.',
  why: 'Then nobody can say how much is lost, whether the copies outlast the place that is lost, or whether whoever broke in can delete them, and on the night it is found out.',
  fix: 'Declare `backup` with how often, where, and whether it is immutable; or accept this where nothing of it must be kept.',
  example: `kind: Workload
spec:
  backup: { every: 24h, at: us-west-2, immutable: true }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const because = restoredBecause(estate, workload) ?? restorableBecause(estate, workload);
      if (because === undefined || workload.backup !== undefined) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec' },
        sentence: `${quoted(workload.id)} comes back from a backup, and none is declared`,
        evidence: [because],
        remedy: 'declare `backup`, or accept this with why nothing of it must be kept',
      };
    }
  },
};
