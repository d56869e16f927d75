// What a step that moves another workload needs of the controller: where that workload's role is, and a run of its own for it. The run is
// asked for in the name of whoever asked for the step's run, so that this person approves neither.
import { isWithin } from '../core/detection/targets.ts';
import { declaredAs } from '../core/estate.ts';
import type { Run, State } from '../core/state.ts';
import type { Actor, RunId, WorkloadId } from '../core/values.ts';
import type { Controller } from './controller.ts';

export type Controlled = Pick<Controller, 'submit'> & { readonly known: Known | undefined };
type Known = Pick<State, 'estate' | 'workloads' | 'runs'> | NonNullable<Controller['known']>;
type Move = { readonly workload: string; readonly leave: string };
type Standing =
  | { readonly kind: 'there'; readonly replica: string }
  | { readonly kind: 'open'; readonly run: string }
  | { readonly kind: 'here' | 'given-up'; readonly because: string }
  | { readonly kind: 'unknown'; readonly message: string };
type Ordered = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };

/** By this a run is known again as the one that a step asked for, also after a restart: it stands in its entry. */
const reasonOf = (token: string): string => `step ${token}`;

export function look(known: Known | undefined, token: string, { workload: id, leave }: Move): Standing {
  const estate = known?.estate;
  const workload = declaredAs(estate?.workloads, id);
  const state = known?.workloads.get(id as WorkloadId);
  if (estate === undefined || workload === undefined || state === undefined)
    return { kind: 'unknown', message: `there is no workload ${id}` };
  if (declaredAs(estate.sites, leave) === undefined) return { kind: 'unknown', message: `there is no site ${leave}` };
  if (state.openRun !== undefined) return { kind: 'open', run: state.openRun };
  const replica = workload.replicas.find((each) => each.name === state.primary);
  if (replica === undefined) return { kind: 'unknown', message: `nobody knows which replica of ${id} has the role` };
  const own = known === undefined ? undefined : lastOf(known, token, id);
  if (own !== undefined && own.outcome !== 'succeeded' && own.outcome !== 'superseded')
    return { kind: 'given-up', because: `run ${own.id} ended ${own.outcome ?? 'open'}: ${own.outcomeBecause}` };
  return isWithin(estate, replica.site, leave)
    ? { kind: 'here', because: `${id} is at ${replica.name} in ${replica.site}` }
    : { kind: 'there', replica: replica.name };
}

/** The newest run of the workload, if this step asked for it: what people have done since counts more than what became of it. */
function lastOf(known: Known, token: string, workload: string): Readonly<Run> | undefined {
  const last = [...known.runs.values()].filter((run) => run.workload === workload).at(-1);
  return last?.because === reasonOf(token) ? last : undefined;
}

export async function order(controller: Controlled, token: string, move: Move): Promise<Ordered> {
  const refused = (code: string, message: string): Ordered => ({ ok: false, code, message });
  const known = controller.known;
  const parent = known?.runs.get(token.slice(0, token.lastIndexOf('/')) as RunId);
  const workload = declaredAs(known?.estate?.workloads, move.workload);
  const from = known?.workloads.get(move.workload as WorkloadId)?.primary;
  const replicas = workload?.replicas ?? [];
  const home = replicas.find(({ name }) => name === from);
  const to = replicas.find(({ name }) => name !== from);
  if (known?.estate === undefined || workload === undefined || parent === undefined || home === undefined)
    return refused('CANNOT_MOVE', `nothing is known of ${move.workload}, or of the run that moves it`);
  if (!isWithin(known.estate, home.site, move.leave))
    return refused(
      'CANNOT_MOVE',
      `${move.workload} is out of ${move.leave} already, and its last run did not end well; look at it, then skip the step`,
    );
  if (to === undefined || isWithin(known.estate, to.site, move.leave))
    return refused('CANNOT_MOVE', `${move.workload} has no replica outside of ${move.leave} to move to`);
  const isByPeople = parent.incident === undefined && parent.drill === undefined;
  const by: Actor = { kind: isByPeople ? 'person' : 'engine', id: parent.requestedBy };
  const made = await controller.submit(
    { kind: 'requested', by, request: { kind: 'run', workload: workload.id, mode: 'switchover', reason: reasonOf(token) } },
    by,
  );
  return made.ok ? { ok: true } : refused(made.error.code, `${made.error.message} ${made.error.remedy}`);
}
