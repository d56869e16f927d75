// Fault domains: a tree in which each site stands in its parent, and the vantages that look out from it.
import Type, { type Static } from 'typebox';
import { siteLevels, type Estate, type Site, type SiteLevel } from '../../core/estate.ts';
import type { Json, SiteId, VantageId } from '../../core/values.ts';
import { below } from '../pointer.ts';
import { circled, quoted } from '../problem.ts';
import { Choice, closed, Distinct, Name, Refers, Text, With } from '../schema.ts';
import { find, kindOf, present, type Declaration, type Resolving } from './kind.ts';

const Reference = Type.Object(
  {
    id: Name('what the target is called'),
    uses: Refers('probe', 'the probe that looks at it'),
    with: With,
    site: Refers('Site', 'where the target stands, outside the site of the vantage'),
  },
  closed,
);
const Vantage = Type.Object(
  {
    id: Name('what the vantage is called'),
    references: Distinct(Reference, 'id', { minItems: 1, title: 'what it must see to have a vote' }),
  },
  closed,
);
const spec = Type.Object(
  {
    level: Choice(siteLevels, 'what it is'),
    parent: Type.Optional(Refers('Site', 'the site that it stands in')),
    kind: Type.Optional(Choice(['aws', 'onprem'], 'whose it is; inherited')),
    residency: Type.Optional(Text('where data here stands in law, e.g. `US`; inherited', 64)),
    tier: Type.Optional(Refers('Tier', 'what every workload with a replica here is promised at least; inherited by the sites in it')),
    vantages: Distinct(Vantage, 'id', {
      default: [],
      title: 'from where things are watched; three in three failure domains can be believed',
    }),
  },
  closed,
);
type Spec = Static<typeof spec>;

/** What each level may stand in; a level with no entry is a root. */
const holders: Readonly<Record<SiteLevel, readonly SiteLevel[]>> = {
  cloud: [],
  region: ['cloud'],
  zone: ['region'],
  campus: [],
  'data-centre': ['campus'],
  rack: ['data-centre'],
};

export const site = kindOf({
  kind: 'Site',
  collection: 'sites',
  summary: 'A fault domain: cloud > region > zone, or campus > data centre > rack, with its vantages.',
  spec,
  resolve(all, resolving) {
    const declared = new Map(all.map((each) => [each.name, each]));
    const sites: Record<string, Site> = {};
    const vantages = new Map<string, string>();
    for (const declaration of all) {
      const { name, spec: own } = declaration;
      const { chain, circular } = ancestors(declaration, declared, resolving);
      if (!circular) checkLevel(declaration, declared, resolving);
      const kind = chain.map((each) => each.spec.kind).find((each) => each !== undefined);
      resolving.tiers.bySite.set(name, [...new Set(chain.flatMap((each) => each.spec.tier ?? []))]);
      const residency = chain.map((each) => each.spec.residency).find((each) => each !== undefined);
      if (own.parent === undefined)
        for (const key of ['kind', 'residency'] as const)
          if (own[key] === undefined)
            resolving.say(declaration, {
              pointer: '/spec',
              code: 'NOT_INHERITED',
              message: `${quoted(name)} has no parent to inherit \`${key}\` from`,
              remedy: `add \`${key}\``,
            });
      own.vantages.forEach((vantage, index) => {
        const pointer = below('/spec/vantages', index);
        const other = vantages.get(vantage.id);
        if (other !== undefined && other !== name)
          resolving.say(declaration, {
            pointer: below(pointer, 'id'),
            code: 'DUPLICATE_NAME',
            message: `${quoted(vantage.id)} is also a vantage of ${quoted(other)}`,
            remedy: 'rename one of them',
          });
        vantages.set(vantage.id, name);
        checkReferences(declaration, vantage, pointer, declared, resolving);
      });
      sites[name] = present({
        id: name as SiteId,
        parent: own.parent as SiteId | undefined,
        level: own.level,
        kind: kind ?? 'onprem',
        residency: residency ?? '',
        vantages: own.vantages.map((vantage) => ({
          id: vantage.id as VantageId,
          site: name as SiteId,
          references: vantage.references.map((each) => ({
            id: each.id,
            uses: each.uses,
            with: each.with as Json,
            site: each.site as SiteId,
          })),
        })),
      }) as Site;
    }
    return sites;
  },
});

type Sites = ReadonlyMap<string, Declaration<Spec>>;
/** Itself first, then its parents. A circle is said once, at the member whose name comes first. */
function ancestors(
  of: Declaration<Spec>,
  declared: Sites,
  resolving: Resolving,
): { readonly chain: readonly Declaration<Spec>[]; readonly circular: boolean } {
  const chain: Declaration<Spec>[] = [];
  const seen = new Set<string>();
  for (
    let at: Declaration<Spec> | undefined = of;
    at !== undefined;
    at = at.spec.parent === undefined ? undefined : declared.get(at.spec.parent)
  ) {
    if (seen.has(at.name)) {
      const circle = chain.slice(chain.indexOf(at)).map((each) => each.name);
      if (at === of && [...circle].sort()[0] === of.name)
        resolving.say(of, {
          pointer: '/spec/parent',
          code: 'CYCLE',
          message: `sites stand in each other: ${circled(circle)}`,
          remedy: 'remove one `parent`',
        });
      return { chain, circular: true };
    }
    seen.add(at.name);
    chain.push(at);
  }
  return { chain, circular: false };
}

function checkLevel(of: Declaration<Spec>, declared: Sites, resolving: Resolving): void {
  const { level, parent } = of.spec;
  const allowed = holders[level];
  if (allowed === undefined) return;
  const holder = parent === undefined ? undefined : declared.get(parent)?.spec.level;
  if (parent === undefined) {
    if (level === 'zone' || level === 'rack' || level === 'data-centre')
      resolving.say(of, {
        pointer: '/spec',
        code: 'SITE_LEVEL',
        message: `a ${level} stands in a ${allowed.join(' or ')}`,
        remedy: 'add `parent`',
      });
  } else if (holder !== undefined && !allowed.includes(holder)) {
    resolving.say(of, {
      pointer: '/spec/parent',
      code: 'SITE_LEVEL',
      message: `a ${level} cannot stand in ${quoted(parent)}, which is a ${holder}`,
      remedy: allowed.length === 0 ? 'leave `parent` out' : `name a ${allowed.join(' or ')}`,
    });
  }
}

function checkReferences(
  of: Declaration<Spec>,
  vantage: Spec['vantages'][number],
  pointer: string,
  declared: Sites,
  resolving: Resolving,
): void {
  vantage.references.forEach((reference, index) => {
    const at = below(pointer, 'references', index);
    const seen = new Set<string>();
    for (let up: string | undefined = reference.site; up !== undefined && !seen.has(up); up = declared.get(up)?.spec.parent) {
      seen.add(up);
      if (up === of.name)
        resolving.say(of, {
          pointer: below(at, 'site'),
          code: 'REFERENCE_INSIDE',
          message: `${quoted(reference.id)} lies inside ${quoted(of.name)}, so it cannot tell whether ${quoted(vantage.id)} is cut off`,
          remedy: 'name a target in another site',
        });
    }
  });
}

/** Whether `inner` is `outer` or stands in it. */
export function standsIn(sites: Estate['sites'], inner: string, outer: string): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = inner; at !== undefined && !seen.has(at); at = find(sites, at)?.parent) {
    if (at === outer) return true;
    seen.add(at);
  }
  return false;
}
