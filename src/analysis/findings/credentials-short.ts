// Credentials that end while what calls with them goes on, if nobody gives new ones. Only what the machine does by itself counts: while people
// are waited for, keys are renewed whenever STS answers, and afterwards they are as fresh as it lets them be.
import { together } from '../../core/objective/forecast.ts';
import { byPeople } from '../../core/objective/timing.ts';
import type { PlannedStep } from '../../core/runbook/plan.ts';
import type { ControllerFacts } from '../controller-facts.ts';
import type { Examined, Move } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { recoveryTime } from '../recovery-time.ts';
import { quoted, time } from '../said.ts';

const mostShown = 3;
const minuteMs = 60_000;

export const credentialsShort: Finding = {
  code: 'CREDENTIALS_SHORT',
  severity: 'warning',
  means:
    'A slow recovery still calls AWS when the credentials with which it began may have ended, or they are never renewed. Found with `--config`.',
  why: 'The keys of a role are renewed in the background once a third of them is gone, and every call is signed with the latest. That works while STS answers. On the day when it matters, it or what stands behind it (an identity provider, a network) may be lost with the rest: then what is held at that moment is all there is, and that is two thirds of a session at least. Counted is from the loss to the end of the last step that calls under a role, without the time that people take, in failovers that a diagnosis starts.',
  fix: 'Make `providers.aws.sessionMs` long enough (at most 1 h), where the role allows it: longer sessions also let a controller that was replaced act for longer, so weigh both. Let roles, an instance profile or web identity give keys instead of a session token in the file.',
  example: `# resus.yaml, where the last call of the slowest failover ends 7 min after the loss
providers: { aws: { sessionMs: 900000, roles: { us-west-2: 'arn:aws:iam::123456789012:role/resus-controller' } } }`,
  *find(at) {
    const { controller } = at;
    if (controller === undefined) return;
    const { file, sessionMs, heldMs, hasSessionToken } = controller;
    if (hasSessionToken)
      yield {
        at: { kind: 'Config', name: file, pointer: '/providers/aws/credentials/sessionToken' },
        sentence: 'these keys end by themselves, and nothing renews them',
        evidence: ['a session token stands in the file; AWS ends such keys after 36 h at most'],
        remedy: 'leave `credentials` out, and let the machine’s own role give keys',
      };
    const late = stretches(at, controller).filter(({ p95 }) => p95 > heldMs(sessionMs));
    const [longest] = late;
    if (longest === undefined) return;
    yield {
      at: { kind: 'Config', name: file, pointer: '/providers/aws/sessionMs' },
      sentence: `when STS does not answer, the keys in hand are good for ${time(heldMs(sessionMs))}, and a slow recovery by ${quoted(longest.move.runbook.id)} calls AWS until ${time(longest.p95)} after the loss`,
      evidence: [
        ...late
          .slice(0, mostShown)
          .map(({ move, step, p95 }) => `${move.diagnosis ?? ''} of ${move.workload.id}: step ${step} ends at ${time(p95)} when slow`),
        ...(late.length > mostShown ? [`and ${late.length - mostShown} more`] : []),
      ],
      remedy: remedyFor(controller, late),
    };
  },
};

/** The least session, in whole minutes, that is long enough for all that any session is long enough for. */
function remedyFor({ sessionMs, mostSessionMs, heldMs }: ControllerFacts, late: readonly Stretch[]): string {
  const possible = late.filter(({ p95 }) => p95 <= heldMs(mostSessionMs));
  const neededMs = possible[0]?.p95 ?? 0;
  let enoughMs = sessionMs;
  while (enoughMs < mostSessionMs && heldMs(enoughMs) < neededMs) enoughMs = (Math.floor(enoughMs / minuteMs) + 1) * minuteMs;
  const [set, why] = [`make \`sessionMs\` ${enoughMs} or more`, 'why STS will answer in the middle of it'];
  if (possible.length === late.length) return `${set}, or accept with ${why}`;
  return possible.length === 0
    ? `no session lasts that long: accept it with ${why}`
    : `no session lasts that long: ${set} for the others, and accept the rest with ${why}`;
}

/** From the loss to the end of a step. */
type Stretch = { readonly move: Move; readonly step: string; readonly p95: number };
/** To the last call under a role, of each failover of this controller that makes one; longest first, each workload and diagnosis once. */
function stretches(at: Examined, { controlDomain, roleRegions }: ControllerFacts): readonly Stretch[] {
  const longest = new Map<string, Stretch>();
  for (const move of at.moves) {
    const { plan, workload, diagnosis } = move;
    if (plan === undefined || diagnosis === undefined || workload.controlDomain !== controlDomain) continue;
    const key = `${workload.id} ${diagnosis}`;
    for (const step of plan.steps) {
      const planes = at.catalogue.actions.get(step.uses)?.needs(step.with) ?? [];
      if (!planes.some(({ site }) => roleRegions.includes(site))) continue;
      const parts = recoveryTime(at, { ...move, plan: { ...plan, steps: upTo(step, plan.steps) } })?.parts ?? [];
      const { p95 } = together(parts.filter((part) => isByMachine(part, plan.steps)));
      if (p95 > (longest.get(key)?.p95 ?? 0)) longest.set(key, { move, step: step.id, p95 });
    }
  }
  return [...longest.values()].sort((a, b) => b.p95 - a.p95);
}

/** The step, and all that must be done before it. */
function upTo(last: PlannedStep, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const wanted = new Set([last.id]);
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const { id, needs } of steps) if (wanted.has(id)) for (const need of needs) wanted.add(need);
  }
  return steps.filter(({ id }) => wanted.has(id));
}

/** Detection, inner healing and steps that no person ends; what users wait for afterwards calls nobody. */
function isByMachine({ kind, name }: { readonly kind: string; readonly name: string }, steps: readonly PlannedStep[]): boolean {
  if (kind === 'step') return !byPeople.has(steps.find(({ id }) => id === name)?.uses ?? '');
  return kind === 'detection' || kind === 'inner-ha';
}
