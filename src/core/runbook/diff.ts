// What differs between two plans, leaf by leaf. Steps are the same when they have the same id, wherever they stand; the same two plans
// always give the same list in the same order.
import type { Json } from '../values.ts';
import type { Plan } from './plan.ts';

/** `path`: `mode`, or `steps.promote.with.region`. `before` is absent of what was added, `after` of what was removed. */
export type Change = { readonly path: string; readonly before?: Json; readonly after?: Json };

export function diffPlans(before: Plan, after: Plan): readonly Change[] {
  const [old, now] = [stepsOf(before), stepsOf(after)];
  const ids = [...new Set([...now.keys(), ...old.keys()])];
  const { steps: _old, ...wasAbout } = before;
  const { steps: _new, ...isAbout } = after;
  const kept = (of: ReadonlyMap<string, Json>, other: ReadonlyMap<string, Json>): Json => [...of.keys()].filter((id) => other.has(id));
  const [was, is] = [kept(old, now), kept(now, old)];
  return [
    ...changes('', wasAbout, isAbout),
    ...(JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path: 'order of steps', before: was, after: is }]),
    ...ids.flatMap((id) => changes(`steps.${id}`, old.get(id), now.get(id))),
  ];
}

const stepsOf = ({ steps }: Plan): ReadonlyMap<string, Json> => new Map(steps.map((step) => [step.id as string, step as unknown as Json]));
const isObject = (value: unknown): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is there on one side only is one change, whole. */
function changes(path: string, before: Json | undefined, after: Json | undefined): readonly Change[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => changes(path === '' ? key : `${path}.${key}`, own(before, key), own(after, key)));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
const own = (object: Readonly<Record<string, Json>>, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;
