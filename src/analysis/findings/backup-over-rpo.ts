// Backups that come less often than writes may be lost.
import { declaredAs } from '../../core/estate.ts';
import { restoredBecause } from '../restores.ts';
import { isKnown, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const backupOverRpo: Finding = {
  code: 'BACKUP_OVER_RPO',
  severity: 'error',
  means: 'A workload comes back from backups, which come less often than its RPO allows.',
  why: 'What was written since the newest backup is gone. On average that is half of the interval, at worst all of it, and no runbook brings it back.',
  fix: 'Back up more often, keep logs as well so that each instant can be restored, replicate to the other place, or promise less.',
  example: `kind: Workload
spec:
  backup: { every: 15m, at: us-west-2, immutable: true }   # of a tier with rpo: 1h`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const rpoMs = declaredAs(estate.tiers, workload.tier)?.rpoMs;
      const everyMs = workload.backup?.everyMs;
      const because = restoredBecause(estate, workload);
      if (because === undefined || !isKnown(everyMs) || !isKnown(rpoMs) || everyMs <= rpoMs) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec/backup/every' },
        sentence: `a backup every ${time(everyMs)} loses up to as much, and the RPO is ${time(rpoMs)}`,
        evidence: [because, `tier ${workload.tier}`],
        remedy: `back up at least every ${time(rpoMs)}, or replicate`,
      };
    }
  },
};
