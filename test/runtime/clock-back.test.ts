// The system clock is set back by an hour in the middle of a run, and forwards again: nothing hangs, no entry is older than the one before.
import { expect, test } from 'vitest';
import type { Clock } from '../../src/ports.ts';
import { steadyClock } from '../../src/runtime/steady-clock.ts';
import { openHouse, type House } from '../api/house.ts';

const hourMs = 3_600_000;
const monotonicNs = (): bigint => process.hrtime.bigint();
let offMs = 0;
const wallMs = (): number => Date.now() + offMs;
const of = (house: House, type: string): readonly { ts: string }[] =>
  house.journal.lines.flatMap((line) => (line.includes(`"type":"${type}"`) ? [JSON.parse(line) as { ts: string }] : []));
const falls = (house: House): number => {
  const at = house.journal.lines.map((line) => Date.parse((JSON.parse(line) as { ts: string }).ts));
  return at.filter((each, i) => each < (at[i - 1] ?? 0)).length;
};

async function movedWhileSetBack(clock: Clock): Promise<House> {
  offMs = 0;
  const house = await openHouse({ clock });
  house.crowd();
  await house.until('users who are answered', () => (house.controller.seen?.paths.size ?? 0) > 0);
  const asked = await house.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, house.as('olga'));
  await house.post(`/api/v1/runs/${String(asked.body['run'])}/approvals`, { plan: asked.body['plan'] }, house.as('omar'));
  await house.until('the first step', () => of(house, 'StepStarted').length > 0);
  offMs = -hourMs;
  return house;
}

test('a run goes on to its end', { timeout: 60_000 }, async () => {
  const house = await movedWhileSetBack(steadyClock({ wallMs, monotonicNs }));
  try {
    await house.until('the end of the run', () => of(house, 'RunClosed').length > 0, 30_000);
    offMs = 0;
    const before = house.journal.lines.length;
    await house.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, house.as('olga'));
    await house.until('an entry after it', () => house.journal.lines.length > before);
    expect(falls(house)).toBe(0);
    expect(house.journal.lines.find((line) => line.includes('"type":"RunClosed"'))).toContain('"outcome":"succeeded"');
  } finally {
    await house.close();
  }
});

test('by the system clock itself it would not: entries fall, and the run waits for an hour', { timeout: 60_000 }, async () => {
  const house = await movedWhileSetBack({ now: () => wallMs() as never, monotonicNs });
  try {
    await expect(house.until('the end of the run', () => of(house, 'RunClosed').length > 0, 5_000)).rejects.toThrow('the end of the run');
    expect(falls(house)).toBeGreaterThan(0);
  } finally {
    await house.close();
  }
});
