// Which incidents are open, for which workloads, whatever dies in which order: one for each thing that is lost, none for what a
// wider one explains, and an entry that stays small however large the hospital is.
import { describe, expect, test } from 'vitest';
import { evolve } from '../../../src/core/evolve.ts';
import { newState } from '../../../src/core/state.ts';
import type { Event } from '../../../src/core/event.ts';
import type { IncidentId, Instant, Json, SiteId, VantageId, WorkloadId } from '../../../src/core/values.ts';
import { why } from '../../../src/core/views/why.ts';
import { digest } from '../theatre.ts';
import { Hospital, hospitalOf } from './hospital.ts';

const seen = (workloads: number, rounds = 3): Hospital => {
  const hospital = new Hospital(hospitalOf(workloads));
  hospital.rounds(rounds);
  return hospital;
};
const openIn = (hospital: Hospital): string[] =>
  [...hospital.known.openIncidents].map((id) => {
    const incident = hospital.known.incidents.get(id);
    return `${incident?.diagnosis} ${incident?.site} of ${[...(incident?.workloads ?? [])].join(' ')}`;
  });

describe('what is dead, and which incidents it makes', () => {
  test.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['one replica', ['workload-0/east/db'], ['ReplicaDown us-east-2a of workload-0']],
    [
      'two workloads in one zone that is alive',
      ['workload-0/east/db', 'workload-2/east/db'],
      ['ReplicaDown us-east-2a of workload-0', 'ReplicaDown us-east-2a of workload-2'],
    ],
    [
      'two workloads in two zones that are alive',
      ['workload-0/east/db', 'workload-1/east/db'],
      ['ReplicaDown us-east-2a of workload-0', 'ReplicaDown us-east-2b of workload-1'],
    ],
    [
      'a zone, and a replica in the other',
      ['us-east-2a', 'workload-1/east/db'],
      ['ReplicaDown us-east-2b of workload-1', 'ZoneLost us-east-2a of workload-0 workload-2 workload-4'],
    ],
    ['a zone', ['us-east-2a'], ['ZoneLost us-east-2a of workload-0 workload-2 workload-4']],
    ['a region', ['us-east-2'], ['RegionLost us-east-2 of workload-0 workload-1 workload-2 workload-3 workload-4 workload-5']],
  ])('%s', (_, dark, expected) => {
    const hospital = seen(6);
    for (const each of dark) hospital.dark.add(each);
    hospital.rounds(20);
    expect(hospital.opened.toSorted()).toEqual(expected);
    expect(openIn(hospital).toSorted()).toEqual(expected);
    expect(hospital.forgotten).toEqual([]);
    hospital.dark.clear();
    hospital.rounds(5);
    expect(openIn(hospital)).toEqual([]);
    expect(hospital.opened).toHaveLength(expected.length);
  });

  test('one that answers again is over while the other stays down', () => {
    const hospital = seen(6);
    hospital.dark.add('workload-0/east/db').add('workload-2/east/db');
    hospital.rounds(15);
    hospital.dark.delete('workload-0/east/db');
    hospital.rounds(5);
    expect(openIn(hospital)).toEqual(['ReplicaDown us-east-2a of workload-2']);
    expect(why(hospital.view, 'workload-0' as WorkloadId)?.incidents).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    ['its zone is lost', 'us-east-2a', ['ReplicaDown us-east-2b of workload-1', 'ZoneLost us-east-2a of workload-0 workload-2 workload-4']],
    ['its region is lost', 'us-east-2', ['RegionLost us-east-2 of workload-0 workload-1 workload-2 workload-3 workload-4 workload-5']],
  ])('a replica that was down before %s belongs to the wider incident from then on', (_, dark, expected) => {
    const hospital = seen(6);
    hospital.dark.add('workload-0/east/db').add('workload-1/east/db');
    hospital.rounds(60);
    expect(hospital.opened).toHaveLength(2);
    hospital.dark.add(dark);
    hospital.rounds(20);
    expect(openIn(hospital).toSorted()).toEqual(expected);
    expect(hospital.opened).toHaveLength(3);
    expect(hospital.of('IncidentClosed')[0]?.because).toMatch(/^explained by (Zone|Region)Lost of us-east-2a?$/);
    expect(hospital.replayed().openIncidents).toEqual(hospital.known.openIncidents);
  });
});

describe('ten thousand workloads in one region', () => {
  const hospital = seen(10_000, 1);
  test('are one incident when it is lost, in one small entry that says how to find them', () => {
    hospital.dark.add('us-east-2');
    hospital.rounds(4);
    const opened = hospital.of('IncidentOpened');
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({
      diagnosis: 'RegionLost',
      site: 'us-east-2',
      workloadCount: 10_000,
      estate: hospital.known.estateHash,
    });
    expect(Math.max(...hospital.lines.map((line) => line.length))).toBeLessThan(4_000);
    expect(hospital.of('ActionWithheld')).toHaveLength(10_000);
    expect(hospital.known.incidents.get('incident-1' as IncidentId)?.workloads.size).toBe(10_000);
  }, 60_000);
  test('and the journal alone says the same', () => {
    const replayed = hospital.replayed();
    const listed = ({ incidents }: typeof replayed) => [...(incidents.get('incident-1' as IncidentId)?.workloads ?? [])].join();
    expect(listed(replayed)).toBe(listed(hospital.known));
  }, 60_000);
});

test('an entry of 0.1, with its list, still folds', () => {
  const state = newState();
  const estate = hospitalOf(4);
  const hash = digest(estate as unknown as Json);
  const facts = { ...new Hospital(estate).facts };
  const stamp = { at: 1 as Instant, epoch: 1, actor: { kind: 'engine', id: 'c1' } } as const;
  const old: Event = {
    type: 'IncidentOpened',
    data: {
      incident: 'incident-1' as IncidentId,
      diagnosis: 'RegionLost',
      site: 'us-east-2' as SiteId,
      workloads: ['workload-1' as WorkloadId, 'gone' as WorkloadId],
      sentence: 'Nothing answers.',
      vantages: ['west' as VantageId],
    },
  };
  evolve(state, { type: 'EstateDeclared', data: { estate: hash, workloads: 4 } }, stamp, facts);
  evolve(state, old, stamp, facts);
  expect([...(state.incidents.get('incident-1' as IncidentId)?.workloads ?? [])]).toEqual(['workload-1', 'gone']);
  expect([...(state.workloads.get('workload-1' as WorkloadId)?.incidents ?? [])]).toEqual(['incident-1']);
});
