// What opens the standby, and lies in the place that was lost.
import { isWithin } from '../../core/detection/targets.ts';
import type { SiteId } from '../../core/values.ts';
import { awsRegionIn, awsServiceIn } from '../aws-names.ts';
import type { Move } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { quoted } from '../said.ts';
import { textsIn } from '../texts.ts';

/** Of these a region must answer before anything starts there; what else a step names may be what it leaves. */
const openers: Readonly<Record<string, string>> = {
  secretsmanager: 'secret',
  ssm: 'parameter',
  kms: 'key',
  'acm-pca': 'certificate authority',
  'cognito-idp': 'identity provider',
  'cognito-identity': 'identity provider',
  sso: 'identity provider',
  'sso-oauth': 'identity provider',
  oidc: 'identity provider',
  ds: 'directory',
  ecr: 'image registry',
};

export const lostResource: Finding = {
  code: 'LOST_RESOURCE',
  severity: 'error',
  means: 'A failover out of a lost region needs a secret, a key, an identity provider or an image of that region.',
  why: 'The data are there, the servers are there, and nothing starts: the password is in the vault of the region that is gone, or everybody signs in by it. Copies in other regions have names of their own, and it is those that must be written down.',
  fix: 'Replicate it, and name the copy of each region in the `resources` of the replica there; steps then take `${{ to.resources.NAME }}`.',
  example: `replicas:
  - { name: west, site: us-west-2, resources: { secret: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ehr-a1b2c3' } }`,
  *find({ estate, moves }) {
    for (const move of moves) {
      const { workload, runbook, leave, from, to, diagnosis } = move;
      if (leave === undefined || from === to || diagnosis === 'ReplicaDown') continue;
      const lost = (text: string): string | undefined => {
        const region = awsRegionIn(text);
        const noun = openers[awsServiceIn(text) ?? ''];
        return region !== undefined && noun !== undefined && isWithin(estate, region as SiteId, leave) ? noun : undefined;
      };
      for (const [key, value] of Object.entries(workload.resources)) {
        const noun = lost(value);
        if (noun !== undefined)
          yield {
            at: { kind: 'Workload', name: workload.id, pointer: `/spec/resources/${key}` },
            sentence: `${quoted(key)} is a ${noun} in ${quoted(leave)}, and is gone when ${quoted(workload.id)} must run at ${quoted(to.name)}`,
            evidence: [value, ...saidMove(move)],
            remedy: 'give each replica the copy of its own region in its `resources`',
          };
      }
      for (const [index, step] of (move.plan?.steps ?? []).entries())
        for (const { text, pointer } of textsIn(step.with)) {
          const noun = lost(text);
          // What comes out of the workload's resources is said there.
          if (noun === undefined || Object.values(workload.resources).includes(text)) continue;
          yield {
            at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/with${pointer}` },
            sentence: `step ${quoted(step.id)} takes a ${noun} in ${quoted(leave)}, which is lost when it is needed`,
            evidence: [text, ...saidMove(move)],
            remedy: 'take the copy of the region that is left: `${{ to.resources.NAME }}`',
          };
        }
    }
  },
};

const saidMove = ({ diagnosis, leave, from }: Move): readonly string[] => [
  `${diagnosis ?? 'a failover'} of ${leave ?? ''}, with the writer at ${from.name}`,
];
