// The RTO that something is held to, in the words of a finding.
import type { DiagnosisKind, Tier } from '../core/estate.ts';
import { ownLossOf, rtoOf } from '../core/objective/target.ts';
import { time } from './said.ts';

/** `the RTO is 15m`, or `the RTO of a lost zone is 5m` where the tier promises that of this loss alone. `of`: whose it is, after a space. */
export function saidRto(tier: Tier, diagnosis: DiagnosisKind | undefined, of = ''): string {
  const loss = ownLossOf(tier, diagnosis);
  return `the RTO${of}${loss === undefined ? '' : ` ${of === '' ? 'of' : 'after'} a lost ${loss}`} is ${time(rtoOf(tier, diagnosis) ?? 0)}`;
}
