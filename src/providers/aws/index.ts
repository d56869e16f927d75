// What AWS can do for Resus. One line an action or fault.
import type { Provider } from '../../ports.ts';
import { call } from './actions/call.ts';
import { changeRecord } from './actions/change-record.ts';
import { failoverDbCluster } from './actions/failover-db-cluster.ts';
import { failoverGlobalCluster } from './actions/failover-global-cluster.ts';
import { isolateSource } from './actions/isolate-source.ts';
import { promoteReadReplica } from './actions/promote-read-replica.ts';
import { rebootWithFailover } from './actions/reboot-with-failover.ts';
import { runExperiment } from './actions/run-experiment.ts';
import { shiftWeight } from './actions/shift-weight.ts';
import { standbyTakesOver } from './actions/standby-takes-over.ts';
import { switchoverGlobalCluster } from './actions/switchover-global-cluster.ts';
import type { AwsConfig } from './config.ts';
import { runExperimentFault } from './faults/run-experiment.ts';
import { AwsTools } from './tools.ts';

export const aws: Provider<AwsConfig, AwsTools> = {
  name: 'aws',
  open: (config) => new AwsTools(config),
  actions: [
    failoverGlobalCluster,
    switchoverGlobalCluster,
    failoverDbCluster,
    rebootWithFailover,
    isolateSource,
    promoteReadReplica,
    standbyTakesOver,
    changeRecord,
    shiftWeight,
    runExperiment,
    call,
  ],
  probes: [],
  faults: [runExperimentFault],
};
