// Machines that their provider takes back, under what must always stand ready.
import { declaredAs } from '../../core/estate.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

/** The two strictest: what they promise rests on capacity that runs before anything is lost. */
const ready: ReadonlySet<string> = new Set(['warm-standby', 'active-active']);

export const spotCapacity: Finding = {
  code: 'SPOT_CAPACITY',
  severity: 'error',
  means: 'A replica runs on spot capacity, and its tier promises a warm standby or more.',
  why: 'A provider takes spot machines back within minutes, and does so when many need them: on the day on which a whole region moves into the one that is left. Then the standby is gone when it is wanted.',
  fix: 'Run it on capacity that is kept for you (on demand, better reserved for the zone), or promise it less.',
  example: `replicas:
  - { name: west, site: us-west-2, role: standby, capacity: on-demand }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const strategy = declaredAs(estate.tiers, workload.tier)?.strategy;
      if (strategy === undefined || !ready.has(strategy)) continue;
      for (const [index, { name, capacity, role }] of workload.replicas.entries())
        if (capacity === 'spot')
          yield {
            at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/${index}/capacity` },
            sentence: `replica ${quoted(name)} may be taken back by its provider at any moment, and tier ${workload.tier} promises ${strategy}`,
            evidence: [`${name} is ${role}`, 'capacity: spot'],
            remedy: 'run it on capacity that is kept for you',
          };
    }
  },
};
