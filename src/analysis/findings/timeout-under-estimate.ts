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
      for (const [index, { id, onUngraceful, ...step }] of runbook.steps.entries())
        for (const { uses, expectMs, timeoutMs = step.timeoutMs, key, says } of [
          { ...step, key: '', says: '' },
          ...(onUngraceful?.kind === 'replace' ? [{ ...onUngraceful, key: '/onUngraceful', says: ' without grace' }] : []),
        ]) {
          const estimateMs = expectMs ?? catalogue.actions.get(uses)?.priorMs.p50;
          if (!isKnown(estimateMs) || !isKnown(timeoutMs) || timeoutMs > estimateMs) continue;
          yield {
            at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}${key}/timeout` },
            sentence: `step ${quoted(id)} has ${time(timeoutMs)} and usually takes ${time(estimateMs)}${says}`,
            evidence: [expectMs === undefined ? `as ${uses} does` : 'as its `expect` says'],
            remedy: `at least ${time(estimateMs * 3)}`,
          };
        }
  },
};
