// Templates and lists: 222 hospitals and clinics from one template and a list, values in their places, and every mistake where it is written,
// in the template or in the list. What templates make is bounded however they are written.
import { describe, expect, it } from 'vitest';
import { mostExpanded } from '../../src/declare/fill-each.ts';
import { provenance, whereabouts } from '../../src/declare/index.ts';
import { base, linesOf, run, vocabulary } from './base.ts';

type Files = readonly { readonly path: string; readonly text: string }[];
const baseFiles: Files = Object.entries(base).map(([path, text]) => ({ path, text }));
const clinics = `apiVersion: resus/v1
kind: List
metadata: { name: clinics }
spec:
  items:
    - { name: mesa, region: west, residency: US, probes: [{ id: door, uses: tcp, with: { host: 10.9.0.1, port: 443 } }] }
    - { name: alta, region: east, residency: US, probes: [{ id: door, uses: tcp, with: { host: 10.9.0.2, port: 443 } }] }
`;
const template = `apiVersion: resus/v1
kind: Workload
metadata: { name: 'viewer-\${{ each.name }}', labels: { region: '\${{ each.region }}' } }
each: clinics
spec:
  tier: gold
  owner: Downtime viewer of \${{ each.name }}
  onCall: platform
  clinicalOwner: CMIO
  impact: The clinic cannot read charts.
  downtimeProcedure: Paper.
  residency: ['\${{ each.residency }}']
  replicas:
    - name: only
      site: \${{ each.region }}
      role: primary
      probes: \${{ each.probes }}
  usersPath:
    url: http://\${{ each.name }}.test/
    populations: [{ name: clinic, site: '\${{ each.region }}' }]
  runbooks: { }
`;
const files = (list = clinics, made = template): Files => [
  ...baseFiles,
  { path: 'clinics.yaml', text: list },
  { path: 'viewer.yaml', text: made },
];
const edit = (text: string, from: string, to: string): string => {
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${from} is ${pieces.length - 1} times there`);
  return pieces.join(to);
};

describe('a template', () => {
  it('makes one declaration of each item, with its values', () => {
    const declared = run(files());
    expect(linesOf(declared)).toEqual([]);
    if (!declared.ok) return;
    expect(Object.keys(declared.estate.workloads)).toEqual(['ehr', 'viewer-mesa', 'viewer-alta']);
    expect(declared.estate.workloads['viewer-mesa']).toMatchObject({
      owner: 'Downtime viewer of mesa',
      residency: ['US'],
      replicas: [{ site: 'west', probes: [{ id: 'door', with: { host: '10.9.0.1', port: 443 }, site: 'west' }] }],
      usersPath: { url: 'http://mesa.test/' },
    });
    expect(JSON.stringify(declared.estate)).not.toContain('each.');
  });
  it('may hold its items, stand before its list, and be in one file with it', () => {
    const inline = edit(
      template,
      'each: clinics',
      "each: [{ name: lone, region: east, residency: US, probes: [{ id: d, uses: sql, with: { url: 'sql://x/y' } }] }]",
    );
    expect(linesOf(run([...baseFiles, { path: 'viewer.yaml', text: inline }]))).toEqual([]);
    expect(linesOf(run([...baseFiles, { path: 'all.yaml', text: `${template}---\n${clinics}` }]))).toEqual([]);
  });
  it('reckons with what an item says, beside the inventory', () => {
    const reckoned = edit(template, 'http://${{ each.name }}.test/', 'http://${{ each.name + "." + inventory.domain }}/');
    const made = run(files(clinics, reckoned), { domain: 'example.org' });
    expect(made.ok && made.estate.workloads['viewer-alta']?.usersPath.url).toBe('http://alta.example.org/');
    const open = run(files(clinics, reckoned));
    expect([open.ok, open.ok && open.open]).toEqual([true, true]);
  });
  it('an item may wait for the inventory', () => {
    const waits = edit(clinics, 'name: mesa, region: west', "name: mesa, region: '${{ inventory.mesa }}'");
    const made = run(files(waits), { mesa: 'east' });
    expect(made.ok && made.estate.workloads['viewer-mesa']?.replicas[0]?.site).toBe('east');
  });
  it('text that would close an expression closes none', () => {
    const odd = edit(clinics, 'name: mesa,', "name: mesa, say: 'a \"}} b',");
    const made = run(
      files(
        edit(odd, 'name: alta,', 'name: alta, say: c,'),
        edit(template, 'Downtime viewer of ${{ each.name }}', '${{ "<" + each.say + ">" }}'),
      ),
    );
    expect(linesOf(made)).toEqual([]);
    expect(made.ok && made.estate.workloads['viewer-mesa']?.owner).toBe('<a "}} b>');
  });
});

describe('a mistake stands where it is written', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'in the list',
      'name: mesa, region: west',
      'name: mesa, region: wset',
      ['clinics.yaml:6:29: UNKNOWN_SITE there is no site `wset` (did you mean `west`?)'],
    ],
    [
      'deep in the list',
      'host: 10.9.0.1, port: 443',
      'host: 10.9.0.1, port: 99999',
      ['clinics.yaml:6:112: OUT_OF_RANGE `spec.replicas[0].probes[0].with.port` is 99999 (at most 65535)'],
    ],
    [
      'a key too many, in the list',
      'with: { host: 10.9.0.1,',
      'with: { hots: x, host: 10.9.0.1,',
      ['clinics.yaml:6:90: UNKNOWN_KEY `hots` is not a key of `spec.replicas[0].probes[0].with` (its keys are `host`, `port`)'],
    ],
    [
      'an item that lacks what the template takes',
      'name: alta, region: east,',
      'name: alta,',
      [
        'clinics.yaml:7:7: EACH_KEY item 2 of `clinics` has no `region`, which the template in viewer.yaml takes (known: `name`, `residency`, `probes`)',
      ],
    ],
    [
      'two items of one name',
      'name: alta',
      'name: mesa',
      ['viewer.yaml:3:19: DUPLICATE_NAME Workload `viewer-mesa` is declared twice (rename it; the other is in viewer.yaml, document 1)'],
    ],
    [
      'a list that does not parse',
      '    - { name: mesa',
      '    []\n    #',
      [
        'clinics.yaml:8:1: YAML_SYNTAX A block sequence may not be used as an implicit map key (check the indentation, and quote texts that hold `: `)',
      ],
    ],
    [
      'an item that is none',
      '    - { name: mesa',
      '    - mesa\n    - { name: mesa',
      ['clinics.yaml:6:7: WRONG_TYPE `spec.items[0]` is a text; a mapping is wanted (write a mapping)'],
    ],
    [
      'a key that no expression can name',
      'name: alta',
      'na-me: x, name: alta',
      ['clinics.yaml:7:9: BAD_FORM `na-me` cannot be a name in `spec.items[1]` (use letters, digits and `_`, beginning with a letter)'],
    ],
  ])('%s', (_, from, to, lines) => {
    expect(linesOf(run(files(edit(clinics, from, to))))).toEqual(lines);
  });
  it.each<[string, string, string, readonly string[]]>([
    [
      'in the template, once however many it makes',
      'tier: gold',
      'tier: glod',
      ['viewer.yaml:6:9: UNKNOWN_TIER there is no tier `glod` (did you mean `gold`?)'],
    ],
    [
      'a key that the template misspells',
      'Downtime viewer of ${{ each.name }}',
      '${{ each.nmae }}',
      [
        'clinics.yaml:6:7: EACH_KEY item 1 of `clinics` has no `nmae`, which the template in viewer.yaml takes (did you mean `name`?)',
        'clinics.yaml:7:7: EACH_KEY item 2 of `clinics` has no `nmae`, which the template in viewer.yaml takes (did you mean `name`?)',
      ],
    ],
    [
      '`each` alone',
      'Downtime viewer of ${{ each.name }}',
      'A ${{ each }}',
      ['viewer.yaml:7:16: EXPRESSION_NAME `each` stands alone (name one key, e.g. `each.name`)'],
    ],
    [
      'a list inside a text',
      'Downtime viewer of ${{ each.name }}',
      'A ${{ each.probes }}',
      [
        'viewer.yaml:7:16: EXPRESSION_TYPE `each.probes` is a list, which cannot stand inside a text or a longer expression (take it as a whole value, or one text of it)',
      ],
    ],
    [
      'an expression that does not parse',
      'Downtime viewer of ${{ each.name }}',
      '${{ each.name + }}',
      ['viewer.yaml:7:26: EXPRESSION_SYNTAX unexpected token: EOF (correct the expression)'],
    ],
    [
      'a list that is not there',
      'each: clinics',
      'each: clincs',
      ['viewer.yaml:4:7: UNKNOWN_LIST there is no list `clincs` (did you mean `clinics`?)'],
    ],
    [
      'an `each` that is neither',
      'each: clinics',
      'each: 7',
      ['viewer.yaml:4:7: WRONG_TYPE `each` is neither the name of a List nor a list of items (write `each: NAME`, or the items)'],
    ],
    ['an `each` of nothing', 'each: clinics', 'each: []', ['viewer.yaml:4:7: BAD_LENGTH `each` has too few items (at least 1)']],
  ])('%s', (_, from, to, lines) => {
    expect(linesOf(run(files(clinics, edit(template, from, to))))).toEqual(lines);
  });
  it('two lists of one name', () => {
    expect(linesOf(run([...files(), { path: 'more.yaml', text: clinics }]))).toEqual([
      'more.yaml:3:19: DUPLICATE_NAME List `clinics` is declared twice (rename one of them)',
    ]);
  });
  it('`each` outside of a template is unknown', () => {
    const [line] = linesOf(run(files(clinics, edit(template, 'each: clinics\n', ''))));
    expect(line).toMatch(/^viewer.yaml:3:\d+: EXPRESSION_NAME /);
  });
});

it('says where each value came from', () => {
  const declared = run(files());
  if (!declared.ok) throw new Error('wrong');
  const where = whereabouts(files(), declared.written);
  expect(where({ kind: 'Workload', name: 'viewer-alta', pointer: '/spec/replicas/0/site' })).toEqual({
    file: 'clinics.yaml',
    line: 7,
    column: 29,
  });
  expect(where({ kind: 'Workload', name: 'viewer-alta', pointer: '/spec/tier' })).toEqual({ file: 'viewer.yaml', line: 6, column: 9 });
  const sought = provenance(files(), { file: 'viewer.yaml', path: 'viewer-alta.spec.replicas[0].site' }, { vocabulary });
  expect(sought.ok && [sought.found.value, sought.found.at]).toEqual(['east', { file: 'clinics.yaml', line: 7, column: 29 }]);
});

describe('an estate of 222', () => {
  const names = Array.from({ length: 222 }, (_, index) => (index < 22 ? `hospital-${index + 1}` : `clinic-${index - 21}`));
  const list = `apiVersion: resus/v1\nkind: List\nmetadata: { name: clinics }\nspec:\n  items:\n${names
    .map(
      (name, index) =>
        `    - { name: ${name}, region: ${index % 2 === 0 ? 'east' : 'west'}, residency: US, probes: [{ id: door, uses: tcp, with: { host: 10.9.0.1, port: 443 } }] }`,
    )
    .join('\n')}\n`;
  const site = `apiVersion: resus/v1\nkind: Site\nmetadata: { name: '\${{ each.name }}' }\neach: clinics\nspec: { level: campus, kind: onprem, residency: '\${{ each.residency }}' }\n`;
  it('is one template and a list, and quick', () => {
    const whole = [...files(list), { path: 'sites.yaml ', text: site }];
    const began = performance.now();
    const declared = run(whole);
    const tookMs = performance.now() - began;
    expect(linesOf(declared)).toEqual([]);
    if (!declared.ok) return;
    expect(Object.keys(declared.estate.sites)).toHaveLength(4 + 222);
    expect(Object.keys(declared.estate.workloads)).toHaveLength(1 + 222);
    // Far below on an idle machine; this says only that nothing grows with the square of it.
    expect(tookMs).toBeLessThan(5_000);
  });
  it('a mistake in one of them is one line, at that one', () => {
    const wrong = edit(list, '{ name: clinic-117, region: east', '{ name: clinic-117, region: esat');
    expect(linesOf(run([...files(wrong), { path: 'sites.yaml ', text: site }]))).toEqual([
      'clinics.yaml:144:35: UNKNOWN_SITE there is no site `esat` (did you mean `east`?)',
    ]);
  });
});

describe('what templates make is bounded', () => {
  const tooMany = (name: string): string =>
    `${name}.yaml:4:1: TOO_MANY_EXPANDED this would make more than an estate may hold (${mostExpanded.documents} declarations, ${mostExpanded.values} values, 64 MiB from templates) (make the list or the template smaller)`;
  const made = (items: readonly string[], spec: string): Files => [
    {
      path: 'list.yaml',
      text: `apiVersion: resus/v1\nkind: List\nmetadata: { name: many }\nspec:\n  items:\n${items.map((item) => `    - ${item}\n`).join('')}`,
    },
    { path: 'bomb.yaml', text: `apiVersion: resus/v1\nkind: Site\nmetadata: { name: 'x\${{ each.n }}' }\neach: many\nspec: ${spec}\n` },
  ];
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `{ n: ${n} }`);
  it.each<[string, Files]>([
    ['a long list of a large template', made(numbers(5_000), `{ level: cloud, notes: [${'a, '.repeat(500)}a] }`)],
    [
      'a large item taken often',
      made([`{ n: 1, big: [${'a, '.repeat(20_000)}a] }`], `{ level: cloud, notes: [${"'${{ each.big }}', ".repeat(5_000)}a] }`),
    ],
    [
      'a long text taken often',
      made([`{ n: 1, big: ${'a'.repeat(500_000)} }`], `{ level: cloud, notes: ['${'${{ each.big }} '.repeat(20_000)}'] }`),
    ],
    [
      'a long text taken often in expressions',
      made([`{ n: 1, big: ${'a'.repeat(500_000)} }`], `{ level: cloud, notes: [${'\'${{ each.big + "x" }}\', '.repeat(20_000)}a] }`),
    ],
  ])('%s', (_, bomb) => {
    const began = performance.now();
    expect(linesOf(run(bomb))).toEqual([tooMany('bomb')]);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
  it('more items than a list may have', () => {
    expect(linesOf(run(made(numbers(5_001), '{ level: cloud }')))[0]).toBe(
      'list.yaml:6:5: BAD_LENGTH `spec.items` has too many items (at most 5000)',
    );
  });
});
