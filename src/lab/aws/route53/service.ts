// Route 53 on the wire: REST with XML, 2013-04-01.

import { Refusal } from '../refusal.ts';
import type { Call, Reply, Service } from '../wire/service.ts';
import { document, leaf, node } from '../wire/xml.ts';
import { checkStatus, createCheck, deleteCheck, findCheck, listChecks, updateCheck } from './checks-api.ts';
import type { Route53Model } from './model.ts';
import { changeRecords, getChange, getHostedZone, listHostedZones, listHostedZonesByName, listRecords } from './records-api.ts';
import { checkXml } from './render.ts';
import type { Route53State } from './state.ts';

const PREFIX = '/2013-04-01';
const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

interface Route {
  readonly name: string;
  readonly method: string;
  /** Against the path after the version; the first group is the resource. */
  readonly path: RegExp;
  readonly mutates: boolean;
  run(model: Route53Model, state: Route53State, call: Call, id: string): string;
}

const ROUTES: readonly Route[] = [
  {
    name: 'ListHostedZones',
    method: 'GET',
    path: /^\/hostedzone$/,
    mutates: false,
    run: (_m, state, call) => listHostedZones(state, call.query),
  },
  {
    name: 'ListHostedZonesByName',
    method: 'GET',
    path: /^\/hostedzonesbyname$/,
    mutates: false,
    run: (_m, state, call) => listHostedZonesByName(state, call.query),
  },
  {
    name: 'GetHostedZone',
    method: 'GET',
    path: /^\/hostedzone\/([^/]+)$/,
    mutates: false,
    run: (_m, state, _call, id) => getHostedZone(state, id),
  },
  {
    name: 'ListResourceRecordSets',
    method: 'GET',
    path: /^\/hostedzone\/([^/]+)\/rrset$/,
    mutates: false,
    run: (_m, state, call, id) => listRecords(state, id, call.query),
  },
  {
    name: 'ChangeResourceRecordSets',
    method: 'POST',
    path: /^\/hostedzone\/([^/]+)\/rrset$/,
    mutates: true,
    run: (model, _s, call, id) => changeRecords(model, id, call.body),
  },
  {
    name: 'GetChange',
    method: 'GET',
    path: /^\/change\/([^/]+)$/,
    mutates: false,
    run: (model, state, _call, id) => getChange(model, state, id),
  },
  {
    name: 'ListHealthChecks',
    method: 'GET',
    path: /^\/healthcheck$/,
    mutates: false,
    run: (_m, state, call) => listChecks(state, call.query),
  },
  {
    name: 'CreateHealthCheck',
    method: 'POST',
    path: /^\/healthcheck$/,
    mutates: true,
    run: (model, _s, call) => checkXml(createCheck(model, call.body)),
  },
  {
    name: 'GetHealthCheck',
    method: 'GET',
    path: /^\/healthcheck\/([^/]+)$/,
    mutates: false,
    run: (_m, state, _call, id) => checkXml(findCheck(state, id)),
  },
  {
    name: 'UpdateHealthCheck',
    method: 'POST',
    path: /^\/healthcheck\/([^/]+)$/,
    mutates: true,
    run: (model, _s, call, id) => updateCheck(model, id, call.body),
  },
  {
    name: 'DeleteHealthCheck',
    method: 'DELETE',
    path: /^\/healthcheck\/([^/]+)$/,
    mutates: true,
    run: (model, _s, _call, id) => deleteCheck(model, id),
  },
  {
    name: 'GetHealthCheckStatus',
    method: 'GET',
    path: /^\/healthcheck\/([^/]+)\/status$/,
    mutates: false,
    run: (_m, state, _call, id) => checkStatus(state, id),
  },
];

const ID = /^[A-Za-z0-9-]{1,64}$/;

function reply(status: number, name: string, body: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, contentType: 'text/xml', body: document(`${name}Response`, NAMESPACE, body), headers };
}

/** Creation answers 201 and says where the new resource is. */
function headersOf(name: string, body: string): Readonly<Record<string, string>> {
  if (name !== 'CreateHealthCheck') return {};
  return { location: `https://route53.amazonaws.com${PREFIX}/healthcheck/${/<Id>([^<]+)<\/Id>/.exec(body)?.[1] ?? ''}` };
}

export function route53Service(model: Route53Model): Service {
  return {
    find(call) {
      const path = call.path.startsWith(PREFIX) ? call.path.slice(PREFIX.length).replace(/\/$/, '') : undefined;
      const matching = path === undefined ? [] : ROUTES.filter((route) => route.path.test(path));
      const route = matching.find((candidate) => candidate.method === call.method);
      if (route === undefined || path === undefined) {
        throw new Refusal('UnknownOperationException', `Unknown operation: ${call.method} ${call.path.slice(0, 200)}`, 404);
      }
      const id = route.path.exec(path)?.[1] ?? '';
      if (id !== '' && !ID.test(id)) throw new Refusal('InvalidInput', `Invalid id: "${id.slice(0, 64)}"`);
      return {
        name: route.name,
        mutates: route.mutates,
        run() {
          const body = route.run(model, model.history.at(model.tempo.readAt()), call, id);
          return reply(route.name === 'CreateHealthCheck' ? 201 : 200, route.name, body, headersOf(route.name, body));
        },
      };
    },
    refuse(refusal, requestId) {
      // A refused change batch carries its problems one by one, beside the message that joins them.
      const messages =
        refusal.messages.length === 0 ? '' : node('Messages', ...refusal.messages.map((message) => leaf('Message', message)));
      const error = node(
        'Error',
        leaf('Type', refusal.status >= 500 ? 'Receiver' : 'Sender'),
        leaf('Code', refusal.code),
        leaf('Message', refusal.message),
      );
      const code =
        refusal.code === 'UnrecognizedClientException' ? error.replace('UnrecognizedClientException', 'InvalidClientTokenId') : error;
      return {
        status: refusal.status,
        contentType: 'text/xml',
        body: document('ErrorResponse', NAMESPACE, code, messages, leaf('RequestId', requestId)),
      };
    },
    throttled: () => new Refusal('Throttling', 'Rate exceeded'),
  };
}
