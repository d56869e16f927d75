// AWS FIS experiments, used as a step of a runbook and as a fault of a game day. Both start an experiment with a token of their own,
// find it again by that token as a tag, and end it by StopExperiment, which also undoes what its actions can undo.
import { createHash } from 'node:crypto';
import type { Experiment, ExperimentTemplate, Fis } from '@aws-sdk/client-fis';
import type { Outcome } from '../../core/outcome.ts';
import type { Instant } from '../../core/values.ts';
import type { IamStatement } from '../../ports.ts';
import { heldBy } from './errors.ts';
import type { SendOptions } from './send.ts';
import type { AwsTools, Clients } from './tools.ts';

export const LOOK_AGAIN_MS = 100;
const TOKEN_TAG = 'resus:token';
const MAX_PAGES = 10;

export type Progress = 'starting' | 'running' | 'ended';
const progressOf: Readonly<Record<string, Progress>> = {
  pending: 'starting',
  initiating: 'starting',
  running: 'running',
  stopping: 'running',
  completed: 'ended',
  stopped: 'ended',
  failed: 'ended',
  cancelled: 'ended',
};
/** A status that this table does not know counts as running: it must not look finished. */
export const progress = (experiment: Experiment): Progress => progressOf[experiment.state?.status ?? ''] ?? 'running';
export const statusOf = (experiment: Experiment): string => experiment.state?.status ?? 'in no known status';

/** Tokens of steps become client tokens and tag values, whose alphabets are narrower. */
export const clientTokenOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Safe to repeat: FIS answers a repeat of the same token with the experiment that it started the first time. */
export async function start(
  clients: Clients<Fis>,
  tools: AwsTools,
  call: { readonly template: string; readonly token: string },
  options: SendOptions,
): Promise<Experiment> {
  const clientToken = clientTokenOf(call.token);
  const answer = await clients.repeatable.startExperiment(
    { clientToken, experimentTemplateId: call.template, tags: { [TOKEN_TAG]: clientToken } },
    options,
  );
  const experiment = heldBy(answer.experiment, 'experiment');
  tools.memory.set(`experiment ${call.token}`, heldBy(experiment.id, 'id of an experiment'));
  return experiment;
}

/** The experiment that was started with this token, by whichever process of ours. */
export async function find(
  clients: Clients<Fis>,
  tools: AwsTools,
  call: { readonly template: string; readonly token: string },
  options: SendOptions,
): Promise<Experiment | undefined> {
  const known = tools.memory.get(`experiment ${call.token}`);
  const id = typeof known === 'string' ? known : await idByTag(clients.read, call, options);
  if (id === undefined) return undefined;
  tools.memory.set(`experiment ${call.token}`, id);
  return (await clients.read.getExperiment({ id }, options)).experiment;
}

async function idByTag(
  fis: Fis,
  call: { readonly template: string; readonly token: string },
  options: SendOptions,
): Promise<string | undefined> {
  const wanted = clientTokenOf(call.token);
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await fis.listExperiments({ maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) }, options);
    const found = heldBy(answer.experiments, 'list of experiments').find(
      (summary) => summary.experimentTemplateId === call.template && summary.tags?.[TOKEN_TAG] === wanted,
    );
    if (found?.id !== undefined) return found.id;
    nextToken = answer.nextToken;
    if (nextToken === undefined) return undefined;
  }
  return undefined;
}

/** Ends the experiment if there is one. `accepted` while its actions are being undone. */
export async function stop(
  clients: Clients<Fis>,
  tools: AwsTools,
  call: { readonly template: string; readonly token: string; readonly now: Instant },
  options: SendOptions,
): Promise<Outcome<Record<string, never>>> {
  const experiment = await find(clients, tools, call, options);
  if (experiment?.id === undefined || progress(experiment) === 'ended') return { kind: 'succeeded', data: {} };
  const stopping = experiment.state?.status === 'stopping';
  const answer = stopping ? undefined : await clients.repeatable.stopExperiment({ id: experiment.id }, options);
  if (answer?.experiment !== undefined && progress(answer.experiment) === 'ended') return { kind: 'succeeded', data: {} };
  return { kind: 'accepted', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
}

/** What starting, following and ending an experiment of this template needs. */
export const experimentIam = ({ template, region }: { readonly template: string; readonly region: string }): readonly IamStatement[] => {
  const templateArn = `arn:aws:fis:${region}:*:experiment-template/${template}`;
  const experiments = `arn:aws:fis:${region}:*:experiment/*`;
  return [
    { actions: ['fis:StartExperiment'], resources: [templateArn, experiments], region },
    { actions: ['fis:GetExperimentTemplate'], resources: [templateArn], region },
    { actions: ['fis:GetExperiment', 'fis:StopExperiment', 'fis:TagResource'], resources: [experiments], region },
    { actions: ['fis:ListExperiments'], resources: ['*'], region },
  ];
};

export type Bound = { readonly kind: 'bounded'; readonly ms: number } | { readonly kind: 'endless'; readonly action: string };
/** What ends only by a parameter that may be missing. */
const endedBy: Readonly<Record<string, string>> = {
  'aws:ec2:stop-instances': 'startInstancesAfterDuration',
};

/** How long an experiment of this template can last: the longest chain of its actions by their `startAfter`. */
export function boundOf(template: ExperimentTemplate): Bound {
  const actions = template.actions ?? {};
  const ends = new Map<string, number>();
  const endOf = (name: string, above: readonly string[]): number => {
    const known = ends.get(name);
    if (known !== undefined) return known;
    const action = actions[name];
    if (action === undefined || above.includes(name)) return 0;
    const startsAt = Math.max(0, ...(action.startAfter ?? []).map((before) => endOf(before, [...above, name])));
    const end = startsAt + Math.max(0, ...durationsOf(action.parameters));
    ends.set(name, end);
    return end;
  };
  for (const [name, action] of Object.entries(actions)) {
    const parameter = endedBy[action.actionId ?? ''];
    if (parameter !== undefined && action.parameters?.[parameter] === undefined) return { kind: 'endless', action: name };
  }
  return { kind: 'bounded', ms: Math.max(0, ...Object.keys(actions).map((name) => endOf(name, []))) };
}

/** Every ISO 8601 duration among the parameters, in ms. */
function durationsOf(parameters: Readonly<Record<string, string>> | undefined): readonly number[] {
  return Object.values(parameters ?? {}).flatMap((value) => {
    const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(value);
    if (parts === null) return [];
    const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
    return [Math.ceil((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1_000)];
  });
}
