// Ends the process of one database of the lab, and of nothing else: what a dead replica is, in a zone that lives.
import { Type } from 'typebox';
import { labFault } from '../tools.ts';

export const killDatabase = labFault({
  name: 'lab.kill-database',
  summary: 'Ends the process of a database of the lab; at the end of the lease it is started again, or made anew where another took over.',
  with: Type.Object(
    { database: Type.String({ pattern: '^[a-z0-9-]{1,63}$', description: 'Name of the database, e.g. ehr-east.' }) },
    { additionalProperties: false },
  ),
  named: (input) => `death of database ${input.database}`,
  describe: (input) => `End the process of database ${input.database} of the lab.`,
  inject: ({ with: input, tools, signal, leaseMs }) =>
    tools.change(`killing ${input.database}`, () =>
      tools.ask('POST', '/faults', signal, { site: input.database, kind: 'killed', leaseMs }),
    ),
  observe: ({ with: input, tools, signal }) => tools.standing(input.database, signal),
  revert: ({ with: input, tools, signal }) =>
    tools.change(`starting ${input.database}`, () => tools.ask('DELETE', `/faults/${encodeURIComponent(input.database)}`, signal), [404]),
});
