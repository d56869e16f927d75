// A game day: what is practised, when it may start, what stops it, and what must hold at the end.
import Type, { type Static } from 'typebox';
import { diagnosisKinds, type FaultSpec, type GameDay } from '../../core/estate.ts';
import type { Json, SiteId, WorkloadId } from '../../core/values.ts';
import { checkerFor, remedyOf } from '../expression.ts';
import { below } from '../pointer.ts';
import { quoted } from '../problem.ts';
import { Choice, closed, Condition, Distinct, Duration, LongText, Name, Refers, With } from '../schema.ts';
import { gameDayScope, namesOf } from '../scope.ts';
import { hasExpression } from '../template.ts';
import { find, kindOf, ms, present, type Declaration, type Resolving } from './kind.ts';

const FaultIn = Type.Object(
  {
    id: Name('what the fault is called'),
    uses: Refers('fault', 'what is done'),
    with: With,
    site: Refers('Site', 'the fault domain that it takes away'),
    lease: Duration({ least: '1s', most: '1d', about: 'the longest it may stand; it ends by itself after that' }),
  },
  closed,
);
const Conditions = (about: string) => Type.Array(Condition, { maxItems: 50, default: [], title: about });
const spec = Type.Object(
  {
    summary: LongText('what it proves, in one sentence'),
    workload: Refers('Workload', 'what is practised on'),
    schedule: Type.Optional(
      Type.Object(
        {
          cron: Type.Unsafe<string>({ type: 'string', schedule: 'cron', title: 'five fields of cron' }),
          zone: Type.Unsafe<string>({ type: 'string', schedule: 'zone', title: 'an IANA time zone' }),
        },
        { ...closed, title: 'when it starts by itself; people start it when left out' },
      ),
    ),
    calendar: Type.Optional(
      Refers('Calendar', 'in its freezes and blackouts it does not begin; where it has maintenance windows it begins only in those'),
    ),
    floors: Type.Array(Choice(['simulation', 'lab', 'live'], 'a kind of place'), {
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      title: 'where it may run',
    }),
    practises: Choice(['fault', 'switchover', 'by-hand'], 'what is practised; by-hand: a runbook that people choose'),
    runbook: Type.Optional(Type.String({ title: 'of `practises: by-hand`, its name in `runbooks.byHand` of the workload' })),
    diagnosis: Type.Optional(Choice(diagnosisKinds, 'what Resus must find')),
    faults: Type.Optional(Distinct(FaultIn, 'id', { minItems: 1, maxItems: 20, title: 'what is broken, where, and for how long' })),
    steadyState: Type.Object(
      { for: Duration({ least: '0s', most: '1d', default: '30s', about: 'how long all must be well before' }) },
      { ...closed, default: {}, title: 'what must hold before anything is touched' },
    ),
    gates: Conditions('what must hold, or it does not start'),
    aborts: Conditions('what stops it at once'),
    expect: Type.Array(Condition, { minItems: 1, maxItems: 50, title: 'what must hold at the end' }),
    failback: Type.Boolean({ default: false, title: 'whether the way home is practised and graded too' }),
    limits: Type.Object(
      {
        bite: Duration({ least: '1s', most: '1d', default: '1m', about: 'until the fault is seen' }),
        recover: Duration({ least: '1s', most: '7d', default: '15m', about: 'until users are served again' }),
        revert: Duration({ least: '1s', most: '7d', default: '15m', about: 'until the fault is seen to be gone' }),
      },
      { ...closed, default: {}, title: 'how long its phases may take' },
    ),
  },
  closed,
);
type Spec = Static<typeof spec>;
const checkCondition = checkerFor(gameDayScope);

export const gameday = kindOf({
  kind: 'GameDay',
  collection: 'gamedays',
  summary: 'A drill: schedule, faults, a switchover or a runbook that people choose, gates, aborts, and the verdict.',
  spec,
  resolve(all, resolving) {
    return Object.fromEntries(
      all.map((declaration): [string, GameDay] => {
        const { name, spec: own } = declaration;
        checkPractised(declaration, resolving);
        for (const list of ['gates', 'aborts', 'expect'] as const)
          own[list].forEach((text, index) => checkOne(declaration, text, below('/spec', list, index), resolving));
        const faults = (own.faults ?? []).map((fault): FaultSpec => ({
          id: fault.id,
          uses: fault.uses,
          with: fault.with as Json,
          site: fault.site as SiteId,
          leaseMs: ms(fault.lease),
        }));
        const made: GameDay = present({
          id: name,
          summary: own.summary,
          workload: own.workload as WorkloadId,
          schedule: own.schedule === undefined ? undefined : { cron: own.schedule.cron, zone: own.schedule.zone },
          calendar: own.calendar,
          floors: own.floors,
          practises:
            own.practises === 'switchover'
              ? ({ kind: 'switchover' } as const)
              : own.practises === 'by-hand'
                ? ({ kind: 'by-hand', runbook: own.runbook ?? '' } as const)
                : ({ kind: 'fault', faults, diagnosis: own.diagnosis ?? 'ReplicaDown' } as const),
          steadyState: { forMs: ms(own.steadyState.for) },
          gates: own.gates,
          aborts: own.aborts,
          expect: own.expect,
          failback: own.failback,
          limits: { biteMs: ms(own.limits.bite), recoverMs: ms(own.limits.recover), revertMs: ms(own.limits.revert) },
        }) as GameDay;
        return [name, made];
      }),
    );
  },
});

/** What is practised must be declared in full, and the workload must have a runbook for it. */
function checkPractised(of: Declaration<Spec>, resolving: Resolving): void {
  const { practises, diagnosis, faults, failback, runbook, workload: name } = of.spec;
  for (const key of ['diagnosis', 'faults'] as const) {
    const there = of.spec[key] !== undefined;
    if (practises === 'fault' && !there)
      resolving.say(of, {
        pointer: '/spec',
        code: 'MISSING_KEY',
        message: `\`practises: fault\` needs \`${key}\``,
        remedy: key === 'faults' ? 'add `faults`: what is broken, where, and for how long' : 'add `diagnosis`: what Resus must find',
      });
    if (practises !== 'fault' && there)
      resolving.say(of, {
        pointer: '/spec',
        key,
        code: 'UNKNOWN_KEY',
        message: `\`practises: ${practises}\` has no \`${key}\``,
        remedy: 'leave it out, or write `practises: fault`',
      });
  }
  if (practises === 'by-hand' && runbook === undefined)
    resolving.say(of, {
      pointer: '/spec',
      code: 'MISSING_KEY',
      message: '`practises: by-hand` needs `runbook`',
      remedy: 'add `runbook`: the name in `runbooks.byHand` of the workload',
    });
  if (practises !== 'by-hand' && runbook !== undefined)
    resolving.say(of, {
      pointer: '/spec',
      key: 'runbook',
      code: 'UNKNOWN_KEY',
      message: `\`practises: ${practises}\` has no \`runbook\``,
      remedy: 'leave it out, or write `practises: by-hand`',
    });
  const runbooks = find(resolving.estate.workloads, name)?.runbooks;
  if (runbooks === undefined) return;
  const lacks = (pointer: string, what: string, remedy: string): void =>
    resolving.say(of, { pointer, code: 'NO_RUNBOOK', message: `workload ${quoted(name)} has no runbook for ${what}`, remedy });
  if (
    practises === 'fault' &&
    diagnosis !== undefined &&
    runbooks.onDiagnosis[diagnosis] === undefined &&
    (faults?.length ?? 0) > 0 &&
    !hasExpression(diagnosis)
  )
    lacks('/spec/diagnosis', diagnosis, `add \`runbooks.onDiagnosis.${diagnosis}\` to the workload`);
  if (practises === 'switchover' && runbooks.switchover === undefined)
    lacks('/spec/practises', 'a switchover', 'add `runbooks.switchover` to the workload');
  if (practises === 'by-hand' && runbook !== undefined && !Object.hasOwn(runbooks.byHand ?? {}, runbook))
    lacks('/spec/runbook', `people to choose as ${quoted(runbook)}`, `add \`runbooks.byHand.${runbook}\` to the workload`);
  if (failback && runbooks.failback === undefined) lacks('/spec/failback', 'failback', 'add `runbooks.failback` to the workload');
}

function checkOne(of: Declaration<Spec>, text: string, pointer: string, resolving: Resolving): void {
  if (of.holes.has(pointer)) return;
  const checked = checkCondition(text);
  if (checked.ok && (checked.type === 'bool' || checked.type === 'dyn')) return;
  const {
    code,
    message,
    offset,
    name = '',
  } = checked.ok
    ? { code: 'EXPRESSION_TYPE' as const, message: `this gives ${checked.type}; bool is wanted`, offset: 0 }
    : { name: undefined, ...checked };
  resolving.say(of, { pointer, offset, code, message, remedy: remedyOf({ code, name }, namesOf(gameDayScope)) });
}
