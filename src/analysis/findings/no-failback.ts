// A way out and no way home.
import type { Finding } from '../finding.ts';

export const noFailback: Finding = {
  code: 'NO_FAILBACK',
  severity: 'warning',
  means: 'A workload can be moved to another replica and has no runbook for the way home.',
  why: 'After a failover it stands where it was not meant to stay, often smaller and without a standby of its own. A way home that is written at night, under strain, is where data are lost.',
  fix: 'Write a failback runbook and practise it in a game day (`failback: true`).',
  example: `runbooks: { onDiagnosis: { RegionLost: ehr-region-failover }, failback: ehr-failback }`,
  *find({ moves }) {
    for (const { workload, from, to, byHand } of moves)
      // Where people lead it by hand, a person knows the way back.
      if (from !== to && byHand === undefined && workload.runbooks.failback === undefined)
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: '/spec/runbooks' },
          sentence: 'it can leave its home and has no way back',
          evidence: ['`runbooks.failback` is not declared'],
          remedy: 'add `failback` to its `runbooks`',
        };
  },
};
