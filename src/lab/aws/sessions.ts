// The sessions that the lab's STS gave, and whether one may still do what it asks: its own end and its session policy, judged at the moment
// at which a request is carried out. Keys that STS did not give are those of an administrator.

import { ACCOUNT } from './names.ts';
import { Refusal } from './refusal.ts';

export interface Session {
  readonly token: string;
  /** `ROLE/NAME`, as in the ARN of an assumed role. */
  readonly who: string;
  readonly endsAt: number;
  readonly policy: readonly Statement[] | undefined;
}
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly before: number | undefined;
  readonly after: number | undefined;
}
export interface Sessions {
  open(accessKey: string, session: Session): void;
  /** Throws `ExpiredToken`, `InvalidClientTokenId` or `AccessDenied`. `action`: `rds:FailoverGlobalCluster`. */
  allow(accessKey: string, token: string | undefined, action: string): void;
}

const KEPT = 10_000;
const malformed = (what: string): Refusal => new Refusal('MalformedPolicyDocument', `Syntax errors in policy: ${what}`);

export function makeSessions(now: () => number): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open(accessKey, session) {
      sessions.set(accessKey, session);
      const oldest = sessions.size > KEPT ? sessions.keys().next().value : undefined;
      if (oldest !== undefined) sessions.delete(oldest);
    },
    allow(accessKey, token, action) {
      const session = sessions.get(accessKey);
      if (session === undefined) return;
      if (token !== session.token) throw new Refusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
      if (now() >= session.endsAt) throw new Refusal('ExpiredToken', 'The security token included in the request is expired', 403);
      if (session.policy === undefined || isAllowed(session.policy, action, now())) return;
      throw new Refusal(
        'AccessDenied',
        `User: arn:aws:sts::${ACCOUNT}:assumed-role/${session.who} is not authorized to perform: ${action} because no session policy allows the ${action} action`,
        403,
      );
    },
  };
}

function isAllowed(policy: readonly Statement[], action: string, now: number): boolean {
  const fitting = policy.filter(
    ({ actions, before, after }) =>
      actions.some((pattern) => matches(pattern, action)) && now < (before ?? Infinity) && now > (after ?? -Infinity),
  );
  return fitting.length > 0 && fitting.every(({ effect }) => effect === 'Allow');
}
function matches(pattern: string, action: string): boolean {
  const star = pattern.indexOf('*');
  const [wanted, asked] = [pattern.toLowerCase(), action.toLowerCase()];
  return star < 0 ? wanted === asked : star === pattern.length - 1 && asked.startsWith(wanted.slice(0, -1));
}

/** What the lab understands of a session policy; anything else is refused, never ignored. */
export function readPolicy(text: string): readonly Statement[] {
  if (text.length > 2_048) throw new Refusal('ValidationError', "Value at 'policy' failed to satisfy constraint: at most 2048 characters");
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('it is no JSON');
  }
  const { Version, Statement: statements } = fieldsOf(document);
  if (Version !== '2012-10-17') throw malformed('the lab reads Version 2012-10-17');
  return (Array.isArray(statements) ? statements : [statements]).map(readStatement);
}

function readStatement(statement: unknown): Statement {
  const { Sid: _sid, Effect, Action, Resource, Condition, ...more } = fieldsOf(statement);
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw malformed(`the lab does not know ${unknown.slice(0, 50)} in a statement`);
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed('Effect is Allow or Deny');
  if (Resource !== '*') throw malformed('the lab knows the Resource * only');
  const actions: unknown[] = Array.isArray(Action) ? Action : [Action];
  const named = actions.filter((action) => typeof action === 'string');
  if (named.length !== actions.length || named.length === 0) throw malformed('Action is a text or a list of texts');
  return { effect: Effect, actions: named, before: dateOf(Condition, 'DateLessThan'), after: dateOf(Condition, 'DateGreaterThan') };
}

const OPERATORS: readonly string[] = ['DateLessThan', 'DateGreaterThan'];
function dateOf(condition: unknown, operator: string): number | undefined {
  if (condition === undefined) return undefined;
  const conditions = fieldsOf(condition);
  const strange = Object.keys(conditions).find((name) => !OPERATORS.includes(name));
  if (strange !== undefined) throw malformed(`the lab does not know the condition ${strange.slice(0, 50)}`);
  if (!Object.hasOwn(conditions, operator)) return undefined;
  const keys = fieldsOf(conditions[operator]);
  const value = keys['aws:CurrentTime'];
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Object.keys(keys).length !== 1 || Number.isNaN(at)) throw malformed(`${operator} compares aws:CurrentTime with a date`);
  return at;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('an object is missing');
  return value as Readonly<Record<string, unknown>>;
}
