// Whether IAM would take a policy: the grammar of its JSON elements for identity policies, actions without wildcards, ARNs in their six
// parts, conditions with known operators, and the length of a managed policy. What the names mean is `service-reference.ts`.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

const operators = new Set(
  ['Equals', 'NotEquals', 'EqualsIgnoreCase', 'NotEqualsIgnoreCase', 'Like', 'NotLike']
    .map((each) => `String${each}`)
    .concat(['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'Bool', 'Null', 'IpAddress', 'NotIpAddress'])
    .concat(
      ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].flatMap((each) => [
        `Date${each}`,
        `Numeric${each}`,
      ]),
    ),
);
const arn = /^arn:(?:aws|aws-cn|aws-us-gov):[a-z0-9-]+:(?:[a-z]{2}(?:-[a-z]+)+-\d)?:(?:\d{12}|\*)?:[^\s:][^\s]*$/;

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const textsOf = (value: unknown): readonly string[] | undefined =>
  typeof value === 'string'
    ? [value]
    : Array.isArray(value) && value.length > 0 && value.every((each): each is string => typeof each === 'string')
      ? value
      : undefined;

/** Every problem, one sentence each; none when IAM would take it. */
export function problemsOf(policy: unknown): readonly string[] {
  if (!isMembers(policy)) return ['it is no object'];
  const { Version, Statement } = policy;
  const length = JSON.stringify(policy).length;
  const statements: readonly unknown[] = Array.isArray(Statement) ? Statement : [];
  const sids = statements.flatMap((each) => (isMembers(each) && typeof each['Sid'] === 'string' ? [each['Sid']] : []));
  return [
    ...unknown(policy, ['Version', 'Id', 'Statement'], 'the policy'),
    ...(Version === '2012-10-17' ? [] : ['Version is not 2012-10-17']),
    ...(statements.length > 0 ? [] : ['Statement is no list with anything in it']),
    ...(length > 6_144 ? [`it has ${length} characters`] : []),
    ...(new Set(sids).size === sids.length ? [] : ['a Sid stands twice']),
    ...statements.flatMap((each, n) => statementProblems(each).map((problem) => `statement ${n + 1}: ${problem}`)),
  ];
}

const unknown = (value: Members, known: readonly string[], what: string): readonly string[] =>
  Object.keys(value).flatMap((key) => (known.includes(key) ? [] : [`${what} has an element ${key}`]));

function statementProblems(statement: unknown): readonly string[] {
  if (!isMembers(statement)) return ['it is no object'];
  const { Sid, Effect, Action, Resource, Condition } = statement;
  return [
    ...unknown(statement, ['Sid', 'Effect', 'Action', 'Resource', 'Condition'], 'it'),
    ...(Sid === undefined || (typeof Sid === 'string' && /^[A-Za-z0-9]+$/.test(Sid)) ? [] : ['Sid is not of letters and digits']),
    ...(Effect === 'Allow' || Effect === 'Deny' ? [] : ['Effect is neither Allow nor Deny']),
    ...(textsOf(Action)?.flatMap(actionProblems) ?? ['Action is no text and no list of texts']),
    ...(textsOf(Resource)?.flatMap((each) => (each === '*' || arn.test(each) ? [] : [`${each} is no ARN`])) ?? [
      'Resource is no text and no list of texts',
    ]),
    ...(Condition === undefined ? [] : conditionProblems(Condition)),
  ];
}

const actionProblems = (action: string): readonly string[] =>
  /^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action) ? [] : [`${action} is no action of one service`];

function conditionProblems(condition: unknown): readonly string[] {
  if (!isMembers(condition) || Object.keys(condition).length === 0) return ['Condition is no object with anything in it'];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    const bare = operator.replace(/^(?:ForAllValues|ForAnyValue):/, '').replace(/IfExists$/, '');
    if (!operators.has(bare)) return [`there is no condition operator ${operator}`];
    if (!isMembers(keys) || Object.keys(keys).length === 0) return [`${operator} has no keys`];
    return Object.entries(keys).flatMap(([key, values]) => [
      ...(/^[a-z0-9-]+:[A-Za-z0-9/_.:-]+$/.test(key) ? [] : [`${key} is no condition key`]),
      ...(textsOf(values) === undefined ? [`${key} has no values`] : []),
    ]);
  });
}
