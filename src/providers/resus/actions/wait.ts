// Lets time pass. The clock starts at the first call in this process, so a restart can make it longer, never shorter.
import { Type } from 'typebox';
import type { Observed } from '../../../core/outcome.ts';
import type { Instant } from '../../../core/values.ts';
import { resusAction, type ResusTools } from '../tools.ts';

const DURATION = '^(\\d+)(ms|s|m|h)$';
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export const wait = resusAction({
  name: 'wait',
  summary: 'Waits for a given time.',
  with: Type.Object(
    {
      for: Type.Union([Type.Integer({ minimum: 0, maximum: 86_400_000 }), Type.String({ pattern: DURATION })], {
        description: 'Milliseconds as an integer, or a text such as 90s or 15m; a day at most.',
      }),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object({}, { additionalProperties: false }),
  effect: 'nothing',
  settleMs: 0,
  priorMs: { p50: 1_000, p95: 60_000 },
  describe: (input) => `Wait for ${typeof input.for === 'number' ? `${input.for} ms` : input.for}.`,
  proof: () => `the time is over`,
  needs: () => [],
  observe: async (call) => state(call),
  async apply(call) {
    const seen = state(call);
    return seen.kind === 'holds' ? { kind: 'succeeded', data: {} } : { kind: 'accepted', checkAt: seen.checkAt };
  },
});

function state(call: {
  readonly with: { readonly for: number | string };
  readonly tools: ResusTools;
  readonly token: string;
  readonly now: Instant;
}): Extract<Observed<Record<string, never>>, { readonly kind: 'holds' | 'underway' }> {
  const endsAt = call.tools.waitingSince(call.token, call.now) + durationMs(call.with.for);
  return call.now >= endsAt ? { kind: 'holds', data: {} } : { kind: 'underway', checkAt: endsAt as Instant };
}

function durationMs(given: number | string): number {
  if (typeof given === 'number') return given;
  const parts = new RegExp(DURATION).exec(given);
  return Math.min(Number(parts?.[1] ?? 0) * (unitMs[parts?.[2] ?? 'ms'] ?? 1), 86_400_000);
}
