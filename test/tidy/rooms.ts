// The map of the tree: which room may import what, and the few exceptions, each with its reason.

/** `rooms` may be imported; of `types` only types, which are gone at run time; `late` only by `await import()` where it is used. */
export type Room = {
  readonly rooms: readonly string[];
  readonly types?: readonly string[];
  readonly late?: readonly string[];
  readonly packages: readonly string[];
};
export const rooms: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: [] },
  journal: { rooms: ['core'], packages: ['node:crypto'] },
  'ports.ts': { rooms: ['core'], packages: ['typebox'] },
  engine: { rooms: ['core', 'journal'], packages: [] },
  runtime: {
    rooms: ['core', 'journal', 'engine', 'ports.ts'],
    packages: ['node:crypto', 'node-cron', 'pino', 'node:worker_threads', 'node:url', 'node:module'],
  },
  stores: {
    rooms: ['core', 'journal', 'ports.ts'],
    packages: ['@photostructure/sqlite', 'node:crypto', 'node:fs', 'node:module', 'node:path', 'node:url', 'node:worker_threads'],
  },
  providers: {
    rooms: ['core', 'ports.ts'],
    packages: ['typebox', 'node:crypto', 'node:dns/promises', 'node:http', 'node:https', 'node:net', 'node:tls'],
  },
  'providers/aws': {
    rooms: [],
    packages: [
      '@aws-sdk/client-fis',
      '@aws-sdk/client-rds',
      '@aws-sdk/client-route-53',
      '@aws-sdk/credential-providers',
      'node:timers/promises',
    ],
  },
  'providers/postgres': { rooms: [], packages: ['pg', 'node:fs/promises'] },
  declare: {
    rooms: ['core'],
    types: ['ports.ts'],
    packages: ['@marcbachmann/cel-js', 'ajv/dist/2020.js', 'typebox', 'yaml', 'node:fs/promises', 'node:path'],
  },
  analysis: { rooms: ['core'], packages: [] },
  // Drafts of declarations from what stands somewhere; what looks there is handed in.
  import: { rooms: [], types: ['providers'], packages: ['yaml'] },
  // Which plans there are is known to the analysis; what a call needs, to the providers, who hand it in.
  iam: { rooms: ['core', 'analysis'], types: ['ports.ts'], packages: [] },
  // The engine again, fed with what was recorded; it has no clock, no disk and nothing to act on.
  backtest: { rooms: ['core', 'journal', 'engine'], packages: ['node:crypto'] },
  evidence: { rooms: ['core', 'journal'], packages: ['node:crypto', 'node:fs', 'node:path'] },
  vantage: {
    rooms: ['core', 'ports.ts'],
    packages: ['yaml', 'node:dns', 'node:fs/promises', 'node:http', 'node:https', 'node:net', 'node:worker_threads'],
  },
  // A canary is an agent like a vantage: it shares its client of the controller.
  canary: {
    rooms: ['core', 'vantage'],
    packages: [
      'node:crypto',
      'node:dns/promises',
      'node:fs',
      'node:fs/promises',
      'node:http',
      'node:https',
      'node:net',
      'node:path',
      'node:readline',
      'node:timers/promises',
    ],
  },
  api: {
    rooms: ['core', 'journal', 'engine', 'runtime', 'evidence', 'ports.ts'],
    packages: ['ajv/dist/2020.js', 'express', 'prom-client', 'typebox', 'node:crypto', 'node:http', 'node:net'],
  },
  cli: {
    rooms: [
      'import',
      'backtest',
      'core',
      'journal',
      'declare',
      'analysis',
      'iam',
      'evidence',
      'canary',
      'rehearsal',
      'vantage',
      'ports.ts',
    ],
    types: ['demo', 'runtime', 'lab'],
    late: ['lab'],
    packages: [
      'commander',
      'picocolors',
      'node:crypto',
      'node:fs',
      'node:http',
      'node:https',
      'node:path',
      'node:readline/promises',
      'node:timers/promises',
      'node:url',
    ],
  },
  // The same core, engine and journal as in production, in a world of its own: nothing here may read a real clock or draw real lots.
  simulation: { rooms: ['core', 'journal', 'engine'], types: ['ports.ts'], packages: ['node:os', 'node:worker_threads'] },
  // The same world again, with a hospital's own estate in it.
  rehearsal: { rooms: ['core', 'journal', 'engine', 'simulation'], types: ['ports.ts'], packages: ['node:os', 'node:worker_threads'] },
  // The lab stands for the outside world: it knows nothing of Resus, and Resus nothing of it.
  lab: {
    rooms: [],
    packages: ['dns-packet', 'express', 'fast-xml-parser', 'pg']
      .concat(
        ['child_process', 'crypto', 'dgram', 'events', 'fs', 'fs/promises', 'http', 'module', 'net', 'os', 'path'].map(
          (name) => `node:${name}`,
        ),
      )
      .concat(
        ['process', 'readline', 'stream', 'stream/promises', 'timers/promises', 'url', 'util', 'worker_threads'].map(
          (name) => `node:${name}`,
        ),
      ),
  },
  demo: {
    rooms: ['core', 'cli', 'evidence'],
    types: ['lab'],
    packages: ['yaml', 'node:child_process', 'node:crypto', 'node:fs', 'node:path', 'node:readline'],
  },
  'deadline.ts': { rooms: [], packages: [] },
  'config.ts': { rooms: ['declare', 'providers'], packages: ['typebox', 'node:fs', 'node:path'] },
};
/** Says what went wrong in the lab and needs nothing of it, so that a program without the lab's packages still starts. */
export const mayAlwaysBeImported: readonly string[] = [
  'src/lab/processes/lab-error.ts',
  'src/deadline.ts',
  // The simulated controllers go by the clock of the real ones, over a source of their own.
  'src/runtime/steady-clock.ts',
];
/** They put the program together, so they may import everything. */
export const roots: readonly string[] = [
  'src/main.ts',
  'src/serve.ts',
  'src/vantage/prober-worker.ts',
  'src/simulation/main.ts',
  'src/simulation/worker.ts',
  'src/rehearsal/worker.ts',
];
/** Started by path as a process or thread of their own, so nobody imports them. */
export const startedByPath: readonly string[] = [
  'src/main.ts',
  'src/stores/sqlite-writer.ts',
  'src/runtime/verify-worker.ts',
  'src/vantage/prober-worker.ts',
  'src/simulation/main.ts',
  'src/simulation/worker.ts',
  'src/rehearsal/worker.ts',
  'src/lab/ehr/ehr.ts',
  'src/lab/processes/border.ts',
  'src/lab/processes/reaper.ts',
];
/** Longer than most people read at once, and why that is better than two files. */
export const mayBeLong: Readonly<Record<string, string>> = {
  'src/declare/explanations.ts': 'one table: what each code means and what to do about it',
  'test/lab/aws/rds.test.ts': 'one table of an API that many clients speak',
};
export const longest = 350;
