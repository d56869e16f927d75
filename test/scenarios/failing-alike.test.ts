// Both sides fail alike: the same bad release, the same dead name server. There is nothing healthy to go to, so nothing is moved,
// and `why` says so instead of only that something is down.
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/core/kernel.ts';
import type { Instant, WorkloadId } from '../../src/core/values.ts';
import { why } from '../../src/core/views/why.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

const webs = (side: string) => [`ehr/${side}/web-a`, `ehr/${side}/web-b`];
const says = (theatre: Theatre): string => {
  const told = why(viewOf(theatre.facts, theatre.known, theatre.engine.seen, theatre.now as Instant), 'ehr' as WorkloadId);
  return [told?.sentence, ...(told?.incidents ?? []).map((each) => each.ahead.sentence)].join(' ');
};

describe('nothing is moved, and why says that both sides fail alike', () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      'a bad release of the web servers in both regions',
      [...webs('east'), ...webs('west')],
      /common cause: no http of east and of west answers, so there is nothing healthy to move to/,
    ],
    ['databases that stop in both regions', ['ehr/east/db', 'ehr/west/db'], /common cause: no postgres of west answers either/],
    [
      'both regions, and the vantages in them',
      ['us-east-2', 'us-west-2'],
      /only 1 of 3 vantages see their own references, too few to judge/,
    ],
    ['the lost region, and a bad release in the other', ['us-east-2', ...webs('west')], /common cause: no http of west answers either/],
    [
      'the name server that every vantage resolves with: nothing answers anybody, the references either',
      ['us-east-2', 'us-west-2', 'reference/east/other', 'reference/west/other', 'reference/campus/other', 'us-east-1'],
      /no vantage sees its own references/,
    ],
  ])('%s', (_, dark, expected) => {
    const stage = new WorkingStage();
    const theatre = new Theatre(estate, stage.play);
    stage.theatre = theatre;
    theatre.pass(5_000);
    theatre.canaries = 'bad';
    for (const each of dark) theatre.dark.add(each);
    theatre.pass(30_000);
    expect(stage.executed, theatre.transcript()).toEqual([]);
    expect(theatre.of('RunOpened')).toEqual([]);
    expect(says(theatre)).toMatch(expected);
  });

  test.each<[string, readonly string[]]>([
    ['the region alone is lost', ['us-east-2']],
    ['the region is lost and one web server of the other is down', ['us-east-2', 'ehr/west/web-a']],
  ])('the negative control: %s, and the run opens', (_, dark) => {
    const stage = new WorkingStage();
    const theatre = new Theatre(estate, stage.play);
    stage.theatre = theatre;
    theatre.pass(5_000);
    for (const each of dark) theatre.dark.add(each);
    theatre.until('RunOpened');
    expect(says(theatre)).not.toMatch(/common cause|references/);
  });
});
