// What is known of the backups of a database: AWS says whether it keeps automated ones, and how far they reach.
import type { Database } from './databases.ts';
import { known, type Known } from './known.ts';
import { todo } from './todo.ts';

/** RDS keeps the logs of a database with automated backups every five minutes; an Aurora cluster can be restored as far. */
const every = '5m';

/** Those of the writer, beside which AWS keeps them. Automated ones go when people delete the database: they are not `immutable`. */
export function backupOf({ replicas }: Database): { readonly every: string | Known; readonly at: string } {
  const [writer] = replicas;
  const { backupDays, restorableAt } = writer?.cluster ?? writer?.instances[0] ?? {};
  const at = todo('the site where its backups are kept');
  if (backupDays === undefined) return { every: todo('how often there is a point that it can be restored to, e.g. 5m'), at };
  if (backupDays === 0)
    return { every: todo('how often there is a point that it can be restored to; AWS makes no automated backups of it (0 days)'), at };
  const days = `AWS keeps automated backups for ${backupDays} day${backupDays === 1 ? '' : 's'}`;
  return {
    every: known(every, `${days}${restorableAt === undefined ? '' : `; they reached to ${restorableAt}`}`),
    at: writer?.region ?? at,
  };
}
