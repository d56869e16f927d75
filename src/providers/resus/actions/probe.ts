// A step that succeeds when a probe says what is expected. Until then it is under way, and the step's timeout ends it.
import { Type } from 'typebox';
import type { Observed } from '../../../core/outcome.ts';
import type { Instant } from '../../../core/values.ts';
import { underDeadline } from '../../../deadline.ts';
import type { Sample } from '../../../ports.ts';
import { resusAction, type ResusTools } from '../tools.ts';

const LOOK_AGAIN_MS = 200;
/** One sample may take this long, so that a silent target is asked again within the step's timeout. */
const SAMPLE_DEADLINE_MS = 3_000;

export const probe = resusAction({
  name: 'probe',
  summary: 'Samples a probe until it says what is expected.',
  with: Type.Object(
    {
      uses: Type.String({ minLength: 1, description: 'Name of the probe.' }),
      with: Type.Object({}, { additionalProperties: true, description: 'Input of the probe.' }),
      expectOk: Type.Optional(Type.Boolean({ default: true, description: 'False: succeed when the probe says that it is not ok.' })),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      ok: Type.Boolean(),
      detail: Type.String({ description: 'What the probe said.' }),
      role: Type.Optional(Type.String()),
      timeline: Type.Optional(Type.Integer()),
      lagMs: Type.Optional(Type.Integer()),
      heartbeatAt: Type.Optional(Type.Integer({ description: 'Milliseconds since the epoch.' })),
    },
    { additionalProperties: false },
  ),
  effect: 'nothing',
  settleMs: 0,
  priorMs: { p50: 500, p95: 5_000 },
  describe: (input) => `Wait until probe ${input.uses}${ofWhat(input.with)} says ${input.expectOk === false ? 'not ok' : 'ok'}.`,
  proof: () => `the probe said so once`,
  needs: () => [],
  observe: (call) => look(call),
  async apply(call) {
    const seen = await look(call);
    if (seen.kind === 'holds') return { kind: 'succeeded', data: seen.data };
    return { kind: 'accepted', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
  },
});

/** Whom it looks at, so that who reads the plan knows whom to call: the one key of these that a probe takes. */
function ofWhat(input: object): string {
  const [target] = Object.entries(input).flatMap(([key, value]) =>
    ['url', 'address', 'name', 'host'].includes(key) && typeof value === 'string' ? [value] : [],
  );
  return target === undefined ? '' : ` of ${target}`;
}

type Seen = { ok: boolean; detail: string; role?: string; timeline?: number; lagMs?: number; heartbeatAt?: number };

async function look(call: {
  readonly with: { readonly uses: string; readonly with: unknown; readonly expectOk?: boolean };
  readonly tools: ResusTools;
  readonly now: Instant;
  readonly signal: AbortSignal;
}): Promise<Observed<Seen>> {
  const sample = await underDeadline(call.signal, SAMPLE_DEADLINE_MS, (limited) =>
    call.tools.sample(call.with.uses, call.with.with, limited),
  );
  return sample.ok === (call.with.expectOk ?? true)
    ? { kind: 'holds', data: seenIn(sample) }
    : { kind: 'underway', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
}

function seenIn(sample: Sample): Seen {
  const { role, timeline, lagMs, heartbeatAt } = sample.measured ?? {};
  return {
    ok: sample.ok,
    detail: sample.detail,
    ...(typeof role === 'string' ? { role } : {}),
    ...(typeof timeline === 'number' ? { timeline } : {}),
    ...(typeof lagMs === 'number' ? { lagMs } : {}),
    ...(typeof heartbeatAt === 'number' ? { heartbeatAt } : {}),
  };
}
