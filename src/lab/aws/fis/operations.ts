// The operations of FIS. Creation and start are idempotent by client token: the same token with the same request gives the same
// resource and nothing happens twice; with another request it is a conflict.

import { ACCOUNT } from '../names.ts';
import { Refusal } from '../refusal.ts';
import { ACTIONS, findAction } from './catalogue.ts';
import type { FisModel } from './model.ts';
import { clientToken, invalid, object, readPlan, text, textMap, type Json } from './read.ts';
import { actionJson, experimentJson, experimentSummary, templateJson, templateSummary } from './render.ts';
import { runExperiment } from './run.ts';
import { ACTIVE, type Experiment, type FisState, type Template } from './state.ts';

const ACTIVE_QUOTA = 5;
const TEMPLATES_QUOTA = 500;

const missing = (what: string, id: string): Refusal =>
  new Refusal('ResourceNotFoundException', `${what} ${id.slice(0, 100)} does not exist.`, 404);

function template(state: FisState, id: string): Template {
  const found = Object.hasOwn(state.templates, id) ? state.templates[id] : undefined;
  if (found === undefined) throw missing('Experiment template', id);
  return found;
}
function experiment(state: FisState, id: string): Experiment {
  const found = Object.hasOwn(state.experiments, id) ? state.experiments[id] : undefined;
  if (found === undefined) throw missing('Experiment', id);
  return found;
}

/** What that token made before, or undefined. */
function repeated(model: FisModel, token: string, of: string): string | undefined {
  const made = Object.hasOwn(model.history.current.tokens, token) ? model.history.current.tokens[token] : undefined;
  if (made !== undefined && made.of !== of) throw new Refusal('ConflictException', 'The client token was used with another request.', 409);
  return made?.id;
}

const fingerprint = (operation: string, json: Json): string => `${operation} ${JSON.stringify({ ...json, clientToken: undefined })}`;

export function createTemplate(model: FisModel, json: Json): object {
  const token = clientToken(json);
  const of = fingerprint('CreateExperimentTemplate', json);
  const before = repeated(model, token, of);
  if (before !== undefined) return { experimentTemplate: templateJson(model.region, template(model.history.current, before)) };
  const plan = readPlan(json);
  const tags = json['tags'] === undefined ? {} : textMap(json['tags'], 'tags');
  if (Object.keys(model.history.current.templates).length >= TEMPLATES_QUOTA) {
    throw new Refusal('ServiceQuotaExceededException', 'You have reached the limit of 500 experiment templates.', 402);
  }
  const now = model.tempo.now();
  const made: Template = { ...plan, id: `EXT${model.tempo.token(13)}`, createdAt: now, updatedAt: now, tags };
  model.tally.count('CreateExperimentTemplate', made.id);
  model.putTemplate(made);
  model.rememberToken(token, { id: made.id, of });
  return { experimentTemplate: templateJson(model.region, made) };
}

export function updateTemplate(model: FisModel, id: string, json: Json): object {
  const before = template(model.history.current, id);
  const made: Template = { ...before, ...readPlan(json, before), updatedAt: model.tempo.now() };
  model.tally.count('UpdateExperimentTemplate', id);
  model.putTemplate(made);
  return { experimentTemplate: templateJson(model.region, made) };
}

export function deleteTemplate(model: FisModel, id: string): object {
  const before = template(model.history.current, id);
  model.tally.count('DeleteExperimentTemplate', id);
  model.removeTemplate(id);
  return { experimentTemplate: templateJson(model.region, before) };
}

export function getTemplate(model: FisModel, state: FisState, id: string): object {
  return { experimentTemplate: templateJson(model.region, template(state, id)) };
}

/** Counts by template, so that one start is one execution however often it was asked for. */
export function startExperiment(model: FisModel, json: Json): object {
  const token = clientToken(json);
  const templateId = text(json['experimentTemplateId'], 'experimentTemplateId', 64);
  const of = fingerprint('StartExperiment', json);
  const before = repeated(model, token, of);
  if (before !== undefined) return { experiment: experimentJson(model.region, experiment(model.history.current, before)) };
  const state = model.history.current;
  const { description, roleArn, targets, actions, stopConditions, experimentOptions } = template(state, templateId);
  const options = json['experimentOptions'] === undefined ? {} : object(json['experimentOptions'], 'experimentOptions');
  const actionsMode = options['actionsMode'] ?? 'run-all';
  if (actionsMode !== 'run-all' && actionsMode !== 'skip-all') throw invalid('actionsMode must be run-all or skip-all.');
  if (Object.values(state.experiments).filter((other) => ACTIVE.has(other.status)).length >= ACTIVE_QUOTA) {
    throw new Refusal('ServiceQuotaExceededException', 'You have reached the limit of 5 active experiments.', 402);
  }
  const made: Experiment = {
    ...{ description, roleArn, targets, actions, stopConditions, experimentOptions },
    id: `EXP${model.tempo.token(15)}`,
    templateId,
    status: 'pending',
    reason: 'Experiment is pending.',
    actionsMode,
    states: Object.fromEntries(Object.keys(actions).map((name) => [name, { status: 'pending', reason: 'Initial state.' }])),
    resolved: {},
    createdAt: model.tempo.now(),
    tags: json['tags'] === undefined ? {} : textMap(json['tags'], 'tags'),
  };
  model.tally.count('StartExperiment', templateId);
  model.putExperiment(made);
  model.rememberToken(token, { id: made.id, of });
  model.tempo.start(() => runExperiment(model, made));
  return { experiment: experimentJson(model.region, made) };
}

/** Stopping one that has ended is refused; stopping twice is not. */
export function stopExperiment(model: FisModel, id: string): object {
  const found = experiment(model.history.current, id);
  if (!ACTIVE.has(found.status)) throw invalid(`Experiment ${id} is ${found.status} and cannot be stopped.`);
  if (found.status !== 'stopping') {
    model.tally.count('StopExperiment', id);
    model.changeExperiment(id, { status: 'stopping', reason: 'Experiment is stopping.' });
    model.stops.get(id)?.();
  }
  return { experiment: experimentJson(model.region, experiment(model.history.current, id)) };
}

export function getExperiment(model: FisModel, state: FisState, id: string): object {
  return { experiment: experimentJson(model.region, experiment(state, id)) };
}

interface Paged {
  readonly items: readonly object[];
  readonly nextToken?: string;
}

/** 1 to 100 a page, 100 unless told. The token is opaque to clients and names the next item. */
function paged<Item>(query: URLSearchParams, items: readonly Item[], idOf: (item: Item) => string, show: (item: Item) => object): Paged {
  const asked = query.get('maxResults');
  const size = asked === null ? 100 : /^\d{1,4}$/.test(asked) ? Number(asked) : 0;
  if (size < 1 || size > 100) throw invalid('maxResults must be between 1 and 100.');
  const token = query.get('nextToken');
  const from = token === null ? 0 : items.findIndex((item) => Buffer.from(idOf(item)).toString('base64url') === token);
  if (from < 0) throw invalid('nextToken is not valid.');
  const next = items[from + size];
  const given = items.slice(from, from + size).map(show);
  return next === undefined ? { items: given } : { items: given, nextToken: Buffer.from(idOf(next)).toString('base64url') };
}

const named = (name: string, { items, nextToken }: Paged): object => ({ [name]: items, ...(nextToken === undefined ? {} : { nextToken }) });
const newestFirst = (
  a: { readonly createdAt: number; readonly id: string },
  b: { readonly createdAt: number; readonly id: string },
): number => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);

export function listTemplates(model: FisModel, state: FisState, query: URLSearchParams): object {
  const templates = Object.values(state.templates).toSorted(newestFirst);
  return named(
    'experimentTemplates',
    paged(
      query,
      templates,
      (item) => item.id,
      (item) => templateSummary(model.region, item),
    ),
  );
}

export function listExperiments(model: FisModel, state: FisState, query: URLSearchParams): object {
  const of = query.get('experimentTemplateId');
  const experiments = Object.values(state.experiments)
    .filter((item) => of === null || item.templateId === of)
    .toSorted(newestFirst);
  return named(
    'experiments',
    paged(
      query,
      experiments,
      (item) => item.id,
      (item) => experimentSummary(model.region, item),
    ),
  );
}

export function listResolvedTargets(_model: FisModel, state: FisState, id: string, query: URLSearchParams): object {
  const found = experiment(state, id);
  const only = query.get('targetName');
  if (only !== null && !Object.hasOwn(found.targets, only)) throw missing('Target', only);
  const targets = Object.entries(found.resolved)
    .filter(([targetName]) => only === null || targetName === only)
    .flatMap(([targetName, arns]) =>
      arns.map((resource) => ({ targetName, resource, resourceType: found.targets[targetName]?.resourceType })),
    );
  const show = ({ targetName, resource, resourceType }: (typeof targets)[number]): object => ({
    resourceType,
    targetName,
    targetInformation: { arn: resource },
  });
  return named(
    'resolvedTargets',
    paged(query, targets, (item) => `${item.targetName} ${item.resource}`, show),
  );
}

export function listActions(model: FisModel, query: URLSearchParams): object {
  return named(
    'actions',
    paged(
      query,
      ACTIONS,
      (item) => item.id,
      (item) => actionJson(model.region, item, false),
    ),
  );
}

export function getAction(model: FisModel, id: string): object {
  const action = findAction(id);
  if (action === undefined) throw missing('Action', id);
  return { action: actionJson(model.region, action, true) };
}

/** Tags of a template or an experiment by its ARN. */
function tagged(
  model: FisModel,
  state: FisState,
  resource: string,
): { readonly tags: Readonly<Record<string, string>>; put(tags: Readonly<Record<string, string>>): void } {
  const [, kind, id = ''] =
    new RegExp(`^arn:aws:fis:${model.region}:${ACCOUNT}:(experiment|experiment-template)/(\\w+)$`).exec(resource) ?? [];
  if (kind === 'experiment') return { tags: experiment(state, id).tags, put: (tags) => model.changeExperiment(id, { tags }) };
  if (kind !== 'experiment-template') throw missing('Resource', resource);
  return { tags: template(state, id).tags, put: (tags) => model.putTemplate({ ...template(model.history.current, id), tags }) };
}

export function listTags(model: FisModel, state: FisState, resource: string): object {
  return { tags: tagged(model, state, resource).tags };
}

export function tagResource(model: FisModel, resource: string, json: Json): object {
  const found = tagged(model, model.history.current, resource);
  const tags = { ...found.tags, ...textMap(json['tags'], 'tags') };
  if (Object.keys(tags).length > 50) throw invalid('A resource can have at most 50 tags.');
  model.tally.count('TagResource', resource);
  found.put(tags);
  return {};
}

export function untagResource(model: FisModel, resource: string, query: URLSearchParams): object {
  const found = tagged(model, model.history.current, resource);
  const gone = new Set(query.getAll('tagKeys'));
  model.tally.count('UntagResource', resource);
  found.put(Object.fromEntries(Object.entries(found.tags).filter(([key]) => !gone.has(key))));
  return {};
}

/** The template that the lab ships: the zone is cut off silently, and given back after the duration or when the experiment is stopped. */
export function zoneLossTemplate(model: FisModel, zone: string, role: string): string {
  const now = model.tempo.now();
  const made: Template = {
    id: `EXT${model.tempo.token(13)}`,
    description: `Loss of the zone ${zone}: its subnets lose all connectivity for one minute`,
    roleArn: role,
    targets: {
      subnets: {
        resourceType: 'aws:ec2:subnet',
        resourceTags: { hospital: 'lab' },
        parameters: { availabilityZoneIdentifier: zone },
        selectionMode: 'ALL',
      },
    },
    actions: {
      'cut-subnets': {
        actionId: 'aws:network:disrupt-connectivity',
        parameters: { duration: 'PT1M', scope: 'all' },
        targets: { Subnets: 'subnets' },
      },
    },
    stopConditions: [{ source: 'none' }],
    experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
    createdAt: now,
    updatedAt: now,
    tags: { Name: `zone-loss-${zone}` },
  };
  model.putTemplate(made);
  return made.id;
}
