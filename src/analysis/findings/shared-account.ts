// Two regions, one account: what takes the account takes both.
import { declaredAs, type Replica } from '../../core/estate.ts';
import { arnOf } from '../aws-names.ts';
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const sharedAccount: Finding = {
  code: 'SHARED_ACCOUNT',
  severity: 'warning',
  means: 'The tier demands several regions, and all replicas of a workload stand in one account of the provider.',
  why: 'Stolen credentials, a wrong policy, a reached quota or a closed account know no regions: they take every replica in the account at the same time.',
  fix: 'Put one replica, or at least backups that nobody in the first account can delete, into another account; or accept it with how such a loss is recovered from. Where resources come from an inventory, `account` of a replica says it.',
  example: `replicas:
  - { name: east, account: '111111111111', resources: { cluster: ehr-east } }
  - { name: west, account: '222222222222', resources: { cluster: ehr-west } }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      if (!((declaredAs(estate.tiers, workload.tier)?.least.regions ?? 0) > 1) || workload.replicas.length < 2) continue;
      const named = workload.replicas.map((replica, index) => ({ index, replica: replica.name, accounts: accountsOf(replica) }));
      const accounts = new Set(named.flatMap((each) => each.accounts.map(({ account }) => account)));
      const second = named[1]?.accounts[0];
      // A replica that names none may stand anywhere.
      if (accounts.size !== 1 || second === undefined || named.some((each) => each.accounts.length === 0)) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/1${second.pointer}` },
        sentence: `replicas ${listed(named.map(({ replica }) => quoted(replica)))} all stand in the account ${[...accounts].join('')}`,
        evidence: [
          ...named.map((each) => `${each.replica}${each.accounts[0]?.pointer ?? ''}`),
          `tier ${workload.tier} demands several regions`,
        ],
        remedy: 'use a second account, or accept this with how the loss of the account is recovered from',
      };
    }
  },
};

/** The one that is declared, else those of its ARNs. */
function accountsOf({ account, resources }: Replica): readonly { readonly account: string; readonly pointer: string }[] {
  if (account !== undefined) return account.includes('${{') ? [] : [{ account, pointer: '/account' }];
  return Object.entries(resources).flatMap(([key, value]) => {
    const owner = arnOf(value)?.account ?? '';
    return /^\d+$/.test(owner) ? [{ account: owner, pointer: `/resources/${key}` }] : [];
  });
}
