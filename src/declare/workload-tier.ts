// Which tiers apply to a workload: its own and those of the sites where its replicas stand, put together when they are several.
import { pendingTargets, type Tier } from '../core/estate.ts';
import { quoted } from './problem.ts';
import { spelledOut } from './loss-targets.ts';
import { compose } from './tiers.ts';
import type { Declaration, Resolving } from './kinds/kind.ts';
import { checkPace, tierFrom, tierSpec } from './kinds/tier.ts';

type TierSpec = Parameters<typeof tierFrom>[1];
type Spec = {
  readonly tier?: string;
  readonly tiers?: readonly string[];
  readonly replicas: readonly { readonly site: string }[];
};

/** The names of its tiers, its own first, each once. */
export const tierNamesOf = ({ tier, tiers, replicas }: Spec, bySite: (site: string) => readonly string[]): readonly string[] => [
  ...new Set([...(tier === undefined ? [] : [tier]), ...(tiers ?? []), ...replicas.flatMap(({ site }) => bySite(site))]),
];

/** The name of the tier that holds for it, made of several if need be. */
export function tierOf(of: Declaration<Spec>, resolving: Resolving): string {
  const { spec, name } = of;
  const { sources, bySite, composed } = resolving.tiers;
  const pointer = spec.tiers !== undefined ? '/spec/tiers' : spec.tier !== undefined ? '/spec/tier' : '/spec';
  if (spec.tier !== undefined && spec.tiers !== undefined)
    resolving.say(of, {
      pointer: '/spec',
      key: 'tier',
      code: 'TIER_TWICE',
      message: `${quoted(name)} has \`tier\` and \`tiers\``,
      remedy: 'write all of them in `tiers`',
    });
  const names = tierNamesOf(spec, (site) => bySite.get(site) ?? []);
  if (names.length === 0)
    resolving.say(of, {
      pointer: '/spec',
      code: 'MISSING_KEY',
      message: '`spec` has no `tier`',
      remedy: 'add `tier`: what it is promised',
    });
  const found = names.flatMap((each) => sources.get(each) ?? []);
  const [first] = found;
  if (first === undefined) return names[0] ?? '';
  const made = found.length === 1 ? first : compose(spelledOut(found), tierSpec);
  const tier = tierFrom(made.name, made.spec as TierSpec);
  if (found.length > 1) {
    composed.set(made.name, tier);
    // What is wrong with one of them alone was said there.
    if (found.every((each) => isPaced(tierFrom(each.name, each.spec as TierSpec))))
      checkPace(made.spec as TierSpec, of, pointer, resolving);
  }
  const pending = pendingTargets.filter((target) => tier.pending?.includes(target));
  if (pending.length > 0)
    resolving.say(of, {
      pointer,
      code: 'TARGET_PENDING',
      message: `nobody has decided the ${pending.map((target) => words[target]).join(', ')} of ${quoted(name)} yet (pending-bia)`,
      remedy: 'decide them with its clinical owner; until then nothing is done about it without a person',
    });
  return made.name;
}

const isPaced = ({ detection }: Tier): boolean => detection.timeoutMs < detection.intervalMs;
const words = { rto: 'RTO', rpo: 'RPO', availability: 'availability' } as const;
