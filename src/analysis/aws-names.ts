// What a name in AWS says of itself: the region and the account of an ARN, the region of an endpoint.

/** `region` and `account` are empty where the service has none, e.g. the region of IAM. */
export type Arn = { readonly service: string; readonly region: string; readonly account: string; readonly resource: string };

/** Undefined for what is no ARN, or still holds an expression before its last part. */
export function arnOf(value: string): Arn | undefined {
  const parts = /^arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12}|aws|):(.+)$/.exec(value);
  if (parts === null) return undefined;
  const [, service = '', region = '', account = '', resource = ''] = parts;
  return { service, region, account, resource };
}

const regionName = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;
/** Whether a site is called as a region of AWS is, so that the two can be compared. */
export const isAwsRegion = (name: string): boolean => regionName.test(name);

/** The region in which what is named stands: of an ARN, or of an endpoint such as `kms.us-east-2.amazonaws.com`; undefined where it names none. */
export function awsRegionIn(value: string): string | undefined {
  const host = /^(?:\w+:\/\/)?(?:[^/\s@]*@)?([\w.-]+)\.amazonaws\.com(?:\.cn)?(?:[:/]|$)/.exec(value)?.[1];
  const named = arnOf(value)?.region ?? host?.split('.').findLast(isAwsRegion) ?? '';
  return isAwsRegion(named) ? named : undefined;
}

/** The service that is named with a region: of an ARN, or of an endpoint (`kms.us-east-2.amazonaws.com`, `123.dkr.ecr.us-east-2.amazonaws.com`). */
export function awsServiceIn(value: string): string | undefined {
  const region = awsRegionIn(value);
  if (region === undefined) return undefined;
  return arnOf(value)?.service ?? new RegExp(`([\\w-]+)\\.${region}\\.amazonaws\\.com`).exec(value)?.[1];
}
