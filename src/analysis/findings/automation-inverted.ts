// A machine that is bolder with more at stake.
import { automations } from '../../core/estate.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

const wider = [
  ['replica', 'zone'],
  ['zone', 'region'],
] as const;

export const automationInverted: Finding = {
  code: 'AUTOMATION_INVERTED',
  severity: 'warning',
  means: 'A tier lets the machine go further alone for a wider loss than for a narrower one.',
  why: 'To leave a region is the larger step: it may lose data, and it is harder to take back. If that needs nobody, a lost zone need not wait either, and its users wait longer than those of a lost region.',
  fix: 'Allow at least as much alone for the narrower loss.',
  example: `automation: { replica: automatic, zone: automatic, region: approve }`,
  *find({ estate }) {
    for (const { id, automation } of Object.values(estate.tiers))
      for (const [narrow, wide] of wider)
        if (automations.indexOf(automation[wide]) > automations.indexOf(automation[narrow]))
          yield {
            at: { kind: 'Tier', name: id, pointer: `/spec/automation/${narrow}` },
            sentence: `a lost ${wide} is ${quoted(automation[wide])}, and a lost ${narrow} only ${quoted(automation[narrow])}`,
            evidence: [],
            remedy: `allow at least ${quoted(automation[wide])} for a lost ${narrow}`,
          };
  },
};
