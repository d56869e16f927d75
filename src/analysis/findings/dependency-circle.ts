// Workloads that need each other when soft dependencies are counted too. A circle of hard ones is refused by `validate`.
import { declaredAs, type Estate } from '../../core/estate.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const dependencyCircle: Finding = {
  code: 'DEPENDENCY_CIRCLE',
  severity: 'warning',
  means: 'Workloads depend on each other in a circle in which some dependencies are soft.',
  why: 'A soft dependency is one that a workload does without. In a circle that must really hold: after the loss of everything, the first one to start has none of the others.',
  fix: 'Practise a start of the circle from nothing, or take one dependency out.',
  example: `# ehr needs identity; identity reads staff data from the ehr once a day, and does without.
dependsOn: [{ workload: identity, strength: hard }]`,
  *find({ estate }) {
    const said = new Set<string>();
    for (const start of Object.values(estate.workloads)) {
      const circle = circleFrom(estate.workloads, start.id);
      if (circle === undefined || said.has([...circle].sort().join(' '))) continue;
      said.add([...circle].sort().join(' '));
      yield {
        at: { kind: 'Workload', name: start.id, pointer: '/spec/dependsOn' },
        sentence: `${quoted(start.id)} depends on itself by ${[...circle, circle[0] ?? ''].join(' > ')}`,
        evidence: ['at least one of these is soft'],
        remedy: 'take one of these dependencies out, or practise a start from nothing',
      };
    }
  },
};

/** The shortest way from a workload back to itself. */
function circleFrom(workloads: Estate['workloads'], start: string): readonly string[] | undefined {
  const from = new Map<string, string | undefined>([[start, undefined]]);
  const todo = [start];
  for (let at = 0; at < todo.length; at++) {
    const name = todo[at] ?? '';
    for (const { workload } of declaredAs(workloads, name)?.dependsOn ?? []) {
      if (workload === start) return wayTo(from, name);
      if (from.has(workload)) continue;
      from.set(workload, name);
      todo.push(workload);
    }
  }
  return undefined;
}
function wayTo(from: ReadonlyMap<string, string | undefined>, last: string): readonly string[] {
  const path: string[] = [];
  for (let at: string | undefined = last; at !== undefined; at = from.get(at)) path.unshift(at);
  return path;
}
