// A promise that this kind of standby cannot keep.
import { isKnown, quoted, time } from '../said.ts';
import { ownLossOf, rtoOf } from '../../core/objective/target.ts';
import type { Tier } from '../../core/estate.ts';
import type { Finding } from '../finding.ts';

const minute = 60_000;
/**
 * The shortest times that each strategy can be expected to keep, in the orders of magnitude that AWS gives for them in "Disaster
 * Recovery of Workloads on AWS": hours, tens of minutes, minutes, near nothing. Availability: the most that it is sold with.
 */
const abilities: Readonly<Record<Tier['strategy'], { readonly rtoMs: number; readonly rpoMs: number; readonly availability: number }>> = {
  'backup-restore': { rtoMs: 60 * minute, rpoMs: 60 * minute, availability: 99.9 },
  'pilot-light': { rtoMs: 10 * minute, rpoMs: 0, availability: 99.95 },
  'warm-standby': { rtoMs: minute / 2, rpoMs: 0, availability: 99.99 },
  'active-active': { rtoMs: 0, rpoMs: 0, availability: 100 },
};

export const strategyTooWeak: Finding = {
  code: 'STRATEGY_TOO_WEAK',
  severity: 'error',
  means: 'The strategy of a tier cannot keep its RTO, RPO or availability.',
  why: 'Data that are restored from a backup are hours old and take hours to restore; a pilot light must first be lit. No runbook is faster than what stands ready.',
  fix: 'Choose a strategy that keeps more ready, or promise less.',
  example: `kind: Tier
spec: { strategy: warm-standby, rto: 15m, rpo: 1m, availability: '99.9' }`,
  *find({ estate }) {
    for (const tier of Object.values(estate.tiers)) {
      const { id, strategy, rpoMs, availability } = tier;
      // What stands ready elsewhere is what a lost region leaves; less may be healed where it is.
      const rtoMs = rtoOf(tier, 'RegionLost');
      const able = abilities[strategy];
      if (able === undefined) continue;
      for (const { key, isOver, says } of [
        {
          key: ownLossOf(tier, 'RegionLost') === undefined ? 'rto' : 'byLoss/region/rto',
          isOver: isKnown(rtoMs) && rtoMs < able.rtoMs,
          says: `an RTO of ${time(rtoMs ?? 0)}; ${time(able.rtoMs)} is about what it can do`,
        },
        {
          key: 'rpo',
          isOver: isKnown(rpoMs) && rpoMs < able.rpoMs,
          says: `an RPO of ${time(rpoMs)}; ${time(able.rpoMs)} is about what it can do`,
        },
        {
          key: 'availability',
          isOver: Number(availability) > able.availability,
          says: `${availability} %; ${able.availability} % is about what it can do`,
        },
      ])
        if (isOver)
          yield {
            at: { kind: 'Tier', name: id, pointer: `/spec/${key}` },
            sentence: `${quoted(strategy)} cannot keep ${says}`,
            evidence: [],
            remedy: 'keep more ready in the other place, or promise less',
          };
    }
  },
};
