// A label that accepts what is not there. `analyse` finds it, since it alone knows what was accepted.
import type { Finding } from '../finding.ts';

export const acceptanceUnused: Finding = {
  code: 'ACCEPTANCE_UNUSED',
  severity: 'warning',
  means: 'A label accepts a finding that is not there, or gives no reason.',
  why: 'An acceptance is a decision that somebody answers for. One that takes nothing today hides something else tomorrow, and one without a reason cannot be judged.',
  fix: 'Leave the label out, or write why the finding is accepted.',
  example: `metadata:
  name: ehr
  labels: { accept/irreversible-unapproved: 'Waiting costs more than a divergence. CMIO, 2026-11-02' }`,
  find: () => [],
};
