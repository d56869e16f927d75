// Who reports to a controller of the matrix: a vantage that sees every target up, and a ward whose canaries are answered. Both go on
// while no controller answers, as agents do.
import { tokens } from './hospital.ts';

type Reply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
type Sample = { id: string; sentAt: number; ackedAt: number; readAt: number; timeline: number; address: string; detail: string };
const everyMs = 100;

export class Crowd {
  /** Where the controller answers; it may move. */
  url: string;
  readonly #samples: Sample[] = [];
  readonly #gone: Promise<unknown>;
  readonly #end = new AbortController();
  #sent = 0;

  constructor(url: string) {
    this.url = url;
    this.#gone = this.#goOn();
  }
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#gone;
  }

  /** Undefined when nobody answers. */
  async ask(who: keyof typeof tokens, method: string, path: string, body?: unknown): Promise<Reply | undefined> {
    try {
      const response = await fetch(`${this.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json', connection: 'close' },
        signal: AbortSignal.timeout(2_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Reply['body']) };
    } catch {
      return undefined;
    }
  }

  async #goOn(): Promise<void> {
    for (let round = 0; !this.#end.signal.aborted; round += 1) {
      await this.#walk();
      if (round % 5 === 0) await this.#probe();
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
  async #probe(): Promise<void> {
    const at = Date.now();
    const observations = ['ehr/east/db', 'ehr/west/db', 'reference/campus/names'].map((target) => ({ target, ok: true, at, detail: 'up' }));
    await this.ask('campus', 'POST', '/vantages/campus/observations', { observations });
  }
  async #walk(): Promise<void> {
    const now = Date.now();
    const id = `c${(this.#sent += 1)}`;
    const sample: Sample = { id, sentAt: now - 2, ackedAt: now - 1, readAt: now, timeline: 1, address: '192.0.2.1', detail: 'good' };
    this.#samples.push(sample);
    if (this.#samples.length > 1_000) this.#samples.shift();
    const reply = await this.ask('ward', 'POST', '/canaries/ehr/ward/samples', { samples: [sample] });
    for (const { run, from } of (reply?.body['orders'] ?? []) as { run: string; from: number }[]) {
      const samples = this.#samples.filter(({ sentAt }) => sentAt >= from);
      const ledger = samples.map((each) => ({ id: each.id, found: 'present', versions: 1 }));
      const text = (list: readonly unknown[]): string => list.map((each) => `${JSON.stringify(each)}\n`).join('');
      await this.ask('ward', 'POST', '/canaries/ehr/ward/ledgers', { run, samples: text(samples), ledger: text(ledger) });
    }
  }
}
