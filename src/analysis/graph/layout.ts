// Where everything of the picture stands: workloads at the left, in columns by what needs what; sites at the right, boxes in boxes, each
// as high as what is in it. Pure arithmetic: the same graph gives the same places.
import type { Domain, Graph, Node, Standing } from './graph.ts';

/** Pixels from the upper left corner. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Placed =
  | (Node & { readonly kind: 'workload'; readonly box: Box })
  | { readonly kind: 'site'; readonly id: string; readonly box: Box; readonly label: string; readonly more: number; readonly level: string }
  | { readonly kind: 'standing'; readonly id: string; readonly box: Box; readonly what: Standing };
export type Layout = { readonly width: number; readonly height: number; readonly placed: readonly Placed[] };

const edge = 24;
const pad = 12;
const node = { width: 170, height: 46, gap: 18, between: 90 } as const;
const site = { width: 330, header: 26, row: 30, gap: 8 } as const;

export function layoutOf(graph: Graph): Layout {
  const columns = columnsOf(graph);
  const workloads = columns.flatMap((column, index) =>
    column.map((each, row): Placed => ({
      ...each,
      kind: 'workload',
      box: {
        x: edge + index * (node.width + node.between),
        y: edge + row * (node.height + node.gap),
        width: node.width,
        height: node.height,
      },
    })),
  );
  const left = edge + columns.length * (node.width + node.between);
  const deepest = Math.max(0, ...graph.domains.map(depthOf));
  const sites = stacked(graph.domains, left, edge, site.width + deepest * 2 * pad);
  const placed = [...workloads, ...sites];
  const right = Math.max(left, ...placed.map(({ box }) => box.x + box.width));
  const bottom = Math.max(0, ...placed.map(({ box }) => box.y + box.height));
  // Arcs between replicas swing out at the right.
  return { width: right + 3 * edge, height: bottom + edge, placed };
}

const depthOf = (domain: Domain): number => 1 + Math.max(0, ...domain.inside.map(depthOf));

function stacked(domains: readonly Domain[], x: number, top: number, width: number): Placed[] {
  let y = top;
  return domains.flatMap((domain) => {
    const placed = boxed(domain, x, y, width);
    y += (placed[0]?.box.height ?? 0) + site.gap;
    return placed;
  });
}

/** The site first, then what is in it. */
function boxed(domain: Domain, x: number, y: number, width: number): readonly Placed[] {
  const inner = width - 2 * pad;
  const rows = domain.standing.map((what, index): Placed => ({
    kind: 'standing',
    id: what.id,
    what,
    box: { x: x + pad, y: y + site.header + index * (site.row + site.gap), width: inner, height: site.row },
  }));
  const below = y + site.header + rows.length * (site.row + site.gap);
  const inside = stacked(domain.inside, x + pad, below, inner);
  const bottom = Math.max(y + site.header, ...[...rows, ...inside].map(({ box }) => box.y + box.height));
  return [
    {
      kind: 'site',
      id: domain.id,
      label: domain.label,
      more: domain.more,
      level: domain.level,
      box: { x, y, width, height: bottom + pad - y },
    },
    ...rows,
    ...inside,
  ];
}

/** What nothing needs stands in the first column; everything stands right of what needs it. Circles are cut where they close. */
function columnsOf({ workloads, lines }: Graph): (typeof workloads)[] {
  const column = new Map(workloads.map(({ id }) => [id, 0]));
  const needs = lines.filter(({ kind }) => kind === 'needs');
  for (let round = 0; round < workloads.length; round++) {
    const late = needs.filter(({ from, to }) => (column.get(to) ?? 0) <= (column.get(from) ?? 0) && from !== to);
    if (late.length === 0) break;
    for (const { from, to } of late) column.set(to, Math.max(column.get(to) ?? 0, (column.get(from) ?? 0) + 1));
  }
  const last = Math.max(-1, ...column.values());
  return Array.from({ length: last + 1 }, (_, index) => workloads.filter(({ id }) => column.get(id) === index)).filter(
    (each) => each.length > 0,
  );
}
