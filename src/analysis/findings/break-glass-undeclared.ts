// A directory without which nobody gets in, and no word of how somebody would.
import type { Finding } from '../finding.ts';
import { quoted, time } from '../said.ts';
import { rtoWithinShift } from '../shift.ts';

export const breakGlassUndeclared: Finding = {
  code: 'BREAK_GLASS_UNDECLARED',
  severity: 'warning',
  means: 'A workload provides identity and must be back within a shift (12 h), and nothing says how people get in while it is lost.',
  why: 'Everybody who would repair the directory signs in by it, and so do those who would evacuate the rest. Without a way that is prepared, the first hours go into looking for a password.',
  fix: 'Prepare accounts that need no directory, and say in `breakGlass` how they are opened, what that needs and where they lie; `BREAK_GLASS_CIRCULAR` looks at it.',
  example: `kind: Workload
metadata: { name: identity }
spec:
  provides: [identity]
  breakGlass: { how: Local accounts in the sealed envelope of the command centre, site: riverside-campus }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const { id, provides, breakGlass } = workload;
      const rtoMs = rtoWithinShift(estate, workload);
      if (provides?.includes('identity') !== true || breakGlass !== undefined || rtoMs === undefined) continue;
      yield {
        at: { kind: 'Workload', name: id, pointer: '/spec/provides' },
        sentence: `nothing says how people get in while ${quoted(id)} is lost`,
        evidence: ['it provides identity', `RTO ${time(rtoMs)}`],
        remedy: 'add `breakGlass`: how, what that needs, and where it lies',
      };
    }
  },
};
