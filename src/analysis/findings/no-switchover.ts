// A move that nobody can practise or plan.
import type { Finding } from '../finding.ts';

export const noSwitchover: Finding = {
  code: 'NO_SWITCHOVER',
  severity: 'warning',
  means: 'A workload with a standby has no planned switchover.',
  why: 'Most moves are planned: patches, a region in trouble, a drill. Without a switchover the only way to the standby is one that may lose data, so it is not practised and does not work when it must.',
  fix: 'Write a switchover runbook and practise it often; it is the cheapest proof that the standby works.',
  example: `runbooks: { switchover: ehr-switchover }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads))
      if (workload.replicas.length > 1 && workload.runbooks.switchover === undefined)
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: '/spec/runbooks' },
          sentence: 'it has a standby and no planned way to it',
          evidence: ['`runbooks.switchover` is not declared'],
          remedy: 'add `switchover` to its `runbooks`',
        };
  },
};
