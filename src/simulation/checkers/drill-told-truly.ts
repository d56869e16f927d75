// A game day that is passed without having been played is worse than none.
import type { Checker } from '../truth.ts';

export const drillToldTruly: Checker = {
  name: 'drill-told-truly',
  holds:
    'A game day passes only if its fault was really there and bit, its run succeeded, every expectation was seen to hold and the writer is home where that is asked for; it is refused only before anything was injected, aborted only after, and played to its end when nothing disturbs it; phases come in their order.',
  begin(violate, history) {
    const order = ['gates', 'steady', 'inject', 'bite', 'recover', 'revert', 'failback', 'report'];
    type Told = { phase: string; stood: boolean; isBitten: boolean; missed: number; home: string };
    /** By workload, as the journal has it. */
    const primary = new Map<string, string>();
    const drills = new Map<string, Told>();
    const of = (id: string): Told => {
      let told = drills.get(id);
      if (told === undefined) drills.set(id, (told = { phase: 'gates', stood: false, isBitten: false, missed: 0, home: '' }));
      return told;
    };
    const succeeded = new Set<string>();
    /** Something else has happened to the hospital, or to who leads it. */
    let isDisturbed = false;
    const mayPass = (workload: string): boolean => {
      const promised = history.world.workloads[workload];
      const domains = new Set(Object.values(history.world.vantages).map((site) => history.regionOf(site)));
      const isLawful = Object.values(promised?.replicas ?? {}).every(
        ({ residency = '' }) => promised?.residency.includes(residency) === true,
      );
      return (
        promised?.automation.region === 'automatic' &&
        promised.isUndecided !== true &&
        promised.blackout === undefined &&
        promised.fencingAccepted.includes('provider-asserted') &&
        isLawful &&
        domains.size >= 3
      );
    };
    return {
      declared({ world }) {
        for (const [id, workload] of Object.entries(world.workloads)) if (!primary.has(id)) primary.set(id, workload.primary);
      },
      struck: () => (isDisturbed = true),
      calm: () => (isDisturbed = true),
      controller({ what }) {
        if (what !== 'started') isDisturbed = true;
      },
      clicked({ request }) {
        if (request.kind !== 'drill') isDisturbed = true;
      },
      // A provider that turns a call away again and again is reason enough to fail.
      refused: () => (isDisturbed = true),
      'drill-fault'({ drill, what }) {
        if (what === 'stands') of(drill).stood = true;
      },
      durable({ event, at }) {
        if (event.type === 'RoleChanged') primary.set(event.data.workload, event.data.primary);
        if (event.type === 'RunClosed' && event.data.outcome === 'succeeded') succeeded.add(event.data.run);
        if (!('drill' in event.data) || event.data.drill === undefined) return;
        const told = of(event.data.drill);
        if (event.type === 'DrillOpened') told.home = primary.get(event.data.workload) ?? '';
        if (event.type === 'DrillPhaseEntered') {
          const { drill, phase } = event.data;
          if (order.indexOf(phase) <= order.indexOf(told.phase)) violate(at, `${drill} entered ${phase} after ${told.phase}`);
          told.phase = phase;
        }
        if (event.type === 'FaultBit') {
          told.isBitten = true;
          if (!told.stood) violate(at, `${event.data.fault} of ${event.data.drill} is said to bite, and never stood`);
        }
        if (event.type === 'ExpectationChecked' && !event.data.holds) told.missed += 1;
        if (event.type !== 'DrillClosed') return;
        const { drill, verdict } = event.data;
        if (verdict === 'refused' && (history.drills.get(drill)?.intended.size ?? 0) > 0)
          violate(at, `${drill} is said to be refused, and its fault was injected`);
        if (verdict === 'aborted' && (history.drills.get(drill)?.intended.size ?? 0) === 0 && event.data.runs.length === 0)
          violate(at, `${drill} is said to be aborted, and nothing of it had begun`);
        const { gameday = '', workload = '' } = history.drills.get(drill) ?? {};
        // The way home may be held up by what the game day itself has left: a standby that is not rebuilt, a cooldown.
        const mayFail = verdict === 'failed' && history.world.gamedays[gameday]?.failback === true;
        if (!isDisturbed && verdict !== 'passed' && !mayFail && mayPass(workload))
          violate(at, `${drill} is ${verdict}, and nothing had disturbed it`);
        if (verdict !== 'passed') return;
        const isAway = history.world.gamedays[gameday]?.failback === true && primary.get(workload) !== told.home;
        const why = !told.stood
          ? 'its fault never stood'
          : !told.isBitten
            ? 'its fault did not bite'
            : told.missed > 0
              ? `${told.missed} expectations did not hold`
              : !event.data.runs.some((run) => succeeded.has(run))
                ? 'no run of it succeeded'
                : isAway
                  ? `${workload} did not come home to ${told.home}`
                  : undefined;
        if (why !== undefined) violate(at, `${drill} is said to have passed, and ${why}`);
      },
    };
  },
};
