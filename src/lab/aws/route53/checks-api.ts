// The operations of Route 53 on health checks.

import { Refusal } from '../refusal.ts';
import { leaf, node } from '../wire/xml.ts';
import type { Route53Model } from './model.ts';
import { invalidInput, readCheckConfig, readRoot } from './read.ts';
import { maxItems } from './records-api.ts';
import { checkXml, statusXml } from './render.ts';
import type { HealthCheck, Route53State } from './state.ts';

const CHECKS_LIMIT = 100;
/** Route 53's default quota. */
const CHECKS_QUOTA = 200;

export function findCheck(state: Route53State, id: string): HealthCheck {
  const check = Object.hasOwn(state.checks, id) ? state.checks[id] : undefined;
  if (check === undefined) throw new Refusal('NoSuchHealthCheck', `A health check with id ${id.slice(0, 64)} does not exist.`, 404);
  return check;
}

/** The same settings under the same reference give the same check again; other settings under it are refused. */
export function createCheck(model: Route53Model, body: string): HealthCheck {
  const root = readRoot(body, 'CreateHealthCheckRequest');
  const callerReference = root.value('CallerReference') ?? '';
  const element = root.one('HealthCheckConfig');
  if (callerReference === '' || callerReference.length > 64) throw invalidInput("Value at 'callerReference' must have 1 to 64 characters");
  if (element === undefined) throw invalidInput('Invalid request: Missing field HealthCheckConfig');
  const config = readCheckConfig(element);
  const { checks } = model.history.current;
  for (const child of config.children) findCheck(model.history.current, child);
  const existing = Object.values(checks).find((check) => check.callerReference === callerReference);
  if (existing !== undefined) {
    if (JSON.stringify(existing.config) === JSON.stringify(config)) return existing;
    throw new Refusal('HealthCheckAlreadyExists', `A health check with CallerReference ${callerReference} has already been created.`, 409);
  }
  if (Object.keys(checks).length >= CHECKS_QUOTA)
    throw new Refusal('TooManyHealthChecks', 'You have reached the limit of 200 health checks.');
  const check: HealthCheck = { id: model.tempo.uuid(), callerReference, version: 1, config };
  model.tally.count('CreateHealthCheck', check.id);
  // Route 53 holds a new check to be healthy until it has enough data, and so an inverted one to be unhealthy.
  model.putCheck(check, true);
  return check;
}

export function updateCheck(model: Route53Model, id: string, body: string): string {
  const root = readRoot(body, 'UpdateHealthCheckRequest');
  const check = findCheck(model.history.current, id);
  const version = root.value('HealthCheckVersion');
  if (version !== undefined && version !== String(check.version)) {
    throw new Refusal(
      'HealthCheckVersionMismatch',
      `The health check version is ${String(check.version)}, not ${version.slice(0, 20)}.`,
      409,
    );
  }
  const config = readCheckConfig(root, check.config);
  for (const child of config.children) findCheck(model.history.current, child);
  const next: HealthCheck = { ...check, version: check.version + 1, config };
  model.tally.count('UpdateHealthCheck', id);
  model.putCheck(next);
  return checkXml(next);
}

export function deleteCheck(model: Route53Model, id: string): string {
  const state = model.history.current;
  findCheck(state, id);
  if (Object.values(state.checks).some((check) => check.config.children.includes(id))) {
    throw new Refusal('HealthCheckInUse', `The health check ${id} is a child of another health check.`);
  }
  model.tally.count('DeleteHealthCheck', id);
  model.removeCheck(id);
  return '';
}

export function listChecks(state: Route53State, query: URLSearchParams): string {
  const limit = maxItems(query, CHECKS_LIMIT);
  const marker = query.get('marker') ?? '';
  const checks = Object.values(state.checks).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rest = marker === '' ? checks : checks.filter((check) => check.id >= marker);
  const next = rest[limit];
  return (
    node('HealthChecks', ...rest.slice(0, limit).map(checkXml)) +
    leaf('Marker', marker === '' ? undefined : marker) +
    leaf('IsTruncated', next !== undefined) +
    leaf('NextMarker', next?.id) +
    leaf('MaxItems', limit)
  );
}

export function checkStatus(state: Route53State, id: string): string {
  const check = findCheck(state, id);
  if (check.config.type === 'CALCULATED')
    throw invalidInput('Invalid parameter : the status of a CALCULATED health check cannot be listed by checker');
  return statusXml(state.observations[id] ?? []);
}
