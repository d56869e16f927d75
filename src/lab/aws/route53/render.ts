// Route 53 resources in XML, with the element names of the service model 2013-04-01.

import type { RecordSet } from '../../dns/record-set.ts';
import { leaf, node } from '../wire/xml.ts';
import { showName } from './order.ts';
import type { Change, HealthCheck, Observation, Route53State } from './state.ts';

export function recordXml(set: RecordSet): string {
  const { alias } = set;
  return node(
    'ResourceRecordSet',
    leaf('Name', showName(set.name)),
    leaf('Type', set.type),
    leaf('SetIdentifier', set.setIdentifier),
    leaf('Weight', set.weight),
    leaf('Failover', set.failover),
    leaf('TTL', set.ttl),
    alias === undefined ? node('ResourceRecords', ...set.values.map((value) => node('ResourceRecord', leaf('Value', value)))) : '',
    alias === undefined
      ? ''
      : node(
          'AliasTarget',
          leaf('HostedZoneId', alias.zoneId),
          leaf('DNSName', showName(alias.name)),
          leaf('EvaluateTargetHealth', alias.evaluateHealth),
        ),
    leaf('HealthCheckId', set.healthCheckId),
  );
}

export function zoneXml({ zone, records }: Route53State): string {
  return node(
    'HostedZone',
    leaf('Id', `/hostedzone/${zone.id}`),
    leaf('Name', zone.name),
    leaf('CallerReference', zone.callerReference),
    node('Config', leaf('Comment', zone.comment), leaf('PrivateZone', false)),
    leaf('ResourceRecordSetCount', records.length),
  );
}

export function nameServersXml({ zone, records }: Route53State): string {
  const servers = records.find((set) => set.name === zone.name && set.type === 'NS')?.values ?? [];
  return node('DelegationSet', node('NameServers', ...servers.map((server) => leaf('NameServer', server.replace(/\.$/, '')))));
}

export function changeXml(change: Change, inSync: boolean): string {
  return node(
    'ChangeInfo',
    leaf('Id', `/change/${change.id}`),
    leaf('Status', inSync ? 'INSYNC' : 'PENDING'),
    leaf('SubmittedAt', new Date(change.submittedAt).toISOString()),
    leaf('Comment', change.comment),
  );
}

export function checkXml({ id, callerReference, version, config }: HealthCheck): string {
  const polled = config.type !== 'CALCULATED';
  return node(
    'HealthCheck',
    leaf('Id', id),
    leaf('CallerReference', callerReference),
    node(
      'HealthCheckConfig',
      leaf('IPAddress', config.ipAddress),
      leaf('Port', config.port),
      leaf('Type', config.type),
      leaf('ResourcePath', config.path),
      leaf('FullyQualifiedDomainName', config.host),
      leaf('SearchString', config.search),
      leaf('RequestInterval', polled ? config.intervalSeconds : undefined),
      leaf('FailureThreshold', polled ? config.threshold : undefined),
      leaf('MeasureLatency', polled ? config.measureLatency : undefined),
      leaf('Inverted', config.inverted),
      leaf('Disabled', config.disabled),
      leaf('HealthThreshold', config.healthThreshold),
      config.children.length === 0 ? '' : node('ChildHealthChecks', ...config.children.map((child) => leaf('ChildHealthCheck', child))),
      polled ? leaf('EnableSNI', false) : '',
      polled ? node('Regions', ...config.regions.map((region) => leaf('Region', region))) : '',
    ),
    leaf('HealthCheckVersion', version),
  );
}

/** What the checkers saw; as at AWS, inversion is not applied here. */
export function statusXml(observations: readonly Observation[]): string {
  const seen = observations.filter((observation) => observation.checkedAt > 0);
  return node(
    'HealthCheckObservations',
    ...seen.map((observation, index) =>
      node(
        'HealthCheckObservation',
        leaf('Region', observation.region),
        leaf('IPAddress', `192.0.2.${String(index + 1)}`),
        node('StatusReport', leaf('Status', observation.status), leaf('CheckedTime', new Date(observation.checkedAt).toISOString())),
      ),
    ),
  );
}
