// A controller that is frozen with its last check behind it and its call not yet on the wire. A successor on the same journal finishes the
// run; then the first one wakes up and writes its call. It is refused, and so is what it writes into its journal.
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkLines } from '../../src/journal/check.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { labKeys } from '../providers/fixtures.ts';
import { until } from '../vantage/until.ts';
import { Lane } from './crash-matrix/lane.ts';

let lane: Lane | undefined;
let stopped: ChildProcess | undefined;
afterEach(async () => {
  stopped?.kill('SIGKILL');
  await lane?.close();
}, 60_000);

type Case = {
  readonly call: string;
  /** What the wire carries of it, by which the moment is found. */
  readonly marker: string;
  /** What AWS answers when it comes late. */
  readonly answer: { readonly status: number; readonly says: string };
};
const cases: readonly Case[] = [
  {
    call: 'rds SwitchoverGlobalCluster',
    marker: 'Action=SwitchoverGlobalCluster',
    answer: { status: 400, says: 'InvalidDBClusterStateFault' },
  },
  { call: 'switch PUT /standby', marker: 'PUT /standby', answer: { status: 412, says: 'the leader of epoch 2 has set it' } },
  { call: 'route53 POST /rrset', marker: 'portal.hospital.test</Name>', answer: { status: 400, says: 'InvalidChangeBatch' } },
];

test.each(cases)('$call', { timeout: 240_000 }, async ({ call, marker, answer }) => {
  const at = (lane = await Lane.open());
  await at.boot(null, marker);
  const former = at.url;
  const moving = at.move();
  moving.catch(() => undefined);
  await until('the freeze', () => at.isStopped, 60_000);
  expect(at.passed.filter(({ name }) => name === call)).toEqual([]);
  // A lock that did not hold: a network file system, a disk that was attached elsewhere while the machine was frozen.
  rmSync(join(at.folder, 'data', 'journal.db.lock'));
  stopped = await at.release();
  const { run } = await moving;
  expect(run.outcome, run.because).toBe('succeeded');
  const before = { executions: at.executions(), zone: await zoneOf(at) };
  expect(before.executions).toEqual({ SwitchoverGlobalCluster: 1, PutSwitch: 1, ChangeResourceRecordSets: 2 });

  at.answers.length = 0;
  stopped.kill('SIGCONT');
  await until('the late call', () => at.answers.length > 0, 30_000);
  expect(at.answers).toMatchObject([{ name: call, status: answer.status, body: expect.stringContaining(answer.says) as string }]);
  expect({ executions: at.executions(), zone: await zoneOf(at) }).toEqual(before);
  // What it wants to write down is refused: it acts no more, and says why.
  const standing = async (): Promise<string> => {
    const reply = await fetch(`${former}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return `${reply.status} ${await reply.text()}`;
  };
  await until(
    'that it stands down',
    async () =>
      /^503 .*(refuses the batch|nothing of this batch was kept|another process has it open)/.test(await standing().catch(String)),
    30_000,
  );
  await ended(stopped);
  await at.kill();
  const journal = await openSqlite(join(at.folder, 'data', 'journal.db'), { reserveBytes: 65_536 });
  const epochs = [...checkLines(journal.read(0))].map(({ epoch }) => epoch);
  await journal.close();
  expect(new Set(epochs)).toEqual(new Set([1, 2]));
});

// The target alone would not protect from this one: it is not any more what the switch is set to.
test('a late PUT that outlives the next run, too, is refused: users stay where the writer is', { timeout: 240_000 }, async () => {
  const at = (lane = await Lane.open());
  await at.boot(null, 'PUT /standby');
  const moving = at.move();
  moving.catch(() => undefined);
  await until('the freeze', () => at.isStopped, 60_000);
  rmSync(join(at.folder, 'data', 'journal.db.lock'));
  stopped = await at.release();
  expect((await moving).run.outcome).toBe('succeeded');
  expect(at.usersAt).toBe('standby');
  const home = await at.move();
  expect(home.run.outcome, home.run.because).toBe('succeeded');
  expect(at.usersAt).toBe('primary');

  at.answers.length = 0;
  stopped.kill('SIGCONT');
  await until('the late call', () => at.answers.length > 0, 30_000);
  expect(at.answers).toMatchObject([{ name: 'switch PUT /standby', status: 412 }]);
  expect(at.usersAt).toBe('primary');
  await ended(stopped);
});

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await until('its end', () => child.exitCode !== null || child.signalCode !== null);
}
async function zoneOf({ bench }: Lane): Promise<unknown> {
  const tools = new AwsTools({ route53Endpoint: bench.url('us-east-1'), credentials: labKeys });
  return (await (await tools.route53()).read.listResourceRecordSets({ HostedZoneId: bench.aws.hostedZoneId })).ResourceRecordSets;
}
