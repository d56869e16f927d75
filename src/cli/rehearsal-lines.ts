// The figures of many rehearsals as tables for people: the answer first, then where the time went, and what it all rests on.
import type { Distribution, Figures, Miss } from '../rehearsal/figures.ts';
import { percent } from '../rehearsal/histogram.ts';
import { leastSamples } from '../core/objective/timing.ts';
import type { History } from '../rehearsal/history.ts';
import { span as coarse, table, type Colors } from './controller-command.ts';

const quantiles = ['min', 'p50', 'p90', 'p95', 'max'] as const;

export function rehearsalLines(figures: Figures, history: History | undefined, paint: Colors): readonly string[] {
  const { runs, recovered, missesRto, missesRpo, rta, rpa, seeds } = figures;
  const row = (name: string, of: Distribution, target: string): readonly string[] => [
    name,
    ...quantiles.map((each) => spanOf(of[each])),
    target,
  ];
  return [
    `${paint.bold(`${figures.workload}, ${figures.scenario}`)}: ${runs} rehearsal${runs === 1 ? '' : 's'} of ${figures.runbook} in a simulated world, seeds ${seeds.first} to ${seeds.last}`,
    '',
    ...table(
      ['', ...quantiles.map((each) => each.toUpperCase()), 'TARGET'],
      [
        row('RTA', rta, `RTO ${span(missesRto.targetMs)}`),
        ...(rpa === null || missesRpo === null ? [] : [row('RPA', rpa, `RPO ${span(missesRpo.targetMs)}`)]),
      ],
    ),
    '',
    missed('RTO', missesRto, '', paint),
    ...(missesRpo === null ? [] : [missed('RPO', missesRpo, ' in which it was measured', paint)]),
    ...(recovered === runs ? [] : [`${runs - recovered} did not recover without somebody's decision, which counts as a missed RTO:`]),
    ...figures.notRecovered.map(({ because, runs: count, seed }) => `  ${count} x ${because} (see --seed ${seed} --runs 1)`),
    '',
    ...parts(figures),
    ...table(
      ['RESTS ON', 'P50', 'P95', 'SOURCE', 'N', ''],
      [...figures.steps, ...figures.assumptions].map((input) => [
        input.what,
        span(input.p50),
        span(input.p95),
        input.source,
        String(input.n),
        input.because,
      ]),
    ),
    history === undefined
      ? `No history was given (--history, --controller): steps take what is declared.`
      : `History: ${history.runs} run${history.runs === 1 ? '' : 's'} on floor ${history.floor}; under ${leastSamples} samples a step takes what is declared.`,
    '',
    'Mind that',
    ...figures.notes.map((note) => `- ${note}`),
    '',
    `The same seeds give the same: sha256:${figures.digest}`,
  ];
}

/** Tenths of a minute up to two hours: targets are missed by less than a minute. */
const span = (ms: number): string => (ms >= 120_000 && ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : coarse(ms));
const spanOf = (ms: number | null): string => (ms === null ? 'not back' : span(ms));

function missed(name: string, miss: Miss, of: string, paint: Colors): string {
  const color = miss.probability === 0 ? paint.green : miss.probability < 0.05 ? paint.yellow : paint.red;
  const between = `95% confidence: ${percent(miss.low)} to ${percent(miss.high)}`;
  return `Misses the ${name} of ${span(miss.targetMs)} in ${miss.missed} of ${miss.n}${of}: ${color(percent(miss.probability))} (${between})`;
}

/** What takes most first; what takes nothing is left out. */
function parts({ parts: all }: Figures): readonly string[] {
  const rows = all.filter(({ share, p95 }) => share >= 0.000_5 || p95 >= 50).sort((a, b) => b.share - a.share);
  if (rows.length === 0) return [];
  return [
    ...table(
      ['WHERE THE TIME GOES', 'P50', 'P95', 'SHARE', 'OF THE SLOWEST TENTH'],
      rows.map((part) => [part.name, span(part.p50), span(part.p95), percent(part.share), percent(part.shareOfSlowest)]),
    ),
    '',
  ];
}
