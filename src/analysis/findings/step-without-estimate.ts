// A step whose length nobody can guess from its action.
import { listed, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

/** An action whose slow runs take this many times a usual one depends on its input: only who writes the step knows. */
const tooWide = 5;

export const stepWithoutEstimate: Finding = {
  code: 'STEP_WITHOUT_ESTIMATE',
  severity: 'warning',
  means: 'A step has no estimate, and its action takes anything between a moment and minutes.',
  why: 'The forecast before the button adds up estimates. A wait, a probe, an approval or an experiment takes as long as its input says, so without `expect` the forecast is a guess.',
  fix: 'Give the step `expect`: how long it usually takes here.',
  example: `steps:
  - { id: settled, uses: wait, with: { for: 20s }, expect: 20s }`,
  *find({ estate, catalogue }) {
    for (const runbook of Object.values(estate.runbooks))
      for (const [index, { id, onUngraceful, ...step }] of runbook.steps.entries())
        for (const { uses, expectMs, key, says } of [
          { ...step, key: '', says: '' },
          ...(onUngraceful?.kind === 'replace' ? [{ ...onUngraceful, key: '/onUngraceful', says: ' without grace' }] : []),
        ]) {
          const usual = catalogue.actions.get(uses)?.priorMs;
          if (expectMs !== undefined || usual === undefined || usual.p95 < usual.p50 * tooWide) continue;
          yield {
            at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}${key}` },
            sentence: `step ${quoted(id)} has no estimate${says}`,
            evidence: [`${listed([uses])} takes ${time(usual.p50)} to ${time(usual.p95)}`],
            remedy: 'add `expect`, how long it usually takes',
          };
        }
  },
};
