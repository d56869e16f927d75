// The FIS actions of the lab: ids, parameters and targets as at AWS. What each does is in `effects.ts`.

export interface ActionDefinition {
  readonly id: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  /** Name of the target in the action, and the resource type it needs. */
  readonly targets: Readonly<Record<string, string>>;
}

const duration = { description: 'The duration of the action (ISO 8601 duration).', required: true };

export const ACTIONS: readonly ActionDefinition[] = [
  {
    id: 'aws:ec2:stop-instances',
    description: 'Stop the specified EC2 instances.',
    parameters: {
      startInstancesAfterDuration: { description: 'The time to wait before starting the instances (ISO 8601 duration).', required: false },
      completeIfInstancesTerminated: { description: 'Complete when the instances were terminated by something else.', required: false },
    },
    targets: { Instances: 'aws:ec2:instance' },
  },
  {
    id: 'aws:fis:wait',
    description: 'Wait for the specified time to elapse.',
    parameters: { duration },
    targets: {},
  },
  {
    id: 'aws:network:disrupt-connectivity',
    description: 'Deny the specified traffic to the target subnets.',
    parameters: { duration, scope: { description: 'The traffic to deny. The lab has "all" only.', required: true } },
    targets: { Subnets: 'aws:ec2:subnet' },
  },
  {
    id: 'aws:rds:failover-db-cluster',
    description: 'Failover a DB cluster to one of its readers.',
    parameters: {},
    targets: { Clusters: 'aws:rds:cluster' },
  },
  {
    id: 'aws:rds:reboot-db-instances',
    description: 'Reboot the specified DB instances.',
    parameters: { forceFailover: { description: 'Whether the reboot is conducted through a Multi-AZ failover.', required: false } },
    targets: { DBInstances: 'aws:rds:db' },
  },
];

export const findAction = (id: string): ActionDefinition | undefined => ACTIONS.find((action) => action.id === id);
export const RESOURCE_TYPES: ReadonlySet<string> = new Set(ACTIONS.flatMap((action) => Object.values(action.targets)));

/** The longest that FIS lets an action or an experiment last. */
export const LONGEST_MS = 12 * 3_600_000;

/** Milliseconds of `PT1H30M`, `PT2M`, `PT45S`; undefined for anything else, zero, and more than 12 hours. */
export function readDuration(text: string): number | undefined {
  const match = /^PT(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  const ms = (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1_000;
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}
