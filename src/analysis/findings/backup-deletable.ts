// Backups that whoever breaks in can delete first.
import { waits } from '../examined.ts';
import { quoted } from '../said.ts';
import type { Finding, Place } from '../finding.ts';

export const backupDeletable: Finding = {
  code: 'BACKUP_DELETABLE',
  severity: 'warning',
  means: 'The backups of a workload can be deleted or changed before their time.',
  why: 'Who encrypts a hospital looks for its backups first. A copy that an administrator can delete is one that a stolen administrator deletes, and then there is no clean point to go back to.',
  fix: 'Lock them (object lock, a vault lock in compliance mode, tapes that are not in the drive) and write `immutable: true`; or accept it with how such a loss is recovered from.',
  example: `backup: { every: 24h, at: us-west-2, immutable: true }   # a vault lock in an account of its own`,
  *find(at) {
    for (const { id, backup } of Object.values(at.estate.workloads)) {
      const place: Place = { kind: 'Workload', name: id, pointer: '/spec/backup/immutable' };
      if (backup === undefined || backup.immutable !== false || waits(at, place)) continue;
      yield {
        at: place,
        sentence: `nothing keeps anybody from deleting the backups of ${quoted(id)}`,
        evidence: [`kept in ${backup.site}`, 'immutable: false'],
        remedy: 'lock them and write `immutable: true`',
      };
    }
  },
};
