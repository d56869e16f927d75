// A step at which people decide. The core records approvals; this step only looks whether they are there.
import { Type } from 'typebox';
import type { Instant } from '../../../core/values.ts';
import { resusAction } from '../tools.ts';

const LOOK_AGAIN_MS = 1_000;

export const approve = resusAction({
  name: 'approve',
  summary: 'Waits until people have approved.',
  with: Type.Object(
    {
      text: Type.String({ minLength: 1, maxLength: 1_000, description: 'What they are asked.' }),
      people: Type.Integer({ minimum: 1, maximum: 9, description: 'How many distinct people must say yes.' }),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object({}, { additionalProperties: false }),
  effect: 'nothing',
  settleMs: 0,
  priorMs: { p50: 120_000, p95: 900_000 },
  describe: (input) => `Ask ${input.people === 1 ? 'one person' : `${input.people} people`}: ${input.text.replace(/[.?!]?$/, '.')}`,
  proof: () => `enough distinct people said yes, none of them the one who asked for the run`,
  needs: () => [],
  observe: async ({ tools, token, now }) =>
    tools.approvals(token) ? { kind: 'holds', data: {} } : { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant },
  apply: async ({ tools, token, now }) =>
    tools.approvals(token) ? { kind: 'succeeded', data: {} } : { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant },
});
