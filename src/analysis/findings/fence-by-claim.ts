// A word taken for a proof.
import type { Finding } from '../finding.ts';

export const fenceByClaim: Finding = {
  code: 'FENCE_BY_CLAIM',
  severity: 'warning',
  means: 'A tier accepts `break-glass` as a fence that is enough to promote without a person.',
  why: '`break-glass` is what people claim when there is no proof. Accepted beforehand, it lets the machine promote on nothing, and two writers are one mistake away.',
  fix: 'Take it out of `fencing.accepts`: people can still break the glass, run by run, with their names.',
  example: `fencing: { accepts: [storage-fenced, confirmed, powered-off, self-fenced] }`,
  *find({ estate }) {
    for (const { id, fencing } of Object.values(estate.tiers)) {
      const index = Array.isArray(fencing.accepts) ? fencing.accepts.indexOf('break-glass') : -1;
      if (index >= 0)
        yield {
          at: { kind: 'Tier', name: id, pointer: `/spec/fencing/accepts/${index}` },
          sentence: '`break-glass` counts as a fence before anybody broke it',
          evidence: [],
          remedy: 'take it out of `fencing.accepts`',
        };
    }
  },
};
