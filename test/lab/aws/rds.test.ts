// RDS through the unmodified SDK: what it shows, what it refuses, and what its mutations do to the hospital.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rds, refusal, settings } from './clients.ts';
import { eventually, gate, startBench, type Bench } from './memory-hospital.ts';

const WEST = 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west';
const EAST = 'arn:aws:rds:us-east-2:123456789012:cluster:ehr-east';

function clientsOf(bench: Bench) {
  const make = (region: string) => new rds.RDSClient(settings(bench.url(region), region));
  return { east: make('us-east-2'), west: make('us-west-2'), control: make('us-east-1') };
}
type Clients = ReturnType<typeof clientsOf>;

async function globalOf(client: Clients['east']) {
  const { GlobalClusters } = await client.send(new rds.DescribeGlobalClustersCommand({}));
  return GlobalClusters?.[0];
}
const writerOf = (global: Awaited<ReturnType<typeof globalOf>>) =>
  global?.GlobalClusterMembers?.find((member) => member.IsWriter)?.DBClusterArn;
async function messages(client: Clients['east']) {
  const { Events } = await client.send(new rds.DescribeEventsCommand({}));
  return (Events ?? []).map((event) => event.Message);
}

describe('reads and refusals', { timeout: 30_000 }, () => {
  let bench: Bench;
  let clients: Clients;
  beforeAll(async () => {
    bench = await startBench();
    clients = clientsOf(bench);
  });
  afterAll(() => bench.close());

  it('shows the global database in its regions and nothing elsewhere', async () => {
    const global = await globalOf(clients.west);
    expect(global).toMatchObject({ GlobalClusterIdentifier: 'ehr-global', Status: 'available' });
    expect(global?.GlobalClusterMembers).toMatchObject([
      { DBClusterArn: EAST, IsWriter: true, Readers: [WEST], SynchronizationStatus: 'connected' },
      { DBClusterArn: WEST, IsWriter: false },
    ]);
    expect(global?.FailoverState).toBeUndefined();
    expect(await globalOf(clients.control)).toBeUndefined();
    expect((await clients.control.send(new rds.DescribeDBInstancesCommand({}))).DBInstances ?? []).toEqual([]);
  });

  it('shows clusters and instances with their zones and roles', async () => {
    const { DBClusters } = await clients.east.send(new rds.DescribeDBClustersCommand({ DBClusterIdentifier: EAST }));
    expect(DBClusters).toMatchObject([
      {
        DBClusterIdentifier: 'ehr-east',
        Endpoint: 'ehr-east.cluster.hospital.test',
        DBClusterMembers: [
          { DBInstanceIdentifier: 'ehr-east-a', IsClusterWriter: true },
          { DBInstanceIdentifier: 'ehr-east-b', IsClusterWriter: false },
        ],
      },
    ]);
    const { DBInstances } = await clients.east.send(new rds.DescribeDBInstancesCommand({}));
    expect(DBInstances?.map((one) => [one.DBInstanceIdentifier, one.AvailabilityZone, one.SecondaryAvailabilityZone])).toEqual([
      ['ehr-east-a', 'us-east-2a', undefined],
      ['ehr-east-b', 'us-east-2b', undefined],
      ['reports', 'us-east-2a', 'us-east-2b'],
    ]);
    const filtered = await clients.west.send(
      new rds.DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: ['reports-west', 'nothing'] }] }),
    );
    expect(filtered.DBInstances).toMatchObject([
      { ReadReplicaSourceDBInstanceIdentifier: 'arn:aws:rds:us-east-2:123456789012:db:reports' },
    ]);
  });

  const failover = (part: object) => ({
    GlobalClusterIdentifier: 'ehr-global',
    TargetDbClusterIdentifier: WEST,
    AllowDataLoss: true,
    ...part,
  });
  const cases: [name: string, call: (clients: Clients) => Promise<unknown>, expected: string][] = [
    [
      'unknown cluster',
      ({ east }) => east.send(new rds.DescribeDBClustersCommand({ DBClusterIdentifier: 'nope' })),
      '404 DBClusterNotFoundFault',
    ],
    [
      'cluster of another region',
      ({ east }) => east.send(new rds.DescribeDBClustersCommand({ DBClusterIdentifier: 'ehr-west' })),
      '404 DBClusterNotFoundFault',
    ],
    [
      'unknown instance',
      ({ east }) => east.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'nope' })),
      '404 DBInstanceNotFound',
    ],
    [
      'unknown global cluster',
      ({ east }) => east.send(new rds.DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'nope' })),
      '404 GlobalClusterNotFoundFault',
    ],
    [
      'unknown filter',
      ({ east }) => east.send(new rds.DescribeDBClustersCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
      '400 InvalidParameterValue',
    ],
    ['too few records', ({ east }) => east.send(new rds.DescribeDBInstancesCommand({ MaxRecords: 1 })), '400 InvalidParameterValue'],
    ['foreign marker', ({ east }) => east.send(new rds.DescribeDBInstancesCommand({ Marker: 'bm9wZQ' })), '400 InvalidParameterValue'],
    [
      'source without type',
      ({ east }) => east.send(new rds.DescribeEventsCommand({ SourceIdentifier: 'ehr-east' })),
      '400 InvalidParameterCombination',
    ],
    [
      'failover of an unknown global cluster',
      ({ west }) => west.send(new rds.FailoverGlobalClusterCommand(failover({ GlobalClusterIdentifier: 'nope' }))),
      '404 GlobalClusterNotFoundFault',
    ],
    [
      'failover to a cluster that is no member',
      ({ west }) => west.send(new rds.FailoverGlobalClusterCommand(failover({ TargetDbClusterIdentifier: 'nope' }))),
      '404 DBClusterNotFoundFault',
    ],
    [
      'failover to the writer',
      ({ west }) => west.send(new rds.FailoverGlobalClusterCommand(failover({ TargetDbClusterIdentifier: EAST }))),
      '400 InvalidDBClusterStateFault',
    ],
    [
      'failover that is a switchover too',
      ({ west }) => west.send(new rds.FailoverGlobalClusterCommand(failover({ Switchover: true }))),
      '400 InvalidParameterCombination',
    ],
    [
      'switchover asked of the secondary region',
      ({ west }) =>
        west.send(new rds.SwitchoverGlobalClusterCommand({ GlobalClusterIdentifier: 'ehr-global', TargetDbClusterIdentifier: WEST })),
      '400 InvalidGlobalClusterStateFault',
    ],
    [
      'failover to the instance that is the writer',
      ({ east }) =>
        east.send(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: 'ehr-east', TargetDBInstanceIdentifier: 'ehr-east-a' })),
      '400 InvalidDBInstanceState',
    ],
    [
      'failover to a stranger',
      ({ east }) => east.send(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: 'ehr-east', TargetDBInstanceIdentifier: 'reports' })),
      '400 InvalidParameterValue',
    ],
    [
      'forced reboot of an Aurora instance',
      ({ east }) => east.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'ehr-east-a', ForceFailover: true })),
      '400 InvalidParameterCombination',
    ],
    [
      'promotion of what is no replica',
      ({ east }) => east.send(new rds.PromoteReadReplicaCommand({ DBInstanceIdentifier: 'reports' })),
      '400 InvalidDBInstanceState',
    ],
    ['an operation that the lab does not have', ({ east }) => east.send(new rds.DescribeDBSnapshotsCommand({})), '400 InvalidAction'],
  ];
  it.each(cases)('refuses: %s', async (_name, call, expected) => {
    expect(await refusal(call(clients))).toBe(expected);
    expect(bench.hospital.asked).toEqual([]);
    expect(bench.aws.executions()).toEqual({});
  });
});

describe('mutations', { timeout: 30_000 }, () => {
  async function withBench(run: (bench: Bench, clients: Clients) => Promise<void>): Promise<void> {
    const bench = await startBench();
    try {
      await run(bench, clientsOf(bench));
    } finally {
      await bench.close();
    }
  }

  it('fails over with the old region lost: no fence, a promotion, and a rebuilt secondary when the region is back', async () => {
    await withBench(async (bench, { east, west }) => {
      const promotion = gate();
      bench.hospital.database('ehr-west').gate = promotion.shut;
      await bench.hospital.lose('us-east-2', 'silent', 60_000);
      const reply = await west.send(
        new rds.FailoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'ehr-global',
          TargetDbClusterIdentifier: WEST,
          AllowDataLoss: true,
        }),
      );
      expect(reply.GlobalCluster).toMatchObject({
        Status: 'failing-over',
        FailoverState: { Status: 'pending', ToDbClusterArn: WEST, IsDataLossAllowed: true },
      });
      const repeat = west.send(
        new rds.FailoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'ehr-global',
          TargetDbClusterIdentifier: WEST,
          AllowDataLoss: true,
        }),
      );
      expect(await refusal(repeat)).toBe('400 InvalidGlobalClusterStateFault');
      promotion.open();
      await eventually('the new writer', async () => writerOf(await globalOf(west)) === WEST);
      const global = await globalOf(west);
      expect(global).toMatchObject({ Status: 'available' });
      expect(global?.GlobalClusterMembers?.find((member) => member.DBClusterArn === EAST)?.SynchronizationStatus).toBe('pending-resync');
      expect(bench.hospital.asked).toEqual(['lose us-east-2 silent', 'ehr-west promote']);
      expect(await messages(west)).toEqual([
        'Attempt to block writes for DB cluster ehr-east in Region us-east-2 timed out.',
        'Global failover to DB cluster ehr-west in Region us-west-2 completed.',
        'Aurora finished changing the DNS name that the global writer endpoint resolves to.',
      ]);
      const old = bench.hospital.database('ehr-east');
      expect(bench.aws.onRestore(old)).toBe('rebuild');
      expect(bench.aws.upstream(old)?.name).toBe('ehr-west');
      expect(bench.aws.onRestore(bench.hospital.database('ehr-west'))).toBe('resume');
      expect(bench.aws.onRestore(bench.hospital.database('reports'))).toBe('resume');
      await old.rebuildFrom(bench.hospital.database('ehr-west'));
      await bench.hospital.restore('us-east-2');
      await eventually('the old cluster as a secondary', async () =>
        (await globalOf(west))?.GlobalClusterMembers?.every((member) => member.SynchronizationStatus === 'connected'),
      );
      expect(bench.aws.onRestore(old)).toBe('resume');
      expect(await messages(east)).toEqual([
        'Started resynchronizing members of DB cluster ehr-east in Region us-east-2 after global failover.',
        'Finished resynchronizing members of DB cluster ehr-east in Region us-east-2 after global failover.',
      ]);
      expect(bench.aws.executions()).toEqual({ 'FailoverGlobalCluster ehr-global': 1 });
    });
  });

  it('stops a writer that it reaches before it promotes, and says that writes were blocked', async () => {
    await withBench(async (bench, { east, west }) => {
      await west.send(
        new rds.FailoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'ehr-global',
          TargetDbClusterIdentifier: 'ehr-west',
          AllowDataLoss: true,
        }),
      );
      await eventually('both connected', async () => {
        const global = await globalOf(west);
        return writerOf(global) === WEST && global?.GlobalClusterMembers?.every((member) => member.SynchronizationStatus === 'connected');
      });
      expect(bench.hospital.asked).toEqual(['ehr-east kill', 'ehr-west promote', 'ehr-east rebuildFrom ehr-west']);
      const { Events } = await east.send(new rds.DescribeEventsCommand({ SourceType: 'db-instance', SourceIdentifier: 'ehr-east-a' }));
      expect(Events).toMatchObject([{ Message: 'Attempt to block writes for DB cluster ehr-east in Region us-east-2 succeeded.' }]);
    });
  });

  it('gives up a promotion that cannot be had and leaves the writer what it was', async () => {
    await withBench(async (bench, { west }) => {
      await bench.hospital.lose('us-east-2', 'silent', 60_000);
      bench.hospital.database('ehr-west').failPromotions = 100;
      await west.send(
        new rds.FailoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'ehr-global',
          TargetDbClusterIdentifier: WEST,
          AllowDataLoss: true,
        }),
      );
      await eventually('the failure', async () =>
        (await messages(west)).includes('Global failover to DB cluster ehr-west in Region us-west-2 failed.'),
      );
      expect(writerOf(await globalOf(west))).toBe(EAST);
      expect(bench.aws.onRestore(bench.hospital.database('ehr-east'))).toBe('resume');
    });
  });

  it('starts the old writer again where it came back during a promotion that failed', async () => {
    await withBench(async (bench, { west }) => {
      const old = bench.hospital.database('ehr-east');
      const promotion = gate();
      bench.hospital.database('ehr-west').gate = promotion.shut;
      bench.hospital.database('ehr-west').failPromotions = 100;
      await bench.hospital.lose('us-east-2', 'silent', 60_000);
      await west.send(
        new rds.FailoverGlobalClusterCommand({
          GlobalClusterIdentifier: 'ehr-global',
          TargetDbClusterIdentifier: WEST,
          AllowDataLoss: true,
        }),
      );
      await eventually('the old copy is not to come back', () => bench.aws.onRestore(old) === 'rebuild');
      // What the hospital does with it when its site comes back.
      await old.kill();
      await bench.hospital.restore('us-east-2');
      promotion.open();
      await eventually('the old writer', () => old.isRunning());
      expect(bench.hospital.asked.at(-1)).toBe('ehr-east restartIn us-east-2a');
      expect(writerOf(await globalOf(west))).toBe(EAST);
    });
  });

  it('switches over without loss, and refuses to while a region is lost', async () => {
    await withBench(async (bench, { east, west }) => {
      const ask = () =>
        east.send(new rds.SwitchoverGlobalClusterCommand({ GlobalClusterIdentifier: 'ehr-global', TargetDbClusterIdentifier: WEST }));
      await bench.hospital.lose('us-west-2', 'silent', 60_000);
      expect(await refusal(ask())).toBe('400 InvalidDBClusterStateFault');
      await bench.hospital.restore('us-west-2');
      expect((await ask()).GlobalCluster).toMatchObject({ Status: 'switching-over', FailoverState: { IsDataLossAllowed: false } });
      await eventually('the new writer', async () => writerOf(await globalOf(west)) === WEST);
      expect(bench.hospital.asked).toContain('ehr-east switchoverTo ehr-west');
      await eventually('its end', async () =>
        (await messages(west)).includes('Global switchover to DB cluster ehr-west in Region us-west-2 finished.'),
      );
      expect(await messages(east)).toContain('Old primary DB cluster ehr-east in Region us-east-2 successfully shut down.');
    });
  });

  it('moves the writer, the Multi-AZ host and the replica', async () => {
    await withBench(async (bench, { east, west }) => {
      const restart = gate();
      bench.hospital.database('reports').gate = restart.shut;
      await east.send(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: 'ehr-east', TargetDBInstanceIdentifier: 'ehr-east-b' }));
      await east.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports', ForceFailover: true }));
      await west.send(new rds.PromoteReadReplicaCommand({ DBInstanceIdentifier: 'reports-west' }));
      expect(await refusal(east.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports' })))).toBe(
        '400 InvalidDBInstanceState',
      );
      restart.open();
      await eventually('all three', async () => {
        const { DBClusters } = await east.send(new rds.DescribeDBClustersCommand({}));
        const moved = DBClusters?.[0]?.DBClusterMembers?.find((member) => member.IsClusterWriter)?.DBInstanceIdentifier === 'ehr-east-b';
        const { DBInstances } = await east.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports' }));
        const swapped = DBInstances?.[0]?.AvailabilityZone === 'us-east-2b' && DBInstances[0].SecondaryAvailabilityZone === 'us-east-2a';
        const replica = (await west.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports-west' }))).DBInstances?.[0];
        return moved && swapped && replica?.DBInstanceStatus === 'available' && replica.ReadReplicaSourceDBInstanceIdentifier === undefined;
      });
      expect(bench.hospital.asked.toSorted()).toEqual([
        'ehr-east restartIn us-east-2b',
        'reports restartIn us-east-2b',
        'reports-west promote',
      ]);
      expect(bench.aws.executions()).toEqual({
        'FailoverDBCluster ehr-east': 1,
        'PromoteReadReplica reports-west': 1,
        'RebootDBInstance reports': 1,
      });
      expect(bench.aws.upstream(bench.hospital.database('reports-west'))).toBeUndefined();
    });
  });

  it('pages events by marker, each once and in order', async () => {
    await withBench(async (_bench, { east }) => {
      for (let round = 0; round < 12; round++) {
        await east.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports' }));
        await eventually('the reboot', async () => {
          const { DBInstances } = await east.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports' }));
          return DBInstances?.[0]?.DBInstanceStatus === 'available';
        });
      }
      const pages: number[] = [];
      const all: (string | undefined)[] = [];
      for await (const page of rds.paginateDescribeEvents({ client: east, pageSize: 20 }, {})) {
        pages.push(page.Events?.length ?? 0);
        all.push(...(page.Events ?? []).map((event) => event.Message));
      }
      expect(pages).toEqual([20, 4]);
      expect(all).toEqual(Array.from({ length: 12 }, () => ['DB instance shutdown', 'DB instance restarted']).flat());
    });
  });
});
