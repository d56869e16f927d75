// What the FIS actions really do to the hospital. An effect ends by itself or when it is stopped, and takes back what can be
// taken back before it ends; each loss also carries a lease, so that it ends even if nobody ends it.

import { params } from '../wire/query.ts';
import { failoverDBCluster, rebootDBInstance } from '../rds/mutations.ts';
import { LONGEST_MS, readDuration } from './catalogue.ts';
import type { FisModel } from './model.ts';
import type { Resource } from './resources.ts';
import type { LossKind } from '../../hospital.ts';

export interface Scope {
  readonly model: FisModel;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the action's target resolved to. */
  readonly resources: readonly Resource[];
  /** Resolves when the experiment is stopped. */
  readonly stopped: Promise<void>;
}

/** Beyond the planned end, for the case that the lab's own end of it fails. */
const LEASE_MARGIN_MS = 5_000;

/** Zones are counted, so that of two experiments on one zone the first to end does not give it back. */
const held = new WeakMap<object, Map<string, number>>();

async function hold(model: FisModel, zones: readonly string[], kind: LossKind, leaseMs: number): Promise<() => Promise<void>> {
  const counts = held.get(model.hospital) ?? new Map<string, number>();
  held.set(model.hospital, counts);
  for (const zone of zones) {
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
    await model.hospital.lose(zone, kind, leaseMs);
  }
  return async () => {
    for (const zone of zones) {
      const left = (counts.get(zone) ?? 1) - 1;
      counts.set(zone, left);
      if (left === 0) await model.hospital.restore(zone);
    }
  };
}

async function loseFor(scope: Scope, kind: LossKind, durationText: string | undefined): Promise<void> {
  const { model, resources, stopped } = scope;
  const asked = durationText === undefined ? undefined : readDuration(durationText);
  const durationMs = (asked ?? LONGEST_MS) * model.tempo.profile.fisScale;
  const giveBack = await hold(model, [...new Set(resources.map((resource) => resource.zone))], kind, durationMs + LEASE_MARGIN_MS);
  // Without a duration, stopped instances stay stopped after the action: FIS does not start them again.
  if (asked === undefined) return;
  try {
    await Promise.race([model.tempo.sleep(durationMs), stopped]);
  } finally {
    await giveBack();
  }
}

const nameIn = (arnText: string): string => arnText.split(':').at(-1) ?? '';

/** By action id. An effect that rejects makes its action fail. */
export const EFFECTS: Readonly<Record<string, (scope: Scope) => Promise<void>>> = {
  'aws:fis:wait': async ({ model, parameters, stopped }) => {
    await Promise.race([model.tempo.sleep((readDuration(parameters['duration'] ?? '') ?? 0) * model.tempo.profile.fisScale), stopped]);
  },
  'aws:network:disrupt-connectivity': (scope) => loseFor(scope, 'silent', scope.parameters['duration']),
  'aws:ec2:stop-instances': (scope) => loseFor(scope, 'killed', scope.parameters['startInstancesAfterDuration']),
  'aws:rds:failover-db-cluster': ({ model, resources }) => {
    for (const resource of resources) {
      failoverDBCluster(model.rds, model.region, params(new URLSearchParams({ DBClusterIdentifier: nameIn(resource.arn) })));
    }
    return Promise.resolve();
  },
  'aws:rds:reboot-db-instances': ({ model, resources, parameters }) => {
    for (const resource of resources) {
      const force = parameters['forceFailover'] ?? 'false';
      rebootDBInstance(
        model.rds,
        model.region,
        params(new URLSearchParams({ DBInstanceIdentifier: nameIn(resource.arn), ForceFailover: force })),
      );
    }
    return Promise.resolve();
  },
};
