// What tests of findings change in the estate in which nothing is to be found, and the form of their rows.
import type { Given } from '../../src/analysis/index.ts';
import type { Edit } from './base.ts';

/** `says`: the whole line, `CODE Kind name pointer: sentence`. `unless`: edits after which it is not found, often those just inside the border. */
export type Case = {
  readonly code: string;
  readonly edits: readonly Edit[];
  readonly says: string;
  readonly unless: readonly Edit[];
  /** What else is known, e.g. of a controller; and with it changed, after which it is not found. */
  readonly known?: Partial<Given>;
  readonly unlessKnown?: Partial<Given>;
};
/** More of one finding than its own row shows; `found`: how often. */
export type Border = { readonly what: string; readonly found: number } & Pick<Case, 'code' | 'edits' | 'known'>;
export const step = (text: string): Edit => ['across', '  steps:\n', `  steps:\n${text}`];
/** `identity`, which may need `directory`, a workload that is promised less. */
export const identity = (tier: string, on?: string): Edit => [
  'switchover',
  'apiVersion: resus/v1\nkind: GameDay',
  [
    workload('identity', tier, on === undefined ? [] : [on]),
    workload('directory', 'silver', []),
    silver,
    'apiVersion: resus/v1\nkind: GameDay',
  ].join('---\n'),
];
export const silver = `apiVersion: resus/v1
kind: Tier
metadata: { name: silver }
spec: { rto: 1h, rpo: 10s, availability: '99', strategy: warm-standby }
`;
export const workload = (name: string, tier: string, on: readonly string[]): string => `apiVersion: resus/v1
kind: Workload
metadata: { name: ${name} }
spec:
  tier: ${tier}
  owner: Platform
  onCall: platform
  clinicalOwner: CMIO
  impact: Nobody can log in.
  downtimeProcedure: Paper.
  residency: [US]
  dependsOn: [${on.map((each) => `{ workload: ${each}, strength: hard }`).join(', ')}]
  replicas:
    - { name: one, site: us-east-2, role: primary, resources: { cluster: x }, probes: [{ id: a, uses: tcp, with: { address: '10.0.0.1:1' } }] }
    - { name: two, site: us-west-2, role: standby, resources: { cluster: y }, probes: [{ id: a, uses: tcp, with: { address: '10.0.0.2:1' } }] }
  usersPath: { url: 'http://id.example/', ttl: 60s, clientCache: 0s, populations: [{ name: ward, site: campus }] }
  runbooks: { switchover: planned, failback: planned }
`;
export const needs = (list: string): Edit => ['ehr', '  localHa:', `  dependsOn: ${list}\n  localHa:`];
