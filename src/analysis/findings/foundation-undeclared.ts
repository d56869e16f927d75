// What everybody forgets to declare because it has always been there: identity, names, time and keys.
import { declaredAs, foundations, type Estate, type Foundation } from '../../core/estate.ts';
import { needed } from '../needed.ts';
import { listed, time } from '../said.ts';
import { rtoWithinShift } from '../shift.ts';
import type { Finding } from '../finding.ts';

export const foundationUndeclared: Finding = {
  code: 'FOUNDATION_UNDECLARED',
  severity: 'warning',
  means: 'A workload that must be back within a shift (12 h) does not say what it does for identity, names, time or keys.',
  why: 'Nearly everything needs somebody who signs people in, names that are answered, clocks that agree and keys that open the data. What is not declared is not watched, has no order in a recovery, and is first missed when the workload is up in the other region and nobody can sign in.',
  fix: 'Let what provides them say so with `provides`, and depend on it, hard (directly or through others) or soft; what a workload truly does without stands in `worksWithout`, with how.',
  example: `kind: Workload
metadata: { name: directory }
spec: { provides: [identity] }
---
kind: Workload
metadata: { name: ehr }
spec:
  dependsOn: [{ workload: directory, strength: hard }]
  worksWithout: { keys: Its volumes are opened by a key in the server's own module }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const rtoMs = rtoWithinShift(estate, workload);
      // Foundations stand on each other in every order; what one of them needs is asked by its dependencies alone.
      if (rtoMs === undefined || workload.provides !== undefined) continue;
      const said = reached(estate.workloads, workload.id);
      const missing = foundations.filter((each) => !said.has(each) && workload.worksWithout?.[each] === undefined);
      if (missing.length === 0) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec/dependsOn' },
        sentence: `nothing says where it has ${listed(missing)} from`,
        evidence: missing
          .map((each) => `${each}: ${listed(providersOf(estate, each)) || 'no workload provides it'}`)
          .concat(`RTO ${time(rtoMs)}`),
        remedy: 'depend on what provides it (`provides`), or say in `worksWithout` how it does without',
      };
    }
  },
};

const providersOf = ({ workloads }: Estate, foundation: Foundation): readonly string[] =>
  Object.values(workloads).flatMap(({ id, provides }) => (provides?.includes(foundation) === true ? [id] : []));

/** Over hard dependencies; a soft one of its own says that it works without, which is an answer as well. */
function reached(workloads: Estate['workloads'], from: string): ReadonlySet<Foundation> {
  const soft = (declaredAs(workloads, from)?.dependsOn ?? []).flatMap((on) => (on.strength === 'soft' ? [on.workload] : []));
  const hard = needed(workloads, from).map(({ name }) => name);
  return new Set([...hard, ...soft].flatMap((name) => declaredAs(workloads, name)?.provides ?? []));
}
