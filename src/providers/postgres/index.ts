// What a PostgreSQL says of itself. One line a probe.
import type { Provider } from '../../ports.ts';
import { openPostgres, type PostgresConfig, type PostgresTools } from './tools.ts';
import { postgres as probe } from './probes/postgres.ts';

export const postgres: Provider<PostgresConfig, PostgresTools> = {
  name: 'postgres',
  open: openPostgres,
  actions: [],
  probes: [probe],
  faults: [],
};
