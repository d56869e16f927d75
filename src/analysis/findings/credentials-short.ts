// Credentials that end while the run for which they are held goes on.
import type { ControllerFacts } from '../controller-facts.ts';
import type { Examined, Move } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { recoveryTime } from '../recovery-time.ts';
import { quoted, time } from '../said.ts';

const mostShown = 3;
/** What the configuration takes, which is what AWS gives a role that a role assumes. */
const mostSessionMs = 3_600_000;

export const credentialsShort: Finding = {
  code: 'CREDENTIALS_SHORT',
  severity: 'warning',
  means:
    'The credentials with which a controller acts are good for less time than a slow recovery takes, or are never renewed. Found with `--config`.',
  why: 'On the day when they are needed, what gives new ones (STS, the identity provider behind it) may be lost with the rest. A run that must renew them in its middle then stops in its middle.',
  fix: 'Make `providers.aws.sessionMs` longer than the slow forecast (at most 1 h), where the role allows it: longer sessions also let a controller that was replaced act for longer, so weigh both. Let roles, an instance profile or web identity give keys instead of a session token in the file.',
  example: `# resus.yaml, where the slowest failover is forecast at 12 min
providers: { aws: { sessionMs: 1200000, roles: { us-west-2: 'arn:aws:iam::123456789012:role/resus-controller' } } }`,
  *find(at) {
    const { controller } = at;
    if (controller === undefined) return;
    const { file, sessionMs, hasSessionToken } = controller;
    if (hasSessionToken)
      yield {
        at: { kind: 'Config', name: file, pointer: '/providers/aws/credentials/sessionToken' },
        sentence: 'these keys end by themselves, and nothing renews them',
        evidence: ['a session token stands in the file; AWS ends such keys after 36 h at most'],
        remedy: 'leave `credentials` out, and let the machine’s own role give keys',
      };
    const late = forecasts(at, controller).filter(({ p95 }) => p95 > sessionMs);
    const [longest] = late;
    if (longest === undefined) return;
    yield {
      at: { kind: 'Config', name: file, pointer: '/providers/aws/sessionMs' },
      sentence: `the credentials of a role are good for ${time(sessionMs)}, and a slow recovery by ${quoted(longest.move.runbook.id)} takes ${time(longest.p95)}`,
      evidence: [
        ...late.slice(0, mostShown).map(({ move, p95 }) => `${move.diagnosis ?? ''} of ${move.workload.id}: slow ${time(p95)}`),
        ...(late.length > mostShown ? [`and ${late.length - mostShown} more`] : []),
      ],
      remedy:
        longest.p95 > mostSessionMs
          ? 'no session lasts that long: make `sessionMs` 1h, and accept the rest with why STS will answer in the middle of it'
          : `make \`sessionMs\` longer than ${time(longest.p95)}, or accept that STS is needed in the middle of it`,
    };
  },
};

/** Of the failovers of this controller that call AWS under a role; longest first, each workload and diagnosis once. */
function forecasts(
  at: Examined,
  { controlDomain, roleRegions }: ControllerFacts,
): readonly { readonly move: Move; readonly p95: number }[] {
  const longest = new Map<string, { readonly move: Move; readonly p95: number }>();
  for (const move of at.moves) {
    if (move.diagnosis === undefined || move.workload.controlDomain !== controlDomain) continue;
    const steps = move.plan?.steps ?? [];
    const calls = steps.flatMap((step) => at.catalogue.actions.get(step.uses)?.needs(step.with) ?? []);
    if (!calls.some(({ site }) => roleRegions.includes(site))) continue;
    const p95 = recoveryTime(at, move)?.p95;
    const key = `${move.workload.id} ${move.diagnosis}`;
    if (p95 !== undefined && p95 > (longest.get(key)?.p95 ?? -1)) longest.set(key, { move, p95 });
  }
  return [...longest.values()].sort((a, b) => b.p95 - a.p95);
}
