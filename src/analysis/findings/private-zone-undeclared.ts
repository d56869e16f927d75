// A name that only a private network can answer, and nothing that says which.
import type { Finding } from '../finding.ts';
import { listed, quoted } from '../said.ts';

export const privateZoneUndeclared: Finding = {
  code: 'PRIVATE_ZONE_UNDECLARED',
  severity: 'warning',
  means: 'A workload is to outlast the loss of a site, users find it by a private name, and nothing says where that is answered.',
  why: 'Such names (`.internal`, a bare host name, what the resolver of a VPC answers) exist only in the networks that know them. Whether they are still answered after a loss cannot be concluded, and is found out when the standby is up and nobody reaches it.',
  fix: 'Say in `usersPath.privateZone.answeredAt` which sites answer it; then `PRIVATE_ZONE` looks at each loss.',
  example: `usersPath:
  url: https://ehr.hospital.internal
  privateZone: { answeredAt: [us-east-2, us-west-2] }`,
  *find({ estate }) {
    for (const { id, replicas, usersPath } of Object.values(estate.workloads)) {
      const { url, nameServers, privateZone } = usersPath;
      if (privateZone !== undefined || replicas.length < 2) continue;
      const host = hostOf(url);
      const ofNetworks = Array.isArray(nameServers) ? nameServers.filter((each: string) => ofNetwork.test(each)) : [];
      if ((host === undefined || !isPrivate(host)) && ofNetworks.length === 0) continue;
      yield {
        at: { kind: 'Workload', name: id, pointer: ofNetworks.length > 0 ? '/spec/usersPath/nameServers' : '/spec/usersPath/url' },
        sentence:
          ofNetworks.length > 0
            ? `${listed(ofNetworks.map(quoted))} answers inside of one network, and nothing says which`
            : `${quoted(host ?? '')} is a private name, and nothing says where it is answered`,
        evidence: replicas.map(({ name, site }) => `${name} stands at ${site}`),
        remedy: 'add `usersPath.privateZone: { answeredAt: [SITE, ...] }`',
      };
    }
  },
};

/** The resolver that every VPC has at an address of its own, which is a different one in each. */
const ofNetwork = /^(?:169\.254\.169\.253|\[?fd00:ec2::253\]?)(?::53)?$/i;

/** Undefined where an expression waits for an inventory, and for an address. */
function hostOf(url: string): string | undefined {
  const host = /^https?:\/\/(?:[^/@]*@)?([^/:[\]]+)/.exec(url)?.[1]?.toLowerCase().replace(/\.$/, '');
  return host === undefined || host.includes('${{') || /^[\d.]+$/.test(host) ? undefined : host;
}
/** Names that are in no public zone: `.internal` by ICANN, `.local` by RFC 6762, `.home.arpa` by RFC 8375, the others by RFC 6762 appendix G. */
const isPrivate = (host: string): boolean =>
  !host.includes('.') || /\.(?:internal|local|home\.arpa|intranet|private|corp|home|lan)$/.test(host);
