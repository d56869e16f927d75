// The AWS clients of the tests, unmodified, pointed at a bench. A request is sent once: a repeat would hide what the lab drops.

import type * as Fis from '@aws-sdk/client-fis';
import type * as Rds from '@aws-sdk/client-rds';
import type * as Route53 from '@aws-sdk/client-route-53';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
export const fis: typeof Fis = await import('@aws-sdk/client-fis');
export const rds: typeof Rds = await import('@aws-sdk/client-rds');
export const route53: typeof Route53 = await import('@aws-sdk/client-route-53');

export function settings(endpoint: string, region: string) {
  return { endpoint, region, maxAttempts: 1, credentials: { accessKeyId: 'AKIDRESUSTEST0000000', secretAccessKey: 'not-a-secret' } };
}

/** The code of the error that a call ends with, and its HTTP status; `answered` when it does not fail. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'answered';
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    const status = '$metadata' in fault ? (fault.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
    const code = 'Code' in fault ? String(fault.Code) : 'Error' in fault && fault.name === 'Error' ? 'Error' : fault.name;
    return `${String(status)} ${code}`;
  }
}
