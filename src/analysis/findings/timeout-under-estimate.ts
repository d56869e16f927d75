// A step that is given up before it is usually done.
import { isKnown, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const timeoutUnderEstimate: Finding = {
  code: 'TIMEOUT_UNDER_ESTIMATE',
  severity: 'error',
  means: 'A step times out before it is usually done.',
  why: 'After the timeout the attempt counts as unknown and is looked at; each time the usual case goes the way of the failed one, and people are called for nothing.',
  fix: 'Make the timeout several times the estimate, or correct the estimate.',
  example: `{ id: promote, uses: aws.rds.failover-global-cluster, timeout: 10m, expect: 90s }`,
  *find({ estate, catalogue }) {
    for (const runbook of Object.values(estate.runbooks))
      for (const [index, step] of runbook.steps.entries()) {
        const usual = catalogue.actions.get(step.uses)?.priorMs.p50;
        const estimateMs = step.expectMs ?? usual;
        if (!isKnown(estimateMs) || !isKnown(step.timeoutMs) || step.timeoutMs > estimateMs) continue;
        yield {
          at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/timeout` },
          sentence: `step ${quoted(step.id)} has ${time(step.timeoutMs)} and usually takes ${time(estimateMs)}`,
          evidence: [step.expectMs === undefined ? `as ${step.uses} does` : 'as its `expect` says'],
          remedy: `at least ${time(estimateMs * 3)}`,
        };
      }
  },
};
