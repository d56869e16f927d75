// What people can do about each guard that holds back, as they would type it. `undefined`: nothing that a command could do; time, or a
// repair, changes it.
import { locksOf, takenOf } from '../decision/locks.ts';
import { compile } from '../runbook/compile.ts';
import { moveOf, type Case, type Guard } from '../decision/guards.ts';

const approve = (): string => 'the run that opens asks: `resus approve RUN`';
const acknowledge = ({ incident }: Case): string => `\`resus acknowledge ${incident.incident} --reason TEXT\``;
/** Always to another replica, also where only a zone is lost. */
const failover = ({ workload, primary }: Case): string | undefined => {
  const to = workload.replicas.find((replica) => replica !== primary);
  return to === undefined
    ? undefined
    : `\`resus run ${workload.id} --mode failover --reason TEXT\` moves it to ${to.name} once it is approved`;
};
const orFailover = (at: Case): string => {
  const move = failover(at);
  return move === undefined ? 'wait' : `wait, or ${move}`;
};
/** The run that holds what this one would change. */
function holder(at: Case): string | undefined {
  const { known, facts } = at.view;
  const plan = known.estate === undefined ? undefined : compile(known.estate, facts.catalogue, moveOf(at));
  const taken = plan?.ok === true ? takenOf(known, locksOf(plan.value, facts.catalogue, at.workload)) : undefined;
  return taken === undefined
    ? undefined
    : `wait for it (\`resus why ${taken.run}\`), or end it: \`resus cancel ${taken.run} --reason TEXT\``;
}
const openRun = ({ state }: Case): string | undefined => (state.openRun === undefined ? undefined : `\`resus why ${state.openRun}\``);

const remedies: Readonly<Record<string, (at: Case) => string | undefined>> = {
  stopped: () => '`resus release`',
  maintenance: ({ workload }) => `when it is done: \`resus maintain ${workload.id} --end\``,
  journal: () => 'free space on the disk of the journal',
  untreated: (at) => `when you have looked: ${acknowledge(at)}`,
  primary: () => undefined,
  'one-writer': () => 'stop the one that must not write',
  runbook: ({ incident }) => `declare \`runbooks.onDiagnosis.${incident.diagnosis}\`, or move it by hand`,
  free: openRun,
  cooldown: (at) => `wait, or when you have looked: ${acknowledge(at)}`,
  automation: failover,
  targets: approve,
  calendar: approve,
  vantages: approve,
  dependencies: orFailover,
  product: () => undefined,
  diagnosis: () => undefined,
  'users-path': () => undefined,
  'inner-ha': orFailover,
  'standby-fit': () => 'repair the standby',
  loss: () => 'the run that opens asks: `resus approve RUN --max-loss LOSS`',
  residency: () => 'declare a standby where the data may be',
  fencing: approve,
  'blast-radius': approve,
  locks: holder,
  plan: ({ workload }) => `\`resus plan ${workload.id} --mode failover\` says why`,
};

/** In the words of a command where there is one. */
export const remedyFor = (guard: Guard['name'], at: Case): string | undefined => remedies[guard]?.(at);
export const remediedGuards: readonly string[] = Object.keys(remedies);

/** The move that is only said in shadow. */
export function saidInShadow(at: Case): string {
  const { from, to, runbook } = moveOf(at);
  return from === to ? `a failover inside ${from.name} by ${runbook}` : `a failover from ${from.name} to ${to.name} by ${runbook}`;
}
