// A vantage was silent while a replica was lost, so its last word on it is "up". It comes back under a new leader, which has seen nothing of the
// others yet, and fails to see the replica: the incident stands.
import { expect, test } from 'vitest';
import type { Instant, VantageId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

test.each([
  ['stands while it fails to see it', true, 0],
  ['ends when it is seen again', false, 1],
])('an incident %s', (_, isStillLost, closed) => {
  const manual = { ...tier, automation: { replica: 'manual', zone: 'manual', region: 'manual' } } as const;
  const stage = new WorkingStage();
  const { campus } = estate.sites;
  const [eye] = campus?.vantages ?? [];
  if (campus === undefined || eye === undefined) throw new Error('the campus has no eye');
  const eyes = [eye, ...['campus-2', 'campus-3'].map((id) => ({ ...eye, id: id as VantageId }))];
  const sites = { ...estate.sites, campus: { ...campus, vantages: eyes } };
  const theatre = new Theatre({ ...estate, sites, tiers: { [tier.id]: manual } }, stage.play);
  stage.theatre = theatre;
  const targets = [...(theatre.known.targets?.byId.values() ?? [])].filter(({ replica }) => replica === 'east').map(({ id }) => id);
  expect(targets.length).toBeGreaterThan(1);
  theatre.pass(5_000);
  theatre.silent.add('west');
  theatre.pass(3_000);
  for (const id of targets) theatre.dark.add(id);
  theatre.until('IncidentOpened');
  theatre.restart();
  theatre.silent.delete('west');
  for (const id of targets) if (!isStillLost) theatre.dark.delete(id);
  theatre.pass(10_000);
  expect(theatre.of('IncidentClosed'), theatre.transcript()).toHaveLength(closed);
});

test.each([
  ['of a minute ago are no news', 60_000, 0],
  ['of now are', 1_500, 1],
])('bad looks %s', (_, agoMs, told) => {
  const theatre = new Theatre(estate, new WorkingStage().play);
  theatre.pass(5_000);
  theatre.silent.add('west');
  theatre.pass(61_000);
  const [target] = [...(theatre.known.targets?.byId.keys() ?? [])].filter((id) => id.startsWith('ehr/east/'));
  if (target === undefined) throw new Error('nothing is probed');
  for (let n = 0; n < 3; n += 1)
    theatre.give({
      kind: 'probed',
      target,
      vantage: 'west' as VantageId,
      ok: false,
      at: (theatre.now - agoMs + n * 500) as Instant,
      detail: 'no answer',
    });
  const down = theatre.of('VerdictChanged').filter((each) => each.vantage === 'west' && each.verdict === 'down');
  expect(down).toHaveLength(told);
});
