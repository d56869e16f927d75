// Readiness findings that every AWS action can have.
import type { Finding } from '../../ports.ts';
import { outcomeOf, unknownOf, type Asked } from './errors.ts';
import { RoleNotAssumed } from './role.ts';

/** A read that failed: a resource that does not exist blocks, as does a role that is refused; anything else only hides what would block. */
export function unreadable(asked: Asked, error: unknown, what: string): Finding {
  if (error instanceof RoleNotAssumed) {
    const outcome = outcomeOf(asked, error);
    const isRefused = outcome.kind === 'failed' && !outcome.retriable;
    return {
      code: 'ROLE_NOT_ASSUMED',
      severity: isRefused ? 'blocks' : 'warns',
      sentence: `${unknownOf(asked, error).message}.`,
      remedy: 'Correct `providers.aws.roles`, or the trust policy of that role.',
    };
  }
  const missing = error instanceof Error && /(NotFound|NoSuch)/.test(error.name);
  return missing
    ? {
        code: 'RESOURCE_MISSING',
        severity: 'blocks',
        sentence: `There is no ${what} in ${asked.region}.`,
        remedy: 'Correct the name or the region in the runbook.',
      }
    : {
        code: 'AWS_UNREADABLE',
        severity: 'warns',
        sentence: `${unknownOf(asked, error).message}.`,
        remedy: `Check the endpoint, the credentials and the permission to ${asked.operation}.`,
      };
}
