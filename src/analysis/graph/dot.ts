// The graph in DOT, for Graphviz and everything that reads it.
import { andMore, type Domain, type Graph, type Line } from './graph.ts';

const styles: Readonly<Record<Line['kind'], string>> = {
  needs: 'label="needs", penwidth=2',
  'can do without': 'label="can do without", style=dashed',
  'runs as': 'color="gray50"',
  'is copied to': 'label="is copied to", style=dashed, color="steelblue", constraint=false',
};

/** Ends with a line break. Every name is a quoted string, so that no name can be taken for syntax. */
export function dot({ workloads, domains, lines }: Graph): string {
  const drawn = (domain: Domain, indent: string): string[] => [
    // Graphviz draws a frame only around what is called a cluster.
    `${indent}subgraph ${quoted(`cluster ${domain.id}`)} {`,
    `${indent}  label=${quoted(`${domain.label} (${domain.level})${andMore(domain.more)}`)};`,
    // A frame without anything in it is not drawn at all.
    ...(domain.standing.length + domain.inside.length === 0 ? [`${indent}  ${quoted(`nothing in ${domain.id}`)} [style=invis];`] : []),
    ...domain.standing.map((each) =>
      each.kind === 'replica'
        ? `${indent}  ${quoted(each.id)} [label=${quoted(`${each.label}\n${each.role}`)}, shape=cylinder${each.role === 'primary' ? ', penwidth=2' : ''}];`
        : `${indent}  ${quoted(each.id)} [label=${quoted(each.label)}, shape=${each.kind === 'vantage' ? 'ellipse' : 'box, style=rounded'}];`,
    ),
    ...domain.inside.flatMap((each) => drawn(each, `${indent}  `)),
    `${indent}}`,
  ];
  return `${[
    'digraph estate {',
    '  rankdir=LR; compound=true; node [fontname="sans-serif", shape=box]; edge [fontname="sans-serif", fontsize=10];',
    ...workloads.map(
      ({ id, label, more, tier, isAsked }) =>
        `  ${quoted(id)} [label=${quoted(`${label}${andMore(more)}\n${tier}`)}${isAsked ? ', style=filled, fillcolor="#fde68a"' : ''}];`,
    ),
    ...domains.flatMap((each) => drawn(each, '  ')),
    ...lines.map(({ from, to, kind }) => `  ${quoted(from)} -> ${quoted(to)} [${styles[kind]}];`),
    '}',
  ].join('\n')}\n`;
}
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
