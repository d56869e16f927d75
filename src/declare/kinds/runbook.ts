// How a workload is moved: steps that each use one action, in an order that `needs` gives. A step without `needs` waits
// for the one above it, so that a plain list runs from top to bottom.
import Type, { type Static } from 'typebox';
import type { Effect } from '../../core/catalogue.ts';
import type { Mode, OnUngraceful, Runbook, StepSpec } from '../../core/estate.ts';
import type { Json, StepId } from '../../core/values.ts';
import { checkerFor, nodesOf, remedyOf, type Checked } from '../expression.ts';
import { below } from '../pointer.ts';
import { circled, quoted } from '../problem.ts';
import { Choice, closed, Count, Distinct, Duration, Identifier, LongText, Refers, With, type JsonIn } from '../schema.ts';
import { namesOf, scopeOf, stepScope } from '../scope.ts';
import { didYouMean } from '../suggest.ts';
import { hasExpression, template } from '../template.ts';
import { kindOf, ms, present, type Declaration, type Resolving, type Wants } from './kind.ts';

const plannedModes = ['switchover', 'failover', 'failback'] as const satisfies readonly Mode[];
const Ungraceful = Type.Object(
  {
    do: Choice(['same', 'skip', 'replace'], 'what becomes of the step'),
    uses: Type.Optional(Refers('action', 'the action that replaces it')),
    with: Type.Optional(Type.Unsafe<Readonly<Record<string, JsonIn>>>({ type: 'object', title: 'what the replacement takes' })),
    timeout: Type.Optional(Duration({ least: '100ms', most: '7d', about: 'after which the attempt is unknown and is looked at' })),
    expect: Type.Optional(Duration({ least: '0s', most: '7d', about: 'how long it usually takes' })),
  },
  { ...closed, title: 'what becomes of the step when people give up on grace' },
);
const Step = Type.Object(
  {
    id: Identifier('what other steps call it'),
    uses: Refers('action', 'the action that it does'),
    with: With,
    needs: Type.Optional(
      Type.Array(Type.String(), { uniqueItems: true, maxItems: 200, title: 'the steps that it waits for; the one above it when left out' }),
    ),
    when: Type.Optional(
      Type.String({
        pattern: '^\\s*\\$\\{\\{[^]*\\}\\}\\s*$',
        maxLength: 4_096,
        form: 'one expression, e.g. `${{ site != "" }}`',
        title: 'the step is left out when this says no',
      }),
    ),
    timeout: Duration({ least: '100ms', most: '7d', default: '5m', about: 'after which the attempt is unknown and is looked at' }),
    retries: Count(0, 20, 'attempts after the first', 0),
    expect: Type.Optional(Duration({ least: '0s', most: '7d', about: 'how long it usually takes' })),
    onUngraceful: Type.Optional(Ungraceful),
  },
  closed,
);
const spec = Type.Object(
  {
    summary: LongText('what it does, in one sentence'),
    modes: Type.Array(Choice(plannedModes, 'a kind of move'), {
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      title: 'what it may be used for',
    }),
    steps: Distinct(Step, 'id', { minItems: 1, maxItems: 200, title: 'its steps' }),
  },
  closed,
);
type Spec = Static<typeof spec>;

export const runbook = kindOf({
  kind: 'Runbook',
  collection: 'runbooks',
  summary: 'Steps that move a workload, each one action, with what it waits for.',
  spec,
  resolve(all, resolving) {
    return Object.fromEntries(
      all.map((declaration): [string, Runbook] => {
        const { name, spec: own } = declaration;
        const needs = own.steps.map((step, index) => step.needs ?? (index === 0 ? [] : [own.steps[index - 1]?.id ?? '']));
        const waits = checkNeeds(declaration, needs, resolving);
        resolving.wants.set(name, checkExpressions(declaration, waits, resolving));
        const steps = own.steps.map((step, index): StepSpec => {
          resolving.checkWith(declaration, 'action', step.uses, below('/spec/steps', index, 'with'), step.with as Json);
          const onUngraceful = ungracefulOf(declaration, index, resolving);
          return present({
            id: step.id as StepId,
            uses: step.uses,
            with: step.with as Json,
            needs: (needs[index] ?? []) as StepId[],
            when: step.when?.trim(),
            timeoutMs: ms(step.timeout),
            retries: step.retries,
            expectMs: step.expect === undefined ? undefined : ms(step.expect),
            onUngraceful,
          }) as StepSpec;
        });
        return [name, { id: name, summary: own.summary, modes: own.modes, steps }];
      }),
    );
  },
});

/** What becomes of a step when people give up on grace. It may be faster and lose more; it never leaves out or adds a fence or a promotion. */
function ungracefulOf(of: Declaration<Spec>, index: number, resolving: Resolving): OnUngraceful | undefined {
  const step = of.spec.steps[index];
  const own = step?.onUngraceful;
  if (step === undefined || own === undefined || own.do === 'same') return undefined;
  const pointer = below('/spec/steps', index, 'onUngraceful');
  const effectOf = (uses: string): Effect => resolving.vocabulary.actions.get(uses)?.effect ?? 'nothing';
  const effect = effectOf(step.uses);
  const replaced = own.do === 'replace' ? own.uses : undefined;
  if (own.do === 'replace' && replaced === undefined)
    resolving.say(of, {
      pointer,
      code: 'MISSING_KEY',
      message: '`onUngraceful` replaces the step and does not say by what',
      remedy: 'add `uses` and its `with`',
    });
  else if (own.do === 'skip' && (own.uses !== undefined || own.with !== undefined))
    resolving.say(of, {
      pointer: below(pointer, own.uses === undefined ? 'with' : 'uses'),
      code: 'UNGRACEFUL_USE',
      message: '`onUngraceful` skips the step and names a replacement',
      remedy: 'write `do: replace`, or leave the replacement out',
    });
  else if (writerPart(effect) !== writerPart(replaced === undefined ? 'nothing' : effectOf(replaced)))
    resolving.say(of, {
      pointer: below(pointer, replaced === undefined ? 'do' : 'uses'),
      code: 'UNGRACEFUL_EFFECT',
      message: `${quoted(step.uses)} (${effect}) is wanted here, and without grace the step would ${replaced === undefined ? 'not be done' : `use ${quoted(replaced)} (${effectOf(replaced)})`}`,
      remedy: 'replace it by an action that fences and promotes as it does',
    });
  if (own.do === 'skip') return { kind: 'skip' };
  if (replaced === undefined) return undefined;
  const input = (own.with ?? {}) as Json;
  resolving.checkWith(of, 'action', replaced, below(pointer, 'with'), input);
  return present({
    kind: 'replace' as const,
    uses: replaced,
    with: input,
    timeoutMs: own.timeout === undefined ? undefined : ms(own.timeout),
    expectMs: own.expect === undefined ? undefined : ms(own.expect),
  }) as OnUngraceful;
}
const writerPart = (effect: Effect): string =>
  `${effect === 'fences' || effect === 'fences-and-promotes' ? 'fences' : ''} ${effect === 'promotes' || effect === 'fences-and-promotes' ? 'promotes' : ''}`;

/** For each step, all the steps that are done before it starts. Says unknown steps and circles. */
function checkNeeds(
  of: Declaration<Spec>,
  needs: readonly (readonly string[])[],
  resolving: Resolving,
): ReadonlyMap<string, ReadonlySet<string>> {
  const ids = of.spec.steps.map((step) => step.id);
  const index = new Map(ids.map((id, at) => [id, at]));
  of.spec.steps.forEach((step, at) =>
    step.needs?.forEach((need, which) => {
      if (!index.has(need))
        resolving.say(of, {
          pointer: below('/spec/steps', at, 'needs', which),
          code: 'UNKNOWN_STEP',
          message: `there is no step ${quoted(need)}`,
          remedy: didYouMean(need, ids, 'name a step of this runbook'),
        });
    }),
  );
  const waits = new Map<string, ReadonlySet<string>>();
  let left = ids.map((_, at) => at);
  while (left.length > 0) {
    const ready = left.filter((at) => (needs[at] ?? []).every((need) => waits.has(need) || !index.has(need)));
    if (ready.length === 0) break;
    for (const at of ready) waits.set(ids[at] ?? '', new Set((needs[at] ?? []).flatMap((need) => [need, ...(waits.get(need) ?? [])])));
    left = left.filter((at) => !waits.has(ids[at] ?? ''));
  }
  const circle = circleIn(left, needs, index);
  if (circle !== undefined)
    resolving.say(of, {
      pointer: below('/spec/steps', circle[0] ?? 0, 'needs'),
      code: 'CYCLE',
      message: `steps wait for each other: ${circled(circle.map((at) => ids[at] ?? ''))}`,
      remedy: 'remove one of these `needs`',
    });
  return waits;
}

/** One circle among steps that can never start: following any unmet need must come back. */
function circleIn(
  left: readonly number[],
  needs: readonly (readonly string[])[],
  index: ReadonlyMap<string, number>,
): number[] | undefined {
  const path: number[] = [];
  for (
    let at = left[0];
    at !== undefined;
    at = (needs[at] ?? []).map((need) => index.get(need)).find((next) => next !== undefined && left.includes(next))
  ) {
    const seen = path.indexOf(at);
    if (seen >= 0) {
      const circle = path.slice(seen);
      const first = circle.indexOf(Math.min(...circle));
      return [...circle.slice(first), ...circle.slice(0, first)];
    }
    path.push(at);
  }
  return undefined;
}

/** Checks every expression as it was written, and collects the resources that it takes. */
function checkExpressions(of: Declaration<Spec>, waits: ReadonlyMap<string, ReadonlySet<string>>, resolving: Resolving): Wants {
  const wants = { from: new Set<string>(), to: new Set<string>(), workload: new Set<string>() };
  const byId = new Map(of.spec.steps.map((step) => [step.id, step]));
  const written = ((of.written as Readonly<Record<string, Json>>)['steps'] ?? []) as readonly Readonly<Record<string, Json>>[];
  written.forEach((step, at) => {
    const id = of.spec.steps[at]?.id ?? '';
    const steps = Object.fromEntries(
      [...(waits.get(id) ?? [])].flatMap((need) => {
        const gives = resolving.vocabulary.actions.get(byId.get(need)?.uses ?? '')?.gives;
        return byId.has(need) ? [[need, { outputs: scopeOf(gives) }]] : [];
      }),
    );
    const scope = { ...stepScope, steps, inventory: 'map<string, string>' };
    const check = checkerFor(scope);
    const say = (pointer: string, start: number, { code, message, name = '', offset }: Extract<Checked, { ok: false }>): void => {
      const unneeded = code === 'EXPRESSION_NAME' && byId.has(name) && !Object.hasOwn(steps, name);
      resolving.say(of, {
        pointer,
        offset: start + offset,
        code: unneeded ? 'STEP_NOT_NEEDED' : code,
        message: unneeded ? `step ${quoted(id)} does not wait for ${quoted(name)}` : message,
        remedy: unneeded ? `add \`${name}\` to its \`needs\`` : remedyOf({ code, name }, namesOf(scope)),
      });
    };
    const ungraceful = step['onUngraceful'];
    const instead =
      typeof ungraceful === 'object' && ungraceful !== null ? ((ungraceful as Readonly<Record<string, Json>>)['with'] ?? {}) : {};
    const checkText = (text: string, pointer: string): void => {
      const { parts, whole } = template(text);
      for (const part of parts) {
        if (part.kind === 'text') continue;
        const checked = check(part.body);
        if (!checked.ok) say(pointer, part.start, checked);
        else {
          collect(checked, wants);
          const hole = of.holes.get(pointer);
          if (whole && hole !== undefined) of.holes.set(pointer, { ...hole, type: checked.type });
          checkFits(of, pointer, part.start, checked.type, whole, resolving);
        }
      }
    };
    eachText(step['with'] ?? {}, below('/spec/steps', at, 'with'), checkText);
    eachText(instead, below('/spec/steps', at, 'onUngraceful', 'with'), checkText);
    const when = step['when'];
    if (typeof when !== 'string') return;
    for (const part of template(when).parts) {
      if (part.kind === 'text') continue;
      const checked = check(part.body);
      const pointer = below('/spec/steps', at, 'when');
      if (!checked.ok) say(pointer, part.start, checked);
      else if (checked.type !== 'bool' && checked.type !== 'dyn')
        resolving.say(of, {
          pointer,
          offset: part.start,
          code: 'EXPRESSION_TYPE',
          message: `\`when\` gives ${checked.type}; bool is wanted`,
          remedy: 'compare it with something',
        });
      else collect(checked, wants);
    }
  });
  return wants;
}

/** Only texts, whole numbers and booleans can be put into a text. Types against the action's schema are checked with its `with`. */
function checkFits(of: Declaration<Spec>, pointer: string, start: number, type: string, whole: boolean, resolving: Resolving): void {
  if (whole || ['string', 'int', 'bool', 'dyn'].includes(type)) return;
  resolving.say(of, {
    pointer,
    offset: start,
    code: 'EXPRESSION_TYPE',
    message: `${type} cannot stand inside a text`,
    remedy: 'take one text of it',
  });
}

function collect(checked: Extract<Checked, { ok: true }>, wants: { from: Set<string>; to: Set<string>; workload: Set<string> }): void {
  for (const node of nodesOf(checked.ast)) {
    if (node.op !== '.' && node.op !== '[]') continue;
    const [owner, key] = node.args;
    const name = typeof key === 'string' ? key : key.op === 'value' && typeof key.args === 'string' ? key.args : undefined;
    if (name === undefined || owner.op !== '.' || owner.args[1] !== 'resources' || owner.args[0].op !== 'id') continue;
    const whose = owner.args[0].args;
    if (whose === 'from' || whose === 'to' || whose === 'workload') wants[whose].add(name);
  }
}

function eachText(value: Json, pointer: string, visit: (text: string, pointer: string) => void): void {
  if (typeof value === 'string') {
    if (hasExpression(value)) visit(value, pointer);
  } else if (Array.isArray(value)) (value as readonly Json[]).forEach((each, index) => eachText(each, below(pointer, index), visit));
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) eachText(each, below(pointer, key), visit);
}
