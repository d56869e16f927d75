// What the timeline draws, letter by letter, for one story with fixed times: plain, and on a terminal.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { timelineView } from '../../src/cli/timeline.ts';
import { timeline } from '../../src/core/views/timeline.ts';

const t0 = Date.UTC(2026, 10, 22, 2, 0, 0);
const hash = 'a'.repeat(64);
const story = [
  [0, 'DrillOpened', { drill: 'region-loss-1', gameday: 'region-loss', workload: 'ehr' }],
  [5, 'DrillPhaseEntered', { drill: 'region-loss-1', phase: 'inject' }],
  [2_000, 'FaultIntended', { drill: 'region-loss-1', fault: 'east', token: 't', expiresAt: t0 + 300_000, deadline: t0 + 20_000 }],
  [2_100, 'FaultAnswered', { drill: 'region-loss-1', fault: 'east', outcome: { kind: 'succeeded', data: null } }],
  [2_900, 'UsersPathFailed', { workload: 'ehr', population: 'ward', lastGoodAt: t0 + 2_000, because: 'no answer within 1000 ms' }],
  [3_500, 'VerdictChanged', { target: 'ehr/east/db', vantage: 'campus', verdict: 'down', because: 'no answer' }],
  [3_550, 'FaultBit', { drill: 'region-loss-1', fault: 'east', because: 'ehr/east/db stopped answering' }],
  [3_600, 'VerdictChanged', { target: 'ehr/east/db', vantage: 'west', verdict: 'down', because: 'no answer' }],
  [
    4_000,
    'IncidentOpened',
    {
      incident: 'incident-1',
      diagnosis: 'RegionLost',
      site: 'us-east-2',
      workloads: ['ehr'],
      sentence: 'Nothing in us-east-2 answers.',
      vantages: ['campus', 'west'],
      drill: 'region-loss-1',
    },
  ],
  [
    4_010,
    'ActionWithheld',
    { incident: 'incident-1', workload: 'ehr', guard: 'users-path', because: 'a canary was acknowledged 900 ms ago' },
  ],
  [
    4_500,
    'RunOpened',
    {
      run: 'ehr-1',
      workload: 'ehr',
      mode: 'failover',
      plan: hash,
      because: 'Nothing in us-east-2 answers.',
      reasons: [],
      approvalsNeeded: 0,
    },
  ],
  [
    4_500,
    'PlanCompiled',
    { run: 'ehr-1', hash, plan: { workload: 'ehr', mode: 'failover', runbook: 'region-failover', from: 'east', to: 'west', steps: [] } },
  ],
  [4_500, 'RunStarted', { run: 'ehr-1' }],
  [4_500, 'LookedAgain', { run: 'ehr-1', step: 'promote', holds: true, sentence: 'Nothing in us-east-2 answers.' }],
  [4_500, 'FenceStated', { run: 'ehr-1', step: 'promote', fence: 'provider-asserted', sentence: "The provider's word, not a proof." }],
  [
    4_500,
    'StepStarted',
    { run: 'ehr-1', step: 'promote', attempt: 1, uses: 'aws.rds.failover-global-cluster', with: {}, token: 't', deadline: t0 + 60_000 },
  ],
  [4_900, 'StepAnswered', { run: 'ehr-1', step: 'promote', attempt: 1, outcome: { kind: 'unknown', message: 'the reply was lost' } }],
  [5_000, 'StepObserving', { run: 'ehr-1', step: 'promote', attempt: 1, look: 1, deadline: t0 + 60_000 }],
  [6_800, 'StepObserved', { run: 'ehr-1', step: 'promote', attempt: 1, look: 1, observed: { kind: 'holds', data: {} } }],
  [6_800, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1', because: 'run ehr-1 promoted west' }],
  [6_900, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded', because: 'every step holds' }],
  [8_300, 'UsersPathRestored', { workload: 'ehr', population: 'ward', firstGoodAt: t0 + 7_200, timeline: 2 }],
  [
    8_900,
    'RunMeasured',
    {
      run: 'ehr-1',
      provisional: false,
      measurement: {
        rtaMs: 5_200,
        rpaMs: 200,
        phasesMs: { detect: 2_000, decide: 500, approve: 0, execute: 2_400, validate: 300 },
        canaries: { acknowledged: 40, lost: 0, duplicated: 0, unknown: 0 },
      },
    },
  ],
  [8_900, 'RunClosed', { run: 'ehr-1', outcome: 'succeeded', fencing: 'provider-asserted', events: 20, because: 'executed and validated' }],
  [9_400, 'FaultReverting', { drill: 'region-loss-1', fault: 'east', attempt: 1, deadline: t0 + 60_000 }],
  [9_900, 'FaultChecked', { drill: 'region-loss-1', fault: 'east', look: 1, observed: { kind: 'absent', because: 'gone' } }],
  [9_950, 'ExpectationChecked', { drill: 'region-loss-1', expectation: 'run.rtaMs <= run.rtoMs', holds: true }],
  [10_000, 'DrillClosed', { drill: 'region-loss-1', verdict: 'passed', because: 'every expectation holds', runs: ['ehr-1'] }],
].map(([ms, type, data]) => ({ at: t0 + (ms as number), type, data }) as unknown as Event & { readonly at: number });

function play(options: {
  readonly isTty: boolean;
  readonly color?: boolean;
  readonly columns?: number;
  readonly verbose?: boolean;
}): string {
  let text = '';
  let now = t0;
  const view = timelineView({ write: (more) => (text += more), now: () => now, ...options });
  for (const entry of story) {
    now = entry.at;
    view.entry(entry);
  }
  view.end();
  return text;
}

describe('not on a terminal', () => {
  test('there are only lines, without a single control code', async () => {
    const text = play({ isTty: false });
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    await expect(text).toMatchFileSnapshot('timeline.golden.txt');
  });
  test('verbose adds what a glance leaves out', () => {
    expect(play({ isTty: false }).includes('saw down')).toBe(false);
    expect(play({ isTty: false, verbose: true })).toContain('+3.5s  saw down     ehr/east/db  campus: no answer');
  });
  test('a tick draws nothing', () => {
    let text = '';
    const view = timelineView({ isTty: false, write: (more) => (text += more), now: () => t0 });
    view.entry(story[0]!);
    const before = text;
    view.tick();
    view.end();
    expect(text).toBe(before);
  });
});

describe('on a terminal', () => {
  test('one line below is redrawn, and gone at the end', async () => {
    const text = play({ isTty: true });
    await expect(text.replaceAll('\u001b', '<ESC>').replaceAll('\r', '<CR>')).toMatchFileSnapshot('timeline-tty.golden.txt');
    // What remains after every redraw is what is printed without a terminal.
    const remains = text
      .split('\n')
      .map((line) => line.slice(line.lastIndexOf('\u001b[2K') + 1).replace(/^\[2K/, ''))
      .join('\n');
    expect(remains).toBe(play({ isTty: false }));
  });
  test('elapsed times move with the clock, phase by phase', () => {
    const seen: string[] = [];
    let now = t0;
    const view = timelineView({ isTty: true, columns: 200, write: (more) => seen.push(more), now: () => now });
    const upTo = (type: string): void => {
      for (const entry of story.slice(0, story.findIndex((each) => each.type === type) + 1)) view.entry(entry);
    };
    upTo('StepStarted');
    now = t0 + 6_000;
    view.tick();
    expect(seen.at(-1)).toContain('\u2713 detect 2.0s  \u2713 decide 0.5s  \u2713 approve 0.0s');
    expect(seen.at(-1)).toContain('execute 1.5s  promote 1.5s  \u00b7 validate');
    now += 700;
    view.tick();
    expect(seen.at(-1)).toContain('execute 2.2s');
  });
  test('the line never is as wide as the terminal', () => {
    for (const columns of [20, 40, 61, 80]) {
      let now = t0 + 6_000;
      let last = '';
      const view = timelineView({ isTty: true, columns, write: (more) => (last = more), now: () => now });
      for (const entry of story.slice(0, 17)) view.entry(entry);
      now += 100;
      view.tick();
      expect(last.replace('\r\u001b[2K', '').length).toBeLessThan(columns);
    }
  });
  test('colours come only when asked for', () => {
    expect(play({ isTty: true, color: true })).toContain('\u001b[32m');
    expect(play({ isTty: true })).not.toContain('\u001b[3');
  });
});

describe('a line', () => {
  test('of hostile words is safe for a terminal', () => {
    let text = '';
    const view = timelineView({ isTty: false, write: (more) => (text += more), now: () => t0 });
    view.entry({
      at: t0,
      type: 'UsersPathFailed',
      data: { workload: 'ehr', population: 'w\u001b[2J', lastGoodAt: t0, because: 'x\u0007\u202ey\nz' },
    } as never);
    expect(text).toBe('   +0.0s  impact       ehr for w [2J  last good answer 02:00:00.000; x y z\n');
  });
  test('is null for a type of a later version', () => {
    expect(timeline({ type: 'FromTheFuture', data: {} } as never)).toBeNull();
  });
});
