// Two replicas that hang on the very same thing.
import { arnOf } from '../aws-names.ts';
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

/** A key id of KMS that is a key of its own, and no replica of one in several regions (those begin with `mrk-`). */
const keyId = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;
/** What names one thing in the world: a key of KMS (however it is written), an ARN, or a URL with a host. Undefined for a mere word. */
function thingIn(name: string, value: string): string | undefined {
  const arn = arnOf(value);
  const id = arn?.service === 'kms' ? arn.resource.replace(/^key\//, '') : /key|kms/i.test(name) ? value : '';
  if (keyId.test(id)) return `key ${id}`;
  return /^arn:[\w-]+:/.test(value) || /^\w+:\/\/[^/\s]+/.test(value) ? value : undefined;
}

export const sharedResource: Finding = {
  code: 'SHARED_RESOURCE',
  severity: 'warning',
  means: 'Two replicas of a workload name the same resource (a key, a bucket, an endpoint).',
  why: 'What both need is lost for both at once: a KMS key, a secret or a load balancer in one region takes the standby down with the primary.',
  fix: 'Give each replica its own (for KMS a multi-region key, with the ARN of its own region), or name what is shared on purpose in the `resources` of the workload.',
  example: `replicas:
  - { name: east, resources: { key: 'arn:aws:kms:us-east-2:123456789012:key/mrk-1' } }
  - { name: west, resources: { key: 'arn:aws:kms:us-west-2:123456789012:key/mrk-1' } }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const users = new Map<string, { index: number; replica: string; key: string; value: string }[]>();
      for (const [index, replica] of workload.replicas.entries())
        for (const [key, value] of Object.entries(replica.resources)) {
          const thing = thingIn(key, value);
          if (thing !== undefined) users.set(thing, [...(users.get(thing) ?? []), { index, replica: replica.name, key, value }]);
        }
      for (const by of users.values()) {
        const second = by.find((each) => each.index !== by[0]?.index);
        if (second === undefined) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/${second.index}/resources/${second.key}` },
          sentence: `replicas ${listed([...new Set(by.map((each) => quoted(each.replica)))])} both hang on ${quoted(second.value)}`,
          evidence: by.map((each) => `${each.replica}.${each.key}`),
          remedy: 'give each its own, or move it to the `resources` of the workload',
        };
      }
    }
  },
};
