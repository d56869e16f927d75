// A plan of plans that moves a workload before what it cannot do without.
import { declaredAs, type Runbook } from '../../core/estate.ts';
import type { Json } from '../../core/values.ts';
import { before } from '../before.ts';
import { chain, needed } from '../needed.ts';
import { quoted } from '../said.ts';
import type { Examined } from '../examined.ts';
import type { Finding } from '../finding.ts';

export const recoveryOrder: Finding = {
  code: 'RECOVERY_ORDER',
  severity: 'error',
  means: 'A runbook moves a workload before another one that it hard-depends on, or beside it.',
  why: 'What starts before its directory, its names or its keys are there does not start, or starts broken. The step waits until its timeout for what a later step would have given it.',
  fix: 'Name the `move` of what is needed in `needs` of the `move` that needs it, or make the dependency soft (and test that).',
  example: `steps:
  - { id: identity, uses: move, with: { workload: identity, leave: us-east-2 } }
  - { id: ehr, uses: move, with: { workload: ehr, leave: us-east-2 }, needs: [identity] }`,
  *find(at) {
    const { workloads } = at.estate;
    for (const { runbook, steps } of ordersOf(at))
      for (const [index, step] of steps.entries()) {
        const moved = movedBy(step);
        if (moved === undefined) continue;
        const earlier = new Set(before(steps, step).map(({ id }) => id));
        for (const reached of needed(workloads, moved.workload)) {
          const others = steps.filter((each) => {
            const its = movedBy(each);
            return its?.workload === reached.name && its.leave === moved.leave;
          });
          if (others.length === 0 || others.some(({ id }) => earlier.has(id))) continue;
          yield {
            at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/needs` },
            sentence: `step ${quoted(step.id)} moves ${quoted(moved.workload)} and does not wait for the move of ${quoted(reached.name)}, which it hard-depends on`,
            evidence: [`by ${chain(moved.workload, reached)}`, `${reached.name} is moved by step ${others.map(({ id }) => id).join(', ')}`],
            remedy: `add ${quoted(others[0]?.id ?? '')} to \`needs\` of ${quoted(step.id)}`,
          };
        }
      }
  },
};

type Step = { readonly id: string; readonly uses: string; readonly needs: readonly string[]; readonly with: Json };

/** As written, for a runbook that no workload names yet; and as each workload that names it fills it in. */
function ordersOf({ estate, moves }: Examined): readonly { readonly runbook: Runbook; readonly steps: readonly Step[] }[] {
  const isPlanOfPlans = ({ steps }: Pick<Runbook, 'steps'>): boolean => steps.some(({ uses }) => uses === 'move');
  return [
    ...Object.values(estate.runbooks).map((runbook) => ({ runbook, steps: runbook.steps })),
    ...moves.flatMap(({ runbook, plan }) => (plan === undefined ? [] : [{ runbook, steps: plan.steps }])),
  ].filter(({ runbook }) => isPlanOfPlans(runbook));
}

/** Which workload a step moves, out of where; what is still an expression names none. */
function movedBy({ uses, with: input }: Step): { readonly workload: string; readonly leave: string } | undefined {
  if (uses !== 'move' || typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const text = (key: string): string => {
    const value: unknown = declaredAs<unknown>(input as Readonly<Record<string, unknown>>, key);
    return typeof value === 'string' ? value : '';
  };
  const workload = text('workload');
  return workload === '' || workload.includes('${{') ? undefined : { workload, leave: text('leave') };
}
