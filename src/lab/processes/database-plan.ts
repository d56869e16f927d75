// The databases of the hospital as they begin: two pairs, each across both regions.
import { known } from './lab-error.ts';
import { EAST, WEST } from './sites.ts';

/** `service` is the door at which the zones let clients in. */
export type DatabasePlan = {
  readonly name: string;
  readonly region: string;
  readonly partner: string;
  readonly isStandby: boolean;
  readonly service: 'postgres' | 'reports';
};
export const DATABASES: readonly DatabasePlan[] = [
  { name: 'ehr-east', region: EAST, partner: 'ehr-west', isStandby: false, service: 'postgres' },
  { name: 'ehr-west', region: WEST, partner: 'ehr-east', isStandby: true, service: 'postgres' },
  { name: 'reports', region: EAST, partner: 'reports-west', isStandby: false, service: 'reports' },
  { name: 'reports-west', region: WEST, partner: 'reports', isStandby: true, service: 'reports' },
];

/** Throws LAB_UNKNOWN_SITE. */
export const planOf = (name: string): DatabasePlan =>
  known(
    DATABASES.find((plan) => plan.name === name),
    name,
  );
