// The steps of a plan as they can be gone through: each after what it needs, else as they were declared. The declaration was checked for
// circles; what is in one all the same comes last, so that nothing is left out.
import type { PlannedStep } from './plan.ts';

type Ordered = Pick<PlannedStep, 'id' | 'needs'>;

export const inOrder = <S extends Ordered>(steps: readonly S[]): readonly S[] => wavesOf(steps).flat();

/** Steps of one wave need nothing of one another; every need of a step is in an earlier wave. */
export function wavesOf<S extends Ordered>(steps: readonly S[]): readonly (readonly S[])[] {
  const known = new Set<string>(steps.map(({ id }) => id));
  const done = new Set<string>();
  const waves: (readonly S[])[] = [];
  for (let rest = steps; rest.length > 0;) {
    const ready = rest.filter(({ needs }) => needs.every((need) => done.has(need) || !known.has(need)));
    const wave = ready.length === 0 ? rest : ready;
    for (const { id } of wave) done.add(id);
    waves.push(wave);
    rest = rest.filter(({ id }) => !done.has(id));
  }
  return waves;
}
