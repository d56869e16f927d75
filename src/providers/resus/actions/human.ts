// A task that only a person can do: who, what, and by when (the step's timeout). The core records who confirmed it and when; this step
// only looks whether that is there. It needs nothing but the controller, so that no cloud can take it away.
import { Type } from 'typebox';
import type { Instant } from '../../../core/values.ts';
import { resusAction, type ResusTools } from '../tools.ts';

/** The core looks by itself as soon as somebody confirms; this is only so that nothing is waited for without end. */
const LOOK_AGAIN_MS = 3_600_000;

export const human = resusAction({
  name: 'human',
  summary: 'Asks a person to do something, and waits until it is confirmed.',
  with: Type.Object(
    {
      person: Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Who does it, as people call them: `the charge nurse of each ward`.',
      }),
      text: Type.String({ minLength: 1, maxLength: 2_000, description: 'What they do, and what must be so before they confirm it.' }),
      answer: Type.Optional(
        Type.Enum(['text', 'instant'], {
          description: 'What they give with their word, for later steps: a text, or an instant such as 2026-11-22T03:00:00Z.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      by: Type.String({ description: 'Who confirmed it.' }),
      at: Type.Integer({ description: 'When, in milliseconds since the epoch.' }),
      answer: Type.Optional(Type.String({ description: 'What they gave with it; only where `answer` asks for it.' })),
    },
    { additionalProperties: false },
  ),
  effect: 'nothing',
  settleMs: 0,
  priorMs: { p50: 300_000, p95: 1_200_000 },
  describe: (input) => `Ask ${input.person}: ${input.text.replace(/[.?!]?$/, '.')}`,
  proof: () => `somebody confirmed it under their own name`,
  needs: () => [],
  changes: () => [],
  observe: async (call) => state(call),
  async apply(call) {
    const seen = state(call);
    return seen.kind === 'holds' ? { kind: 'succeeded', data: seen.data } : { kind: 'accepted', checkAt: seen.checkAt };
  },
});

type State =
  | { readonly kind: 'holds'; readonly data: { by: string; at: number; answer?: string } }
  | { readonly kind: 'underway'; readonly checkAt: Instant };
function state({ tools, token, now }: { readonly tools: ResusTools; readonly token: string; readonly now: Instant }): State {
  const confirmed = tools.confirmation(token);
  return confirmed === undefined
    ? { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant }
    : {
        kind: 'holds',
        data: { by: confirmed.by, at: confirmed.at, ...(confirmed.answer === undefined ? {} : { answer: confirmed.answer }) },
      };
}
