// Something that is needed and is promised less than what needs it.
import { declaredAs, type Estate, type Tier } from '../../core/estate.ts';
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
            evidence: [`by ${[workload.id, ...pathOf(reached)].join(' > ')}`, `tiers ${workload.tier} and ${last.tier}`],
            remedy: `give ${quoted(last.id)} a stronger tier, or make the dependency soft`,
          };
        }
      }
    }
  },
};

type Reached = { readonly name: string; readonly index: number; readonly by: Reached | undefined };
const pathOf = (last: Reached): readonly string[] => {
  const path: string[] = [];
  for (let at: Reached | undefined = last; at !== undefined; at = at.by) path.unshift(at.name);
  return path;
};

/** Each workload that is needed, by the shortest chain of hard dependencies; `index`: of the first link in `dependsOn`. */
function needed(workloads: Estate['workloads'], from: string): readonly Reached[] {
  const seen = new Set([from]);
  const found: Reached[] = [];
  const reach = (name: string, by: Reached | undefined): void => {
    for (const [index, on] of (declaredAs(workloads, name)?.dependsOn ?? []).entries()) {
      if (on.strength !== 'hard' || seen.has(on.workload)) continue;
      seen.add(on.workload);
      found.push({ name: on.workload, index: by?.index ?? index, by });
    }
  };
  reach(from, undefined);
  for (let at = 0; at < found.length; at++) reach(found[at]?.name ?? '', found[at]);
  return found;
}
