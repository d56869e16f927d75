// Takes a zone or a region of the lab away: silently (nothing answers, nothing is reset), cut off from outside, or killed.
import { Type } from 'typebox';
import { labFault } from '../tools.ts';

const kinds = { silent: 'silent loss of', cut: 'cut around', killed: 'death of everything in' } as const;

export const loseSite = labFault({
  name: 'lab.lose-site',
  summary: 'Takes a site of the lab away until the lease ends.',
  with: Type.Object(
    {
      site: Type.String({ pattern: '^[a-z0-9-]{1,63}$', description: 'Region or zone, e.g. us-east-2 or us-east-2a.' }),
      how: Type.Enum(['silent', 'cut', 'killed'], {
        description: 'silent: addresses stop answering; cut: the same from outside, while what is inside runs on; killed: processes die.',
      }),
    },
    { additionalProperties: false },
  ),
  named: (input) => `${kinds[input.how]} ${input.site}`,
  describe: (input) => `Take site ${input.site} of the lab away (${input.how}).`,
  inject: ({ with: input, tools, signal, leaseMs }) =>
    tools.change(`losing ${input.site}`, () => tools.ask('POST', '/faults', signal, { site: input.site, kind: input.how, leaseMs })),
  observe: ({ with: input, tools, signal }) => tools.standing(input.site, signal),
  revert: ({ with: input, tools, signal }) =>
    tools.change(`restoring ${input.site}`, () => tools.ask('DELETE', `/faults/${encodeURIComponent(input.site)}`, signal), [404]),
});
