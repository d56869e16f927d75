// Asks a PostgreSQL who it is and how fresh its data is. Freshness is the age of the newest heartbeat row: the server's own lag
// figures say 0 when a stream is frozen or the primary is gone (they compare with what was received, not with what was written).
import { Type } from 'typebox';
import { probeFor, type Sample } from '../../../ports.ts';
import { sentence } from '../../exchange.ts';
import { nameServers } from '../../schema.ts';
import { withClient, type PostgresTools } from '../tools.ts';

// On a primary the timeline is read from the WAL position: right after a promotion the control file still names the old one. A
// standby names the timeline that it receives, or else the one that it last recovered. CASE keeps each function to its role.
const status = `
  select pg_is_in_recovery() as standby,
    case when pg_is_in_recovery()
      then coalesce((select nullif(received_tli, 0) from pg_stat_wal_receiver limit 1),
                    nullif((select min_recovery_end_timeline from pg_control_recovery()), 0),
                    (select timeline_id from pg_control_checkpoint()))
      else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as timeline,
    pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')::text as lsn`;
const statusAndHeartbeat = `${status},
    (select floor(extract(epoch from max(ts)) * 1000)::text from dr_heartbeat) as heartbeat_at,
    (select ceil(extract(epoch from clock_timestamp() - max(ts)) * 1000)::text from dr_heartbeat) as age_ms`;
const beat = `
  insert into dr_heartbeat as h (node, epoch, seq, ts) values ($1, $2, 1, clock_timestamp())
  on conflict (node) do update set epoch = excluded.epoch, seq = h.seq + 1, ts = excluded.ts
  returning floor(extract(epoch from ts) * 1000)::text as heartbeat_at`;
const UNDEFINED_TABLE = '42P01';

type Row = {
  readonly standby: boolean;
  readonly timeline: number;
  readonly lsn: string;
  readonly heartbeat_at?: string;
  readonly age_ms?: string;
};

export const postgres = probeFor<PostgresTools>()({
  name: 'postgres',
  summary:
    'Connects afresh, asks for role, timeline and the newest heartbeat. Measures role, the address where it was found, timeline, lsn, heartbeatAt and, on a standby, lagMs. With `beat` a primary also writes its heartbeat row.',
  with: Type.Object(
    {
      url: Type.String({
        pattern: '^postgres(ql)?://[^:/@?#\\s]+@[^/@?#\\s]+/[^/?#\\s]+(\\?sslmode=(disable|require|verify-full))?$',
        maxLength: 1_024,
        description: 'postgres://user@host:port/database, without a password. `?sslmode=` disable (default), require or verify-full.',
      }),
      passwordEnv: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          description: 'The environment variable that holds the password, where the probe runs.',
        }),
      ),
      caFile: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 1_024,
          description:
            'For verify-full: PEM file, where the probe runs, of the authorities to trust (at RDS the bundle that AWS publishes). Default: those that Node knows.',
        }),
      ),
      nameServers: Type.Optional(nameServers),
      role: Type.Optional(Type.Enum(['primary', 'standby'], { description: 'The role it must have. Without it, any role is good.' })),
      beat: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 63,
          description: 'Node name: while this is a primary, its row in dr_heartbeat is renewed by each sample.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  async sample(input, tools, signal) {
    const target = URL.canParse(input.url) ? new URL(input.url).host : 'the database';
    try {
      return await withClient(input, tools, signal, async (client): Promise<Sample> => {
        const read = async (query: string): Promise<Row | undefined> => (await client.query<Row>(query)).rows[0];
        let row = await read(statusAndHeartbeat).catch((error: unknown) => {
          if (isUndefinedTable(error)) return undefined;
          throw error;
        });
        row ??= await read(status);
        if (row === undefined) return { ok: false, detail: `${target} answered no row` };
        const beaten =
          input.beat === undefined || row.standby
            ? undefined
            : (await client.query<{ heartbeat_at: string }>(beat, [input.beat, row.timeline])).rows[0]?.heartbeat_at;
        return judged(target, `${client.host}:${client.port}`, row, input.role, beaten);
      });
    } catch (error) {
      return { ok: false, detail: `${target}: ${signal.aborted ? 'no answer in time' : sentence(error)}` };
    }
  },
});

function judged(
  target: string,
  address: string,
  row: Row,
  expected: 'primary' | 'standby' | undefined,
  beaten: string | undefined,
): Sample {
  const role = row.standby ? 'standby' : 'primary';
  const heartbeatAt = integer(beaten ?? row.heartbeat_at);
  const age = integer(row.age_ms);
  const lagMs = role === 'standby' && age !== undefined ? Math.max(0, age) : undefined;
  const lsn = integer(row.lsn);
  const measured = {
    role,
    address,
    timeline: row.timeline,
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(heartbeatAt === undefined ? {} : { heartbeatAt }),
    ...(lsn === undefined ? {} : { lsn }),
  };
  const said = `${target} is a ${role} on timeline ${row.timeline}${lagMs === undefined ? '' : `, newest heartbeat ${lagMs} ms old`}`;
  return expected === undefined || expected === role
    ? { ok: true, detail: said, measured }
    : { ok: false, detail: `${said}, expected a ${expected}`, measured };
}

/** Numbers come as text, since their range is wider than a double's; what is not a safe integer is left out. */
function integer(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
const isUndefinedTable = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;
