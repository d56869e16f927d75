// A plan of plans: another workload leaves a site by a run of its own, with its own plan, guards and approvals, and this step waits for it.
// The goal is absolute ("its role is not in that site"), so that a repeat moves nothing back.
import { Type } from 'typebox';
import type { Instant } from '../../../core/values.ts';
import { resusAction, type ResusTools } from '../tools.ts';

const LOOK_AGAIN_MS = 1_000;
/** What may be otherwise in a while: nothing was opened. */
const passing: ReadonlySet<string> = new Set(['RUN_OPEN', 'RESOURCE_HELD', 'NOT_READY']);
const name = (description: string) => Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', description });

export const move = resusAction({
  name: 'move',
  summary: 'Moves another workload out of a site by a run of its own, and waits until that has closed.',
  with: Type.Object(
    { workload: name('The workload that moves.'), leave: name('The site in which its role must not be afterwards.') },
    { additionalProperties: false },
  ),
  gives: Type.Object({ replica: Type.String({ description: 'The replica that has the role now.' }) }, { additionalProperties: false }),
  effect: 'nothing',
  settleMs: 0,
  priorMs: { p50: 300_000, p95: 1_800_000 },
  describe: (input) => `Move ${input.workload} out of ${input.leave} by a plan of its own, and wait for it.`,
  proof: (input) => `its own run has closed, and its role is not in ${input.leave}`,
  needs: () => [],
  // What it changes its own run changes, and holds.
  changes: () => [],
  observe: async (call) => seen(call),
  async apply(call) {
    const now = seen(call);
    if (now.kind === 'holds') return { kind: 'succeeded', data: now.data };
    if (now.kind === 'underway') return { kind: 'accepted', checkAt: now.checkAt };
    if (now.kind === 'unknown') return { kind: 'failed', code: 'CANNOT_MOVE', message: now.message, retriable: false };
    const ordered = await call.tools.moves.order(call.token, call.with);
    if (ordered.ok) return { kind: 'accepted', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
    const { code, message } = ordered;
    return { kind: 'failed', code, message, retriable: passing.has(code) };
  },
  async evaluate({ with: input, tools, now }) {
    const at = seen({ with: input, tools, token: '', now });
    return at.kind === 'unknown'
      ? [{ code: 'CANNOT_MOVE', severity: 'blocks', sentence: `${at.message}.`, remedy: 'Correct `workload` and `leave`.' }]
      : [];
  },
});

type Asking = {
  readonly with: { readonly workload: string; readonly leave: string };
  readonly tools: ResusTools;
  readonly token: string;
  readonly now: Instant;
};
function seen({ with: input, tools, token, now }: Asking) {
  const at = tools.moves.look(token, input);
  if (at.kind === 'there') return { kind: 'holds', data: { replica: at.replica } } as const;
  if (at.kind === 'open') return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant } as const;
  if (at.kind === 'unknown') return { kind: 'unknown', message: at.message } as const;
  // Whoever ended its own run meant it: another one is for people to ask for.
  const given = at.kind === 'given-up' ? ({ isFinal: true } as const) : {};
  return { kind: 'absent', because: at.because, ...given } as const;
}
