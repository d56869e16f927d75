// What the compiler must know about an action, and what it must refuse. Nothing runs here: `tsc` fails when an error that is
// expected does not come.
import { Type, type Static } from 'typebox';
import { actionFor, type Action } from '../../src/ports.ts';

type Tools = { readonly now: () => number };
const parts = {
  name: 'test.move',
  summary: 'Moves.',
  with: Type.Object({
    host: Type.String(),
    count: Type.Optional(Type.Integer()),
    how: Type.Union([Type.Literal('soft'), Type.Literal('hard')]),
  }),
  gives: Type.Object({ writer: Type.String() }),
  effect: 'promotes',
  settleMs: 1_000,
  priorMs: { p50: 1, p95: 2 },
} as const;

export const right = actionFor<Tools>()({
  ...parts,
  describe(input) {
    const host: string = input.host;
    const how: 'soft' | 'hard' = input.how;
    const count: number | undefined = input.count;
    // @ts-expect-error there is no such input
    void input.hosts;
    return `${host} ${how} ${count ?? 0}`;
  },
  needs: () => [],
  observe: async () => ({ kind: 'holds', data: { writer: 'west' } }),
  apply: async ({ tools }) =>
    tools.now() > 0 ? { kind: 'succeeded', data: { writer: 'west' } } : { kind: 'unknown', message: 'no answer' },
});

/** A registry forgets the schemas, not the tools. */
export const registry: readonly Action<Tools>[] = [right];
// @ts-expect-error it needs other tools
export const foreign: Action<{ readonly other: string }> = right;

export const wrongOutput = actionFor<Tools>()({
  ...parts,
  describe: () => '',
  needs: () => [],
  // @ts-expect-error `writer` is a text
  observe: async () => ({ kind: 'holds', data: { writer: 1 } }),
  apply: async () => ({ kind: 'unknown', message: '' }),
});
// @ts-expect-error that is no outcome
export const wrongKind = actionFor<Tools>()({ ...right, apply: async () => ({ kind: 'succeded', data: { writer: 'west' } }) });

export type Input = Static<typeof parts.with>;
export const input: Input = { host: 'a', how: 'soft' };
// @ts-expect-error absent and undefined differ
export const undefinedCount: Input = { host: 'a', how: 'soft', count: undefined };
