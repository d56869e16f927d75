// From what is needed to policies that AWS accepts: one role a region, statements merged and sorted, so that the same declarations always give the
// same bytes, and split where one managed policy would be longer than IAM takes.
import type { Need } from './needs.ts';

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
};
export type Policy = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };
export type RolePolicies = {
  readonly region: string;
  readonly policies: readonly Policy[];
  /** Of each action what needs it, sorted. */
  readonly because: Readonly<Record<string, readonly string[]>>;
};

/** Characters of a managed policy, white space not counted (IAM and STS quotas). */
export const mostCharacters = 6_144;
export const charactersOf = (policy: Policy): number => JSON.stringify(policy).length;

/** `account` stands for accounts that the declarations do not say; `*` where nobody says it. Sorted by region. */
export function policiesOf(needs: readonly Need[], account: string | undefined): readonly RolePolicies[] {
  const regions = [...new Set(needs.map(({ region }) => region))].sort();
  return regions.map((region) => {
    const own = needs.filter((need) => need.region === region);
    const known = accountsIn(own.length === 0 ? needs : own);
    const standIn = account ?? (known.length === 1 ? known[0] : undefined) ?? '*';
    const placed = own.map((need) => ({ ...need, resources: need.resources.map((each) => inPlace(each, region, standIn)) }));
    return { region, policies: split(merged(placed, region)), because: reasons(placed) };
  });
}

/** What the controller's own identity needs where roles are assumed. Undefined without roles. */
export function assumingPolicy(roles: readonly string[]): Policy | undefined {
  const Resource = [...new Set(roles)].sort();
  return Resource.length === 0
    ? undefined
    : { Version: '2012-10-17', Statement: [{ Sid: 'StsAssumeRole', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource }] };
}

/** Whether an account was left open. */
export const isOpen = ({ policies }: RolePolicies): boolean =>
  policies.some(({ Statement }) => Statement.some(({ Resource }) => Resource.some((each) => each.split(':')[4] === '*')));

/** Roles that may be handed to any service: whoever may do that can act with them. */
export const passedAnywhere = ({ policies }: RolePolicies): readonly string[] =>
  policies.flatMap(({ Statement }) =>
    Statement.flatMap(({ Action, Resource, Condition }) =>
      Action.includes('iam:PassRole') && !Object.values(Condition ?? {}).some((keys) => 'iam:PassedToService' in keys) ? Resource : [],
    ),
  );

const accountsIn = (needs: readonly Need[]): readonly string[] => [
  ...new Set(needs.flatMap(({ resources }) => resources.map((each) => each.split(':')[4] ?? '')).filter((each) => /^\d{12}$/.test(each))),
];

const partitionOf = (region: string): string => (region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');
function inPlace(resource: string, region: string, account: string): string {
  const [arn, partition, service, where, whose, ...rest] = resource.split(':');
  if (arn !== 'arn' || rest.length === 0) return resource;
  return [arn, partition === 'aws' ? partitionOf(region) : partition, service, where, whose === '*' ? account : whose, ...rest].join(':');
}

type Merged = Omit<Statement, 'Sid' | 'Effect'>;
/** First what is allowed on the same resources, then the same actions on all of theirs. */
function merged(needs: readonly Need[], region: string): readonly Merged[] {
  const single = needs.flatMap(({ actions, resources, conditions }) =>
    actions.map((action): Merged => {
      const isAny = resources.includes('*');
      const Condition = isAny ? inRegion(conditions, region) : conditions;
      return { Action: [action], Resource: isAny ? ['*'] : resources, ...(Condition === undefined ? {} : { Condition }) };
    }),
  );
  const byAction = group(single, (each) => JSON.stringify([each.Action, conditionsIn(each)])).map((all) => union(all));
  const byResource = group(byAction, (each) => JSON.stringify([serviceOf(each), each.Resource, conditionsIn(each)])).map((all) =>
    union(all),
  );
  return byResource.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
/** Where any resource may be named, the region at least is this one. */
const inRegion = (conditions: Conditions | undefined, region: string): Conditions => ({
  ...conditions,
  StringEquals: { 'aws:RequestedRegion': [region], ...conditions?.['StringEquals'] },
});
const keyOf = ({ Action, Resource, Condition }: Merged): string => JSON.stringify([Action, Resource, Condition ?? null]);
const serviceOf = ({ Action }: Merged): string => Action[0]?.split(':')[0] ?? '';
const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();
const conditionsIn = ({ Condition }: Merged): string =>
  JSON.stringify(
    Object.entries(Condition ?? {}).map(([operator, keys]) => [
      operator,
      Object.entries(keys).map(([key, values]) => [key, sorted(values)]),
    ]),
  );
const union = (all: readonly Merged[]): Merged => {
  const Condition = all[0]?.Condition;
  return {
    Action: sorted(all.flatMap((each) => each.Action)),
    Resource: sorted(all.flatMap((each) => each.Resource)),
    ...(Condition === undefined ? {} : { Condition }),
  };
};
function group<T>(items: readonly T[], by: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = by(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return [...groups.values()];
}

/** Full policies first, in the order of the statements. A statement that is too long for one is cut by its resources. */
function split(statements: readonly Merged[]): readonly Policy[] {
  const policies: Policy[] = [];
  let open: Statement[] = [];
  const taken = new Set<string>();
  const policyOf = (Statement: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement });
  const fits = (Statement: readonly Statement[]): boolean => charactersOf(policyOf(Statement)) <= mostCharacters;
  for (const each of statements.flatMap((statement) => pieces(statement, fits))) {
    const named: Statement = { Sid: sidOf(each, taken), Effect: 'Allow', ...each };
    if (open.length > 0 && !fits([...open, named])) {
      policies.push(policyOf(open));
      open = [];
    }
    open.push(named);
  }
  return open.length === 0 ? policies : [...policies, policyOf(open)];
}
function pieces(statement: Merged, fits: (statements: readonly Statement[]) => boolean): readonly Merged[] {
  if (statement.Resource.length < 2 || fits([{ Sid: 'X'.repeat(64), Effect: 'Allow', ...statement }])) return [statement];
  const half = Math.ceil(statement.Resource.length / 2);
  return [statement.Resource.slice(0, half), statement.Resource.slice(half)].flatMap((Resource) =>
    pieces({ ...statement, Resource }, fits),
  );
}
/** Letters and digits only, as IAM wants; unique among all policies of the role. */
function sidOf({ Action }: Merged, taken: Set<string>): string {
  const [first = ''] = Action;
  const letters = first
    .split(/[^A-Za-z0-9]/)
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
    .join('');
  const base = `${letters}${Action.length > 1 ? `And${Action.length - 1}More` : ''}`.slice(0, 56);
  let sid = base;
  for (let n = 2; taken.has(sid); n += 1) sid = `${base}${n}`;
  taken.add(sid);
  return sid;
}

function reasons(needs: readonly Need[]): RolePolicies['because'] {
  const found = new Map<string, Set<string>>();
  for (const { actions, because } of needs)
    for (const action of actions) found.set(action, (found.get(action) ?? new Set<string>()).add(because));
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([action, all]) => [action, sorted(all)]));
}
