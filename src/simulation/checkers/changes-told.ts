// Whoever reads the journal reads changes: what is said twice, or ends before it began, is noise at night and wrong in a review.
import type { EventData, EventType } from '../../core/event.ts';
import type { Checker } from '../truth.ts';

export const changesTold: Checker = {
  name: 'changes-told',
  holds: 'What the journal says has changed was otherwise before: a verdict, a path, a role, an incident, a hold, a reason, a phase.',
  begin(violate) {
    /** What was said last of each thing. */
    const last = new Map<string, string>();
    const tell = (at: number, thing: string, now: string, before = ''): void => {
      if ((last.get(thing) ?? before) === now) violate(at, `${thing} is said to be ${now}, and was`);
      last.set(thing, now);
    };
    type Rows = { readonly [T in EventType]?: (data: EventData[T], at: number) => void };
    const rows: Rows = {
      VerdictChanged: ({ target, vantage, verdict }, at) => tell(at, `${target} for ${vantage}`, verdict),
      UsersPathFailed: ({ workload, population }, at) => tell(at, `the path of ${population} to ${workload}`, 'failing'),
      UsersPathRestored: ({ workload, population }, at) => tell(at, `the path of ${population} to ${workload}`, 'well', 'well'),
      RoleChanged: ({ workload, primary, run }, at) => {
        // What was adopted from outside may turn out to be what a run had asked for: that is said once more, as the work of that run.
        if (run !== undefined) tell(at, `that ${run} moved ${workload}`, primary);
        if (run === undefined) tell(at, `the writer of ${workload}`, primary);
        last.set(`the writer of ${workload}`, primary);
      },
      IncidentOpened: ({ incident, diagnosis, site, workload, replica }, at) => {
        const what = `${diagnosis} of ${workload ?? site}${replica === undefined ? '' : `/${replica}`}`;
        tell(at, what, 'open');
        last.set(incident, what);
      },
      IncidentClosed: ({ incident }, at) => tell(at, last.get(incident) ?? incident, 'closed', 'closed'),
      ActionWithheld: ({ incident, workload, guard }, at) => tell(at, `why nothing is done for ${workload} in ${incident}`, guard),
      ActingStopped: (_, at) => tell(at, 'acting', 'stopped'),
      ActingReleased: (_, at) => tell(at, 'acting', 'released', 'released'),
      MaintenanceBegan: ({ workload }) => last.set(`maintenance of ${workload}`, 'begun'),
      MaintenanceEnded: ({ workload }, at) => tell(at, `maintenance of ${workload}`, 'ended', 'ended'),
      RunPaused: ({ run }) => last.set(`the pause of ${run}`, 'begun'),
      RunResumed: ({ run }, at) => tell(at, `the pause of ${run}`, 'ended', 'ended'),
      RunStarted: ({ run }, at) => tell(at, `the start of ${run}`, 'done'),
      RunExecuted: ({ run }, at) => tell(at, `the execution of ${run}`, 'done'),
      RunMeasured: ({ run }, at) => tell(at, `the measurement of ${run}`, 'done'),
      RunClosed: ({ run }, at) => tell(at, `the end of ${run}`, 'told'),
      DrillPhaseEntered: ({ drill, phase }, at) => tell(at, `the phase of ${drill}`, phase, 'gates'),
      DrillStopping: ({ drill }, at) => tell(at, `that ${drill} stops`, 'told'),
      FaultBit: ({ drill, fault }, at) => tell(at, `the bite of ${drill}/${fault}`, 'told'),
      DrillClosed: ({ drill }, at) => tell(at, `the end of ${drill}`, 'told'),
    };
    return {
      declared({ world }) {
        for (const [id, { primary }] of Object.entries(world.workloads))
          if (!last.has(`the writer of ${id}`)) last.set(`the writer of ${id}`, primary);
      },
      durable: ({ event, at }) => (rows[event.type] as ((data: object, at: number) => void) | undefined)?.(event.data, at),
    };
  },
};
