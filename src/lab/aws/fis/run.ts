// One experiment from `pending` to its end: targets resolved, actions run as soon as those they start after have completed, all
// of it stopped on request or when one action fails.

import { LabClosed } from '../tempo.ts';
import { EFFECTS } from './effects.ts';
import type { FisModel } from './model.ts';
import { resolveTarget, resourcesOf, type Resource } from './resources.ts';
import type { Action, Experiment } from './state.ts';

type Resolved = ReadonlyMap<string, readonly Resource[]>;

function resolveAll(model: FisModel, experiment: Experiment): Resolved {
  const resources = resourcesOf(model.hospital, model.rds.history.current, model.region);
  return new Map(Object.entries(experiment.targets).map(([name, target]) => [name, resolveTarget(resources, target)]));
}

/** Settles with whether it completed. `stop` ends the whole experiment. */
async function runAction(
  model: FisModel,
  id: string,
  name: string,
  action: Action,
  resolved: Resolved,
  stopped: Promise<void>,
  isStopped: () => boolean,
): Promise<boolean> {
  const effect = EFFECTS[action.actionId];
  const resources = Object.values(action.targets ?? {}).flatMap((target) => resolved.get(target) ?? []);
  if (Object.keys(action.targets ?? {}).length > 0 && resources.length === 0) {
    model.changeAction(id, name, { status: 'skipped', reason: 'Action skipped: no targets were resolved.' });
    return true;
  }
  model.changeAction(id, name, { status: 'running', startedAt: model.tempo.now(), reason: 'Action is running.' });
  try {
    await effect?.({ model, parameters: action.parameters ?? {}, resources, stopped });
    const status = isStopped() ? 'stopped' : 'completed';
    model.changeAction(id, name, { status, endedAt: model.tempo.now(), reason: `Action was ${status}.` });
    return true;
  } catch (fault) {
    if (fault instanceof LabClosed) throw fault;
    const reason = fault instanceof Error ? fault.message.slice(0, 400) : 'The action failed.';
    model.changeAction(id, name, { status: 'failed', endedAt: model.tempo.now(), reason });
    return false;
  }
}

export async function runExperiment(model: FisModel, experiment: Experiment): Promise<void> {
  const { id, actions } = experiment;
  const { tempo } = model;
  let ended = false;
  let failedAction: string | undefined;
  let ring: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (ring = resolve));
  const stop = (): void => {
    ended = true;
    ring();
  };
  const isStopped = (): boolean => ended;
  model.stops.set(id, stop);
  const finish = (part: Partial<Experiment>): void => {
    model.stops.delete(id);
    model.changeExperiment(id, { endedAt: tempo.now(), ...part });
  };

  const cancelAll = (): void => {
    for (const name of Object.keys(actions)) model.changeAction(id, name, { status: 'cancelled', reason: 'Action was cancelled.' });
    finish({ status: 'stopped', reason: 'Experiment stopped by user.' });
  };
  const begin = async (status: Experiment['status'], reason: string): Promise<boolean> => {
    await Promise.race([tempo.sleep(tempo.draw(tempo.profile.fisStartMs)), stopped]);
    if (isStopped()) return false;
    model.changeExperiment(id, { status, reason });
    return true;
  };

  if (!(await begin('initiating', 'Experiment is initiating.'))) return cancelAll();
  const resolved = resolveAll(model, experiment);
  model.changeExperiment(id, {
    resolved: Object.fromEntries([...resolved].map(([name, list]) => [name, list.map((resource) => resource.arn)])),
  });
  const empty = [...resolved].find(([, list]) => list.length === 0)?.[0];
  if (empty !== undefined && experiment.experimentOptions.emptyTargetResolutionMode === 'fail') {
    for (const name of Object.keys(actions)) model.changeAction(id, name, { status: 'cancelled', reason: 'Action was cancelled.' });
    return finish({ status: 'failed', reason: 'Target resolution returned empty set.', error: { code: 'InvalidTarget', location: empty } });
  }
  if (!(await begin('running', 'Experiment is running.'))) return cancelAll();
  model.changeExperiment(id, { startedAt: tempo.now() });
  if (experiment.actionsMode === 'skip-all') {
    for (const name of Object.keys(actions)) model.changeAction(id, name, { status: 'skipped', reason: 'Actions were skipped.' });
    return finish({ status: 'completed', reason: 'Experiment completed; its actions were skipped.' });
  }

  const outcomes = new Map<string, Promise<boolean>>();
  const outcomeOf = (name: string): Promise<boolean> => {
    const known = outcomes.get(name);
    if (known !== undefined) return known;
    const action = actions[name];
    const outcome = (async () => {
      const before = await Promise.all((action?.startAfter ?? []).map(outcomeOf));
      if (action === undefined || isStopped() || before.includes(false)) {
        model.changeAction(id, name, { status: 'cancelled', reason: 'Action was cancelled.' });
        return false;
      }
      const completed = await runAction(model, id, name, action, resolved, stopped, isStopped);
      if (!completed) {
        failedAction ??= name;
        stop();
      }
      return completed && !isStopped();
    })();
    outcomes.set(name, outcome);
    return outcome;
  };
  await Promise.all(Object.keys(actions).map(outcomeOf));
  if (failedAction !== undefined) {
    finish({
      status: 'failed',
      reason: `Action ${failedAction} failed.`,
      error: { code: 'DependentServiceFailure', location: failedAction },
    });
  } else if (isStopped()) finish({ status: 'stopped', reason: 'Experiment stopped by user.' });
  else finish({ status: 'completed', reason: 'Experiment completed.' });
}
