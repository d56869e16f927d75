// Something that is needed and is promised less than what needs it.
import { declaredAs, type Tier } from '../../core/estate.ts';
import { chain, needed } from '../needed.ts';
import { isKnown, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

const targets = [
  { key: 'rtoMs', name: 'RTO' },
  { key: 'rpoMs', name: 'RPO' },
] as const satisfies readonly { key: keyof Tier; name: string }[];

export const weakerDependency: Finding = {
  code: 'WEAKER_DEPENDENCY',
  severity: 'error',
  means: 'A workload needs, directly or through others, one whose RTO or RPO is weaker than its own.',
  why: 'It cannot be back before what it hard-depends on is back, and its data are no newer. The stronger promise is not kept when both are lost together.',
  fix: 'Give the dependency a tier that is as strong, make the dependency soft (and test that), or promise less.',
  example: `kind: Workload
metadata: { name: identity }
spec: { tier: life-critical }   # as strong as the EHR that needs it`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const own = declaredAs(estate.tiers, workload.tier);
      for (const reached of needed(estate.workloads, workload.id)) {
        const last = declaredAs(estate.workloads, reached.name);
        const other = last === undefined ? undefined : declaredAs(estate.tiers, last.tier);
        for (const { key, name } of targets) {
          const [mine, theirs] = [own?.[key], other?.[key]];
          if (last === undefined || !isKnown(mine) || !isKnown(theirs) || theirs <= mine) continue;
          yield {
            at: { kind: 'Workload', name: workload.id, pointer: `/spec/dependsOn/${reached.index}/workload` },
            sentence: `${quoted(workload.id)} has an ${name} of ${time(mine)} and needs ${quoted(last.id)}, which has ${time(theirs)}`,
            evidence: [`by ${chain(workload.id, reached)}`, `tiers ${workload.tier} and ${last.tier}`],
            remedy: `give ${quoted(last.id)} a stronger tier, or make the dependency soft`,
          };
        }
      }
    }
  },
};
