// Where the data of a workload may stand in law. It binds the machine and people alike: no reason and no approval makes it lawful.
import type { Estate, Replica, Workload } from '../estate.ts';

/** `allowed`: nothing is declared that speaks against it. Else why not, in one clause. */
export type Standing = { readonly kind: 'allowed'; readonly because: string } | { readonly kind: 'outside'; readonly because: string };

export function residencyOf(estate: Estate | undefined, workload: Workload, replica: Replica | undefined): Standing {
  const where = replica && estate?.sites[replica.site]?.residency;
  if (replica === undefined || workload.residency.length === 0 || where === undefined)
    return { kind: 'allowed', because: 'no residency is declared' };
  return workload.residency.includes(where)
    ? { kind: 'allowed', because: `${where} is allowed` }
    : { kind: 'outside', because: `${replica.name} is in ${where}; allowed: ${workload.residency.join(', ')}` };
}
