// What workloads need of each other: the hard ones say what comes up before what, so that they may not form a circle.
import type { Declaration, Resolving } from './kinds/kind.ts';
import { below } from './pointer.ts';
import { circled } from './problem.ts';

type Spec = { readonly dependsOn: readonly { readonly workload: string; readonly strength: 'hard' | 'soft' }[] };

/** Hard dependencies must not form a circle: they say what comes up before what. */
export function checkDependencies(all: readonly Declaration<Spec>[], resolving: Resolving): void {
  const hard = new Map(all.map((each) => [each.name, each.spec.dependsOn.filter((on) => on.strength === 'hard').map((on) => on.workload)]));
  const byName = new Map(all.map((each) => [each.name, each]));
  const done = new Set<string>();
  for (const start of hard.keys()) {
    // A walk with a stack of our own: chains may be thousands long.
    const path: { name: string; next: number }[] = done.has(start) ? [] : [{ name: start, next: 0 }];
    const onPath = new Set(path.map((each) => each.name));
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const on = hard.get(top.name)?.[top.next++];
      if (on === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(on)) {
        const circle = path.slice(path.findIndex((each) => each.name === on)).map((each) => each.name);
        const at = byName.get(top.name);
        const index = at?.spec.dependsOn.findIndex((each) => each.workload === on && each.strength === 'hard') ?? 0;
        if (at !== undefined)
          resolving.say(at, {
            pointer: below('/spec/dependsOn', index, 'workload'),
            code: 'CYCLE',
            message: `workloads need each other: ${circled(circle)}`,
            remedy: 'make one of these dependencies soft',
          });
      } else if (!done.has(on) && hard.has(on)) {
        path.push({ name: on, next: 0 });
        onPath.add(on);
      }
    }
  }
}
