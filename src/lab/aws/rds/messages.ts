// The texts of RDS events, as the tables "Amazon RDS event categories and event messages" of the Aurora and RDS user guides
// give them (id beside each). DescribeEvents carries no ids, so that clients tell events apart by these words.

const inRegion = (cluster: string, region: string): string => `DB cluster ${cluster} in Region ${region}`;

export const MESSAGES = {
  /** RDS-EVENT-0181 */
  switchoverStarted: (cluster: string, region: string) => `Global switchover to ${inRegion(cluster, region)} started.`,
  /** RDS-EVENT-0182 */
  oldPrimaryDown: (cluster: string, region: string) => `Old primary ${inRegion(cluster, region)} successfully shut down.`,
  /** RDS-EVENT-0423 */
  waitingForTarget: (lag: string) =>
    `Waiting for data synchronization with the target DB cluster. Current target DB cluster lag behind the primary DB cluster: ${lag}.`,
  /** RDS-EVENT-0184 */
  newPrimary: (cluster: string, region: string) => `New primary ${inRegion(cluster, region)} was successfully promoted.`,
  /** RDS-EVENT-0185 */
  switchoverFinished: (cluster: string, region: string) => `Global switchover to ${inRegion(cluster, region)} finished.`,
  /** RDS-EVENT-0187 */
  switchoverFailed: (cluster: string, region: string) => `Global switchover to ${inRegion(cluster, region)} failed.`,
  /** RDS-EVENT-0238 */
  failoverCompleted: (cluster: string, region: string) => `Global failover to ${inRegion(cluster, region)} completed.`,
  /** RDS-EVENT-0239 */
  failoverFailed: (cluster: string, region: string) => `Global failover to ${inRegion(cluster, region)} failed.`,
  /** RDS-EVENT-0240 */
  resyncStarted: (cluster: string, region: string) =>
    `Started resynchronizing members of ${inRegion(cluster, region)} after global failover.`,
  /** RDS-EVENT-0241 */
  resyncFinished: (cluster: string, region: string) =>
    `Finished resynchronizing members of ${inRegion(cluster, region)} after global failover.`,
  /** RDS-EVENT-0397 */
  writerEndpointChanged: () => 'Aurora finished changing the DNS name that the global writer endpoint resolves to.',
  /** RDS-EVENT-0390 */
  writesBlocked: (cluster: string, region: string) => `Attempt to block writes for ${inRegion(cluster, region)} succeeded.`,
  /** RDS-EVENT-0391 */
  writesNotBlocked: (cluster: string, region: string) => `Attempt to block writes for ${inRegion(cluster, region)} timed out.`,
  /** RDS-EVENT-0073 */
  crossZoneStarted: (instance: string) => `Started cross AZ failover to DB instance: ${instance}`,
  /** RDS-EVENT-0071 */
  clusterFailoverCompleted: (instance: string) => `Completed failover to DB instance: ${instance}`,
  /** RDS-EVENT-0069 */
  clusterFailoverFailed: () => 'Cluster failover failed, check the health of your cluster instances and try again.',
  /** RDS-EVENT-0004 */
  shutDown: () => 'DB instance shutdown',
  /** RDS-EVENT-0006 */
  restarted: () => 'DB instance restarted',
  /** RDS-EVENT-0013 */
  multiAzStarted: () => 'Multi-AZ instance failover started',
  /** RDS-EVENT-0049 */
  multiAzCompleted: () => 'Multi-AZ instance failover completed',
  /** RDS-EVENT-0057 */
  replicationEnded: () => 'Replication streaming has been terminated.',
} as const;

/** `global-failover` is how EventBridge rules in the field match it; the guide's table prints it with a blank. */
export const CATEGORIES = {
  globalFailover: ['global-failover'],
  fencing: ['notification', 'global-database'],
  failover: ['failover'],
  availability: ['availability'],
  readReplica: ['read replica'],
} as const;
