// The recovery times of many rehearsals as an SVG of its own: bars in seconds, the RTO as a line, what did not recover at the right. It
// follows the reader's light or dark scheme, uses no script and no font of its own.
import type { Figures } from './figures.ts';

const width = 720;
const height = 340;
const plot = { left: 56, right: 24, top: 84, bottom: 56 } as const;
const leastBars = 24;
/** Steps of an axis that people read easily, in milliseconds. */
const steps = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000,
];

export function histogramOf(figures: Figures): string {
  const { rtaMs, missesRto, runs, recovered } = figures;
  const lost = runs - recovered;
  const end = Math.max(missesRto.targetMs, rtaMs.at(-1) ?? 0) * 1.02 || 1;
  const tickMs = steps.find((each) => end / each <= 10) ?? end / 8;
  const binMs = Math.max(1, steps.findLast((each) => end / each >= leastBars) ?? end / leastBars);
  const bins = Array.from({ length: Math.ceil(end / binMs) }, () => 0);
  for (const ms of rtaMs) {
    const at = Math.min(bins.length - 1, Math.floor(ms / binMs));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  const most = Math.max(1, lost, ...bins);
  const right = width - plot.right - (lost > 0 ? 84 : 0);
  const x = (ms: number): number => plot.left + (ms / (bins.length * binMs)) * (right - plot.left);
  const y = (count: number): number => height - plot.bottom - (count / most) * (height - plot.top - plot.bottom);
  const floor = y(0);
  const bar = (from: number, to: number, count: number, kind: string, title: string): string =>
    count === 0
      ? ''
      : `<rect class="${kind}" x="${n(from)}" y="${n(y(count))}" width="${n(Math.max(1, to - from))}" height="${n(floor - y(count))}"><title>${title}</title></rect>`;
  const bars = bins.map((count, i) => {
    const from = i * binMs;
    const kind = from + binMs <= missesRto.targetMs ? 'good' : from >= missesRto.targetMs ? 'bad' : 'both';
    return bar(x(from) + 0.5, x(from + binMs) - 0.5, count, kind, `${spelled(from)} to ${spelled(from + binMs)}: ${count}`);
  });
  const ticks: string[] = [];
  for (let at = 0; at <= bins.length * binMs; at += tickMs)
    ticks.push(
      `<path class="axis" d="M${n(x(at))} ${floor}v5"/><text class="small" x="${n(x(at))}" y="${floor + 19}" text-anchor="middle">${spelled(at)}</text>`,
    );
  const target = x(missesRto.targetMs);
  const isLate = target > (plot.left + right) / 2;
  const chance = `${percent(missesRto.probability)} (${percent(missesRto.low)} to ${percent(missesRto.high)})`;
  const title = `${figures.workload}, ${figures.scenario}: ${runs} rehearsed recoveries`;
  const lostX = right + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">${escaped(title)}</title>
<desc id="d">${escaped(`RTA median ${told(figures.rta.p50)}, 95 of 100 within ${told(figures.rta.p95)}; the RTO of ${spelled(missesRto.targetMs)} is missed with a probability of ${chance}.`)}</desc>
<style>
  svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --good: #1a7f64; --bad: #c4432b; --line: #1f2328; font: 13px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --good: #3fb990; --bad: #f47067; --line: #e6edf3; } }
  .paper { fill: var(--paper); } text { fill: var(--ink); } .small { fill: var(--soft); font-size: 11px; } .head { font-size: 15px; font-weight: 600; }
  .good { fill: var(--good); } .bad, .lost { fill: var(--bad); } .both { fill: var(--good); fill-opacity: .55; stroke: var(--bad); } .axis { stroke: var(--soft); fill: none; } .rto { stroke: var(--line); stroke-width: 2; stroke-dasharray: 5 4; fill: none; }
</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="head" x="${plot.left}" y="24">${escaped(title)}</text>
<text class="small" x="${plot.left}" y="42">${escaped(`simulated; p50 ${told(figures.rta.p50)}, p95 ${told(figures.rta.p95)}; misses the RTO: ${chance}`)}</text>
<path class="axis" d="M${plot.left} ${plot.top}V${floor}H${n(right)}"/>
<text class="small" x="${plot.left - 8}" y="${n(y(most) + 4)}" text-anchor="end">${most}</text><text class="small" x="${plot.left - 8}" y="${floor + 4}" text-anchor="end">0</text>
${bars.filter((each) => each !== '').join('\n')}
${ticks.join('\n')}
${lost === 0 ? '' : `${bar(lostX, lostX + 28, lost, 'lost', `not recovered: ${lost}`)}\n<text class="small" x="${n(lostX + 14)}" y="${floor + 19}" text-anchor="middle">not back</text><text class="small" x="${n(lostX + 14)}" y="${n(y(lost) - 5)}" text-anchor="middle">${lost}</text>\n`}<path class="rto" d="M${n(target)} ${plot.top - 22}V${floor}"/>
<text x="${n(target + (isLate ? -7 : 7))}" y="${plot.top - 12}" text-anchor="${isLate ? 'end' : 'start'}">RTO ${spelled(missesRto.targetMs)}</text>
<text class="small" x="${n((plot.left + right) / 2)}" y="${height - 14}" text-anchor="middle">from the last good answer to the first good one that lasts (RTA)</text>
</svg>
`;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
const told = (ms: number | null): string => (ms === null ? 'not recovered' : spelled(ms));
function spelled(ms: number): string {
  if (ms >= 3_600_000 && ms % 1_800_000 === 0) return `${ms / 3_600_000} h`;
  if (ms >= 120_000 && ms % 30_000 === 0) return `${ms / 60_000} min`;
  return ms >= 600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 100) / 10} s`;
}
export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
