// Backups that are lost together with what they are of.
import { ancestry } from '../../core/detection/targets.ts';
import type { Estate, Site } from '../../core/estate.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const backupWithData: Finding = {
  code: 'BACKUP_WITH_DATA',
  severity: 'warning',
  means: 'The backups of a workload stand in the one region or campus in which all of its replicas stand.',
  why: 'Fire, water, a lost region and whoever has the keys to the place take the data and its backups together.',
  fix: 'Keep a copy of them in another region or campus, and declare that one.',
  example: `replicas:
  - { name: archive, site: hospital-north, role: primary }
backup: { every: 24h, at: us-west-2, immutable: true }`,
  *find({ estate }) {
    for (const { id, backup, replicas } of Object.values(estate.workloads)) {
      const place = backup === undefined ? undefined : placeOf(estate, backup.site);
      if (place === undefined || !replicas.every(({ site }) => placeOf(estate, site)?.id === place.id)) continue;
      yield {
        at: { kind: 'Workload', name: id, pointer: '/spec/backup/at' },
        sentence: `the backups stand in the ${place.level} ${quoted(place.id)}, and so does every replica`,
        evidence: replicas.map(({ name, site }) => `${name} in ${site}`),
        remedy: `keep a copy outside of ${quoted(place.id)}`,
      };
    }
  },
};

/** The region or campus that holds it; undefined where the site is not known, or is wider than that. */
const placeOf = (estate: Estate, site: Site['id']): Site | undefined =>
  ancestry(estate, site).find(({ level }) => level === 'region' || level === 'campus');
