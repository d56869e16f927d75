// A lost region that is to be over sooner than what is lost with it.
import type { DiagnosisKind, Loss, Tier } from '../../core/estate.ts';
import { ownLossOf, rtoOf } from '../../core/objective/target.ts';
import { isKnown, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

// Neither of these holds the other: a replica may be one server in a zone, or stand in all zones of its region.
const narrower: readonly Loss[] = ['replica', 'zone'];
const wide: Loss = 'region';
const diagnosisOf: Readonly<Record<Loss, DiagnosisKind>> = { replica: 'ReplicaDown', zone: 'ZoneLost', region: 'RegionLost' };

export const rtoInverted: Finding = {
  code: 'RTO_INVERTED',
  severity: 'warning',
  means: 'A tier promises that a lost region is over sooner than a lost zone or replica.',
  why: 'A lost region takes its zones and replicas with it: whoever serves users again within minutes of that can do so after less. One of the two numbers is wrong, and nobody knows which until it is needed. A loss that `byLoss` leaves out has the general `rto`.',
  fix: 'Give the narrower loss at most the RTO of the region (`byLoss`), or promise less of a lost region.',
  example: `kind: Tier
spec: { rto: 15m, byLoss: { zone: { rto: 5m } } }   # a lost replica or region has 15m`,
  *find({ estate }) {
    for (const tier of Object.values(estate.tiers))
      for (const narrow of narrower) {
        const [mine, wider] = [rtoOf(tier, diagnosisOf[narrow]), rtoOf(tier, diagnosisOf[wide])];
        if (!isKnown(mine) || !isKnown(wider) || wider >= mine) continue;
        yield {
          at: { kind: 'Tier', name: tier.id, pointer: `/spec/byLoss/${wide}/rto` },
          sentence: `a lost ${wide} is to be over in ${time(wider)}, and a lost ${narrow} only in ${time(mine)}`,
          evidence: [wide, narrow].map((loss) => `${loss}: ${saidBy(tier, loss)}`),
          remedy: `give ${quoted(`byLoss.${narrow}.rto`)} at most ${time(wider)}, or promise less of a lost ${wide}`,
        };
      }
  },
};
const saidBy = (tier: Tier, loss: Loss): string =>
  ownLossOf(tier, diagnosisOf[loss]) === undefined ? 'the general `rto`' : quoted(`byLoss.${loss}.rto`);
