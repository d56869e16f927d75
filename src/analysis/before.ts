// What is done before a step starts, as `needs` says it.

type Ordered = { readonly id: string; readonly needs: readonly string[] };

/** Everything that is done before a step starts, in the order of the steps. */
export function before<Step extends Ordered>(steps: readonly Step[], of: Pick<Ordered, 'needs'>): readonly Step[] {
  const seen = new Set<string>();
  const todo: string[] = [...of.needs];
  for (let at = 0; at < todo.length; at++) {
    const id = todo[at] ?? '';
    if (seen.has(id)) continue;
    seen.add(id);
    todo.push(...(steps.find((step) => step.id === id)?.needs ?? []));
  }
  return steps.filter((step) => seen.has(step.id));
}
