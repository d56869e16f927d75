// What an inventory fills in: values keep their types, texts are put together, and what only a situation knows stays an expression.
import { describe, expect, it } from 'vitest';
import { readInventory } from '../../src/declare/inventory.ts';
import { printed } from '../../src/declare/problem.ts';
import { base, edited, linesOf, run, type BaseFile } from './base.ts';

const port = edited(
  'workload.yaml',
  'host: 10.0.1.1, port: 443',
  `host: '\${{ inventory.db.split(":")[0] }}', port: '\${{ int(inventory.db.split(":")[1]) }}'`,
);

describe('an inventory', () => {
  it('fills values in with their types', () => {
    const declared = run(port, { db: '10.1.1.1:5432' });
    expect(declared.ok && !declared.open && declared.estate.workloads['ehr']?.replicas[0]?.probes[1]?.with).toEqual({
      host: '10.1.1.1',
      port: 5432,
    });
  });
  it('is not needed to check: what wants it stays as it is written, and is open', () => {
    const declared = run(port);
    expect(declared.ok && declared.open).toBe(true);
    expect(declared.ok && declared.estate.workloads['ehr']?.replicas[0]?.probes[1]?.with).toMatchObject({
      port: '${{ int(inventory.db.split(":")[1]) }}',
    });
  });
  it('puts texts together, and leaves what only the situation knows', () => {
    const files = edited('runbook.yaml', '${{ to.resources.cluster }}', '${{ inventory.prefix }}-${{ inventory.prefix + to.name }}');
    const declared = run(files, { prefix: 'p"}}' });
    expect(declared.ok && declared.estate.runbooks['move']?.steps[0]?.with).toEqual({
      cluster: 'p"}}-${{ "p\\"\\u007d\\u007d" + to.name }}',
      force: true,
    });
  });
  it('evaluates what needs neither', () => {
    const declared = run(edited('tier.yaml', 'failures: 3', "failures: '${{ 1 + 2 }}'"));
    expect(declared.ok && declared.estate.tiers['gold']?.detection.failures).toBe(3);
  });
  it('is taken wherever a value is wanted, also for durations', () => {
    const files = edited('tier.yaml', 'rto: 60s', 'rto: ${{ inventory.rto }}');
    expect(run(files).ok).toBe(true);
    const declared = run(files, { rto: '2m' });
    expect(declared.ok && declared.estate.tiers['gold']?.rtoMs).toBe(120_000);
    expect(linesOf(run(files, { rto: 'long' }))).toEqual([
      'tier.yaml:5:8: BAD_DURATION `spec.rto` is `long`, which is not a duration (write e.g. `500ms`, `90s`, `15m`, `36h`, `90d` or `6y`)',
    ]);
  });

  // Nothing is known of the list yet, so nothing is said about what is in it.
  it.each<[BaseFile, string, string]>([
    ['workload.yaml', 'residency: [US]', 'residency: ${{ inventory.list.split(",") }}'],
    ['workload.yaml', '  replicas:\n', '  dependsOn: ${{ inventory.list.split(",") }}\n  replicas:\n'],
    ['gameday.yaml', 'gates:\n    - usersPath.healthy', 'gates: ${{ inventory.list.split(",") }}'],
    ['gameday.yaml', 'expect:\n    - run.rtaMs <= run.rtoMs', 'expect: ${{ inventory.list.split(",") }}'],
    ['runbook.yaml', 'modes: [failover, switchover]', 'modes: ${{ inventory.list.split(",") }}'],
    ['runbook.yaml', 'needs: [promote]', 'needs: ${{ inventory.list.split(",") }}'],
  ])('may stand for a list in %s, instead of %s', (file, from, to) => {
    expect(linesOf(run(edited(file, from, to)))).toEqual([]);
  });

  const wrong: readonly (readonly [title: string, to: string, inventory: Record<string, string> | undefined, lines: readonly string[]])[] =
    [
      [
        'an unknown key',
        'http://${{ inventory.hots }}/',
        { host: 'a' },
        ['workload.yaml:29:21: UNKNOWN_INVENTORY the inventory has no `hots` (did you mean `host`?)'],
      ],
      [
        'two unknown keys in one text',
        '${{ inventory.a }}${{ inventory.b }}',
        { zone: 'z' },
        [
          'workload.yaml:29:14: UNKNOWN_INVENTORY the inventory has no `a` (known: `zone`)',
          'workload.yaml:29:32: UNKNOWN_INVENTORY the inventory has no `b` (known: `zone`)',
        ],
      ],
      [
        'an inventory with nothing in it: one problem, however many names',
        '${{ inventory.a }}${{ inventory.b }}${{ inventory.a }}',
        {},
        [
          'workload.yaml:29:14: UNKNOWN_INVENTORY there is no inventory, and 2 names are taken from it, the first here: `a`, `b` (give one with --inventory FILE, or as `inventory` in resus.yaml)',
        ],
      ],
      [
        'one name that an inventory with nothing in it lacks',
        '${{ inventory.a }}',
        {},
        ['workload.yaml:29:14: UNKNOWN_INVENTORY the inventory has no `a` (give one with --inventory FILE)'],
      ],
      [
        'the inventory itself',
        '${{ inventory }}',
        undefined,
        ['workload.yaml:29:14: EXPRESSION_NAME `inventory` stands alone (name one key, e.g. `inventory.ehrUrl`)'],
      ],
      [
        'a value of the wrong form',
        '${{ inventory.host }}',
        { host: 'ehr' },
        ['workload.yaml:29:10: BAD_FORM `ehr` does not have the form that `spec.usersPath.url` wants (write an http or https URL)'],
      ],
      [
        'an expression that fails',
        '${{ inventory.host.split(":")[3] }}',
        { host: 'ehr' },
        [
          'workload.yaml:29:14: EXPRESSION_FAILED the expression fails: no such key: index out of bounds, index 3 >= size 1 (correct the expression or the inventory)',
        ],
      ],
      [
        'a type that cannot be right',
        '${{ inventory.host.size() }}',
        undefined,
        ['workload.yaml:29:10: EXPRESSION_TYPE the expression gives int; string is wanted (convert it with `string(...)`)'],
      ],
    ];
  it.each(wrong)('%s', (_title, to, inventory, lines) => {
    expect(linesOf(run(edited('workload.yaml', 'http://ehr.test/', to), inventory))).toEqual(lines);
  });
  it('holds plain texts: an expression in one is refused, and is never evaluated', () => {
    const files = Object.entries(base).map(([path, text]) => ({ path, text }));
    expect(linesOf(run(files, { evil: '${{ 1 }}' }))).toEqual([
      'inventory:1:1: BAD_INVENTORY `evil` holds an expression; the inventory holds plain texts (the inventory is a flat mapping of names to texts)',
    ]);
  });
});

describe('an inventory file', () => {
  it.each([
    ['YAML', 'a: x\nb: y\n'],
    ['JSON', '{"a":"x","b":"y"}'],
    ['inside `inventory`', 'ready: true\ninventory: { a: x, b: y }\n'],
  ])('%s', (_title, text) => {
    expect(readInventory('i.yaml', text)).toEqual({ ok: true, inventory: { a: 'x', b: 'y' } });
  });
  it.each([
    ['a: x\nb: 5\n', 'i.yaml:2:1: BAD_INVENTORY `b` is not a text (write `name: text`, one a line)'],
    ['inventory:\n  a-b: x\n', 'i.yaml:2:3: BAD_INVENTORY `a-b` is not a name of letters, digits and `_` (write `name: text`, one a line)'],
    ['- a\n', 'i.yaml:1:1: BAD_INVENTORY an inventory is one mapping of names to texts (write `name: text`, one a line)'],
    [
      'a: [\n',
      'i.yaml:2:1: YAML_SYNTAX Flow sequence in block collection must be sufficiently indented and end with a ] (correct the YAML here; later problems in this document show once it parses)',
    ],
  ])('%j', (text, line) => {
    const read = readInventory('i.yaml', text);
    expect(read.ok ? [] : read.problems.map(printed)).toEqual([line]);
  });
});
