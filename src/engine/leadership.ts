// Who leads, by a record in the shared store and by each controller's own monotonic clock: instants of two machines are never
// compared. A leader stops before anybody may follow it; whoever is in doubt does not lead.

/** As the store keeps it. Changed only by compare-and-set; every append names the epoch and is refused when the record has another. */
export type LeaseRecord = {
  /** One life of one process: a controller that starts again is another holder. */
  readonly holder: string;
  /** Rises by one with each holder that takes over. */
  readonly epoch: number;
  /** Rises with each renewal, so that a record that is alive never looks the same for long. */
  readonly renewals: number;
};

/** Milliseconds of the asker's own monotonic clock. */
export type LeaseRules = {
  readonly leaseMs: number;
  /** Taken from the leader's time and added to the follower's: covers clocks whose rates differ, and the way from `mayAct` to the wire. */
  readonly marginMs: number;
  /** How often a leader renews and a follower reads. */
  readonly everyMs: number;
  /** A request without an answer for so long is given up; its late answer means nothing. */
  readonly answerMs: number;
};

/**
 * Rules for clocks whose rates differ from true time by at most `driftPpm` parts in a million either way. `slackMs`: the longest way from
 * `mayAct` to the wire that is safe. Throws `RangeError` when the margin would leave the leader less than half of its lease.
 */
export function leaseRules({ leaseMs, driftPpm, slackMs }: { leaseMs: number; driftPpm: number; slackMs: number }): LeaseRules {
  const marginMs = Math.ceil((leaseMs * driftPpm) / 1_000_000) + slackMs;
  if (!(marginMs > 0 && marginMs * 2 <= leaseMs))
    throw new RangeError(`a lease of ${leaseMs} ms has no room for a margin of ${marginMs} ms; make the lease longer or the clocks better`);
  return { leaseMs, marginMs, everyMs: Math.floor(leaseMs / 5), answerMs: Math.floor(leaseMs / 5) };
}

/** What to ask of the store now. `id` comes back with the answer. */
export type Ask = { readonly id: number } & (
  | { readonly kind: 'read' }
  /** Only while the record is exactly `expect` (absent: while there is none). */
  | { readonly kind: 'swap'; readonly expect: LeaseRecord | undefined; readonly to: LeaseRecord }
);
export type Answer =
  /** The record as it stands: of a read, or of a swap that found another one. `lastEpoch`: that of the journal's last entry, 0 when empty. */
  { readonly kind: 'stands'; readonly record: LeaseRecord | undefined; readonly lastEpoch: number } | { readonly kind: 'swapped' };

type Leading = { readonly record: LeaseRecord; readonly sentAt: number };

/** One controller's view. Every method takes `now` of the same monotonic clock; a clock that steps back is a doubt. */
export class Leadership {
  readonly #holder: string;
  readonly #rules: LeaseRules;
  #leading: Leading | undefined;
  /** The record as a follower knows it, and since when it has looked the same: from the answer, never from the question. */
  #seen: { readonly record: LeaseRecord | undefined; readonly lastEpoch: number; readonly sinceAt: number } | undefined;
  #asked: { readonly ask: Ask; readonly sentAt: number } | undefined;
  #nextAskAt = -Infinity;
  #lastNow = -Infinity;
  #asks = 0;
  #because = 'it has just started';

  constructor(holder: string, rules: LeaseRules) {
    this.#holder = holder;
    this.#rules = rules;
  }

  /** The epoch that it leads in; undefined while it follows. Only `mayAct` says whether it may still act. */
  get epoch(): number | undefined {
    return this.#leading?.record.epoch;
  }
  /** Why it leads or does not, in a few words. */
  get because(): string {
    return this.#because;
  }

  /** Asked right before every command: a leader only, and only so long after it sent its last successful renewal. Once false, it follows. */
  mayAct(now: number): boolean {
    this.#look(now);
    return this.#leading !== undefined;
  }

  /** What to ask now, if anything: one question at a time. Sending it later than `now` only makes the lease shorter. */
  ask(now: number): Ask | undefined {
    this.#look(now);
    if (this.#asked !== undefined && now - this.#asked.sentAt < this.#rules.answerMs) return undefined;
    if (now < this.#nextAskAt) return undefined;
    this.#nextAskAt = now + this.#rules.everyMs;
    const ask = this.#question(now);
    this.#asked = { ask, sentAt: now };
    return ask;
  }

  /** When `ask` has something to say again. */
  get wakeAt(): number {
    return this.#asked === undefined ? this.#nextAskAt : Math.max(this.#nextAskAt, this.#asked.sentAt + this.#rules.answerMs);
  }

  /** Late and repeated answers change nothing. */
  answered(id: number, answer: Answer, now: number): void {
    this.#look(now);
    const asked = this.#asked;
    if (asked?.ask.id !== id) return;
    this.#asked = undefined;
    if (answer.kind === 'stands') this.#stands(answer.record, answer.lastEpoch, now);
    else if (asked.ask.kind === 'swap') this.#swapped(asked.ask, asked.sentAt, now);
  }

  /** An append was refused, the journal cannot be written, the engine gave up: it leads no more in this epoch. */
  stepDown(because: string): void {
    this.#leading = undefined;
    this.#seen = undefined;
    this.#asked = undefined;
    this.#because = because;
  }

  #question(now: number): Ask {
    const id = (this.#asks += 1);
    if (this.#leading !== undefined) {
      const { record } = this.#leading;
      return { id, kind: 'swap', expect: record, to: { ...record, renewals: record.renewals + 1 } };
    }
    const seen = this.#seen;
    if (seen === undefined || !this.#mayTakeOver(seen.record, now - seen.sinceAt)) return { id, kind: 'read' };
    const epoch = Math.max(seen.record?.epoch ?? 0, seen.lastEpoch) + 1;
    return { id, kind: 'swap', expect: seen.record, to: { holder: this.#holder, epoch, renewals: 0 } };
  }

  /** Nobody's record, one that looked the same for longer than its holder may act, or its own, by which it does not lead. */
  #mayTakeOver(record: LeaseRecord | undefined, unchangedMs: number): boolean {
    if (record === undefined || record.holder === this.#holder) return true;
    return unchangedMs >= this.#rules.leaseMs + this.#rules.marginMs;
  }

  #stands(record: LeaseRecord | undefined, lastEpoch: number, now: number): void {
    const { record: mine } = this.#leading ?? {};
    if (mine !== undefined) {
      const isMine = record?.holder === mine.holder && record.epoch === mine.epoch;
      // A renewal whose answer was lost: known now, but when it was sent is not, so it makes the lease no longer.
      if (isMine && this.#leading !== undefined) {
        this.#leading = { ...this.#leading, record };
        this.#nextAskAt = now;
        return;
      }
      this.stepDown(`${record?.holder ?? 'nobody'} holds the lease in epoch ${record?.epoch ?? 0}`);
    }
    const before = this.#seen;
    const isSame = before !== undefined && isSameRecord(before.record, record);
    this.#seen = { record, lastEpoch, sinceAt: isSame ? before.sinceAt : now };
    if (this.#mayTakeOver(record, now - this.#seen.sinceAt)) this.#nextAskAt = now;
    this.#because = record === undefined ? 'nobody holds the lease' : `${record.holder} holds the lease in epoch ${record.epoch}`;
  }

  #swapped({ to }: Extract<Ask, { kind: 'swap' }>, sentAt: number, now: number): void {
    this.#leading = { record: to, sentAt };
    this.#seen = undefined;
    this.#because = `it holds the lease in epoch ${to.epoch}`;
    this.#look(now);
  }

  /** A leader whose time is over follows, and so does one whose clock cannot be right. */
  #look(now: number): void {
    const wentBack = now < this.#lastNow;
    this.#lastNow = now;
    if (wentBack) {
      this.stepDown('its monotonic clock went back');
      this.#nextAskAt = now;
      return;
    }
    if (this.#leading === undefined) return;
    if (now - this.#leading.sentAt >= this.#rules.leaseMs - this.#rules.marginMs)
      this.stepDown(`its lease of epoch ${this.#leading.record.epoch} was not renewed in time`);
  }
}

const isSameRecord = (a: LeaseRecord | undefined, b: LeaseRecord | undefined): boolean =>
  a?.holder === b?.holder && a?.epoch === b?.epoch && a?.renewals === b?.renewals;
