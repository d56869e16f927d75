// A drill on the living that nothing stops.
import { waits } from '../examined.ts';
import type { Finding } from '../finding.ts';

export const gamedayWithoutAbort: Finding = {
  code: 'GAMEDAY_WITHOUT_ABORT',
  severity: 'warning',
  means: 'A game day breaks something where real users are, and no condition stops it.',
  why: 'Gates look only before the start. If more breaks than was meant, each second until somebody stops it by hand is one in which care is not served.',
  fix: 'Say what is too much: lost writes of the canaries, a diagnosis that was not meant.',
  example: `aborts:
  - canaries.lost > 50`,
  *find(at) {
    for (const { id, aborts, floors, practises } of Object.values(at.estate.gamedays)) {
      const place = { kind: 'GameDay', name: id, pointer: '/spec/aborts' } as const;
      if (practises.kind === 'fault' && floors.includes('live') && aborts.length === 0 && !waits(at, place))
        yield {
          at: place,
          sentence: 'it runs on the live floor, and nothing stops it',
          evidence: [],
          remedy: 'add `aborts`, e.g. `canaries.lost > 50`',
        };
    }
  },
};
