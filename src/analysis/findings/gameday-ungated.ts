// A drill that may start on a bad day.
import { waits } from '../examined.ts';
import type { Finding } from '../finding.ts';

/** What must be looked at before anything is broken on purpose. */
const wanted = ['usersPath.healthy', 'incidents.open', 'runs.open'] as const;

export const gamedayUngated: Finding = {
  code: 'GAMEDAY_UNGATED',
  severity: 'error',
  means: 'A game day that breaks something does not first ask whether all is well.',
  why: 'A fault that is injected while users are not served, an incident is open or a run is under way turns a bad day into a disaster.',
  fix: 'Gate it on a healthy users’ path, no open incident and no open run.',
  example: `gates:
  - usersPath.healthy
  - incidents.open == 0
  - runs.open == 0`,
  *find(at) {
    for (const { id, gates, practises } of Object.values(at.estate.gamedays)) {
      if (practises.kind !== 'fault') continue;
      const missing = wanted.filter((each) => !gates.some((gate) => gate.includes(each)));
      const place = { kind: 'GameDay', name: id, pointer: '/spec/gates' } as const;
      if (missing.length === 0 || waits(at, place)) continue;
      yield {
        at: place,
        sentence: `no gate looks at ${missing.map((each) => `\`${each}\``).join(', ')}`,
        evidence: [`${gates.length} gate${gates.length === 1 ? '' : 's'}`],
        remedy: 'add the gates that are missing',
      };
    }
  },
};
