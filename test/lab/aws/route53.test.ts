// Route 53 through the unmodified SDK, and what its name server then says.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal, route53, settings } from './clients.ts';
import { lookUp } from '../dns/client.ts';
import { eventually, startBench, type Bench } from './memory-hospital.ts';

let bench: Bench;
let client: InstanceType<typeof route53.Route53Client>;
let zone: string;
beforeAll(async () => {
  bench = await startBench();
  client = new route53.Route53Client(settings(bench.url('us-east-1'), 'us-east-1'));
  zone = bench.aws.hostedZoneId;
});
afterAll(() => bench.close());

type Set = NonNullable<Awaited<ReturnType<typeof records>>>[number];
const a = (Name: string, Value: string, more: object = {}): Set => ({ Name, Type: 'A', TTL: 5, ResourceRecords: [{ Value }], ...more });

async function records() {
  return (await client.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone }))).ResourceRecordSets ?? [];
}
function change(...changes: ['CREATE' | 'DELETE' | 'UPSERT', Set][]) {
  return client.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })) },
    }),
  );
}
const inSync = (id: string | undefined) =>
  eventually(
    'the change in sync',
    async () => (await client.send(new route53.GetChangeCommand({ Id: id }))).ChangeInfo?.Status === 'INSYNC',
  );
const addresses = async (name: string) => (await lookUp(bench.aws.dns, name, 'A')).answers.map((answer) => String(answer.data));

describe('zones and records', { timeout: 30_000 }, () => {
  it('lists the zone, by name too', async () => {
    const all = await client.send(new route53.ListHostedZonesCommand({}));
    expect(all.HostedZones).toMatchObject([{ Id: `/hostedzone/${zone}`, Name: 'hospital.test.' }]);
    const named = await client.send(new route53.ListHostedZonesByNameCommand({ DNSName: 'hospital.test' }));
    expect(named.HostedZones).toHaveLength(1);
    const later = await client.send(new route53.ListHostedZonesByNameCommand({ DNSName: 'zebra.test' }));
    expect(later.HostedZones ?? []).toHaveLength(0);
    const one = await client.send(new route53.GetHostedZoneCommand({ Id: zone }));
    expect(one.DelegationSet?.NameServers).toEqual(['ns-1.resus-lab.test', 'ns-2.resus-lab.test']);
  });

  it('pages records in the order of names from the right', async () => {
    const seen: string[] = [];
    let from: { StartRecordName?: string; StartRecordType?: Set['Type']; StartRecordIdentifier?: string } = {};
    for (let pages = 0; pages < 20; pages++) {
      const page = await client.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 2, ...from }));
      seen.push(...(page.ResourceRecordSets ?? []).map((set) => `${set.Name ?? ''} ${set.Type ?? ''} ${set.SetIdentifier ?? ''}`.trim()));
      if (page.IsTruncated !== true) break;
      from = {
        StartRecordName: page.NextRecordName ?? '',
        ...(page.NextRecordType === undefined ? {} : { StartRecordType: page.NextRecordType }),
        ...(page.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: page.NextRecordIdentifier }),
      };
    }
    expect(seen).toEqual([
      'hospital.test. NS',
      'hospital.test. SOA',
      'ehr.hospital.test. A primary',
      'ehr.hospital.test. A secondary',
      '_http._tcp.ehr.hospital.test. SRV primary',
      '_http._tcp.ehr.hospital.test. SRV secondary',
      'east.ehr.hospital.test. A us-east-2a',
      'east.ehr.hospital.test. A us-east-2b',
      '_http._tcp.east.ehr.hospital.test. SRV us-east-2a',
      '_http._tcp.east.ehr.hospital.test. SRV us-east-2b',
      'us-east-2a.ehr.hospital.test. A',
      'us-east-2b.ehr.hospital.test. A',
      'us-west-2a.ehr.hospital.test. A',
      'us-west-2b.ehr.hospital.test. A',
      'west.ehr.hospital.test. A us-west-2a',
      'west.ehr.hospital.test. A us-west-2b',
      '_http._tcp.west.ehr.hospital.test. SRV us-west-2a',
      '_http._tcp.west.ehr.hospital.test. SRV us-west-2b',
    ]);
  });

  it('answers with a change once it is in sync', async () => {
    await inSync((await change(['CREATE', a('new.hospital.test', '198.51.100.1')])).ChangeInfo?.Id);
    expect(await addresses('new.hospital.test')).toEqual(['198.51.100.1']);
    await inSync((await change(['UPSERT', a('new.hospital.test', '198.51.100.2')])).ChangeInfo?.Id);
    expect(await addresses('NEW.hospital.test')).toEqual(['198.51.100.2']);
    await inSync((await change(['DELETE', a('new.hospital.test', '198.51.100.2')])).ChangeInfo?.Id);
    expect((await lookUp(bench.aws.dns, 'new.hospital.test', 'A')).rcode).toBe('NXDOMAIN');
  });

  it('shows a change that is not in sync to readers of the control plane only', async () => {
    const slow = await startBench({}, { insyncMs: [600_000, 600_000] });
    try {
      const client = new route53.Route53Client(settings(slow.url('us-east-1'), 'us-east-1'));
      const HostedZoneId = slow.aws.hostedZoneId;
      const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet: a('new.hospital.test', '198.51.100.1') }] };
      const { ChangeInfo } = await client.send(new route53.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
      const { ResourceRecordSets } = await client.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId }));
      expect(ResourceRecordSets?.map((set) => set.Name)).toContain('new.hospital.test.');
      expect((await lookUp(slow.aws.dns, 'new.hospital.test', 'A')).rcode).toBe('NXDOMAIN');
      expect((await client.send(new route53.GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status).toBe('PENDING');
    } finally {
      await slow.close();
    }
  });

  it('keeps quotes, ampersands and angles in TXT', async () => {
    const value = '"a<b>&amp; \\"quoted\\"" "two"';
    const set: Set = { Name: 'txt.hospital.test', Type: 'TXT', TTL: 5, ResourceRecords: [{ Value: value }] };
    await inSync((await change(['CREATE', set])).ChangeInfo?.Id);
    expect((await records()).find((one) => one.Type === 'TXT')?.ResourceRecords).toEqual([{ Value: value }]);
    const { answers } = await lookUp(bench.aws.dns, 'txt.hospital.test', 'TXT');
    expect(answers.flatMap((answer) => answer.data as unknown as Buffer[]).map(String)).toEqual(['a<b>&amp; "quoted"', 'two']);
  });

  it('applies nothing of a batch with problems, and names each', async () => {
    const before = await records();
    const counted = bench.aws.executions();
    const call = change(
      ['CREATE', a('good.hospital.test', '198.51.100.9')],
      ['CREATE', a('ehr.hospital.test', '198.51.100.9')],
      ['DELETE', a('gone.hospital.test', '198.51.100.9')],
      ['CREATE', a('bad.hospital.test', '1.2.3')],
    );
    const fault = await call.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(fault).toBeInstanceOf(route53.InvalidChangeBatch);
    expect(String(fault)).toContain("Tried to delete resource record set [name='gone.hospital.test.', type='A'] but it was not found");
    expect(String(fault)).toContain('ARRDATAIllegalIPv4Address');
    expect(String(fault)).toContain('RRSet with DNS name ehr.hospital.test., type A cannot be created as other RRSets exist');
    expect(await records()).toEqual(before);
    expect(bench.aws.executions()).toEqual(counted);
  });

  const refused: [name: string, call: () => Promise<unknown>, expected: string][] = [
    ['unknown zone', () => client.send(new route53.GetHostedZoneCommand({ Id: 'ZNOPE' })), '404 NoSuchHostedZone'],
    ['unknown change', () => client.send(new route53.GetChangeCommand({ Id: 'CNOPE' })), '404 NoSuchChange'],
    ['unknown health check', () => client.send(new route53.GetHealthCheckCommand({ HealthCheckId: 'nope' })), '404 NoSuchHealthCheck'],
    [
      'record with an unknown check',
      () => change(['CREATE', a('h.hospital.test', '198.51.100.1', { HealthCheckId: 'nope', Weight: 1, SetIdentifier: 'x' })]),
      '404 NoSuchHealthCheck',
    ],
    ['weight without identifier', () => change(['CREATE', a('w.hospital.test', '198.51.100.1', { Weight: 1 })]), '400 InvalidInput'],
    [
      'routing that the lab lacks',
      () => change(['CREATE', a('g.hospital.test', '198.51.100.1', { SetIdentifier: 'x', Region: 'us-east-2' })]),
      '400 InvalidInput',
    ],
    [
      'type without name',
      () => client.send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordType: 'A' })),
      '400 InvalidInput',
    ],
    [
      'an operation that the lab does not have',
      () => client.send(new route53.GetCheckerIpRangesCommand({})),
      '404 UnknownOperationException',
    ],
  ];
  it.each(refused)('refuses: %s', async (_name, call, expected) => {
    expect(await refusal(call())).toBe(expected);
  });
});

describe('health checks', { timeout: 30_000 }, () => {
  it('moves the users by the inverted check, without any control-plane call, and back', async () => {
    const east = ['192.0.2.11', '192.0.2.12'];
    const west = ['192.0.2.21', '192.0.2.22'];
    const first = await addresses('ehr.hospital.test');
    expect(east).toContain(first[0]);
    await bench.hospital.lose('us-east-1', 'silent', 60_000);
    bench.switchStatus = 200;
    await eventually('the standby', async () => west.includes((await addresses('ehr.hospital.test'))[0] ?? ''));
    bench.switchStatus = 404;
    await eventually('the primary again', async () => east.includes((await addresses('ehr.hospital.test'))[0] ?? ''));
    await bench.hospital.restore('us-east-1');
    expect(Object.keys(bench.aws.executions()).filter((key) => key.includes('HealthCheck'))).toEqual([]);
  });

  it('takes a weighted record out while its check fails, and shows what the checkers saw', async () => {
    let status = 200;
    const target = createServer((_request, response) => response.writeHead(status).end('ready'));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    const HealthCheckConfig = {
      Type: 'HTTP_STR_MATCH',
      SearchString: 'ready',
      IPAddress: '127.0.0.1',
      Port: port,
      ResourcePath: '/',
      RequestInterval: 10,
      FailureThreshold: 2,
    } as const;
    const made = await client.send(new route53.CreateHealthCheckCommand({ CallerReference: 'one', HealthCheckConfig }));
    const again = await client.send(new route53.CreateHealthCheckCommand({ CallerReference: 'one', HealthCheckConfig }));
    const id = made.HealthCheck?.Id ?? '';
    expect(again.HealthCheck?.Id).toBe(id);
    expect(bench.aws.executions()[`CreateHealthCheck ${id}`]).toBe(1);
    const other = client.send(
      new route53.CreateHealthCheckCommand({ CallerReference: 'one', HealthCheckConfig: { ...HealthCheckConfig, FailureThreshold: 3 } }),
    );
    expect(await refusal(other)).toBe('409 HealthCheckAlreadyExists');
    await inSync(
      (
        await change(
          ['CREATE', a('w.hospital.test', '198.51.100.1', { SetIdentifier: 'checked', Weight: 255, HealthCheckId: id })],
          ['CREATE', a('w.hospital.test', '198.51.100.2', { SetIdentifier: 'spare', Weight: 0 })],
        )
      ).ChangeInfo?.Id,
    );
    expect(await addresses('w.hospital.test')).toEqual(['198.51.100.1']);
    status = 503;
    await eventually('the spare', async () => (await addresses('w.hospital.test'))[0] === '198.51.100.2');
    const seen = await client.send(new route53.GetHealthCheckStatusCommand({ HealthCheckId: id }));
    expect(seen.HealthCheckObservations?.map((one) => one.StatusReport?.Status)).toEqual(
      Array.from({ length: 3 }, () => 'Failure: HTTP Status Code 503, Service Unavailable'),
    );
    status = 200;
    await eventually('the checked one', async () => (await addresses('w.hospital.test'))[0] === '198.51.100.1');
    const updated = await client.send(new route53.UpdateHealthCheckCommand({ HealthCheckId: id, HealthCheckVersion: 1, Inverted: true }));
    expect(updated.HealthCheck).toMatchObject({ HealthCheckVersion: 2, HealthCheckConfig: { Inverted: true, Port: port } });
    await eventually('the spare by inversion', async () => (await addresses('w.hospital.test'))[0] === '198.51.100.2');
    const stale = client.send(new route53.UpdateHealthCheckCommand({ HealthCheckId: id, HealthCheckVersion: 1, Inverted: false }));
    expect(await refusal(stale)).toBe('409 HealthCheckVersionMismatch');
    const parent = await client.send(
      new route53.CreateHealthCheckCommand({
        CallerReference: 'two',
        HealthCheckConfig: { Type: 'CALCULATED', ChildHealthChecks: [id], HealthThreshold: 1 },
      }),
    );
    expect(await refusal(client.send(new route53.DeleteHealthCheckCommand({ HealthCheckId: id })))).toBe('400 HealthCheckInUse');
    await client.send(new route53.DeleteHealthCheckCommand({ HealthCheckId: parent.HealthCheck?.Id }));
    await client.send(new route53.DeleteHealthCheckCommand({ HealthCheckId: id }));
    const { HealthChecks } = await client.send(new route53.ListHealthChecksCommand({}));
    expect(HealthChecks?.map((check) => check.Id)).not.toContain(id);
    await new Promise((resolve) => {
      target.close(resolve);
      target.closeAllConnections();
    });
  });
});
