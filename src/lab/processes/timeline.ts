// The timeline that a PostgreSQL is on, as SQL. Straight after a promotion only the name of the current WAL file tells it;
// the control file follows at the next checkpoint. A standby cannot name a WAL file and asks its receiver.

/** An integer expression, valid on a primary and on a standby. */
export const TIMELINE = `(case when pg_is_in_recovery()
  then coalesce((select received_tli from pg_stat_wal_receiver), (select timeline_id from pg_control_checkpoint()))
  else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end)`;
