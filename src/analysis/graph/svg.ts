// The graph as a picture that needs no program but a browser.
import { andMore, type Graph, type Line } from './graph.ts';
import { layoutOf, type Box, type Placed } from './layout.ts';

const font = 'font-family="system-ui, sans-serif"';
const strokes: Readonly<Record<Line['kind'], string>> = {
  needs: 'stroke="#1f2937" stroke-width="2"',
  'can do without': 'stroke="#1f2937" stroke-width="1.5" stroke-dasharray="5 4"',
  'runs as': 'stroke="#9ca3af"',
  'is copied to': 'stroke="#2563eb" stroke-width="1.5" stroke-dasharray="2 3"',
};

/** Ends with a line break. Names are escaped; nothing in it is fetched or run. */
export function svg(graph: Graph): string {
  const { width, height, placed } = layoutOf(graph);
  const boxes = new Map(placed.map(({ id, box }) => [id, box]));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>Sites, what stands in them, and what needs what</title>',
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...placed.filter(({ kind }) => kind === 'site').map(drawn),
    ...graph.lines.flatMap((line) => arrow(line, boxes.get(line.from), boxes.get(line.to))),
    ...placed.filter(({ kind }) => kind !== 'site').map(drawn),
    '</svg>',
  ].join('\n')}\n`;
}

function drawn(each: Placed): string {
  const { x, y, width, height } = each.box;
  const frame = (fill: string, stroke: string, round: number, weight = 1): string =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}" stroke="${stroke}" stroke-width="${weight}"/>`;
  const says = (text: string, at: number, rest: string): string =>
    `<text x="${x + 10}" y="${y + at}" ${font} ${rest}>${escaped(text)}</text>`;
  if (each.kind === 'site')
    return frame('#f8fafc', '#cbd5e1', 6) + says(`${each.label} (${each.level})${andMore(each.more)}`, 18, 'font-size="12" fill="#475569"');
  if (each.kind === 'workload')
    return (
      frame(each.isAsked ? '#fde68a' : '#eff6ff', '#1d4ed8', 6, 1.5) +
      says(each.label, 19, 'font-size="13" font-weight="600" fill="#111827"') +
      says(`${each.tier}${andMore(each.more)}`, 36, 'font-size="11" fill="#4b5563"')
    );
  const { what } = each;
  if (what.kind !== 'replica') return frame('#ffffff', '#e5e7eb', 15) + says(what.label, 19, 'font-size="12" fill="#6b7280"');
  return what.role === 'primary'
    ? frame('#dcfce7', '#15803d', 4, 2) + says(`${what.label}: primary`, 19, 'font-size="12" font-weight="600" fill="#14532d"')
    : frame('#f0fdf4', '#86efac', 4) + says(`${what.label}: standby`, 19, 'font-size="12" fill="#14532d"');
}

/** From the right edge to the left one; between replicas, which stand above each other, an arc at their right. */
function arrow({ kind }: Line, from: Box | undefined, to: Box | undefined): string[] {
  if (from === undefined || to === undefined) return [];
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
  const x1 = from.x + from.width;
  const isArc = kind === 'is copied to' || to.x <= from.x;
  const x2 = isArc ? to.x + to.width : to.x;
  const swing = isArc ? Math.max(x1, x2) + 40 : (x1 + x2) / 2;
  // Past a column in between, below what stands in it.
  const dip = kind !== 'runs as' && !isArc && x2 - x1 > from.width ? from.height + 12 : 0;
  // The way back beside the way out, not upon it.
  const shift = isArc ? (y1 < y2 ? -5 : 5) : 0;
  return [
    `<path d="M${x1} ${y1 + shift} C${dip > 0 ? x1 + 60 : swing} ${y1 + shift + dip} ${dip > 0 ? x2 - 60 : swing} ${y2 + shift + dip} ${x2} ${y2 + shift}" fill="none" ${strokes[kind]}${kind === 'runs as' ? '' : ' marker-end="url(#tip)"'}/>`,
  ];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
