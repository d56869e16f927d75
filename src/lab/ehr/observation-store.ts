// Observations in PostgreSQL. Every answer carries the timeline on which it was read or written, in the same statement, so
// that a client can tell before and after a promotion apart.
import pg from 'pg';
import { TIMELINE } from '../processes/timeline.ts';
import { maybeWritten, notWritten, type Trouble } from './outcomes.ts';

export type Stored = {
  readonly version: number;
  readonly updatedAt: string;
  readonly timeline: number;
  readonly body: Record<string, unknown>;
};
export type Answer<T> = { readonly value: T } | { readonly trouble: Trouble };

export interface ObservationStore {
  /** Counts the writes of that id in `version`. */
  put(id: string, body: Record<string, unknown>): Promise<Answer<Stored>>;
  get(id: string): Promise<Answer<Stored | undefined>>;
}

const TIMEOUT_MS = 1_000;
/** PostgreSQL answered, and what it answered means that the statement did nothing. */
const REFUSALS: Readonly<Record<string, string>> = {
  '25006': 'the database is a standby and takes no writes',
  '57P03': 'the database is starting or stopping',
  '53300': 'the database has no connection left',
  '57014': 'the database took too long and gave up',
};

const COLUMNS = `version, body, to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "updatedAt", ${TIMELINE} as timeline`;
const PUT = `insert into observation as o (id, version, body, updated_at) values ($1, 1, $2, clock_timestamp())
  on conflict (id) do update set version = o.version + 1, body = excluded.body, updated_at = excluded.updated_at returning ${COLUMNS}`;
const GET = `select ${COLUMNS} from observation where id = $1`;

export function openObservations(socketFolder: string, application: string): ObservationStore {
  const pool = new pg.Pool({
    host: socketFolder,
    port: 5432,
    user: 'resus',
    database: 'ehr',
    application_name: application,
    max: 4,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
  });
  // An idle connection whose server went away. The next request opens another one.
  pool.on('error', () => undefined);
  // The pool hears an idle connection only: one that dies in use rejects its query, and tells its own listeners too.
  pool.on('connect', (client) => client.on('error', () => undefined));

  const run = async (sql: string, values: unknown[]): Promise<Answer<Stored | undefined>> => {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      return { trouble: notWritten(`the database cannot be reached: ${messageOf(error)}`) };
    }
    try {
      const { rows } = await client.query<Stored>(sql, values);
      client.release();
      return { value: rows[0] };
    } catch (error) {
      const refusal = REFUSALS[codeOf(error)];
      client.release(refusal === undefined);
      return { trouble: refusal === undefined ? maybeWritten(`the database did not answer: ${messageOf(error)}`) : notWritten(refusal) };
    }
  };

  return {
    async put(id, body) {
      const answer = await run(PUT, [id, JSON.stringify(body)]);
      if ('trouble' in answer) return answer;
      return answer.value === undefined ? { trouble: maybeWritten('the database returned no row') } : { value: answer.value };
    },
    get: (id) => run(GET, [id]),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '');
