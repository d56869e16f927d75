// The tables of an embedded journal, and how a connection to it is opened. Rows are only ever added: triggers refuse the rest.
import { DatabaseSync } from '@photostructure/sqlite';
import { JournalError } from '../journal/journal-error.ts';

export type Database = InstanceType<typeof DatabaseSync>;

/** `RSUS`, in the header of the file: `file` and SQLite can tell whose it is. */
const applicationId = 0x52535553;
const formatVersion = 1;

const appendOnly = (table: string): string => `
  create trigger ${table}_no_update before update on ${table} begin select raise(abort, '${table}: rows never change'); end;
  create trigger ${table}_no_delete before delete on ${table} begin select raise(abort, '${table}: rows never go'); end;`;
const schema = `
  create table entry (seq integer primary key, line text not null) strict;
  create table blob (hash text primary key not null, bytes blob not null) strict;
  create table checkpoint (id integer primary key, size integer not null, note text not null) strict;
  create table head (one integer primary key check (one = 1), epoch integer not null, size integer not null) strict;
  insert into head values (1, 0, 0);
  ${['entry', 'blob', 'checkpoint'].map(appendOnly).join('')}
  create trigger head_no_return before update on head when new.epoch < old.epoch or new.size < old.size
    begin select raise(abort, 'head: epoch and size never fall'); end;
  create trigger head_no_delete before delete on head begin select raise(abort, 'head: rows never go'); end;
  pragma application_id = ${applicationId};
  pragma user_version = ${formatVersion};`;

/** The one writer. Every commit is on the disk when it returns (WAL, synchronous=FULL). */
export function openForWriting(file: string): Database {
  const db = new DatabaseSync(file, { timeout: 5000, defensive: true });
  db.exec('pragma journal_mode = wal; pragma synchronous = full;');
  if (numberOf(db, 'pragma synchronous') !== 2)
    throw new JournalError('JOURNAL_UNWRITABLE', `SQLite refuses synchronous=FULL for ${file}; report this`);
  const isEmpty = numberOf(db, 'select count(*) from sqlite_schema') === 0;
  if (isEmpty) db.exec(`begin immediate; ${schema} commit;`);
  refuseOthers(db, file);
  return db;
}

/** Sees what is committed; never waits for the writer. */
export function openForReading(file: string): Database {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  refuseOthers(db, file);
  return db;
}

export function numberOf(db: Database, sql: string): number {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  const [value] = (statement.get() as readonly unknown[] | undefined) ?? [];
  return typeof value === 'number' ? value : Number.NaN;
}

function refuseOthers(db: Database, file: string): void {
  if (numberOf(db, 'pragma application_id') !== applicationId) {
    throw new JournalError('JOURNAL_CORRUPT', `${file} is an SQLite file, but no journal of Resus; name another file`);
  }
  const version = numberOf(db, 'pragma user_version');
  if (version !== formatVersion) {
    throw new JournalError(
      'UNKNOWN_VERSION',
      `${file} has journal format ${version}, this release reads ${formatVersion}; use the release that wrote it`,
    );
  }
}
