// The Route 53 model. Its control plane changes the state; its data plane (`view`, the checkers) lives on by itself and sees a
// change of records only once it is in sync, a change of health after its propagation.

import { isIP } from 'node:net';
import { answer, type ZoneView } from '../../dns/answer.ts';
import type { RecordSet } from '../../dns/record-set.ts';
import { History } from '../history.ts';
import type { Tally } from '../tally.ts';
import type { Tempo } from '../tempo.ts';
import { startCheckers, type Checkers } from './checkers.ts';
import type { Change, CheckConfig, HealthCheck, Observation, Route53State } from './state.ts';

/** A check is healthy when more than this share of its checkers says so (Route 53 developer guide). */
const HEALTHY_SHARE = 0.18;
const CALCULATED_DEPTH = 4;
const CHANGES_KEPT = 1_000;

export interface Route53Model {
  readonly tempo: Tempo;
  readonly tally: Tally;
  readonly history: History<Route53State>;
  /** The data plane. */
  readonly view: ZoneView;
  /** Takes over these record sets and starts their way to the name servers. */
  submit(records: readonly RecordSet[], comment: string | undefined): Change;
  /** Starts polling. `initiallyOk` is what its checkers hold before their first result. */
  putCheck(check: HealthCheck, initiallyOk?: boolean): void;
  removeCheck(id: string): void;
  /** As DNS sees it, inversion included. */
  healthy(id: string): boolean;
}

export interface Seed {
  readonly zone: Route53State['zone'];
  readonly records: readonly RecordSet[];
  /** Names under the zone that another service keeps: the endpoints of RDS. Asked anew for each question. */
  readonly endpoints: () => ReadonlyMap<string, RecordSet>;
}

function indexByName(records: readonly RecordSet[]): ReadonlyMap<string, readonly RecordSet[]> {
  const index = new Map<string, RecordSet[]>();
  for (const set of records) {
    const sets = index.get(set.name);
    if (sets === undefined) index.set(set.name, [set]);
    else sets.push(set);
  }
  return index;
}

export function makeRoute53Model(tempo: Tempo, tally: Tally, seed: Seed): Route53Model {
  const history = new History<Route53State>(
    { zone: seed.zone, records: seed.records, served: seed.records, changes: {}, checks: {}, observations: {} },
    () => tempo.now(),
  );
  const change = (part: Partial<Route53State>): void => history.set({ ...history.current, ...part });
  const running = new Map<string, Checkers>();
  /** What the name servers hold of each polled check, before inversion. */
  const known = new Map<string, boolean>();
  let served = indexByName(seed.records);
  let lastSyncAt = 0;

  const rawOf = (id: string): boolean => {
    const observations = history.current.observations[id] ?? [];
    const good = observations.filter((observation) => observation.healthy).length;
    return good / Math.max(1, observations.length) > HEALTHY_SHARE;
  };

  const healthy = (id: string, depth = 0): boolean => {
    const config = history.current.checks[id]?.config;
    // Records may name a check that was deleted: Route 53 then treats it as healthy.
    if (config === undefined || depth > CALCULATED_DEPTH) return true;
    let raw = known.get(id) ?? true;
    if (config.disabled) raw = true;
    else if (config.type === 'CALCULATED') {
      raw = config.children.filter((child) => healthy(child, depth + 1)).length >= (config.healthThreshold ?? 0);
    }
    return raw !== config.inverted;
  };

  const view: ZoneView = {
    name: seed.zone.name,
    sets(name) {
      const endpoint = seed.endpoints().get(name);
      return endpoint === undefined ? served.get(name) : [endpoint];
    },
    hasBelow(name) {
      const suffix = `.${name}`;
      return [...served.keys(), ...seed.endpoints().keys()].some((other) => other.endsWith(suffix));
    },
    healthy: (id) => healthy(id),
    lot: () => tempo.lot(),
  };

  /** Checkers resolve a name of the zone in the zone, and leave any other to the system. */
  const addressOf = (config: CheckConfig): string | undefined => {
    if (config.ipAddress !== undefined) return config.ipAddress;
    const host = config.host ?? '';
    const name = `${host.replace(/\.$/, '').toLowerCase()}.`;
    if (isIP(host) !== 0 || !name.endsWith(`.${seed.zone.name}`)) return host;
    const found = answer(view, name, 'A').answers.find((resource) => resource.type === 'A');
    return found === undefined ? undefined : String(found.data);
  };

  const observe = (id: string, observation: Observation): void => {
    const before = rawOf(id);
    const observations = (history.current.observations[id] ?? []).map((other) =>
      other.region === observation.region ? observation : other,
    );
    change({ observations: { ...history.current.observations, [id]: observations } });
    if (rawOf(id) === before) return;
    tempo.start(async () => {
      await tempo.sleep(tempo.draw(tempo.profile.healthPropagationMs));
      // Whatever holds by now: two flips in a row may arrive in the wrong order.
      if (history.current.checks[id] !== undefined) known.set(id, rawOf(id));
    });
  };

  return {
    tempo,
    tally,
    history,
    view,
    submit(records, comment) {
      const now = tempo.now();
      const entry: Change = { id: `C${tempo.token(20)}`, inSync: false, submittedAt: now, ...(comment === undefined ? {} : { comment }) };
      const kept = Object.entries(history.current.changes).slice(-CHANGES_KEPT);
      change({ records, changes: { ...Object.fromEntries(kept), [entry.id]: entry } });
      // Changes become visible in the order in which they were made.
      lastSyncAt = Math.max(lastSyncAt, now + tempo.draw(tempo.profile.insyncMs));
      const syncAt = lastSyncAt;
      tempo.start(async () => {
        await tempo.sleep(syncAt - now);
        served = indexByName(records);
        change({ served: records, changes: { ...history.current.changes, [entry.id]: { ...entry, inSync: true } } });
      });
      return entry;
    },
    putCheck(check, initiallyOk) {
      const { id, config } = check;
      running.get(id)?.stop();
      const initial = initiallyOk ?? known.get(id) ?? true;
      const first = config.regions.map((region): Observation => ({ region, healthy: initial, status: '', checkedAt: 0 }));
      known.set(id, initial);
      change({ checks: { ...history.current.checks, [id]: check }, observations: { ...history.current.observations, [id]: first } });
      if (config.type === 'CALCULATED' || config.disabled) running.delete(id);
      else
        running.set(
          id,
          startCheckers(tempo, config, initial, addressOf, (observation) => observe(id, observation)),
        );
    },
    removeCheck(id) {
      running.get(id)?.stop();
      running.delete(id);
      known.delete(id);
      const { [id]: _check, ...checks } = history.current.checks;
      const { [id]: _seen, ...observations } = history.current.observations;
      change({ checks, observations });
    },
    healthy: (id) => healthy(id),
  };
}
