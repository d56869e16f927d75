// Experiment templates out of JSON, every field checked, refused with `ValidationException` as FIS refuses them.

import { Refusal } from '../refusal.ts';
import { RESOURCE_TYPES, findAction, readDuration } from './catalogue.ts';
import type { Action, Plan, Target } from './state.ts';

const ACTIONS_QUOTA = 20;
const STOP_CONDITIONS_QUOTA = 5;
const DEPTH_LIMIT = 20;

export const invalid = (message: string): Refusal => new Refusal('ValidationException', message);

export type Json = Readonly<Record<string, unknown>>;

function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  for (const char of text) {
    if (char === '{' || char === '[') most = Math.max(most, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return most;
}

export function readJson(body: string): Json {
  if (body === '') return {};
  let value: unknown;
  try {
    if (nesting(body) > DEPTH_LIMIT) throw new Error('too deep');
    value = JSON.parse(body);
  } catch {
    throw new Refusal('SerializationException', 'The request body is not valid JSON');
  }
  return object(value, 'The request body');
}

export function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} must be an object.`);
  return Object.fromEntries(Object.entries(value));
}

export function text(value: unknown, what: string, most: number): string {
  if (typeof value !== 'string' || value === '' || value.length > most)
    throw invalid(`${what} must be a string of 1 to ${String(most)} characters.`);
  return value;
}

function texts(value: unknown, what: string, most: number): readonly string[] {
  if (!Array.isArray(value) || value.length > most) throw invalid(`${what} must be a list of at most ${String(most)} strings.`);
  return value.map((item: unknown) => text(item, `Each of ${what}`, 2_048));
}

export function textMap(value: unknown, what: string): Readonly<Record<string, string>> {
  const entries = Object.entries(object(value, what));
  if (entries.length > 50) throw invalid(`${what} can have at most 50 entries.`);
  for (const [, item] of entries)
    if (typeof item !== 'string' || item.length > 1_024) throw invalid(`${what} must have strings of at most 1024 characters.`);
  return Object.fromEntries(entries.map(([key, item]) => [key, String(item)]));
}

export function clientToken(json: Json): string {
  const token = text(json['clientToken'], 'clientToken', 1_024);
  if (/\s/.test(token)) throw invalid('clientToken must not contain white space.');
  return token;
}

function readTarget(name: string, value: unknown): Target {
  const what = `Target ${name}`;
  const json = object(value, what);
  const resourceType = text(json['resourceType'], `resourceType of ${what}`, 128);
  if (!RESOURCE_TYPES.has(resourceType)) throw invalid(`${what}: the resource type ${resourceType} is not supported.`);
  const selectionMode = text(json['selectionMode'], `selectionMode of ${what}`, 64);
  if (!/^(ALL|COUNT\([1-9]\d{0,4}\)|PERCENT\((100|[1-9]?\d)\))$/.test(selectionMode))
    throw invalid(`${what}: the selection mode ${selectionMode} is not valid.`);
  const resourceArns = json['resourceArns'] === undefined ? undefined : texts(json['resourceArns'], `resourceArns of ${what}`, 5);
  const resourceTags = json['resourceTags'] === undefined ? undefined : textMap(json['resourceTags'], `resourceTags of ${what}`);
  const parameters = json['parameters'] === undefined ? undefined : textMap(json['parameters'], `parameters of ${what}`);
  const filterList: unknown = json['filters'] ?? undefined;
  if (filterList !== undefined && (!Array.isArray(filterList) || filterList.length > 10))
    throw invalid(`filters of ${what} must be a list.`);
  const filters = filterList?.map((item: unknown) => {
    const filter = object(item, `A filter of ${what}`);
    return {
      path: text(filter['path'], `path of a filter of ${what}`, 256),
      values: texts(filter['values'], `values of a filter of ${what}`, 20),
    };
  });
  const some = (list: readonly string[] | undefined): boolean => (list?.length ?? 0) > 0;
  const tagged = Object.keys(resourceTags ?? {}).length > 0;
  if (some(resourceArns) && (tagged || (filters?.length ?? 0) > 0))
    throw invalid(`${what} cannot have resource ARNs together with tags or filters.`);
  if (!some(resourceArns) && !tagged && filters === undefined && parameters === undefined)
    throw invalid(`${what} must have resource ARNs or resource tags.`);
  return {
    resourceType,
    selectionMode,
    ...(some(resourceArns) && resourceArns !== undefined ? { resourceArns } : {}),
    ...(resourceTags === undefined ? {} : { resourceTags }),
    ...(filters === undefined ? {} : { filters }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

const DURATIONS = ['duration', 'startInstancesAfterDuration'];

function readAction(name: string, value: unknown, targets: Readonly<Record<string, Target>>): Action {
  const what = `Action ${name}`;
  const json = object(value, what);
  const actionId = text(json['actionId'], `actionId of ${what}`, 128);
  const definition = findAction(actionId);
  if (definition === undefined) throw invalid(`${what}: the action ${actionId} does not exist.`);
  const parameters = textMap(json['parameters'] ?? {}, `parameters of ${what}`);
  for (const key of Object.keys(parameters))
    if (!Object.hasOwn(definition.parameters, key)) throw invalid(`${what}: the parameter ${key} is not known.`);
  for (const [key, { required }] of Object.entries(definition.parameters)) {
    if (required && parameters[key] === undefined) throw invalid(`${what}: the parameter ${key} is required.`);
    const given = parameters[key];
    if (given !== undefined && DURATIONS.includes(key) && readDuration(given) === undefined) {
      throw invalid(`${what}: the parameter ${key} must be an ISO 8601 duration of at most 12 hours, such as PT2M.`);
    }
  }
  const scope = parameters['scope'];
  if (scope !== undefined && scope !== 'all') throw invalid(`${what}: the lab denies the scope "all" only.`);
  const chosen = textMap(json['targets'] ?? {}, `targets of ${what}`);
  for (const [slot, type] of Object.entries(definition.targets)) {
    const target = chosen[slot] === undefined ? undefined : targets[chosen[slot]];
    if (target === undefined) throw invalid(`${what} needs the target ${slot}, the name of a target of the template.`);
    if (target.resourceType !== type) throw invalid(`${what}: the target ${slot} must be of type ${type}.`);
  }
  const extra = Object.keys(chosen).find((slot) => !Object.hasOwn(definition.targets, slot));
  if (extra !== undefined) throw invalid(`${what}: the target ${extra} is not known.`);
  const startAfter = json['startAfter'] === undefined ? undefined : texts(json['startAfter'], `startAfter of ${what}`, ACTIONS_QUOTA);
  const description =
    json['description'] === undefined || json['description'] === '' ? undefined : text(json['description'], `description of ${what}`, 512);
  return {
    actionId,
    parameters,
    targets: chosen,
    ...(description === undefined ? {} : { description }),
    ...(startAfter === undefined ? {} : { startAfter }),
  };
}

/** Each action must come after others that exist, without a circle. */
function checkOrder(actions: Readonly<Record<string, Action>>): void {
  const done = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) throw invalid(`The actions ${[...above, name].join(', ')} start after one another in a circle.`);
    if (done.has(name)) return;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw invalid(`Action ${above.at(-1) ?? ''} starts after ${name}, which does not exist.`);
    for (const before of action.startAfter ?? []) visit(before, [...above, name]);
    done.add(name);
  };
  for (const name of Object.keys(actions)) visit(name, []);
}

function readStopConditions(value: unknown): Plan['stopConditions'] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('stopConditions must be a list with at least one member.');
  if (value.length > STOP_CONDITIONS_QUOTA)
    throw new Refusal('ServiceQuotaExceededException', 'A template can have at most 5 stop conditions.', 402);
  return value.map((item: unknown) => {
    const source = text(object(item, 'A stop condition')['source'], 'source of a stop condition', 64);
    // A stop condition that never fires would be worse than none: there is no CloudWatch here.
    if (source !== 'none') throw invalid(`The lab has no CloudWatch alarms: the stop condition source must be none, not ${source}.`);
    return { source };
  });
}

function readOptions(value: unknown): Plan['experimentOptions'] {
  const json = value === undefined ? {} : object(value, 'experimentOptions');
  const accountTargeting = json['accountTargeting'] ?? 'single-account';
  const mode = json['emptyTargetResolutionMode'] ?? 'fail';
  if (accountTargeting !== 'single-account') throw invalid('accountTargeting must be single-account: the lab has one account.');
  if (mode !== 'fail' && mode !== 'skip') throw invalid('emptyTargetResolutionMode must be fail or skip.');
  return { accountTargeting, emptyTargetResolutionMode: mode };
}

/** A template's plan out of a request, over what it was `before` (for an update). */
export function readPlan(json: Json, before?: Plan): Plan {
  const description =
    json['description'] === undefined && before !== undefined ? before.description : text(json['description'], 'description', 512);
  const roleArn = json['roleArn'] === undefined && before !== undefined ? before.roleArn : text(json['roleArn'], 'roleArn', 2_048);
  if (!/^arn:aws:iam::\d{12}:role\/\S+$/.test(roleArn)) throw invalid('roleArn must be the ARN of an IAM role.');
  if (json['targets'] === undefined && before === undefined) throw invalid('targets must be given, if empty.');
  const targets =
    json['targets'] === undefined && before !== undefined
      ? before.targets
      : Object.fromEntries(Object.entries(object(json['targets'], 'targets')).map(([name, value]) => [name, readTarget(name, value)]));
  const raw = json['actions'] === undefined && before !== undefined ? before.actions : json['actions'];
  const entries = Object.entries(object(raw, 'actions'));
  if (entries.length === 0) throw invalid('actions must have at least one member.');
  if (entries.length > ACTIONS_QUOTA) throw new Refusal('ServiceQuotaExceededException', 'A template can have at most 20 actions.', 402);
  const actions = Object.fromEntries(entries.map(([name, value]) => [name, readAction(name, value, targets)]));
  checkOrder(actions);
  const stopConditions =
    json['stopConditions'] === undefined && before !== undefined ? before.stopConditions : readStopConditions(json['stopConditions']);
  const experimentOptions =
    json['experimentOptions'] === undefined && before !== undefined ? before.experimentOptions : readOptions(json['experimentOptions']);
  return { description, roleArn, targets, actions, stopConditions, experimentOptions };
}
