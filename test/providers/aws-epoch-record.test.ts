// A change that comes too late is refused whole, by Route 53 itself: the real SDK against the lab's wire, with calls that are held up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Instant } from '../../src/core/values.ts';
import { changeRecord } from '../../src/providers/aws/actions/change-record.ts';
import { shiftWeight } from '../../src/providers/aws/actions/shift-weight.ts';
import { claimIn, claiming, claimNameOf, isOfStep, isOvertaken, type Claim } from '../../src/providers/aws/epoch-record.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { Wire, type Hook } from '../e2e/crash-matrix/wire.ts';
import { gate, startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { labKeys } from './fixtures.ts';

let bench: Bench;
const wire = new Wire();
let relay = '';
beforeAll(async () => {
  bench = await startBench();
  relay = await wire.http('route53', bench.url('us-east-1'));
  await controller().route53();
}, 30_000);
afterAll(async () => {
  wire.close();
  await bench.close();
});

/** Each has a memory of its own, as a process has. */
const controller = (more: { route53SyncMs?: number } = {}): AwsTools =>
  new AwsTools({ route53Endpoint: relay, credentials: labKeys, ...more });
type Who = { readonly epoch: number; readonly log?: string; readonly token?: string; readonly tools?: AwsTools };
const callOf = ({ epoch, log = 'resus/central', token = 'run-1/route', tools = controller() }: Who) => ({
  tools,
  token,
  epoch,
  log,
  now: Date.now() as Instant,
  signal: AbortSignal.timeout(10_000),
});
const portal = (value: string, name = 'portal.hospital.test') => ({
  hostedZone: bench.aws.hostedZoneId,
  name,
  type: 'A' as const,
  ttl: 5,
  values: [value],
});
const set = (value: string, who: Who, name?: string): Promise<Outcome> =>
  changeRecord.apply({ ...callOf(who), with: portal(value, name) }) as Promise<Outcome>;
const zone = async (name: string, type: string) => {
  const { read } = await controller().route53();
  const { ResourceRecordSets = [] } = await read.listResourceRecordSets({ HostedZoneId: bench.aws.hostedZoneId });
  return ResourceRecordSets.filter((each) => each.Name === `${name}.` && each.Type === type).flatMap((each) =>
    (each.ResourceRecords ?? []).map((record) => record.Value),
  );
};
const executed = (): number => bench.aws.executions()[`ChangeResourceRecordSets ${bench.aws.hostedZoneId}`] ?? 0;
const accepted = expect.objectContaining({ kind: 'accepted' }) as unknown;
const isChange = (name: string): boolean => name.startsWith('route53 POST');
/** Runs `meanwhile` between the moment when the next change was sent and the one at which Route 53 hears of it. */
async function heldUp(late: () => Promise<Outcome>, meanwhile: () => Promise<unknown>): Promise<Outcome> {
  const held = gate();
  let isHeld = false;
  const hook: Hook = async ({ name, phase }) => {
    if (isHeld || phase !== 'before' || !isChange(name)) return true;
    isHeld = true;
    sent();
    await held.shut;
    return true;
  };
  let sent: () => void = () => undefined;
  const wasSent = new Promise<void>((resolve) => (sent = resolve));
  wire.hook = hook;
  const outcome = late();
  await wasSent;
  await meanwhile();
  held.open();
  return outcome.finally(() => (wire.hook = () => true));
}

describe('every batch replaces the epoch record', { timeout: 30_000 }, () => {
  test('the first makes it, the next takes over what a predecessor left, and it says who', async () => {
    expect(await set('192.0.2.1', { epoch: 3 })).toEqual(accepted);
    const [first] = await zone('_resus-epoch.portal.hospital.test', 'TXT');
    expect(first).toMatch(/^"resus log=resus\/central epoch=3 step=run-1\/route at=\d{4}-\d\d-\d\dT[\d:.]+Z"$/);
    expect(await set('192.0.2.2', { epoch: 4, token: 'run-2/route' })).toEqual(accepted);
    expect(await zone('_resus-epoch.portal.hospital.test', 'TXT')).toEqual([expect.stringContaining(' epoch=4 step=run-2/route ')]);
    expect(await zone('portal.hospital.test', 'A')).toEqual(['192.0.2.2']);
  });

  test('weights too', async () => {
    const weights = { 'us-east-2a': 0, 'us-east-2b': 20 };
    const input = { hostedZone: bench.aws.hostedZoneId, name: 'east.ehr.hospital.test', type: 'A' as const, weights };
    expect(await shiftWeight.apply({ ...callOf({ epoch: 3 }), with: input })).toEqual(accepted);
    expect(await zone('_resus-epoch.east.ehr.hospital.test', 'TXT')).toEqual([expect.stringContaining(' epoch=3 ')]);
  });
});

describe('a change that was held up on its way', { timeout: 30_000 }, () => {
  const refused = { kind: 'failed', code: 'CHANGED_MEANWHILE', retriable: true };
  const cases: readonly (readonly [string, Who, Who])[] = [
    ['a successor changed the name meanwhile', { epoch: 5 }, { epoch: 6 }],
    ['its own next attempt did', { epoch: 7 }, { epoch: 7 }],
    ['the controller of another journal did', { epoch: 8 }, { epoch: 1, log: 'resus/other' }],
  ];
  test.each(cases)('is refused whole when %s', async (_name, early, late) => {
    await set('192.0.2.10', { epoch: early.epoch });
    const before = executed();
    expect(
      await heldUp(
        () => set('192.0.2.11', early),
        () => set('192.0.2.12', late),
      ),
    ).toMatchObject(refused);
    expect(await zone('portal.hospital.test', 'A')).toEqual(['192.0.2.12']);
    expect(executed() - before).toBe(1);
  });
  test('is refused whole also where there was no record yet', async () => {
    const name = 'fresh.hospital.test';
    expect(
      await heldUp(
        () => set('192.0.2.11', { epoch: 1 }, name),
        () => set('192.0.2.12', { epoch: 2 }, name),
      ),
    ).toMatchObject(refused);
    expect(await zone(name, 'A')).toEqual(['192.0.2.12']);
  });
  test('is carried out when nobody came between: the hold alone refuses nothing', async () => {
    expect(
      await heldUp(
        () => set('192.0.2.13', { epoch: 9 }),
        () => Promise.resolve(),
      ),
    ).toEqual(accepted);
    expect(await zone('portal.hospital.test', 'A')).toEqual(['192.0.2.13']);
  });
});

describe('a controller that reads who came after it', { timeout: 30_000 }, () => {
  test('sends nothing in the same journal, and says what to do', async () => {
    await set('192.0.2.20', { epoch: 12 });
    const before = executed();
    const outcome = await set('192.0.2.21', { epoch: 11 });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'STALE_EPOCH', retriable: false });
    expect((outcome as { message: string }).message).toMatch(
      /epoch 12, this one is of epoch 11; stop this controller.*_resus-epoch\.portal/,
    );
    expect(executed()).toBe(before);
  });
  test('compares epochs of one journal only', async () => {
    await set('192.0.2.22', { epoch: 40 });
    expect(await set('192.0.2.23', { epoch: 2, log: 'resus/elsewhere' })).toEqual(accepted);
  });
});

test('a lost answer is never sent again by the SDK: the look settles it', { timeout: 30_000 }, async () => {
  const tools = controller({ route53SyncMs: 0 });
  const before = executed();
  let isLost = false;
  wire.hook = ({ name, phase }) => {
    const goes = isLost || !(phase === 'after' && isChange(name));
    isLost ||= !goes;
    return goes;
  };
  const outcome = await set('192.0.2.30', { epoch: 50, tools });
  wire.hook = () => true;
  expect(outcome.kind).toBe('unknown');
  expect(executed() - before).toBe(1);
  const seen = await changeRecord.observe({ ...callOf({ epoch: 50, tools }), with: portal('192.0.2.30') });
  expect(seen).toEqual({ kind: 'holds', data: { changeId: 'not known' } });
});

describe('after a restart', { timeout: 30_000 }, () => {
  test('the time until it counts as published runs from when it was sent, as the epoch record says', async () => {
    await set('192.0.2.31', { epoch: 60 });
    const look = { ...callOf({ epoch: 61, tools: controller({ route53SyncMs: 60_000 }) }), with: portal('192.0.2.31') };
    const sentAt =
      claimIn({ ResourceRecords: [{ Value: (await zone('_resus-epoch.portal.hospital.test', 'TXT'))[0] }] } as never)?.now ?? 0;
    expect(await changeRecord.observe({ ...look, now: (sentAt + 1_000) as Instant })).toEqual({
      kind: 'underway',
      checkAt: sentAt + 60_000,
    });
    expect(await changeRecord.observe({ ...look, now: (sentAt + 60_000) as Instant })).toMatchObject({ kind: 'holds' });
  });
  test('of what another step or a person set, from the first look', async () => {
    const tools = controller({ route53SyncMs: 60_000 });
    const look = { ...callOf({ epoch: 61, tools, token: 'run-9/route' }), with: portal('192.0.2.31') };
    expect(await changeRecord.observe(look)).toEqual({ kind: 'underway', checkAt: look.now + 60_000 });
  });
});

describe('the value', () => {
  const mine: Claim = { log: 'dr.example/central', epoch: 7, token: 'run-1/route', now: Date.UTC(2026, 0, 1) as Instant };
  const valueOf = (claim: Claim): string => claiming('a.test', undefined, claim)[0]?.ResourceRecordSet?.ResourceRecords?.[0]?.Value ?? '';
  test('is read back as it was written, and never breaks out of its quotes', () => {
    expect(claimIn({ Name: 'x', Type: 'TXT', ResourceRecords: [{ Value: valueOf(mine) }] })).toEqual(mine);
    for (const token of ['a" "b', 'x\\"', 'ü'.repeat(300), '', 'a\nb']) {
      const value = valueOf({ ...mine, token });
      expect(value.length).toBeLessThan(257);
      expect(value.slice(1, -1)).not.toMatch(/["\\\n]/);
      expect(isOfStep({ ...mine, token }, claimIn({ Name: 'x', Type: 'TXT', ResourceRecords: [{ Value: value }] }))).toBe(true);
    }
  });
  test('of somebody else is no claim, and is replaced all the same', () => {
    const theirs = { Name: '_resus-epoch.a.test', Type: 'TXT' as const, ResourceRecords: [{ Value: '"hello"' }] };
    expect(claimIn(theirs)).toBeUndefined();
    expect(isOvertaken(mine, claimIn(theirs))).toBe(false);
    expect(claiming('a.test', theirs, mine).map(({ Action }) => Action)).toEqual(['DELETE', 'CREATE']);
  });
  test.each([
    ['ehr.hospital.test', '_resus-epoch.ehr.hospital.test'],
    ['ehr.hospital.test.', '_resus-epoch.ehr.hospital.test'],
    ['*.ehr.hospital.test', '_resus-epoch.ehr.hospital.test'],
    ['\\052.ehr.hospital.test', '_resus-epoch.ehr.hospital.test'],
  ])('the record of %s is %s', (name, expected) => expect(claimNameOf(name)).toBe(expected));
});
