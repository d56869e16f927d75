// The findings about what workloads need of each other and what their replicas share: a row for each, and more at the borders of some.
import type { Edit } from './base.ts';
import { identity, needs, step, type Case } from './edits.ts';

/** Two steps of a plan of plans, the second after the first unless it says what it needs. */
const moves = (first: string, second: string, how = ''): Edit =>
  step(
    [
      `    - { id: first, uses: move, with: { workload: ${first}, leave: us-east-2 }, expect: 1m, timeout: 1h }\n`,
      `    - { id: second, uses: move, with: { workload: ${second}, leave: us-east-2 }, expect: 1m, timeout: 1h${how} }\n`,
    ].join(''),
  );
export const dependencyCases: readonly Case[] = [
  {
    code: 'RECOVERY_ORDER',
    edits: [identity('gold', 'directory'), moves('identity', 'directory')],
    says: 'RECOVERY_ORDER Runbook across /spec/steps/0/needs: step `first` moves `identity` and does not wait for the move of `directory`, which it hard-depends on',
    unless: [identity('gold', 'directory'), moves('directory', 'identity')],
  },
];

/** More of one finding than its own row shows; `found`: how often. */
export const borders: readonly { readonly what: string; readonly code: string; readonly edits: readonly Edit[]; readonly found: number }[] =
  [
    {
      what: 'a move beside the one that it needs',
      code: 'RECOVERY_ORDER',
      edits: [identity('gold', 'directory'), moves('directory', 'identity', ', needs: []')],
      found: 1,
    },
    {
      what: 'a move before one that is needed by way of a workload that stays',
      code: 'RECOVERY_ORDER',
      edits: [identity('gold', 'directory'), needs('[{ workload: identity, strength: hard }]'), moves('ehr', 'directory')],
      found: 1,
    },
    {
      what: 'a move before one that is only a soft dependency',
      code: 'RECOVERY_ORDER',
      edits: [identity('gold'), needs('[{ workload: identity, strength: soft }]'), moves('ehr', 'identity')],
      found: 0,
    },
  ];
