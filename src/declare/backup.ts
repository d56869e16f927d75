// The copies that a workload is restored from when everything else is lost or no longer believed.
import Type, { type Static } from 'typebox';
import type { Backup } from '../core/estate.ts';
import type { SiteId } from '../core/values.ts';
import { find, ms, type Declaration, type Resolving } from './kinds/kind.ts';
import { quoted } from './problem.ts';
import { closed, Duration, Refers } from './schema.ts';

/** Of a workload's `spec`. */
export const backup = Type.Object(
  {
    every: Duration({
      least: '1s',
      most: '30d',
      about: 'the longest span between two instants that it can be restored to; where logs are kept too, how often these are',
    }),
    at: Refers('Site', 'where they are kept'),
    immutable: Type.Boolean({ default: false, title: 'whether nobody can delete or change them before their time, whoever that is' }),
  },
  { ...closed, title: 'the backups that it is restored from; what is copied as it is written is no backup' },
);
type Spec = Static<typeof backup>;

export const backupOf = (own: Spec | undefined): Backup | undefined =>
  own === undefined ? undefined : { everyMs: ms(own.every), site: own.at as SiteId, immutable: own.immutable };

/** Backups are data: they stand where data may. */
export function checkBackup(
  of: Declaration<{ readonly backup?: Spec; readonly residency: readonly string[] }>,
  resolving: Resolving,
): void {
  const { backup: own, residency } = of.spec;
  const law = own === undefined ? undefined : find(resolving.estate.sites, own.at)?.residency;
  // An empty one waits for the inventory.
  if (own === undefined || law === undefined || law === '' || residency.length === 0 || residency.includes(law)) return;
  resolving.say(of, {
    pointer: '/spec/backup/at',
    code: 'RESIDENCY',
    message: `${quoted(own.at)} stands in ${quoted(law)}, and ${quoted(of.name)} may stand in ${residency.map(quoted).join(', ')}`,
    remedy: 'keep them elsewhere, or allow it in `residency`',
  });
}
