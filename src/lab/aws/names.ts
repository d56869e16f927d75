// The fixed names of the lab's one AWS account: its number, its ARNs and its tags.

export const ACCOUNT = '123456789012';
export const GLOBAL_CLUSTER = 'ehr-global';
export const ZONE_NAME = 'hospital.test';
export const EHR_NAME = `ehr.${ZONE_NAME}`;
/** Before a name: the same as a service, whose SRV records say the port as well (RFC 2782). */
export const HTTP_SERVICE = '_http._tcp.';
export const POSTGRES_SERVICE = '_postgresql._tcp.';
export const CONTROL_REGION = 'us-east-1';
export const FIS_ROLE = `arn:aws:iam::${ACCOUNT}:role/resus-lab-fis`;
/** What every taggable resource of the lab carries. */
export const LAB_TAGS: Readonly<Record<string, string>> = { hospital: 'lab' };

export const arn = {
  globalCluster: (name: string): string => `arn:aws:rds::${ACCOUNT}:global-cluster:${name}`,
  cluster: (region: string, name: string): string => `arn:aws:rds:${region}:${ACCOUNT}:cluster:${name}`,
  instance: (region: string, name: string): string => `arn:aws:rds:${region}:${ACCOUNT}:db:${name}`,
  subnet: (region: string, id: string): string => `arn:aws:ec2:${region}:${ACCOUNT}:subnet/${id}`,
  computer: (region: string, id: string): string => `arn:aws:ec2:${region}:${ACCOUNT}:instance/${id}`,
  fis: (region: string, kind: string, id: string): string => `arn:aws:fis:${region}:${ACCOUNT}:${kind}/${id}`,
};
