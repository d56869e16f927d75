// The move that a person asks for: where to, may the data be there, and which runbook serves it. A controller and a command without one
// choose alike, so that both compile the same plan.
import { isWithin } from '../detection/targets.ts';
import { refusal, type Refusal } from '../errors.ts';
import { declaredAs, type Estate, type Mode, type Replica, type Workload } from '../estate.ts';
import type { Move } from '../runbook/compile.ts';
import type { Result } from '../values.ts';
import { residencyOf } from './residency.ts';

/** What a person asks for. */
export type Wish = {
  /** Left out only where `byHand` names a runbook that serves one mode. */
  readonly mode?: Mode | undefined;
  /** A name of `runbooks.byHand`; the runbook that serves the mode when left out. */
  readonly byHand?: string | undefined;
  /** A replica by its name, its site, or a site that holds it; the first other replica when left out. */
  readonly to?: string | undefined;
};
type Asked = { readonly workload: Workload; readonly from: Replica; readonly wish: Wish };
type Chosen = { readonly runbook: string; readonly mode: Mode };

/** Where a workload names the runbook of a mode: what people order as a failover is the treatment of the widest loss. */
const keyOf: Readonly<Record<Mode, string>> = {
  failover: 'onDiagnosis.RegionLost',
  switchover: 'switchover',
  failback: 'failback',
};

export function plannedMove(estate: Estate, { workload, from, wish }: Asked): Result<Move, Refusal> {
  const { byHand } = wish;
  const chosen = byHand === undefined ? usual(workload, wish.mode ?? 'switchover') : chosenBy(estate, workload, byHand, wish.mode);
  if (!chosen.ok) return chosen;
  const { runbook, mode } = chosen.value;
  const target = targetOf(estate, { workload, from, wish: { ...wish, mode } });
  if (!target.ok) return target;
  const to = target.value;
  const residency = residencyOf(estate, workload, to);
  if (residency.kind === 'outside')
    return refusal(
      'OUTSIDE_RESIDENCY',
      `The data of ${workload.id} may not be there: ${residency.because}.`,
      'Allow it in `residency` of the workload, if the law does.',
    );
  return { ok: true, value: leaving({ workload, mode, runbook, from, to, ...(byHand === undefined ? {} : { byHand }) }) };
}

/** Who fails over leaves where the writer is, unless what he restores stays there. */
export const leaving = (move: Move): Move =>
  move.mode === 'failover' && move.to !== move.from ? { ...move, leave: move.from.site } : move;

function usual({ id, runbooks: { onDiagnosis, switchover, failback } }: Workload, mode: Mode): Result<Chosen, Refusal> {
  const runbook = mode === 'failover' ? onDiagnosis.RegionLost : mode === 'failback' ? (failback ?? switchover) : switchover;
  return runbook === undefined
    ? refusal('NO_RUNBOOK', `${id} names no runbook for ${mode}.`, `Add \`runbooks.${keyOf[mode]}\` to the workload.`)
    : { ok: true, value: { runbook, mode } };
}

function chosenBy(estate: Estate, { id, runbooks }: Workload, byHand: string, mode: Mode | undefined): Result<Chosen, Refusal> {
  const runbook = declaredAs(runbooks.byHand, byHand);
  if (runbook === undefined) {
    const named = Object.keys(runbooks.byHand ?? {});
    return refusal(
      'RUNBOOK_NOT_NAMED',
      `${id} names no runbook ${byHand.slice(0, 100)} for people to choose.`,
      named.length === 0 ? 'It names none: add `runbooks.byHand` to the workload.' : `It names: ${named.join(', ')}.`,
    );
  }
  const served = declaredAs(estate.runbooks, runbook)?.modes ?? [];
  const [only = 'failover'] = served;
  return mode === undefined && served.length > 1
    ? refusal('MODE_WANTED', `Runbook ${runbook} serves ${served.join(' and ')}.`, 'Say which it is to be: --mode.')
    : { ok: true, value: { runbook, mode: mode ?? only } };
}

/** A restore may also lead to where the writer is; everything else moves it. */
function targetOf(estate: Estate, { workload, from, wish }: Asked): Result<Replica, Refusal> {
  const { id, replicas } = workload;
  const staysHere = wish.byHand !== undefined && wish.mode === 'failover';
  const to =
    wish.to === undefined
      ? (replicas.find((each) => each !== from) ?? (staysHere ? from : undefined))
      : replicaAt(estate, replicas, wish.to, from);
  if (to === undefined)
    return wish.to === undefined
      ? refusal('NO_STANDBY', `${id} has no second replica to move to.`, 'Declare a standby.')
      : refusal(
          'TO_UNKNOWN',
          `No replica of ${id} is at ${wish.to.slice(0, 100)}.`,
          `There are: ${replicas.map(({ name, site }) => `${name} at ${site}`).join(', ')}.`,
        );
  return to === from && !staysHere
    ? refusal(
        'NO_STANDBY',
        `${id} is at ${to.site} already: ${to.name} is the writer.`,
        'Declare a standby, or name another site with --to.',
      )
    : { ok: true, value: to };
}

/** By its name, its site, or a site that holds it; of several the one that is not `from`. */
export function replicaAt(estate: Estate, replicas: readonly Replica[], wanted: string, from: Replica | undefined): Replica | undefined {
  const exact = replicas.filter(({ name, site }) => name === wanted || site === wanted);
  const there = exact.length > 0 ? exact : replicas.filter(({ site }) => isWithin(estate, site, wanted));
  return there.find((each) => each !== from) ?? there[0];
}
