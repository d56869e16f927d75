// What the simulated providers can do, as the core knows it: facts of each action, without a way to run it. What an action does to
// the world is in `world/providers.ts`.
import type { ActionFacts, Effect } from '../core/catalogue.ts';
import type { ActionName, Json, SiteId } from '../core/values.ts';

/** Longest lag of a read-back; two looks must be further apart. */
export const readBackLagMs = 2_500;
/** A request may be this late at a provider: longer, and its sender has given it up and the network has dropped it. */
export const lateRequestMs = 9_000;

type Row = { readonly effect: Effect; readonly mayLoseData?: boolean; readonly p50: number; readonly sentence: string };
const rows: Readonly<Record<string, Row>> = {
  'sim.failover': { effect: 'fences-and-promotes', mayLoseData: true, p50: 4_000, sentence: 'Fence as well as possible, and promote.' },
  'sim.switchover': { effect: 'fences-and-promotes', p50: 4_000, sentence: 'Stop writes, wait for the rest, and promote.' },
  'sim.move': { effect: 'promotes', p50: 3_000, sentence: 'Move the writer to the other zone of the same storage.' },
  'sim.fence': { effect: 'fences', p50: 1_000, sentence: 'Make the storage of the old writer refuse writes.' },
  'sim.promote': { effect: 'promotes', mayLoseData: true, p50: 3_000, sentence: 'Promote.' },
  human: { effect: 'nothing', p50: 10_000, sentence: 'Ask a person.' },
  'sim.route': { effect: 'routes', p50: 2_000, sentence: 'Lead the users there.' },
};

export const catalogueOfActions: ReadonlyMap<string, ActionFacts> = new Map(
  Object.entries(rows).map(([name, { effect, mayLoseData = false, p50, sentence }]) => [
    name,
    {
      name: name as ActionName,
      effect,
      mayLoseData,
      irreversible: false,
      settleMs: readBackLagMs + 500,
      priorMs: { p50, p95: p50 * 3 },
      describe: (): string => sentence,
      needs: (input: Json) => {
        const at = typeof input === 'object' && input !== null && 'at' in input ? input['at'] : undefined;
        return typeof at === 'string' ? [{ service: name, site: at as SiteId }] : [];
      },
    },
  ]),
);
export const effectOf = (uses: string): Effect => catalogueOfActions.get(uses)?.effect ?? 'nothing';
