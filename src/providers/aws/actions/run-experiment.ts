// Runs an AWS FIS experiment as a step: done when it is completed. An experiment that stopped or failed is a failed step.
import { Type } from 'typebox';
import type { Experiment } from '@aws-sdk/client-fis';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { LOOK_AGAIN_MS, experimentIam, find, progress, start, statusOf, stop } from '../experiment.ts';
import { unreadable } from '../findings.ts';
import { READ_DEADLINE_MS, looking, sending, within } from '../send.ts';
import { awsAction } from '../tools.ts';

export const runExperiment = awsAction({
  name: 'aws.fis.run-experiment',
  summary: 'Runs an AWS FIS experiment to its end.',
  with: Type.Object(
    { template: identifier('Experiment template id.'), region: region('Region of the template.') },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    { experiment: Type.String({ description: 'Experiment id.' }), status: Type.String() },
    { additionalProperties: false },
  ),
  effect: 'nothing',
  settleMs: 6_000, // FIS lists what was started with a delay of up to 5 s.
  priorMs: { p50: 60_000, p95: 600_000 },
  describe: (input) => `Run FIS experiment template ${input.template} in ${input.region} to its end.`,
  proof: () => `FIS says that the experiment is completed`,
  needs: (input) => [{ service: 'fis', site: input.region as SiteId }],
  iam: experimentIam,
  observe: ({ with: input, tools, token, now, signal }) =>
    looking({ operation: 'GetExperiment', region: input.region }, signal, async (options) => {
      const experiment = await find(await tools.fis(input.region), tools, { template: input.template, token }, options);
      if (experiment === undefined) return { kind: 'absent', because: `no experiment of ${input.template} was started by this step` };
      if (progress(experiment) !== 'ended') return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      if (experiment.state?.status === 'completed') return { kind: 'holds', data: dataOf(experiment) };
      return { kind: 'absent', because: endedBadly(experiment) };
    }),
  apply: ({ with: input, tools, token, now, signal }) =>
    sending({ operation: 'StartExperiment', region: input.region }, signal, async (options) => {
      const experiment = await start(await tools.fis(input.region), tools, { template: input.template, token }, options);
      if (experiment === undefined || progress(experiment) !== 'ended')
        return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      if (experiment.state?.status === 'completed') return { kind: 'succeeded', data: dataOf(experiment) };
      return {
        kind: 'failed',
        code: 'EXPERIMENT_FAILED',
        message: `${endedBadly(experiment)}; read its state in FIS, correct the template and start a new run`,
        retriable: false,
      };
    }),
  revert: ({ with: input, tools, token, now, signal }) =>
    sending({ operation: 'StopExperiment', region: input.region }, signal, async (options) => {
      const stopped = await stop(await tools.fis(input.region), tools, { template: input.template, token, now }, options);
      return stopped.kind === 'succeeded' ? { kind: 'succeeded', data: { experiment: '', status: 'stopped' } } : stopped;
    }),
  async evaluate({ with: input, tools, signal }) {
    const asked = { operation: 'GetExperimentTemplate', region: input.region };
    try {
      const { read } = await tools.fis(input.region);
      await within(signal, READ_DEADLINE_MS, (options) => read.getExperimentTemplate({ id: input.template }, options));
      return [];
    } catch (error) {
      return [unreadable(asked, error, `experiment template ${input.template}`)];
    }
  },
});

const dataOf = (experiment: Experiment): { experiment: string; status: string } => ({
  experiment: experiment.id ?? '',
  status: statusOf(experiment),
});
const endedBadly = (experiment: Experiment): string => `experiment ${experiment.id ?? ''} is ${statusOf(experiment)}`;
