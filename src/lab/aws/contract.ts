// The seam between the AWS wire and the processes of the lab: what `startAws` is given and what it gives back. The wire
// decides what AWS would do and when; what really happens, happens through `Hospital`.

import type { Database } from '../hospital.ts';
import type { ProfileName } from './profiles.ts';

export interface AwsOptions {
  readonly profile: ProfileName;
  /** Read-backs lag by 0 to 3 s and 1 reply in 20 to a mutation is dropped after it was executed. Throttling is on demand either way. */
  readonly unkind: boolean;
  /** Of everything that is drawn by lot: lags, dropped replies, DNS weights. Default 1. */
  readonly seed?: number;
  /** On 127.0.0.1, UDP and TCP. Default: any free one. */
  readonly dnsPort?: number;
  /**
   * Called once for each of `hospital.regions`, `us-east-1` included: where the HTTP server of that site must listen, a UNIX socket path
   * (contains a `/`) or `host:port`. A border process relays to it and is what freezes when the site is lost.
   */
  listen(site: string): Promise<string>;
  /** Base URL at which clients reach that site's AWS endpoint (the border's), e.g. `http://127.0.20.9:4566`. */
  publicUrl(site: string): string;
  /** Polled by the inverted health check: 200 = the standby wants the traffic, 404 = the primary keeps it, silence = the primary keeps it. */
  readonly switchUrl: string;
}

export interface AwsLab {
  /** `127.0.0.1:PORT`, UDP and TCP. */
  readonly dns: string;
  /** Base URL of the Route 53 control plane, in `us-east-1`. */
  readonly route53: string;
  /** Without the `/hostedzone/` prefix. */
  readonly hostedZoneId: string;
  /** Of the inverted check on `switchUrl`. */
  readonly healthCheckId: string;
  /** `ehr-global`. */
  readonly globalCluster: string;
  readonly clusterArns: { readonly east: string; readonly west: string };
  /** Template id: loss of the zone us-east-2a for a bounded time. */
  readonly fisTemplateZoneLoss: string;
  /** ARN of the role that experiments run as. */
  readonly fisRole: string;
  /**
   * The hospital asks this for each database of a site that comes back, before any address of that site answers again. `rebuild`: another
   * takes over its role, so the hospital must not resume it as a writer but call `rebuildFrom(upstream(database))`, or leave it ended while that one is no
   * primary yet; the RDS model watches for its role to become `standby`, makes the copy itself where nobody did, and then shows it as available.
   */
  onRestore(database: Database): 'resume' | 'rebuild';
  /** The primary that this database follows according to RDS, or undefined when it is a primary itself. */
  upstream(database: Database): Database | undefined;
  /** How often each mutation was really executed, by `Operation resource`, e.g. `FailoverGlobalCluster ehr-global`. Refused requests do not count. */
  executions(): Record<string, number>;
  /** The next `count` calls of that operation, in any region, are refused as AWS throttles. */
  throttle(operation: string, count: number): void;
  /** Stops listeners, DNS, checkers and experiments. It restores no site. Idempotent. */
  close(): Promise<void>;
}
