// FIS resources in JSON, with the member names of the service model 2020-12-01. Instants are seconds since the epoch.

import { ACCOUNT, arn } from '../names.ts';
import type { ActionDefinition } from './catalogue.ts';
import type { Experiment, Template } from './state.ts';

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);

export function templateSummary(region: string, template: Template): object {
  return {
    id: template.id,
    arn: arn.fis(region, 'experiment-template', template.id),
    description: template.description,
    creationTime: seconds(template.createdAt),
    lastUpdateTime: seconds(template.updatedAt),
    tags: template.tags,
  };
}

export function templateJson(region: string, template: Template): object {
  return {
    ...templateSummary(region, template),
    targets: template.targets,
    actions: template.actions,
    stopConditions: template.stopConditions,
    roleArn: template.roleArn,
    experimentOptions: template.experimentOptions,
    targetAccountConfigurationsCount: 0,
  };
}

function stateJson({ status, reason, error }: Experiment): object {
  return { status, reason: reason ?? '', ...(error === undefined ? {} : { error: { accountId: ACCOUNT, ...error } }) };
}

export function experimentSummary(region: string, experiment: Experiment): object {
  return {
    id: experiment.id,
    arn: arn.fis(region, 'experiment', experiment.id),
    experimentTemplateId: experiment.templateId,
    state: stateJson(experiment),
    creationTime: seconds(experiment.createdAt),
    tags: experiment.tags,
    experimentOptions: { ...experiment.experimentOptions, actionsMode: experiment.actionsMode },
  };
}

export function experimentJson(region: string, experiment: Experiment): object {
  const actions = Object.entries(experiment.actions).map(([name, action]) => {
    const state = experiment.states[name];
    const timed = { startTime: seconds(state?.startedAt), endTime: seconds(state?.endedAt) };
    return [name, { ...action, state: { status: state?.status, reason: state?.reason }, ...timed }];
  });
  return {
    ...experimentSummary(region, experiment),
    roleArn: experiment.roleArn,
    targets: experiment.targets,
    actions: Object.fromEntries(actions),
    stopConditions: experiment.stopConditions,
    startTime: seconds(experiment.startedAt),
    endTime: seconds(experiment.endedAt),
    targetAccountConfigurationsCount: 0,
  };
}

export function actionJson(region: string, action: ActionDefinition, full: boolean): object {
  const targets = Object.fromEntries(Object.entries(action.targets).map(([name, resourceType]) => [name, { resourceType }]));
  return {
    id: action.id,
    arn: arn.fis(region, 'action', action.id),
    description: action.description,
    targets,
    tags: {},
    ...(full ? { parameters: action.parameters } : {}),
  };
}
