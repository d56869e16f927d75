// What a workload cannot do without, directly or through others, and by which chain.
import { declaredAs, type Estate } from '../core/estate.ts';

/** `index`: of the first link in `dependsOn` of the workload that was asked about. `by`: the one that needs it; absent for the first link. */
export type Needed = { readonly name: string; readonly index: number; readonly by?: Needed };

/** Each workload that is needed, once, by the shortest chain of hard dependencies, nearest first. It ends in a circle too. */
export function needed(workloads: Estate['workloads'], from: string): readonly Needed[] {
  const seen = new Set([from]);
  const found: Needed[] = [];
  const reach = (name: string, by?: Needed): void => {
    for (const [index, on] of (declaredAs(workloads, name)?.dependsOn ?? []).entries()) {
      if (on.strength !== 'hard' || seen.has(on.workload)) continue;
      seen.add(on.workload);
      found.push(by === undefined ? { name: on.workload, index } : { name: on.workload, index: by.index, by });
    }
  };
  reach(from);
  for (let at = 0; at < found.length; at++) reach(found[at]?.name ?? '', found[at]);
  return found;
}

/** `ehr > identity > names`. */
export function chain(from: string, last: Needed): string {
  const path: string[] = [];
  for (let at: Needed | undefined = last; at !== undefined; at = at.by) path.unshift(at.name);
  return [from, ...path].join(' > ');
}
