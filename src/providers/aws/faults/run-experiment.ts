// An AWS FIS experiment as the fault of a game day. FIS ends it by itself; a template that may last longer than the lease is refused
// before it starts.
import { Type } from 'typebox';
import type { Instant } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { LOOK_AGAIN_MS, boundOf, experimentIam, find, progress, start, statusOf, stop } from '../experiment.ts';
import { first, looking, sending } from '../send.ts';
import { awsFault } from '../tools.ts';

export const runExperimentFault = awsFault({
  name: 'aws.fis.run-experiment',
  summary: 'Injects the faults of an AWS FIS experiment template.',
  with: Type.Object(
    { template: identifier('Experiment template id.'), region: region('Region of the template.') },
    { additionalProperties: false },
  ),
  named: (input, site) => `FIS experiment ${input.template} on ${site}`,
  iam: experimentIam,
  describe: (input) => `Start FIS experiment template ${input.template} in ${input.region}.`,
  inject: ({ with: input, tools, token, now, signal, leaseMs }) =>
    sending({ operation: 'StartExperiment', region: input.region }, signal, async (options) => {
      const clients = await tools.fis(input.region);
      const template = (await first(clients.read.getExperimentTemplate({ id: input.template }, options))).experimentTemplate;
      const bound = template === undefined ? undefined : boundOf(template);
      if (bound === undefined) {
        return { kind: 'failed', code: 'TEMPLATE_UNREADABLE', message: `FIS answered without template ${input.template}`, retriable: true };
      }
      if (bound.kind === 'endless') {
        return {
          kind: 'failed',
          code: 'FAULT_WITHOUT_END',
          message: `action ${bound.action} of ${input.template} does not end by itself; give it a duration`,
          retriable: false,
        };
      }
      if (bound.ms > leaseMs) {
        return {
          kind: 'failed',
          code: 'LEASE_TOO_SHORT',
          message: `${input.template} may last ${bound.ms} ms and the lease is ${leaseMs} ms; lengthen the lease or shorten the template`,
          retriable: false,
        };
      }
      const experiment = await start(clients, tools, { template: input.template, token }, options);
      if (experiment === undefined || progress(experiment) === 'starting')
        return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      if (progress(experiment) === 'running' || experiment.state?.status === 'completed')
        return { kind: 'succeeded', data: { experiment: experiment.id ?? '' } };
      return {
        kind: 'failed',
        code: 'EXPERIMENT_FAILED',
        message: `experiment ${experiment.id ?? ''} is ${statusOf(experiment)}; read its state in FIS`,
        retriable: false,
      };
    }),
  observe: ({ with: input, tools, token, now, signal }) =>
    looking({ operation: 'GetExperiment', region: input.region }, signal, async (options) => {
      const experiment = await find(await tools.fis(input.region), tools, { template: input.template, token }, options);
      if (experiment === undefined) return { kind: 'absent', because: `no experiment of ${input.template} was started by this fault` };
      switch (progress(experiment)) {
        case 'starting':
          return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
        case 'running':
          return { kind: 'holds', data: { experiment: experiment.id ?? '' } };
        case 'ended':
          return { kind: 'absent', because: `experiment ${experiment.id ?? ''} is ${statusOf(experiment)}` };
      }
    }),
  revert: ({ with: input, tools, token, now, signal }) =>
    sending({ operation: 'StopExperiment', region: input.region }, signal, async (options) =>
      stop(await tools.fis(input.region), tools, { template: input.template, token, now }, options),
    ),
});
