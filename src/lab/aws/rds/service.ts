// RDS on the wire: the Query protocol of 2014-10-31.

import { Refusal } from '../refusal.ts';
import { params, queryRefusal, queryReply, readParams, type Params } from '../wire/query.ts';
import type { Service } from '../wire/service.ts';
import { node } from '../wire/xml.ts';
import { describeDBClusters, describeDBInstances, describeEvents, describeGlobalClusters } from './describe.ts';
import type { RdsModel } from './model.ts';
import {
  failoverDBCluster,
  failoverGlobalCluster,
  modifyDBInstance,
  promoteReadReplica,
  rebootDBInstance,
  switchoverGlobalCluster,
} from './mutations.ts';
import type { RdsState } from './state.ts';

export const RDS_VERSION = '2014-10-31';
const NAMESPACE = `http://rds.amazonaws.com/doc/${RDS_VERSION}/`;

type Read = (model: RdsModel, region: string, state: RdsState, input: Params) => string;
type Mutation = (model: RdsModel, region: string, input: Params) => string;

const READS: Readonly<Record<string, Read>> = {
  DescribeGlobalClusters: describeGlobalClusters,
  DescribeDBClusters: describeDBClusters,
  DescribeDBInstances: describeDBInstances,
  DescribeEvents: describeEvents,
};
/** With the element that their answer is wrapped in; instances and clusters bring their own. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  FailoverGlobalCluster: failoverGlobalCluster,
  SwitchoverGlobalCluster: switchoverGlobalCluster,
  FailoverDBCluster: failoverDBCluster,
  ModifyDBInstance: modifyDBInstance,
  RebootDBInstance: rebootDBInstance,
  PromoteReadReplica: promoteReadReplica,
};

export function rdsService(model: RdsModel): Service {
  return {
    find(call) {
      const raw = readParams(call);
      const name = raw.get('Action') ?? '';
      const version = raw.get('Version') ?? '';
      const read = Object.hasOwn(READS, name) ? READS[name] : undefined;
      const mutation = Object.hasOwn(MUTATIONS, name) ? MUTATIONS[name] : undefined;
      if (version !== RDS_VERSION || (read === undefined && mutation === undefined)) {
        throw new Refusal('InvalidAction', `Could not find operation ${name.slice(0, 100)} for version ${version.slice(0, 20)}`);
      }
      const input = params(raw);
      return {
        name,
        mutates: mutation !== undefined,
        run() {
          const state = model.history.at(model.tempo.readAt());
          const result = read?.(model, call.region, state, input) ?? mutation?.(model, call.region, input) ?? node('Empty');
          return queryReply(name, NAMESPACE, call.requestId, result);
        },
      };
    },
    refuse: (refusal, requestId) => queryRefusal(refusal, NAMESPACE, requestId),
    throttled: () => new Refusal('Throttling', 'Rate exceeded'),
  };
}
