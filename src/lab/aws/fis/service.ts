// FIS on the wire: REST with JSON, 2020-12-01.

import { Refusal } from '../refusal.ts';
import type { Call, Service } from '../wire/service.ts';
import type { FisModel } from './model.ts';
import * as operations from './operations.ts';
import { readJson } from './read.ts';
import type { FisState } from './state.ts';

interface Route {
  readonly name: string;
  readonly method: string;
  /** The first group is the resource. */
  readonly path: RegExp;
  readonly mutates: boolean;
  run(model: FisModel, state: FisState, call: Call, id: string): object;
}

const read = (name: string, path: RegExp, run: Route['run']): Route => ({ name, method: 'GET', path, mutates: false, run });
const write = (name: string, method: string, path: RegExp, run: Route['run']): Route => ({ name, method, path, mutates: true, run });

const ONE_TEMPLATE = /^\/experimentTemplates\/([^/]+)$/;
const ONE_EXPERIMENT = /^\/experiments\/([^/]+)$/;
/** ARNs have slashes, which some clients do not escape. */
const TAGS = /^\/tags\/(.+)$/;

const ROUTES: readonly Route[] = [
  write('CreateExperimentTemplate', 'POST', /^\/experimentTemplates$/, (model, _s, call) =>
    operations.createTemplate(model, readJson(call.body)),
  ),
  read('ListExperimentTemplates', /^\/experimentTemplates$/, (model, state, call) => operations.listTemplates(model, state, call.query)),
  read('GetExperimentTemplate', ONE_TEMPLATE, (model, state, _call, id) => operations.getTemplate(model, state, id)),
  write('UpdateExperimentTemplate', 'PATCH', ONE_TEMPLATE, (model, _s, call, id) =>
    operations.updateTemplate(model, id, readJson(call.body)),
  ),
  write('DeleteExperimentTemplate', 'DELETE', ONE_TEMPLATE, (model, _s, _call, id) => operations.deleteTemplate(model, id)),
  write('StartExperiment', 'POST', /^\/experiments$/, (model, _s, call) => operations.startExperiment(model, readJson(call.body))),
  read('ListExperiments', /^\/experiments$/, (model, state, call) => operations.listExperiments(model, state, call.query)),
  read('GetExperiment', ONE_EXPERIMENT, (model, state, _call, id) => operations.getExperiment(model, state, id)),
  write('StopExperiment', 'DELETE', ONE_EXPERIMENT, (model, _s, _call, id) => operations.stopExperiment(model, id)),
  read('ListExperimentResolvedTargets', /^\/experiments\/([^/]+)\/resolvedTargets$/, (model, state, call, id) =>
    operations.listResolvedTargets(model, state, id, call.query),
  ),
  read('ListActions', /^\/actions$/, (model, _s, call) => operations.listActions(model, call.query)),
  read('GetAction', /^\/actions\/([^/]+)$/, (model, _s, _call, id) => operations.getAction(model, id)),
  read('ListTagsForResource', TAGS, (model, state, _call, id) => operations.listTags(model, state, id)),
  write('TagResource', 'POST', TAGS, (model, _s, call, id) => operations.tagResource(model, id, readJson(call.body))),
  write('UntagResource', 'DELETE', TAGS, (model, _s, call, id) => operations.untagResource(model, id, call.query)),
];

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal('ValidationException', 'The path is not valid');
  }
}

/** The errors that the front raises have other names in JSON protocols. */
const RENAMED: Readonly<Record<string, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  InternalFailure: 'InternalServerException',
};

export function fisService(model: FisModel): Service {
  return {
    find(call) {
      const route = ROUTES.find((candidate) => candidate.method === call.method && candidate.path.test(call.path));
      if (route === undefined)
        throw new Refusal('UnknownOperationException', `Unknown operation: ${call.method} ${call.path.slice(0, 200)}`, 404);
      const id = decode(route.path.exec(call.path)?.[1] ?? '');
      return {
        name: route.name,
        mutates: route.mutates,
        run() {
          const body = JSON.stringify(route.run(model, model.history.at(model.tempo.readAt()), call, id));
          return { status: 200, contentType: 'application/json', body };
        },
      };
    },
    refuse(refusal) {
      const code = RENAMED[refusal.code] ?? refusal.code;
      const body = JSON.stringify({ __type: code, message: refusal.message });
      return { status: refusal.status, contentType: 'application/json', body, headers: { 'x-amzn-errortype': code } };
    },
    throttled: () => new Refusal('ThrottlingException', 'Rate exceeded', 429),
  };
}
