// Every control of a run in a transcript: typed as people type it, and asked of the API beside it, with everything that was printed. A
// golden file a control; a control that is not tried from both sides, or never refused, fails.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { approveScripts, emergencyScripts } from './transcript-approvals.ts';
import { byHandScripts } from './transcript-by-hand.ts';
import { backtestScripts, rehearseScripts, rehearsing } from './transcript-files.ts';
import { acknowledgeScripts, confirmScripts, drillScripts, maintainScripts, stopScripts } from './transcript-holds.ts';
import { played, type Exchange, type Script } from './transcript-house.ts';
import {
  cancelScripts,
  pauseScripts,
  retryScripts,
  runScripts,
  skipScripts,
  ungracefulRunScripts,
  ungracefulStepScripts,
} from './transcript-runs.ts';
import {
  approvalExpiryScripts,
  blastRadiusScripts,
  cooldownScripts,
  innerHaScripts,
  lastLookScripts,
  lockedScripts,
  orderedScripts,
  ringScripts,
  shadowScripts,
  supersededScripts,
} from './transcript-waits.ts';

type Row = { readonly name: string; readonly heading: string; readonly scripts: readonly Script[]; readonly controls: readonly Control[] };
/** How one control is typed, and where the API has it; without `path` there is nothing to ask of a controller. */
type Control = { readonly typed: RegExp; readonly path?: RegExp };
const lever = (name: string): Control => ({ typed: new RegExp(`^resus ${name} `), path: new RegExp(`^/api/v1/runs/[^/]+/${name}$`) });
const ofStep = (name: string): Control => ({ typed: new RegExp(`^resus ${name} `), path: new RegExp(`/steps/[^/]+/${name}$`) });

const rows: readonly Row[] = [
  { name: 'pause', heading: 'Pause and resume', scripts: pauseScripts, controls: [lever('pause'), lever('resume')] },
  { name: 'retry', heading: 'Try a failed step again', scripts: retryScripts, controls: [ofStep('retry')] },
  { name: 'skip', heading: 'Do without a step', scripts: skipScripts, controls: [ofStep('skip')] },
  { name: 'cancel', heading: 'End a run', scripts: cancelScripts, controls: [lever('cancel')] },
  { name: 'ungraceful-step', heading: 'Give up on grace for one step', scripts: ungracefulStepScripts, controls: [lever('ungraceful')] },
  {
    name: 'ungraceful-run',
    heading: 'Give up on grace for the rest of a run',
    scripts: ungracefulRunScripts,
    controls: [lever('ungraceful')],
  },
  {
    name: 'approve',
    heading: 'Approve, up to a loss',
    scripts: approveScripts,
    controls: [{ typed: /^resus approve .*--max-loss/, path: /\/approvals$/ }],
  },
  {
    name: 'emergency',
    heading: 'Approve alone, by the emergency rule',
    scripts: emergencyScripts,
    controls: [{ typed: /^resus approve .*--emergency/, path: /\/approvals$/ }],
  },
  {
    name: 'run',
    heading: 'Move a workload: switchover, failback, failover',
    scripts: runScripts,
    controls: [{ typed: /^resus run /, path: /^\/api\/v1\/runs$/ }],
  },
  {
    name: 'run-by-hand',
    heading: 'Choose a runbook by hand, and where it leads',
    scripts: byHandScripts,
    controls: [{ typed: /^resus run .*--runbook/, path: /^\/api\/v1\/runs$/ }, { typed: /^resus run .*--to/ }],
  },
  {
    name: 'stop',
    heading: 'Stop everything, and release it',
    scripts: stopScripts,
    controls: ['stop', 'release'].map((name) => ({ typed: new RegExp(`^resus ${name}\\b`), path: new RegExp(`^/api/v1/acting/${name}$`) })),
  },
  {
    name: 'maintain',
    heading: 'Maintain a workload',
    scripts: maintainScripts,
    controls: [
      { typed: /^resus maintain .*--until/, path: /\/maintenance$/ },
      { typed: /^resus maintain .*--for/ },
      { typed: /^resus maintain .*--end/, path: /\/maintenance\/end$/ },
    ],
  },
  {
    name: 'acknowledge',
    heading: 'Acknowledge an incident',
    scripts: acknowledgeScripts,
    controls: [{ typed: /^resus acknowledge /, path: /^\/api\/v1\/incidents\/[^/]+\/acknowledge$/ }],
  },
  { name: 'confirm', heading: 'A task for people', scripts: confirmScripts, controls: [ofStep('confirm')] },
  {
    name: 'drill',
    heading: 'Start a game day',
    scripts: drillScripts,
    controls: [{ typed: /^resus drill /, path: /^\/api\/v1\/drills$/ }],
  },
  { name: 'backtest', heading: 'Other thresholds', scripts: backtestScripts, controls: [{ typed: /^resus backtest / }] },
  { name: 'rehearse', heading: 'What a loss would cost', scripts: rehearseScripts, controls: [{ typed: /^resus rehearse / }] },
  { name: 'seen-approval-expiry', heading: 'Seen: approvals escalate and expire', scripts: approvalExpiryScripts, controls: [] },
  { name: 'seen-superseded', heading: 'Seen: a plan that is superseded', scripts: supersededScripts, controls: [] },
  { name: 'seen-lock', heading: 'Seen: a resource that another run holds', scripts: lockedScripts, controls: [] },
  {
    name: 'seen-order',
    heading: 'Seen: one incident, in the order of what depends on what',
    scripts: [...orderedScripts, ...ringScripts],
    controls: [],
  },
  { name: 'seen-last-look', heading: 'Seen: the last look before the fence', scripts: lastLookScripts, controls: [] },
  { name: 'seen-blast-radius', heading: 'Seen: the machine has decided enough alone', scripts: blastRadiusScripts, controls: [] },
  { name: 'seen-shadow', heading: 'Seen: automation in shadow', scripts: shadowScripts, controls: [] },
  { name: 'seen-inner-ha', heading: 'Seen: what acts inside has its grace', scripts: innerHaScripts, controls: [] },
  { name: 'seen-cooldown', heading: 'Seen: the cooldown, and what ends it', scripts: cooldownScripts, controls: [] },
];

/** Tried with success and refused, from each side. */
function unseen({ typed, path }: Control, exchanges: readonly Exchange[]): string[] {
  const wanted = [['cli', typed] as const, ...(path === undefined ? [] : [['api', path] as const])];
  return wanted.flatMap(([via, form]) =>
    [true, false]
      .filter((ok) => !exchanges.some((each) => each.via === via && each.ok === ok && form.test(each.asked)))
      .map((ok) => `${form.source} ${ok ? 'never succeeds' : 'is never refused'}`),
  );
}

test.each(rows)('$name', async ({ name, heading, scripts, controls }) => {
  const scenes = [];
  for (const script of scripts) scenes.push(await played(script, rehearsing));
  const exchanges = scenes.flatMap((scene) => scene.exchanges);
  expect(controls.flatMap((control) => unseen(control, exchanges))).toEqual([]);
  const text = [`# ${heading}`, '', ...scenes.map((scene) => scene.text)].join('\n');
  await expect(text).toMatchFileSnapshot(`./transcripts/${name}.golden.txt`);
});

/** Commands that ask a controller to do something, and routes that do it: by their sources, so that none comes without its transcript. */
const readAll = (folder: string): readonly { readonly path: string; readonly text: string }[] =>
  readdirSync(folder).map((path) => ({ path, text: readFileSync(`${folder}/${path}`, 'utf8') }));
const shared = new Set(['client.ts', 'control-run.ts']);
const commands = readAll('src/cli')
  .filter(({ path, text }) => !shared.has(path) && /controlRun\(|\.post[<(]/.test(text))
  .map(({ path }) => path.replace('.ts', ''));
const agents = new Set(['canaries.ts', 'vantages.ts']);
const routes = readAll('src/api/routes')
  .filter(({ path }) => !agents.has(path))
  .flatMap(({ text }) => [...text.matchAll(/\.post\('([^']+)'/g)].map(([, route = '']) => `/api/v1${route}`))
  .flatMap((route) => (route.endsWith('/:lever') ? ['retry', 'skip'].map((lever) => route.replace(':lever', lever)) : [route]));
const all = rows.flatMap((row) => row.controls);
test('there are as many as we know of', () => {
  expect(commands.length).toBeGreaterThan(13);
  expect(routes.length).toBeGreaterThan(13);
});
test.each(commands)('resus %s has its transcript', (name) => {
  expect(all.some(({ typed }) => typed.source.startsWith(`^resus ${name}`))).toBe(true);
});
test.each(routes)('POST %s has its transcript', (route) => {
  expect(all.some(({ path }) => path?.test(route.replaceAll(':', '')) === true)).toBe(true);
});

test('a control that nobody tried is found', () => {
  const typed = { via: 'cli', asked: 'resus pause ehr-1', ok: true } as const;
  const sent = { via: 'api', asked: '/api/v1/runs/ehr-1/pause', ok: false } as const;
  expect(unseen(lever('pause'), [typed, sent])).toEqual([
    expect.stringMatching(/^\^resus pause .* is never refused$/),
    expect.stringMatching(/pause\$ never succeeds$/),
  ]);
  expect(unseen(lever('pause'), [{ ...typed, asked: 'resus resume ehr-1' }])).toHaveLength(4);
});
