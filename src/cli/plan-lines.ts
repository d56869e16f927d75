// A plan for somebody who was woken at three: what happens when, to what, and how it will be known that it did; then how long users wait, what
// they lose, who must say yes, and what speaks against it. At most sixty lines, unless the steps alone are more.
import type { Estimate, Part } from '../core/objective/forecast.ts';
import { saidRunbook } from '../core/runbook/plan.ts';
import type { Json } from '../core/values.ts';
import type { Colors } from './controller-command.ts';
import { diffLines } from './plan-against.ts';
import { printable } from './io.ts';
import { exactly, margin, row, section, since, span, type Row } from './plan-text.ts';
import type { Approval, Found, PlanReport, ReportedStep } from './plan-report.ts';

const mostLines = 60;

export function reportLines(report: PlanReport, columns: number, paint: Colors): readonly string[] {
  const wide = Math.max(72, Math.min(columns, 120));
  const told = (each: Row): readonly string[] => row(each, wide, paint);
  const parts = report.criticalPath.map((part) => ({ part, row: rowOf(part, report) }));
  const isAfter = ({ part }: { readonly part: Part }): boolean => ['dns-ttl', 'client-caches', 'validation'].includes(part.kind);
  const shown = (each: readonly { readonly row: Row | undefined }[]): readonly string[] =>
    each.flatMap((one) => (one.row === undefined ? [] : told(one.row)));
  const top = [
    ...head(report, wide, paint),
    ...verdict(report, wide, paint),
    '',
    ...shown(parts.filter((each) => !isAfter(each))),
    ...report.steps.flatMap((step) => told(stepRow(step))),
    ...shown(parts.filter(isAfter)),
    '',
    ...besides(report, wide),
  ];
  const end = [...(report.diff === undefined ? [] : diffLines(report.diff, wide, paint)), `Plan sha256:${report.hash}`];
  const room = mostLines - top.length - end.length;
  return [...top, ...within(room, findingLines(report, room, wide, paint)), ...end];
}

/** What does not fit is counted, never dropped in silence. */
function within(room: number, groups: readonly (readonly string[])[]): readonly string[] {
  const kept: string[] = [];
  for (const [n, group] of groups.entries()) {
    const isLast = n === groups.length - 1;
    if (n > 0 && kept.length + group.length + (isLast ? 0 : 1) > room)
      return [...kept, `${' '.repeat(margin)}and ${groups.length - n} more: --json has all of them`];
    kept.push(...group);
  }
  return kept;
}

function head({ plan, about, assumes }: PlanReport, wide: number, paint: Colors): readonly string[] {
  const placed = (name: string): string => {
    const site = about.replicas.find((each) => each.name === name)?.site;
    return site === undefined || site === name ? name : `${name} (${site})`;
  };
  const way = plan.from === plan.to ? `inside ${placed(plan.from)}` : `from ${placed(plan.from)} to ${placed(plan.to)}`;
  const leave = plan.leave === undefined ? '' : `, leaving ${plan.leave}`;
  return [
    ...section('', `${paint.bold(`${plan.mode} of ${plan.workload}`)} ${way}${leave}, by ${saidRunbook(plan)}`, wide, 0),
    ...section('', [clock(isFound(plan)), ...assumes].join(' '), wide, 0).map((line) => paint.dim(line)),
    '',
  ];
}

/** Whether it answers a loss that Resus finds. */
const isFound = ({ mode, byHand }: PlanReport['plan']): boolean => mode === 'failover' && byHand === undefined;
const clock = (found: boolean): string =>
  `Usual times, from ${found ? 'the last good answer of the users' : 'the request'} (T+0); slow is what 1 of 20 exceeds.`;

const estimated = ({ p50, p95, n, source }: Estimate): string =>
  `${span(p50)}${p95 > p50 ? `, slow ${span(p95)}` : ''} (${source}, n ${n})`;

/** Steps have rows of their own; what takes no time, or nobody knows of, has none. */
function rowOf(part: Part, { plan, about, approvals, tier }: PlanReport): Row | undefined {
  const at = since(part.startsAtMs);
  if (part.p95 === 0) return undefined;
  const facts = [`${estimated(part)}: ${part.because}`];
  switch (part.kind) {
    case 'detection':
      return {
        at,
        does: `Detect the loss of ${plan.leave ?? plan.from}.`,
        proof: `most of the declared vantages see every probe there fail, and no canary of the users is answered`,
        facts,
      };
    case 'inner-ha':
      return {
        at,
        does: `Wait for ${about.localHa?.by ?? 'inner high availability'} to heal it alone.`,
        proof: 'nothing is wrong any more',
        facts,
      };
    case 'approvals': {
      const people = Math.max(1, ...approvals.map((each) => each.people));
      return {
        at,
        does: `Ask ${people === 1 ? '1 person' : `${people} people`} for a yes, first ${about.onCall}.`,
        proof: 'each said yes to this hash, and none of them asked for the run',
        facts,
      };
    }
    case 'dns-ttl':
      return {
        at,
        does: 'Wait until resolvers let go of the old addresses.',
        proof: 'canaries whose resolver keeps TTLs reach the new ones',
        facts,
      };
    case 'validation':
      return {
        at,
        does: `Prove that the users can work: ${about.populations.join(', ')}.`,
        proof: `${tier.usersPath.good} canaries in a row over ${span(tier.usersPath.sustainedMs)} are read back as written`,
        facts,
      };
    case 'client-caches':
      return {
        at,
        does: 'Wait until the software of users asks for the address again.',
        proof: 'canaries that keep an address as long reach the new one',
        facts,
      };
    case 'step':
      return undefined;
  }
}

function stepRow(step: ReportedStep): Row {
  const { ungraceful } = step;
  const instead = { same: 'the same', skip: 'skipped', replace: exactly(ungraceful.does) }[ungraceful.kind];
  const losing = ungraceful.kind === 'replace' && ungraceful.mayLoseData ? ' May lose data.' : '';
  return {
    at: since(step.startsAtMs),
    does: exactly(step.does),
    proof: exactly(step.proof),
    warning: step.mayLoseData ? 'may lose data' : undefined,
    facts: [
      `${step.id}${step.after.length === 0 ? '' : ` after ${step.after.join(', ')}`}${step.when === undefined ? '' : ` when ${printable(step.when.replace(/^\$\{\{\s*|\s*\}\}$/g, ''))}`}`,
      estimated(step.estimate),
      step.needs.length === 0
        ? 'needs no control plane'
        : `needs ${step.needs.map(({ service, site }) => `${service} in ${site}`).join(', ')}`,
      step.retries === 0 ? `one try of at most ${span(step.timeoutMs)}` : `at most ${step.retries + 1} tries of ${span(step.timeoutMs)}`,
      `ungraceful: ${instead}${losing}`,
    ],
  };
}

/** What somebody must know who reads no further. */
function verdict(report: PlanReport, wide: number, paint: Colors): readonly string[] {
  const { predicted, criticalPath, approvals, plan } = report;
  const { p50, p95 } = predicted.rtoMs;
  const target = predicted.targetRtoMs;
  const kept =
    target === null
      ? paint.yellow('RTO not decided yet (pending-bia)')
      : `RTO ${span(target)}${predicted.targetLoss === null ? '' : ` for a lost ${predicted.targetLoss}`}: ${p95 <= target ? paint.green('kept, also on a slow day') : p50 <= target ? paint.yellow('kept as a rule, missed on a slow day') : paint.red('missed even on a usual day')}`;
  const path = criticalPath.map((part) =>
    part.source === 'unknown'
      ? `${part.name} (nobody declares them, counted as 0)`
      : `${part.name} ${span(part.p50)}${part.isOutage ? '' : ' (not felt)'}`,
  );
  const { lossMs, targetRpoMs, lossBecause } = predicted;
  const moved = plan.steps.flatMap(({ uses, with: input }) => (uses === 'move' ? movedBy(input) : []));
  const loss =
    lossMs === null ? `unknown: ${lossBecause}` : lossMs === 0 ? `none: ${lossBecause}` : `at most ${span(lossMs)}: ${lossBecause}`;
  return [
    ...section('Users wait', `${span(p50)} usually, slow ${span(p95)}; ${kept}.`, wide),
    ...section('', `${path.join(' > ')}.`, wide),
    ...(criticalPath.every(({ isOutage }) => isOutage)
      ? []
      : section('', `The whole takes ${span(predicted.wholeMs.p50)} usually, slow ${span(predicted.wholeMs.p95)}.`, wide)),
    ...(moved.length === 0 ? [] : section('', `Users of ${moved.join(', ')} wait as the plan of each says.`, wide)),
    ...section('', [measured(criticalPath), ...backTested(predicted.backTest)].join(' '), wide),
    ...section('Writes lost', `${loss}; ${targetRpoMs === null ? 'RPO not decided yet (pending-bia)' : `RPO ${span(targetRpoMs)}`}.`, wide),
    ...section('Yes from', `${yesFrom(approvals, isFound(plan))}.`, wide),
  ];
}

/** What a step of a plan of plans moves, which has a plan of its own. */
const movedBy = (input: Json): readonly string[] => {
  const name: unknown = typeof input === 'object' && input !== null && 'workload' in input ? input['workload'] : undefined;
  return typeof name === 'string' ? [printable(name)] : [];
};

function besides({ about, plan, criticalPath, evaluated }: PlanReport, wide: number): readonly string[] {
  const evictable = about.evictable ?? [];
  const isFelt = plan.mode === 'failover' || criticalPath.some(({ isOutage }) => isOutage);
  return [
    ...section('Call', `${about.onCall} (on call), ${about.clinicalOwner} (clinical owner), ${about.owner} (owner).`, wide),
    ...(isFelt ? section('Meanwhile', printable(about.downtimeProcedure), wide) : []),
    ...(evictable.length === 0
      ? []
      : section('Gives way', printable(`${evictable.join(', ')} may be stopped to free capacity for ${about.id}.`), wide)),
    ...section('Providers', `${evaluated.asked ? '' : 'not asked whether they would do this: '}${evaluated.because}.`, wide),
  ];
}

function measured(parts: readonly Part[]): string {
  const from = parts.filter(({ source }) => source === 'history');
  const assumed = parts.filter(({ source }) => source === 'assumed');
  const names = (each: readonly Part[]): string => each.map(({ name }) => name).join(', ');
  return [
    from.length === 0 ? 'Nothing measured (under 8 samples of one floor)' : `Measured: ${names(from)}`,
    ...(assumed.length === 0 ? [] : [`assumed: ${names(assumed)}`]),
  ]
    .join('; ')
    .concat('.');
}

const judged = {
  'too-few': 'too few to judge by',
  'too-low': 'fewer than 90 of 100: expect worse',
  good: 'as it should be',
  'too-high': 'more than 99 of 100: it may well go faster',
} as const;
const backTested = (earlier: PlanReport['predicted']['backTest']): readonly string[] =>
  earlier === null
    ? []
    : [`Of ${earlier.n} earlier ${earlier.n === 1 ? 'run' : 'runs'} ${earlier.under} took no longer than slow (${judged[earlier.says]}).`];

function yesFrom(approvals: readonly Approval[], mayAlone: boolean): string {
  const said = ({ occasion, people, withinMs, because }: Approval): string => {
    const who = `${people} ${people === 1 ? 'person' : 'people'} within ${span(withinMs)}`;
    if (occasion === 'resus-decides') return `${who} when Resus decides (${because})`;
    return occasion === 'person-asks' ? `${who} when a person asks (${because})` : `${who} at ${occasion}`;
  };
  const alone =
    mayAlone && !approvals.some(({ occasion }) => occasion === 'resus-decides') ? ['nobody when Resus decides, which it may'] : [];
  return [...alone, ...approvals.map(said)].join('; ') || 'nobody';
}

function findingLines({ findings }: PlanReport, room: number, wide: number, paint: Colors): readonly (readonly string[])[] {
  if (findings.length === 0) return [section('Findings', 'none.', wide)];
  const open = findings.filter(({ accepted }) => accepted === undefined);
  const accepted = findings.filter((each) => each.accepted !== undefined);
  const told = [...open, ...accepted].map((each, n) => section(n === 0 ? 'Findings' : '', findingText(each, paint), wide));
  // What somebody answers for gives way to the steps; what nobody does is told in any case.
  const isTight = open.length === 0 && (told[0]?.length ?? 0) + (told.length > 1 ? 1 : 0) > room;
  return isTight ? [section('Findings', `${accepted.length} accepted, each with a reason: --json has them.`, wide)] : told;
}
function findingText({ code, severity, sentence, remedy, step, accepted }: Found, paint: Colors): string {
  const where = step === undefined || step === '' ? '' : ` step ${step}:`;
  if (accepted !== undefined) return `${paint.dim(`accepted ${code}`)} ${printable(sentence)} (${printable(accepted)})`;
  const color = severity === 'error' || severity === 'blocks' ? paint.red : paint.yellow;
  return `${color(`${severity} ${code}`)}${where} ${printable(sentence)} (${printable(remedy)})`;
}
