// AWS as the lab has it: one HTTP listener a region with RDS, FIS and STS behind it, Route 53's control plane in `us-east-1`, and
// Route 53's data plane (name server, health checkers) which belongs to no region and is never lost.

import type { Server } from 'node:http';
import { serveDns } from '../dns/server.ts';
import type { Hospital } from '../hospital.ts';
import type { AwsLab, AwsOptions } from './contract.ts';
import { makeFisModel } from './fis/model.ts';
import { zoneLossTemplate } from './fis/operations.ts';
import { fisService } from './fis/service.ts';
import { planZone } from './hospital-zone.ts';
import { CONTROL_REGION, FIS_ROLE, GLOBAL_CLUSTER, ZONE_NAME, arn } from './names.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { mustRebuild, rdsEndpoints, upstreamOf } from './rds/endpoints.ts';
import { makeRdsModel } from './rds/model.ts';
import { rdsService } from './rds/service.ts';
import { inOrder, positionOf } from './route53/order.ts';
import { makeRoute53Model } from './route53/model.ts';
import { route53Service } from './route53/service.ts';
import { makeSessions } from './sessions.ts';
import { stsService } from './sts.ts';
import { makeTally } from './tally.ts';
import { makeTempo } from './tempo.ts';
import { listenFront } from './wire/front.ts';
import type { Service } from './wire/service.ts';

export type { AwsLab, AwsOptions } from './contract.ts';

const PRIMARY_REGION = 'us-east-2';

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Resolves when every listener and the name server answer. Rejects, with nothing left open, when a port is taken. */
export function startAws(hospital: Hospital, options: AwsOptions): Promise<AwsLab> {
  return startAwsWith(hospital, options, PROFILES[options.profile]);
}

/** The same with durations of one's own, in place of those that `options.profile` names. */
export async function startAwsWith(hospital: Hospital, options: AwsOptions, profile: Profile): Promise<AwsLab> {
  const tempo = makeTempo(profile, options.unkind, options.seed ?? 1, (fault) => {
    process.stderr.write(`lab aws: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  });
  const tally = makeTally();
  const rds = makeRdsModel(hospital, tempo, tally);
  const zoneId = `Z${tempo.token(19)}`;
  const healthCheckId = tempo.uuid();
  const plan = planZone(hospital, zoneId, options.switchUrl, healthCheckId, () => tempo.uuid());
  const route53 = makeRoute53Model(tempo, tally, {
    zone: { id: zoneId, name: `${ZONE_NAME}.`, callerReference: 'resus-lab', comment: 'The hospital of the lab' },
    records: plan.records.toSorted((a, b) => inOrder(positionOf(a), positionOf(b))),
    endpoints: rdsEndpoints(rds),
  });
  for (const { id, reference, config, initiallyOk } of plan.checks) {
    route53.putCheck({ id, callerReference: reference, version: 1, config }, initiallyOk);
  }

  const servers: Server[] = [];
  const rdsWire = rdsService(rds);
  const sessions = makeSessions(() => tempo.now());
  const stsWire = stsService(tempo, sessions);
  const route53Wire = route53Service(route53);
  const fisModels = new Map(hospital.regions.map(({ name }) => [name, makeFisModel(name, rds)]));
  const primary = fisModels.get(PRIMARY_REGION);
  const fisTemplateZoneLoss = primary === undefined ? '' : zoneLossTemplate(primary, `${PRIMARY_REGION}a`, FIS_ROLE);
  const fisOf = (region: string): Readonly<Record<string, Service>> => {
    const model = fisModels.get(region);
    return model === undefined ? {} : { fis: fisService(model) };
  };
  const servicesOf = (region: string): Readonly<Record<string, Service>> => ({
    rds: rdsWire,
    sts: stsWire,
    ...fisOf(region),
    ...(region === CONTROL_REGION ? { route53: route53Wire } : {}),
  });
  let closing: Promise<void> | undefined;
  const dns = await serveDns(route53.view, options.dnsPort ?? 0).catch(async (fault: unknown) => {
    // The checkers poll already: a lab that cannot start must not leave them running.
    await tempo.close();
    throw fault;
  });
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await Promise.all([dns.close(), ...servers.map(closeServer)]);
      await tempo.close();
    })();
    return closing;
  };
  try {
    for (const { name } of hospital.regions) {
      servers.push(await listenFront({ region: name, services: servicesOf(name), sessions, tempo, tally }, await options.listen(name)));
    }
  } catch (fault) {
    await close();
    throw fault;
  }

  return {
    dns: dns.address,
    route53: options.publicUrl(CONTROL_REGION),
    hostedZoneId: zoneId,
    healthCheckId,
    globalCluster: GLOBAL_CLUSTER,
    clusterArns: { east: arn.cluster('us-east-2', 'ehr-east'), west: arn.cluster('us-west-2', 'ehr-west') },
    fisTemplateZoneLoss,
    fisRole: FIS_ROLE,
    onRestore: (database) => (mustRebuild(rds, database) ? 'rebuild' : 'resume'),
    upstream: (database) => upstreamOf(rds, database),
    executions: () => tally.executions(),
    throttle: (operation, count) => tally.throttle(operation, count),
    close,
  };
}
