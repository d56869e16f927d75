// What /metrics says, by the conventions of Prometheus, and that dashboards, rules and docs name only what it exports.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allMetrics, stateMetrics } from '../../src/core/views/metrics.ts';
import { openHouse, type House } from './house.ts';

let house: House;
let text: string;
beforeAll(async () => {
  house = await openHouse();
  house.crowd();
  for (const end = Date.now() + 10_000; (await house.get('/api/v1/workloads/ehr')).body['state'] !== 'healthy';) {
    if (Date.now() > end) throw new Error('never healthy');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ({ text } = await house.get('/metrics'));
});
afterAll(() => house.close());

type Family = { readonly name: string; readonly help: string; readonly type: string; readonly samples: string[] };
function familiesOf(exposition: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  let now: Family | undefined;
  for (const line of exposition.split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') helps.set(name, rest);
    else if (kind === 'TYPE') {
      expect(families.has(name), `${name} has one TYPE`).toBe(false);
      families.set(name, (now = { name, help: helps.get(name) ?? '', type: rest, samples: [] }));
    } else if (line !== '') {
      expect(line).toMatch(/^[a-z_][a-z0-9_]*(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? (-?[0-9.]+(e[+-]?\d+)?|NaN|\+Inf)$/i);
      now?.samples.push(line);
    }
  }
  return families;
}

describe('the exposition', () => {
  test('has every family that the table declares, with its help and type', () => {
    const families = familiesOf(text);
    expect(allMetrics.length).toBeGreaterThan(25);
    for (const { name, help, type } of allMetrics) expect(families.get(name), name).toMatchObject({ help, type });
    const ours = [...families.keys()].filter((name) => name.startsWith('resus_'));
    expect(ours.sort()).toEqual(allMetrics.map((each) => each.name).sort());
  });
  test('says nothing twice', () => {
    const samples = [...familiesOf(text).values()].flatMap((each) => each.samples.map((line) => line.slice(0, line.lastIndexOf(' '))));
    expect(samples.length).toBeGreaterThan(50);
    expect(new Set(samples).size).toBe(samples.length);
  });
  test('says what is so', () => {
    expect(text).toContain('resus_build_info{version="0.0.0-test",floor="lab",log="test/log"} 1');
    for (const line of [
      'resus_ready 1',
      'resus_epoch 1',
      'resus_users_path_healthy{workload="ehr",population="ward"} 1',
      'resus_open_incidents{workload="ehr"} 0',
      'resus_rto_target_seconds{workload="ehr"} 60',
      'resus_rpo_target_seconds{workload="ehr"} 5',
      'resus_workload_state_info{workload="ehr",state="healthy"} 1',
      'resus_replica_up{workload="ehr",replica="west"} 1',
      'resus_drills_total{gameday="region-loss",verdict="failed"} 0',
      'resus_drill_last_success_timestamp_seconds{gameday="region-loss",workload="ehr"} 0',
      'resus_journal_entries_total{type="EpochBegan"} 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toMatch(/resus_replication_lag_seconds\{workload="ehr",replica="west"\} 0?\.\d+/);
    expect(text).toMatch(/resus_observations_total\{vantage="[a-z]+",result="good"\} [1-9]/);
    expect(text).toMatch(/process_cpu_seconds_total /);
  });
  test('counts requests by pattern, so that strangers make no labels', async () => {
    await house.get('/api/v1/workloads/made-up-name');
    await house.get('/made-up-path');
    const { text: after } = await house.get('/metrics');
    expect(after).toContain('resus_http_requests_total{method="GET",route="/api/v1/workloads/:workload",status="404"} 1');
    expect(after).toContain('resus_http_requests_total{method="GET",route="none",status="404"} 1');
    expect(after).not.toContain('made-up');
  });
  test('does not fall behind the state: a second scrape is a fresh reading', async () => {
    const at = (exposition: string): number => Number(/resus_journal_entries_total\{type="RunOpened"\} (\d+)/.exec(exposition)?.[1] ?? 0);
    const before = at((await house.get('/metrics')).text);
    await house.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, house.as('olga'));
    const { text: after } = await house.get('/metrics');
    expect(at(after)).toBe(before + 1);
    expect(after).toContain('resus_open_runs{workload="ehr",status="awaiting-approval"} 1');
    expect(after).toContain('resus_workload_state_info{workload="ehr",state="approval"} 1');
    expect(after).not.toContain('state="healthy"');
  });
});

describe('names and units', () => {
  // https://prometheus.io/docs/practices/naming/: base units, a suffix that says them, `_total` for what only grows.
  test.each(allMetrics.map((each) => [each.name, each] as const))('%s', (name, { type, help, labels }) => {
    expect(name).toMatch(/^resus_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|hours|days|percent|count)(_|$)/);
    if (name.includes('timestamp')) expect(name).toMatch(/_timestamp_seconds$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    expect(name.endsWith('_info') ? type : 'gauge').toBe('gauge');
  });
  test('are in one table each once', () => {
    expect(new Set(allMetrics.map((each) => each.name)).size).toBe(allMetrics.length);
    expect(Object.values(stateMetrics).length).toBeGreaterThan(15);
  });
});

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
};
const groups = (parse(file('dashboards/resus.rules.yaml')) as { groups: readonly { name: string; rules: readonly Rule[] }[] }).groups;
const rules = groups.flatMap((each) => each.rules);
const board = JSON.parse(file('dashboards/resus.json')) as {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { x: number; y: number; w: number; h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: unknown }[] };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
};
const expressions = [
  ...board.panels.flatMap((panel) => (panel.targets ?? []).map((target) => [`panel ${panel.title}`, target.expr] as const)),
  ...board.templating.list.map((each) => ['template', JSON.stringify(each.query)] as const),
  ...board.annotations.list.map((each) => ['annotation', each.expr ?? ''] as const),
  ...rules.map((rule) => [`rule ${rule.alert ?? rule.record ?? ''}`, rule.expr] as const),
];
/** Names of ours in an expression, recorded ones left out, each with the labels that the expression uses of it. */
const namesIn = (expression: string): string[] => expression.replaceAll(/[a-z]+:resus_[a-z_]+:[a-z]+/g, '').match(/\bresus_[a-z_]+/g) ?? [];

describe('dashboards and rules', () => {
  test('name only metrics and labels that the program exports', () => {
    const exported = new Map(allMetrics.map((each) => [each.name, each.labels]));
    const seen = expressions.flatMap(([where, expression]) =>
      namesIn(expression).map((name) => {
        expect(exported.has(name), `${where}: ${name}`).toBe(true);
        for (const [, matchers = ''] of expression.matchAll(new RegExp(`${name}\\{([^}]*)\\}`, 'g')))
          for (const [, label = ''] of matchers.matchAll(/([a-z]+)(?:=~|!=|!~|=)/g))
            expect(exported.get(name), `${where}: ${name}{${label}}`).toContain(label);
        return name;
      }),
    );
    expect(seen.length).toBeGreaterThan(30);
    expect(new Set(seen).size).toBeGreaterThan(15);
  });
  test('would notice a name that is not exported', () => {
    expect(namesIn('rate(resus_made_up_total[5m]) > workload:resus_rto_used:ratio')).toEqual(['resus_made_up_total']);
  });
  test('use only recorded names that a rule records, with balanced brackets', () => {
    const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
    let used = 0;
    for (const [where, expression] of expressions) {
      for (const [name] of expression.matchAll(/[a-z]+:resus_[a-z_]+:[a-z]+/g)) {
        used += 1;
        expect(recorded.has(name), `${where}: ${name}`).toBe(true);
      }
      for (const [open, close] of [
        ['(', ')'],
        ['{', '}'],
        ['[', ']'],
      ] as const)
        expect(expression.split(open).length, `${where}: ${expression}`).toBe(expression.split(close).length);
    }
    expect(used).toBeGreaterThan(1);
  });
  test('rules are of the form that Prometheus loads, and every alert says what to do', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(groups.map((each) => each.name)).size).toBe(groups.length);
    for (const rule of rules) {
      expect(
        Object.keys(rule).every((key) => ['record', 'alert', 'expr', 'for', 'labels', 'annotations'].includes(key)),
        JSON.stringify(rule),
      ).toBe(true);
      expect((rule.record === undefined) !== (rule.alert === undefined)).toBe(true);
      if (rule.alert === undefined) continue;
      expect(rule.alert).toMatch(/^Resus[A-Za-z]+$/);
      expect(['page', 'ticket']).toContain(rule.labels?.['severity']);
      expect(rule.annotations?.['summary']).toMatch(/\.$/);
      expect(rule.annotations?.['remedy']).toMatch(/\S/);
    }
  });
  test('panels have ids of their own and do not overlap', () => {
    expect(board.panels.length).toBeGreaterThan(15);
    expect(new Set(board.panels.map((panel) => panel.id)).size).toBe(board.panels.length);
    for (const a of board.panels)
      for (const b of board.panels) {
        if (a.id >= b.id) continue;
        const [p, q] = [a.gridPos, b.gridPos];
        const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
        expect(apart && p.x + p.w <= 24, `${a.title} and ${b.title}`).toBe(true);
      }
  });
});

describe('docs/metrics.md', () => {
  test('has exactly the rows of the code', () => {
    const rows = file('docs/metrics.md')
      .split('\n')
      .filter((line) => line.startsWith('| `resus_'))
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(1, -1),
      );
    expect(rows).toEqual(allMetrics.map(({ name, type, labels, help }) => [`\`${name}\``, type, labels.join(', '), help]));
  });
});
