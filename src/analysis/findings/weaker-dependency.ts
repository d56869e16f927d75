// Something that is needed and is promised less than what needs it.
import { scopeOf } from '../../core/decision/scope.ts';
import { rtoOf } from '../../core/objective/target.ts';
import { declaredAs, diagnosisKinds, type Tier } from '../../core/estate.ts';
import { chain, needed } from '../needed.ts';
import { isKnown, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

type Target = { readonly name: string; readonly of: (tier: Tier) => number | undefined; readonly ifNot: boolean };
const targets: readonly Target[] = [
  { name: 'RTO', of: (tier) => rtoOf(tier), ifNot: false },
  ...diagnosisKinds.map((kind): Target => ({ name: `RTO after a lost ${scopeOf[kind]}`, of: (tier) => rtoOf(tier, kind), ifNot: true })),
  { name: 'RPO', of: ({ rpoMs }) => rpoMs, ifNot: false },
];

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
        if (last === undefined || own === undefined || other === undefined) continue;
        let isWeaker = false;
        for (const { name, of, ifNot } of targets) {
          const [mine, theirs] = [of(own), of(other)];
          // Who is weaker whatever is lost is not told so again of every loss.
          if ((ifNot && isWeaker) || !isKnown(mine) || !isKnown(theirs) || theirs <= mine) continue;
          if (name === 'RTO') isWeaker = true;
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
