// How long users would wait after a loss: the sum that `resus plan` shows, for every move that the declared runbooks could make.
import { predict } from '../core/objective/prediction.ts';
import type { OutlinedStep, Part } from '../core/objective/forecast.ts';
import type { Json } from '../core/values.ts';
import type { Examined, Move } from './examined.ts';
import { isKnown, time } from './said.ts';

/** Milliseconds. What is unknown stands among the parts and counts as nothing. */
export type RecoveryTime = { readonly parts: readonly Part[]; readonly p50: number; readonly p95: number };

/** Undefined where a part of it waits for an inventory: then nothing can be said. */
export function recoveryTime({ catalogue: { actions }, past }: Pick<Examined, 'catalogue' | 'past'>, move: Move): RecoveryTime | undefined {
  const { tier, workload, diagnosis, asks } = move;
  const plan = {
    mode: move.mode,
    from: move.from.name,
    to: move.to.name,
    ...(move.byHand === undefined ? {} : { byHand: move.byHand }),
    steps: move.plan?.steps ?? outlined(move, actions),
  };
  const { detection, usersPath, approvals } = tier;
  const isAsked = asks === 'yes';
  const figures = [
    ...Object.values(detection),
    usersPath.intervalMs,
    usersPath.timeoutMs,
    ...(isAsked ? [approvals.expireMs, approvals.escalateMs ?? 0] : []),
    diagnosis === 'RegionLost' ? 0 : (workload.localHa?.graceMs ?? 0),
    ...plan.steps.map(({ expectMs }) => expectMs),
    workload.usersPath.ttlMs ?? 0,
    workload.usersPath.clientCacheMs ?? 0,
  ];
  if (asks === 'unknown' || !figures.every(isKnown) || plan.steps.some(({ with: input }) => isWaiting(input))) return undefined;
  const { criticalPath, rtoMs } = predict({ plan, tier, workload, diagnosis, isAsked, actions, measured: past?.measuredOf?.(workload.id) });
  return { parts: criticalPath, ...rtoMs };
}

/** What cannot be compiled yet still has its steps. */
const outlined = ({ runbook }: Move, actions: Examined['catalogue']['actions']) =>
  runbook.steps.map(({ id, uses, with: input, needs, expectMs, timeoutMs }): OutlinedStep => {
    const facts = actions.get(uses);
    return { id, uses, with: input, needs, timeoutMs, effect: facts?.effect ?? 'nothing', expectMs: expectMs ?? facts?.priorMs.p50 ?? 0 };
  });

const isExpression = (value: Json | undefined): boolean => typeof value === 'string' && value.includes('${{');
/** Whether the time of a step stands in its input, and is an expression. */
const isWaiting = (input: Json): boolean =>
  typeof input === 'object' &&
  input !== null &&
  ['ttl', 'for'].some((name) => isExpression((input as Readonly<Record<string, Json>>)[name]));

/** A text a part, with where its figure comes from. Nothing is measured without a controller or a history. */
export const saidPath = (parts: readonly Part[]): readonly string[] =>
  parts.map(({ name, p50, p95, source, n }) =>
    source === 'unknown'
      ? `${name} unknown, counted as 0`
      : `${name} ${time(p50)}${p95 > p50 ? `, slow ${time(p95)}` : ''} (${source}, n ${n})`,
  );
