// Recovery point, from a ledger of canaries that were acknowledged and asked for again: an upper bound of what was lost.
// It counts from the last write that the old writer acknowledged, plus one interval in which a user may have written; never
// from the time of recovery, which would grow with the outage.
import { inSentOrder } from './ledger.ts';
import type { Canaries, CanarySample, LedgerLine } from './measurement.ts';
import { silencesIn, type Silence } from './silence.ts';
import type { Instant } from '../values.ts';

export type Rpa = {
  /** Absent when the ledger gives no bound: nothing acknowledged, the oldest one already missing, or a loss of unknown age. */
  readonly rpaMs?: number;
  readonly canaries: Canaries;
  /** Some acknowledged canary could not be asked for: the bound may come down, and losses may turn up. */
  readonly provisional: boolean;
};
type Acknowledged = CanarySample & { readonly ackedAt: Instant };

/**
 * Samples in any order; `onsetAt` as `measureRta` gave it; `intervalMs` between two canaries. `silenceMs`: while the client was
 * silent for longer than this, the old writer may have gone on acknowledging; absent, as in old journals, that is not looked for.
 */
export function measureRpa(
  samples: readonly CanarySample[],
  ledger: readonly LedgerLine[],
  { onsetAt, intervalMs, silenceMs }: { readonly onsetAt?: Instant; readonly intervalMs: number; readonly silenceMs?: number },
): Rpa {
  const found = new Map(ledger.map((line) => [line.id, line]));
  const sent = inSentOrder(samples);
  const acknowledged = sent.filter((sample): sample is Acknowledged => sample.ackedAt !== undefined);
  const old = byOldWriter(acknowledged, onsetAt);
  const asked = askedFor(acknowledged, old, found);
  const askedIds = new Set(asked.map((sample) => sample.id));
  const lines = [...asked.map((sample) => found.get(sample.id)), ...ledger.filter((line) => !askedIds.has(line.id))];
  const canaries = {
    acknowledged: lines.length,
    lost: lines.filter((line) => line?.found === 'absent').length,
    duplicated: lines.filter((line) => line?.found === 'present' && line.versions > 1).length,
    unknown: lines.filter((line) => line === undefined || line.found === 'unknown').length,
  };
  const firstNewAt = acknowledged.find((sample) => old?.has(sample.id) === false)?.sentAt ?? Infinity;
  const silences = silenceMs === undefined ? [] : silencesIn(sent, silenceMs).filter(({ from }) => from < firstNewAt);
  const rpaMs = boundOf(old === undefined ? asked : asked.filter((sample) => old.has(sample.id)), found, intervalMs, silences);
  const hasLossOfUnknownAge = lines.slice(asked.length).some((line) => line?.found !== 'present');
  return { ...(rpaMs === undefined || hasLossOfUnknownAge ? {} : { rpaMs }), canaries, provisional: canaries.unknown > 0 };
}

/** Cut-off minus the newest canary such that it and all before it are there. */
function boundOf(
  old: readonly Acknowledged[],
  found: ReadonlyMap<string, LedgerLine>,
  intervalMs: number,
  silences: readonly Silence[],
): number | undefined {
  const last = old.at(-1);
  if (last === undefined) return undefined;
  const firstMissing = old.findIndex((sample) => found.get(sample.id)?.found !== 'present');
  const recovered = firstMissing < 0 ? last : old[firstMissing - 1];
  const unwatchedUntil = silences.filter(({ from }) => from >= last.sentAt).map(({ to }) => to);
  const cutoffAt = Math.max(Math.max(...old.map((sample) => sample.ackedAt)) + intervalMs, ...unwatchedUntil);
  return recovered === undefined ? undefined : cutoffAt - recovered.sentAt;
}

/**
 * Ids that the writer before the impact acknowledged: by the timeline that its answers named, where that changed; else all
 * that were sent before the first good answer after the onset. Undefined when nothing parts old from new.
 */
function byOldWriter(acknowledged: readonly Acknowledged[], onsetAt: Instant | undefined): ReadonlySet<string> | undefined {
  const timelines = acknowledged.map((sample) => sample.timeline).filter((timeline) => timeline > 0);
  const before = acknowledged.find((sample) => sample.timeline > 0)?.timeline ?? 0;
  const newest = Math.max(0, ...timelines);
  const firstNewAt =
    newest > before
      ? acknowledged.find((sample) => sample.timeline > before)?.sentAt
      : acknowledged.find((sample) => onsetAt !== undefined && sample.readAt !== undefined && sample.sentAt > onsetAt)?.sentAt;
  if (firstNewAt === undefined) return undefined;
  // An old writer may go on acknowledging beside the new one: those count as old, whenever they were sent.
  const isOld = (sample: Acknowledged): boolean =>
    newest > before && sample.timeline > 0 ? sample.timeline <= before : sample.sentAt < firstNewAt;
  return new Set(acknowledged.filter(isOld).map((sample) => sample.id));
}

/** A client is asked from some instant on and goes on writing after that: what lies outside was not asked for, and is not unknown. */
function askedFor(
  acknowledged: readonly Acknowledged[],
  old: ReadonlySet<string> | undefined,
  found: ReadonlyMap<string, LedgerLine>,
): readonly Acknowledged[] {
  const first = acknowledged.findIndex((sample) => found.has(sample.id));
  const last = acknowledged.findLastIndex((sample) => found.has(sample.id));
  // But nothing of the old writer's may be passed over: a ledger that ends before the impact proves nothing about it.
  return acknowledged.filter((sample, i) => i >= Math.max(0, first) && (i <= last || old?.has(sample.id) === true));
}
