// The arithmetic of losses: what is lost when several overlap, and that every loss ends by itself.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Faults, type FaultDomain } from '../../../src/lab/faults.ts';
import type { LossKind } from '../../../src/lab/hospital.ts';

type Watched = FaultDomain & { state: LossKind | 'there'; readonly rebuilt: string[] };

const watched = (name: string, ...around: string[]): Watched => {
  const domain: Watched = {
    name,
    sites: [name, ...around],
    state: 'there',
    rebuilt: [],
    strike: (kind) => void (domain.state = kind),
    settle: () => Promise.resolve(),
    revive: () => {
      domain.state = 'there';
      return Promise.resolve(() => Promise.resolve(void domain.rebuilt.push(name)));
    },
  };
  return domain;
};

let aws: Watched, zoneA: Watched, zoneB: Watched, faults: Faults, changes: number;
beforeEach(() => {
  vi.useFakeTimers();
  [aws, zoneA, zoneB] = [watched('east'), watched('east-a', 'east'), watched('east-b', 'east')];
  changes = 0;
  faults = new Faults([aws, zoneA, zoneB], () => void changes++);
});
afterEach(() => {
  faults.close();
  vi.useRealTimers();
});

const states = (): string => [aws, zoneA, zoneB].map((domain) => domain.state).join(' ');

describe('faults', () => {
  const stories: { title: string; do: [deed: 'lose' | 'restore', site: string, kind?: LossKind][]; then: string }[] = [
    { title: 'nothing is lost at first', do: [], then: 'there there there' },
    { title: 'a zone is lost alone', do: [['lose', 'east-a', 'silent']], then: 'there silent there' },
    { title: 'a region takes its zones and its AWS endpoint', do: [['lose', 'east', 'silent']], then: 'silent silent silent' },
    {
      title: 'the graver loss counts',
      do: [
        ['lose', 'east-a', 'killed'],
        ['lose', 'east', 'silent'],
      ],
      then: 'silent killed silent',
    },
    {
      title: 'a lighter loss around changes nothing in a zone',
      do: [
        ['lose', 'east-a', 'silent'],
        ['lose', 'east', 'cut'],
      ],
      then: 'cut silent cut',
    },
    {
      title: 'the zone stays lost when the region comes back',
      do: [
        ['lose', 'east-a', 'cut'],
        ['lose', 'east', 'silent'],
        ['restore', 'east'],
      ],
      then: 'there cut there',
    },
    {
      title: 'restoring what is not lost does nothing',
      do: [
        ['lose', 'east-a', 'cut'],
        ['restore', 'east'],
      ],
      then: 'there cut there',
    },
  ];
  it.each(stories)('$title', async ({ do: deeds, then }) => {
    for (const [deed, site, kind] of deeds) await (deed === 'lose' ? faults.lose(site, kind ?? 'silent', 10_000) : faults.restore(site));
    expect(states()).toBe(then);
  });

  it('says of a zone in a lost region that it is lost, and not the other way round', async () => {
    await faults.lose('east-a', 'silent', 10_000);
    expect([faults.isLost('east-a'), faults.isLost('east-b'), faults.isLost('east')]).toEqual([true, false, false]);
    await faults.lose('east', 'cut', 10_000);
    expect(faults.isLost('east-b')).toBe(true);
  });

  it('ends a loss with its lease, and not before', async () => {
    await faults.lose('east', 'silent', 5_000);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(states()).toBe('silent silent silent');
    await vi.advanceTimersByTimeAsync(1);
    expect(states()).toBe('there there there');
    expect(faults.lost()).toEqual([]);
    expect(changes).toBe(2);
  });

  it('moves the end when the same loss is asked for again', async () => {
    await faults.lose('east', 'silent', 5_000);
    await vi.advanceTimersByTimeAsync(4_000);
    await faults.lose('east', 'silent', 5_000);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(faults.lost()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(faults.lost()).toEqual([]);
  });

  it('rebuilds what came back before it says that the site is restored', async () => {
    await faults.lose('east-a', 'silent', 5_000);
    await faults.restore('east-a');
    expect(zoneA.rebuilt).toEqual(['east-a']);
  });

  it.each([
    { title: 'a site that is not there', site: 'north', kind: 'silent' as const, leaseMs: 1_000, code: 'LAB_UNKNOWN_SITE' },
    { title: 'no lease', site: 'east', kind: 'silent' as const, leaseMs: 0, code: 'LAB_BAD_REQUEST' },
    { title: 'an endless lease', site: 'east', kind: 'silent' as const, leaseMs: Number.POSITIVE_INFINITY, code: 'LAB_BAD_REQUEST' },
    { title: 'no number', site: 'east', kind: 'silent' as const, leaseMs: Number.NaN, code: 'LAB_BAD_REQUEST' },
    { title: 'another kind of a loss in force', site: 'east-b', kind: 'killed' as const, leaseMs: 1_000, code: 'LAB_ALREADY_LOST' },
  ])('refuses $title', async ({ site, kind, leaseMs, code }) => {
    await faults.lose('east-b', 'silent', 10_000);
    await expect(faults.lose(site, kind, leaseMs)).rejects.toMatchObject({ code });
    expect(states()).toBe('there there silent');
  });
});
