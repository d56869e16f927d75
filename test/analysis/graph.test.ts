// The picture of an estate: the same in each format, with nothing left out, nothing upon each other, and no name taken for syntax.
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { alikeIn, dot, focusedOn, graphOf, mermaid, svg, type Graph } from '../../src/analysis/index.ts';
import type { Estate } from '../../src/core/estate.ts';
import { standingIn } from '../../src/analysis/graph/graph.ts';
import { layoutOf, type Box } from '../../src/analysis/graph/layout.ts';
import { declare, printed } from '../../src/declare/index.ts';
import { base, vocabulary } from './base.ts';

const more = (name: string, needs: string): string =>
  `---\n${base.ehr.replace('  name: ehr', `  name: ${name}`).replace('  localHa:', `  dependsOn: [${needs}]\n  localHa:`)}`;
function estate(extra = ''): Estate {
  const declared = declare(
    Object.entries({ ...base, ehr: base.ehr + extra }).map(([path, text]) => ({ path, text })),
    { vocabulary },
  );
  if (!declared.ok) throw new Error(declared.problems.map(printed).join('\n'));
  return declared.estate;
}
const graph = (extra = ''): Graph => graphOf({ estate: estate(extra), asked: [] });
const three = (): Graph =>
  graph(
    more('portal', '{ workload: ehr, strength: hard }, { workload: pharmacy, strength: soft }') +
      more('pharmacy', '{ workload: ehr, strength: hard }'),
  );

describe('the graph of an estate', () => {
  it('holds every site, replica, vantage, population and workload, and each line between them', () => {
    const { workloads, domains, lines } = three();
    expect(workloads.map(({ label }) => label)).toEqual(['ehr', 'portal', 'pharmacy']);
    expect(domains.map(({ label, inside }) => [label, inside.map((each) => each.label)])).toEqual([
      ['cloud', ['us-east-2', 'us-west-2', 'us-east-1']],
      ['campus', []],
    ]);
    expect(
      standingIn(domains)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([...Array<string>(6).fill('replica'), ...Array<string>(3).fill('users'), ...Array<string>(3).fill('vantage')]);
    const count = (kind: string): number => lines.filter((line) => line.kind === kind).length;
    expect([count('needs'), count('can do without'), count('runs as'), count('is copied to')]).toEqual([2, 1, 6, 6]);
  });
  it('is Mermaid', () => {
    expect(mermaid(graph())).toMatchInlineSnapshot(`
      "flowchart LR
        n0["ehr<br/>gold"]
        subgraph n1["cloud (cloud)"]
          subgraph n2["us-east-2 (region)"]
            n3(("vantage eye-us-east-2"))
            n4[("ehr east<br/>primary")]
            subgraph n5["us-east-2a (zone)"]
            end
            subgraph n6["us-east-2b (zone)"]
            end
          end
          subgraph n7["us-west-2 (region)"]
            n8(("vantage eye-us-west-2"))
            n9[("ehr west<br/>standby")]
            subgraph n10["us-west-2a (zone)"]
            end
            subgraph n11["us-west-2b (zone)"]
            end
          end
          subgraph n12["us-east-1 (region)"]
          end
        end
        subgraph n13["campus (campus)"]
          n14(("vantage eye-campus"))
          n15("users of ehr: ward")
        end
        n0 --> n4
        n0 --> n9
        n4 -.->|is copied to| n9
        n9 -.->|is copied to| n4
      "
    `);
  });
  it('is DOT', () => {
    const text = dot(three());
    expect(text.split('{').length).toBe(text.split('}').length);
    expect(text).toContain('"workload portal" -> "workload ehr" [label="needs", penwidth=2];');
    expect(text).toContain('"workload portal" -> "workload pharmacy" [label="can do without", style=dashed];');
    expect(text).toContain('subgraph "cluster site us-east-2" {');
  });
  it('is SVG that a parser takes, with a text for each thing and a path for each line', () => {
    const text = svg(three());
    expect(XMLValidator.validate(text)).toBe(true);
    const parsed = new XMLParser().parse(text) as { svg: { text: string[]; path: unknown[] } };
    const { domains, lines } = three();
    const sites = 9;
    expect(parsed.svg.text).toHaveLength(3 * 2 + standingIn(domains).length + sites);
    expect(parsed.svg.path).toHaveLength(lines.length);
  });
  it.each([
    ['Mermaid', mermaid, 'a#quot;] --> b'],
    ['DOT', dot, 'a\\"] --> b'],
    ['SVG', svg, 'a&quot;] --&gt; b'],
  ])('takes no name for syntax in %s', (_, write, shown) => {
    const made = write({ workloads: [{ id: 'w', label: 'a"] --> b', more: 0, tier: '<script>', isAsked: true }], domains: [], lines: [] });
    expect(made).toContain(shown);
    if (write === svg) expect(XMLValidator.validate(made)).toBe(true);
  });
});

describe('a part of the picture', () => {
  const chain =
    more('portal', '{ workload: fhir, strength: soft }, { workload: identity, strength: hard }') +
    more('fhir', '{ workload: ehr, strength: hard }') +
    more('identity', '{ workload: clocks, strength: hard }') +
    more('clocks', '') +
    more('canteen', '{ workload: identity, strength: hard }');
  const part = (workloads: string[], sites: string[] = []): Graph => graphOf(focusedOn(estate(chain), { workloads, sites }));
  const lines = ({ lines: all }: Graph): string[] =>
    all.filter(({ kind }) => kind === 'needs' || kind === 'can do without').map(({ from, to }) => `${from} > ${to}`);

  it('is everything where nothing is named', () => {
    expect(part([])).toEqual(graph(chain));
  });
  it.each<[string, string[], string[], string[]]>([
    [
      'who needs it, through others',
      ['ehr'],
      ['ehr', 'portal', 'fhir'],
      ['workload portal > workload fhir', 'workload fhir > workload ehr'],
    ],
    [
      'what it needs, through others',
      ['canteen'],
      ['identity', 'clocks', 'canteen'],
      ['workload identity > workload clocks', 'workload canteen > workload identity'],
    ],
    [
      'which others need, too',
      ['clocks'],
      ['portal', 'identity', 'clocks', 'canteen'],
      ['workload portal > workload identity', 'workload identity > workload clocks', 'workload canteen > workload identity'],
    ],
  ])('holds of a workload %s, and no other line', (_, named, held, drawn) => {
    const made = part(named);
    expect(made.workloads.map(({ label }) => label)).toEqual(held);
    expect(made.workloads.filter(({ isAsked }) => isAsked).map(({ label }) => label)).toEqual(named);
    expect(lines(made)).toEqual(drawn);
  });
  it('leaves out the users of what is not asked for, and sites in which nothing of it stands', () => {
    const { domains } = part(['ehr']);
    expect(standingIn(domains).filter(({ kind }) => kind === 'users')).toEqual([expect.objectContaining({ label: 'users of ehr: ward' })]);
    expect(domains.flatMap((each) => each.inside.map(({ label }) => label))).not.toContain('us-east-1');
  });
  it('of a site is about what stands or has users in it', () => {
    expect(part([], ['campus']).workloads.every(({ isAsked }) => isAsked)).toBe(true);
    expect(part([], ['us-east-1']).workloads).toEqual([]);
  });
});

describe('what differs in its name alone', () => {
  const named = (n: number): string =>
    Array.from({ length: n }, (_, at) => more(`viewer-${at}`, '{ workload: ehr, strength: soft }')).join('');
  const oneTemplate = (_: string, name: string): string | undefined => (name.startsWith('viewer-') ? 'viewers.yaml 1' : undefined);
  const drawn = (extra: string, templateOf: typeof oneTemplate = oneTemplate): [string, number][] => {
    const declared = estate(extra);
    return graphOf({ estate: declared, asked: [] }, alikeIn(declared, templateOf)).workloads.map(({ label, more: others }) => [
      label,
      others,
    ]);
  };
  const each = (n: number): [string, number][] => Array.from({ length: n }, (_, at) => [`viewer-${at}`, 0]);

  it('is one box, its replicas and its lines too', () => {
    expect(drawn(named(6))).toEqual([
      ['ehr', 0],
      ['viewer-0', 5],
    ]);
    const declared = estate(named(6));
    const { lines, domains } = graphOf({ estate: declared, asked: [] }, alikeIn(declared, oneTemplate));
    expect(lines).toHaveLength(1 + 2 * 2 + 2 * 2);
    expect(standingIn(domains).filter(({ kind }) => kind === 'replica')).toHaveLength(4);
    const ids = new Set([...standingIn(domains).map(({ id }) => id), 'workload ehr', 'workload viewer-0']);
    expect(lines.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
  });
  it.each<[string, string, typeof oneTemplate, [string, number][]]>([
    ['of which there are few', named(5), oneTemplate, [['ehr', 0], ...each(5)]],
    ['that no template made', named(6), () => undefined, [['ehr', 0], ...each(6)]],
    [
      'that need something else',
      named(6) + more('viewer-6', '{ workload: ehr, strength: hard }'),
      oneTemplate,
      [
        ['ehr', 0],
        ['viewer-0', 5],
        ['viewer-6', 0],
      ],
    ],
    [
      'that somebody needs',
      named(7) + more('printers', '{ workload: viewer-3, strength: soft }'),
      oneTemplate,
      [
        ['ehr', 0],
        ['viewer-0', 5],
        ['viewer-3', 0],
        ['printers', 0],
      ],
    ],
  ])('stands apart where it is of those %s', (_, extra, templateOf, expected) => {
    expect(drawn(extra, templateOf)).toEqual(expected);
  });
});

describe('the layout', () => {
  const within = (inner: Box, outer: Box): boolean =>
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height;
  const apart = (a: Box, b: Box): boolean => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

  it.each([
    ['one workload', graph],
    ['three', three],
  ])('of %s puts nothing upon each other, and everything inside the picture', (_, make) => {
    const { width, height, placed } = layoutOf(make());
    expect(placed.length).toBeGreaterThan(12);
    for (const [index, one] of placed.entries()) {
      expect(within(one.box, { x: 0, y: 0, width, height })).toBe(true);
      for (const other of placed.slice(index + 1))
        expect([one.id, other.id, apart(one.box, other.box) || (one.kind === 'site' && within(other.box, one.box))]).toEqual([
          one.id,
          other.id,
          true,
        ]);
    }
  });
  it('puts what is needed at the right of what needs it', () => {
    const at = new Map(layoutOf(three()).placed.map(({ id, box }) => [id, box.x]));
    expect(at.get('workload ehr')).toBeGreaterThan(at.get('workload portal') ?? Infinity);
    expect(at.get('workload ehr')).toBeGreaterThan(at.get('workload pharmacy') ?? Infinity);
  });
  it('of nothing is a picture of nothing', () => {
    expect(layoutOf({ workloads: [], domains: [], lines: [] }).placed).toEqual([]);
  });
});
