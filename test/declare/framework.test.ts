// Frameworks: one mistake a case in a small one that is right, what it resolves to, and that the queries of those that are shipped find
// what a recorded journal holds.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Framework } from '../../src/core/estate.ts';
import type { Json } from '../../src/core/values.ts';
import { declare, evaluate, printed, readTree } from '../../src/declare/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';
import { linesOf, run, withFile } from './base.ts';

const right = `apiVersion: resus/v1
kind: Framework
metadata: { name: law }
spec:
  title: The law
  edition: '2026'
  source: https://example.org/law
  checkedOn: '2026-11-22'
  status: in-force
  controls:
    - id: 1(a)
      oscalId: law-1
      paraphrase: Try it out.
      evidence:
        - { id: drills, event: DrillClosed, where: data.verdict == "passed", freshness: 1y }
    - id: 1(b)
      paraphrase: Train people.
      notAssessed: Training is recorded elsewhere.
`;

const cases: readonly (readonly [title: string, from: string, to: string, lines: readonly string[]])[] = [
  [
    'a status that is none',
    'in-force',
    'draft',
    ['f.yaml:9:11: NOT_ALLOWED `spec.status` cannot be `draft` (one of `in-force`, `proposed`)'],
  ],
  [
    'no status',
    '  status: in-force\n',
    '',
    ['f.yaml:5:3: MISSING_KEY `spec` has no `status` (add `status`: whether it binds anybody yet)'],
  ],
  [
    'no controls',
    right.slice(right.indexOf('  controls:')),
    '  controls: []\n',
    ['f.yaml:10:13: BAD_LENGTH `spec.controls` has too few items (at least 1)'],
  ],
  [
    'an event that is none',
    'DrillClosed',
    'DrillClose',
    [
      'f.yaml:15:32: NOT_ALLOWED `spec.controls[0].evidence[0].event` cannot be `DrillClose` (did you mean `DrillClosed`? one of `EstateDeclared`, `IncidentOpened`, `IncidentClosed`, `IncidentAcknowledged`, `ActionWithheld`, `MaintenanceBegan`, `RoleChanged`, `RunOpened`, `PlanCompiled`, `ApprovalGiven`, `RunEscalated`, `FenceStated`, `StepConfirmed`, `StepSkipped`, `LedgerReceived`, `RunMeasured`, `RunClosed`, `UsersPathFailed`, `UsersPathRestored`, `ScheduleMissed`, `DrillOpened`, `FaultBit`, `FaultReverted`, `ExpectationChecked`, `DrillClosed`)',
    ],
  ],
  [
    'an event that shows nothing',
    'DrillClosed',
    'StepObserving',
    [
      'f.yaml:15:32: NOT_ALLOWED `spec.controls[0].evidence[0].event` cannot be `StepObserving` (one of `EstateDeclared`, `IncidentOpened`, `IncidentClosed`, `IncidentAcknowledged`, `ActionWithheld`, `MaintenanceBegan`, `RoleChanged`, `RunOpened`, `PlanCompiled`, `ApprovalGiven`, `RunEscalated`, `FenceStated`, `StepConfirmed`, `StepSkipped`, `LedgerReceived`, `RunMeasured`, `RunClosed`, `UsersPathFailed`, `UsersPathRestored`, `ScheduleMissed`, `DrillOpened`, `FaultBit`, `FaultReverted`, `ExpectationChecked`, `DrillClosed`)',
    ],
  ],
  [
    'a field that the event does not have',
    'data.verdict',
    'data.outcome',
    [
      'f.yaml:15:57: EXPRESSION_NAME nothing here is called `outcome` (known: `controlDomain`, `actor`, `kind`, `id`, `data`, `drill`, `verdict`, `runs`)',
    ],
  ],
  [
    'a condition that is not yes or no',
    'data.verdict == "passed"',
    'data.verdict',
    ['f.yaml:15:52: EXPRESSION_TYPE this gives string; bool is wanted (compare and combine values of one type)'],
  ],
  [
    'a condition that does not parse',
    'data.verdict == "passed"',
    'data.verdict ==',
    ['f.yaml:15:67: EXPRESSION_SYNTAX unexpected token: EOF (correct the expression)'],
  ],
  [
    'a field compared with another type',
    '"passed"',
    '1',
    ['f.yaml:15:52: EXPRESSION_TYPE no such overload: string == int (compare and combine values of one type)'],
  ],
  [
    'a freshness that is too long',
    'freshness: 1y',
    'freshness: 20y',
    ['f.yaml:15:89: DURATION_RANGE `spec.controls[0].evidence[0].freshness` is `20y` (from 1d to 10y)'],
  ],
  [
    'a freshness without a unit',
    'freshness: 1y',
    'freshness: 365',
    ['f.yaml:15:89: WRONG_TYPE `spec.controls[0].evidence[0].freshness` is a number; a text is wanted (write a duration, e.g. `90s`)'],
  ],
  [
    'no freshness',
    ', freshness: 1y',
    '',
    [
      'f.yaml:15:11: MISSING_KEY `spec.controls[0].evidence[0]` has no `freshness` (add `freshness`: how old the newest such entry may be before it counts as stale)',
    ],
  ],
  [
    'a control that says nothing',
    '      notAssessed: Training is recorded elsewhere.\n',
    '',
    [
      'f.yaml:16:7: MISSING_KEY control `1(b)` has neither `evidence` nor `notAssessed` (add the entries that show it, or say in `notAssessed` why the journal cannot)',
    ],
  ],
  [
    'a control twice',
    'id: 1(b)',
    'id: 1(a)',
    ['f.yaml:16:11: DUPLICATE_ID `spec.controls` has two items with the id `1(a)` (rename one of them)'],
  ],
  [
    'an identifier with a line break',
    '1(b)',
    '"1\\nb"',
    [
      'f.yaml:16:11: BAD_FORM `1 b` does not have the form that `spec.controls[1].id` wants (write the identifier as it is printed, e.g. 164.308(a)(7)(ii)(D))',
    ],
  ],
  [
    'an OSCAL identifier in capitals',
    'law-1',
    'LAW-1',
    [
      'f.yaml:12:16: BAD_FORM `LAW-1` does not have the form that `spec.controls[0].oscalId` wants (write an identifier of an OSCAL catalogue, e.g. cp-4.1)',
    ],
  ],
  [
    'a copied text instead of a paraphrase',
    '      paraphrase: Train people.\n',
    '      text: Train people.\n',
    [
      'f.yaml:16:7: MISSING_KEY `spec.controls[1]` has no `paraphrase` (add `paraphrase`: what it asks for, in words of your own)',
      'f.yaml:17:7: UNKNOWN_KEY `text` is not a key of `spec.controls[1]` (its keys are `id`, `oscalId`, `unchecked`, `paraphrase`, `evidence`, `notAssessed`)',
    ],
  ],
  [
    'a source without TLS',
    'https://example.org',
    'http://example.org',
    ['f.yaml:7:11: BAD_FORM `http://example.org/law` does not have the form that `spec.source` wants (write an https URL)'],
  ],
  [
    'a day that is none',
    '2026-11-22',
    '2026-13-22',
    ['f.yaml:8:14: BAD_FORM `2026-13-22` does not have the form that `spec.checkedOn` wants (write a day, e.g. 2026-11-22)'],
  ],
  [
    'enabled that is neither',
    '  status: in-force',
    '  status: in-force\n  enabled: perhaps',
    ['f.yaml:10:12: WRONG_TYPE `spec.enabled` is a text; `true` or `false` is wanted (write `true` or `false`)'],
  ],
];

describe('a mistake in a framework', () => {
  it.each(cases)('%s', (_, from, to, lines) => {
    const pieces = right.split(from);
    expect(pieces).toHaveLength(2);
    expect(linesOf(run(withFile('f.yaml', pieces.join(to))))).toEqual(lines);
  });
});

describe('a framework', () => {
  const declared = (text: string): Framework | undefined => {
    const made = run(withFile('f.yaml', text));
    expect(linesOf(made)).toEqual([]);
    return made.ok ? made.estate.frameworks?.['law'] : undefined;
  };
  it('becomes what evidence can be judged by', () => {
    expect(declared(right)).toEqual({
      id: 'law',
      title: 'The law',
      edition: '2026',
      source: 'https://example.org/law',
      checkedOn: '2026-11-22',
      status: 'in-force',
      enabled: true,
      controls: [
        {
          id: '1(a)',
          oscalId: 'law-1',
          unchecked: false,
          paraphrase: 'Try it out.',
          evidence: [{ id: 'drills', event: 'DrillClosed', where: 'data.verdict == "passed"', freshMs: 365 * 86_400_000 }],
        },
        { id: '1(b)', unchecked: false, paraphrase: 'Train people.', evidence: [], notAssessed: 'Training is recorded elsewhere.' },
      ],
    });
  });
  it.each([
    ['in-force', undefined, true],
    ['in-force', false, false],
    ['proposed', undefined, false],
    ['proposed', true, true],
  ])('that is %s with `enabled: %s` is on: %s', (status, enabled, on) => {
    const said = enabled === undefined ? '' : `\n  enabled: ${enabled}`;
    expect(declared(right.replace('  status: in-force', `  status: ${status}${said}`))?.enabled).toBe(on);
  });
  it('leaves an estate without any as it was, so that its hash stays', () => {
    const made = run(
      withFile(
        'more.yaml',
        right.replace(/kind: Framework[^]*/, 'kind: Site\nmetadata: { name: more }\nspec: { level: cloud, kind: aws, residency: US }\n'),
      ),
    );
    expect(made.ok && Object.keys(made.estate)).toEqual(['sites', 'tiers', 'workloads', 'runbooks', 'gamedays']);
  });
});

describe('the frameworks that are shipped', () => {
  let frameworks: readonly Framework[];
  beforeAll(async () => {
    const { files, problems } = await readTree(['policies/frameworks']);
    const made = declare(files, { vocabulary: vocabularyOf(providers) });
    expect([...problems, ...(made.ok ? made.warnings : made.problems)].map(printed)).toEqual([]);
    frameworks = made.ok ? Object.values(made.estate.frameworks ?? {}) : [];
  });
  type Entry = { readonly type: string; readonly controlDomain: string; readonly actor: Json; readonly data: Json };
  const entries = readFileSync('test/replay/0.1/events.ndjson', 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  const found = ({ event, where }: { readonly event: string; readonly where?: string }): number =>
    entries.filter(({ type, controlDomain, actor, data }) => {
      if (type !== event || where === undefined) return type === event;
      const asked = evaluate(where, { controlDomain, actor, data });
      return asked.ok && asked.value === true;
    }).length;

  it('are eleven, and only what is proposed is off', () => {
    expect(frameworks).toHaveLength(11);
    expect(frameworks.filter((each) => !each.enabled).map((each) => each.id)).toEqual(['hipaa-security-rule-proposed']);
  });
  it('never say that anything is complied with', () => {
    const texts = frameworks.flatMap((each) => each.controls.flatMap((control) => [control.paraphrase, control.notAssessed ?? '']));
    expect(texts.length).toBeGreaterThan(150);
    expect(texts.filter((text) => /\bcompli(?:ant|es)\b/i.test(text))).toEqual([]);
  });
  it('mean the same by the same name of evidence', () => {
    const meanings = new Map<string, Set<string>>();
    for (const { id, event, where = '' } of frameworks.flatMap((each) => each.controls.flatMap((control) => control.evidence)))
      meanings.set(id, new Set([...(meanings.get(id) ?? []), `${event} ${where}`]));
    expect([...meanings].filter(([, meant]) => meant.size > 1)).toEqual([]);
  });
  // A drill of the loss of a region, recorded in the lab: what it holds the queries find, and what it does not they do not.
  it.each([
    ['drill-passed', true],
    ['drill-held', true],
    ['recovered', true],
    ['recovered-fenced', false],
    ['measured', true],
    ['nothing-lost', false],
    ['ledger', true],
    ['rto-kept', true],
    ['rpo-kept', true],
    ['fault-bit', true],
    ['fault-reverted', true],
    ['estate-declared', true],
    ['plan-compiled', true],
    ['plan-approved', false],
    ['switchover', false],
    ['failback', false],
    ['failover', true],
    ['users-served', true],
    ['role-moved', true],
    ['incident-recorded', true],
    ['region-drilled', true],
  ])('the query `%s` finds something in a drill: %s', (id, is) => {
    const query = frameworks.flatMap((each) => each.controls.flatMap((control) => control.evidence)).find((each) => each.id === id);
    expect(query).toBeDefined();
    expect(query !== undefined && found(query) > 0).toBe(is);
  });
  it('have no query that is not tried here', () => {
    expect(
      new Set(frameworks.flatMap((each) => each.controls.flatMap((control) => control.evidence.map((query) => query.id)))).size,
    ).toBeLessThanOrEqual(21);
  });
});
