// A standby that was equal on the day it was built.
import { parities } from '../../core/estate.ts';
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const parityUndeclared: Finding = {
  code: 'PARITY_UNDECLARED',
  severity: 'warning',
  means: 'A workload has a standby, and nothing says how that is known to be equal in engine, parameters, certificates or licences.',
  why: 'A standby answers its probes for years while it falls behind: a patch level that cannot read what the writer wrote, a parameter that was raised on one side only, a certificate that ran out, licences for a tenth of the users. Each is found in the first minutes after a promotion, when there is no way back.',
  fix: 'Say for each how it is known (one change for both sides, a comparison at night, the id of a probe), or that there is nothing to compare.',
  example: `parity:
  engine: Both clusters are upgraded in one change
  parameters: One template makes both; drift is compared each night
  certificates: The same issuer renews both, 30 days before they end
  licences: None; both run open source`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const standbys = workload.replicas.filter(({ role }) => role === 'standby').map(({ name }) => name);
      const missing = parities.filter((each) => workload.parity?.[each] === undefined);
      if (standbys.length === 0 || missing.length === 0) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: workload.parity === undefined ? '/spec/replicas' : '/spec/parity' },
        sentence: `nothing says how ${listed(standbys.map(quoted))} ${standbys.length === 1 ? 'is' : 'are'} known to be equal in ${listed(missing)}`,
        evidence: [workload.parity === undefined ? 'no `parity`' : `\`parity\` says ${listed(Object.keys(workload.parity)) || 'nothing'}`],
        remedy: `add ${listed(missing.map((each) => `\`parity.${each}\``))}`,
      };
    }
  },
};
