// What `--against` compares with: another folder of declarations, or a plan that `resus plan --json` saved. What is in such a file came from
// outside and is checked before it is believed.
import { statSync } from 'node:fs';
import type { Json } from '../core/values.ts';
import { diffPlans } from '../core/runbook/diff.ts';
import type { Plan } from '../core/runbook/plan.ts';
import { misuse } from './cli-error.ts';
import type { Colors } from './controller-command.ts';
import { printable, type Io } from './io.ts';
import type { PlanReport, Subject } from './plan-report.ts';
import { section } from './plan-text.ts';

export type Diff = NonNullable<PlanReport['diff']>;
type Other = Pick<Subject, 'hash' | 'plan'>;

/** `compileFrom` makes the same plan from other declarations. @throws CliError with `AGAINST_UNREADABLE` */
export async function diffAgainst(
  { hash, plan }: Other,
  paths: readonly string[],
  compileFrom: (paths: readonly string[]) => Promise<Other>,
  io: Pick<Io, 'readFile'>,
): Promise<Diff> {
  const [first = ''] = paths;
  const other = paths.length === 1 && first.endsWith('.json') && isFile(first) ? saved(first, io) : await compileFrom(paths);
  return { against: paths.join(', '), hash: other.hash, changes: other.hash === hash ? [] : diffPlans(other.plan, plan) };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function saved(path: string, io: Pick<Io, 'readFile'>): Other {
  const unreadable = (because: string) =>
    misuse('AGAINST_UNREADABLE', `${path} holds no plan: ${because}.`, 'Save one with `resus plan WORKLOAD --json > plan.json`.');
  let value: unknown;
  try {
    value = JSON.parse(io.readFile(path));
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  const { hash, plan } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw unreadable('it has no `hash`');
  if (!isPlan(plan)) throw unreadable('it has no `plan` with steps');
  return { hash: hash as Other['hash'], plan };
}
function isPlan(value: unknown): value is Plan {
  const steps: unknown = typeof value === 'object' && value !== null && 'steps' in value ? value.steps : undefined;
  return (
    Array.isArray(steps) && steps.every((step) => typeof step === 'object' && step !== null && 'id' in step && typeof step.id === 'string')
  );
}

const mostChanges = 12;
export function diffLines({ against, changes }: Diff, wide: number, paint: Colors): readonly string[] {
  if (changes.length === 0) return section('Against', `${printable(against)}: the same plan.`, wide);
  const said = (value: Json | undefined): string => {
    const text = printable(JSON.stringify(value) ?? '');
    return text.length > 200 ? `${text.slice(0, 200)}...` : text;
  };
  const shown = changes
    .slice(0, mostChanges)
    .flatMap(({ path, before, after }) =>
      section(
        '',
        before === undefined
          ? paint.green(`+ ${printable(path)} ${said(after)}`)
          : after === undefined
            ? paint.red(`- ${printable(path)} ${said(before)}`)
            : `~ ${printable(path)} ${said(before)} -> ${said(after)}`,
        wide,
      ),
    );
  const rest = changes.length > mostChanges ? section('', `and ${changes.length - mostChanges} more: --json has all of them`, wide) : [];
  return [
    ...section('Against', `${printable(against)}: ${changes.length} change${changes.length === 1 ? '' : 's'}.`, wide),
    ...shown,
    ...rest,
  ];
}
