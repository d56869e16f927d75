// Three kinds of tests. `unit`: no process, no clock, two files at a time. `process`: they start real processes (a PostgreSQL, a lab, a
// whole demo) and wait for what those do, so one file at a time, after the others, and with the time that a busy machine of two cores
// needs. `live`: they also need programs that npm does not install; `npm test` leaves them out, .ci/run does not.
import { defineConfig } from 'vitest/config';

const process = [
  'test/e2e/**',
  'test/lab/processes/**',
  'test/contract/lab.test.ts',
  'test/canary/lab.test.ts',
  'test/stores/crash.test.ts',
  'test/vantage/agent.test.ts',
];
const live = ['test/live/**'];
const files = (folders: readonly string[]): string[] => folders.map((folder) => folder.replace(/\*\*$/, '**/*.test.ts'));

export default defineConfig({
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...process, ...live],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: files(process),
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: files(live),
          testTimeout: 300_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
