// The graph in Mermaid, which many sites that show Markdown draw by themselves.
import { andMore, type Domain, type Graph, type Line } from './graph.ts';

const arrows: Readonly<Record<Line['kind'], string>> = {
  needs: '==>|needs|',
  'can do without': '-.->|can do without|',
  'runs as': '-->',
  'is copied to': '-.->|is copied to|',
};

/** Ends with a line break. Names are quoted, so that no name can be taken for syntax. */
export function mermaid({ workloads, domains, lines }: Graph): string {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? `n${ids.size}`;
    ids.set(id, known);
    return known;
  };
  const drawn = (domain: Domain, indent: string): string[] => [
    `${indent}subgraph ${idOf(domain.id)}["${escaped(domain.label)} (${domain.level})${andMore(domain.more)}"]`,
    ...domain.standing.map((each) => {
      const role = each.kind === 'replica' ? `<br/>${each.role}` : '';
      const [open, close] = each.kind === 'replica' ? ['[(', ')]'] : each.kind === 'vantage' ? ['((', '))'] : ['(', ')'];
      return `${indent}  ${idOf(each.id)}${open}"${escaped(each.label)}${role}"${close}`;
    }),
    ...domain.inside.flatMap((each) => drawn(each, `${indent}  `)),
    `${indent}end`,
  ];
  const nodes = workloads.map(({ id, label, more, tier }) => `  ${idOf(id)}["${escaped(label)}${andMore(more)}<br/>${escaped(tier)}"]`);
  const sites = domains.flatMap((each) => drawn(each, '  '));
  const edges = lines.map(({ from, to, kind }) => `  ${idOf(from)} ${arrows[kind]} ${idOf(to)}`);
  const asked = workloads.filter(({ isAsked }) => isAsked).map(({ id }) => `  style ${idOf(id)} fill:#fde68a`);
  return `${['flowchart LR', ...nodes, ...sites, ...edges, ...asked].join('\n')}\n`;
}
const escaped = (text: string): string => text.replaceAll('"', '#quot;').replaceAll('\n', ' ');
