// What Route 53's control plane knows, as one immutable value. What its data plane answers with is `served`: the record sets of
// the last change that is in sync everywhere.

import type { RecordSet } from '../../dns/record-set.ts';

export type CheckType = 'HTTP' | 'HTTP_STR_MATCH' | 'TCP' | 'CALCULATED';

export interface CheckConfig {
  readonly type: CheckType;
  readonly ipAddress?: string;
  readonly port?: number;
  readonly path?: string;
  readonly host?: string;
  readonly search?: string;
  /** 10 or 30 seconds. */
  readonly intervalSeconds: number;
  /** 1 to 10. */
  readonly threshold: number;
  readonly inverted: boolean;
  readonly disabled: boolean;
  readonly measureLatency: boolean;
  /** Where its checkers are; each polls by itself. */
  readonly regions: readonly string[];
  readonly children: readonly string[];
  /** How many children must be healthy. */
  readonly healthThreshold?: number;
}
export interface HealthCheck {
  readonly id: string;
  readonly callerReference: string;
  readonly version: number;
  readonly config: CheckConfig;
}
/** What one checker last saw, and what it holds to be true after the failure threshold. */
export interface Observation {
  readonly region: string;
  readonly healthy: boolean;
  /** As Route 53 words it, `Success: HTTP Status Code 200, OK`. */
  readonly status: string;
  readonly checkedAt: number;
}
export interface Change {
  readonly id: string;
  readonly inSync: boolean;
  readonly submittedAt: number;
  readonly comment?: string;
}
export interface Route53State {
  readonly zone: { readonly id: string; readonly name: string; readonly callerReference: string; readonly comment: string };
  readonly records: readonly RecordSet[];
  readonly served: readonly RecordSet[];
  readonly changes: Readonly<Record<string, Change>>;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly observations: Readonly<Record<string, readonly Observation[]>>;
}

/** Route 53 has eight checker regions; three is the least that a health check may name. */
export const CHECKER_REGIONS = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
] as const;
export const DEFAULT_REGIONS: readonly string[] = ['us-east-1', 'eu-west-1', 'ap-northeast-1'];
