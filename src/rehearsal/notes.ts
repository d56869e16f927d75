// What this workload declares and the simulated world does not know, or takes to be simple: said with every result, so that nobody takes
// the figures for more than they are.
import type { Catalogue } from '../core/catalogue.ts';
import type { Estate, Tier, Workload } from '../core/estate.ts';
import type { Plan } from '../core/runbook/plan.ts';
import type { Loss } from './scenarios.ts';
import type { Timing } from './task.ts';

type About = {
  readonly whole: Estate;
  readonly estate: Estate;
  readonly workload: Workload;
  readonly tier: Tier;
  readonly loss: Loss;
  readonly plan: Plan;
  readonly steps: Readonly<Record<string, Timing>>;
  readonly catalogue: Catalogue;
};
/** Undefined where it does not concern this workload. */
type Note = (about: About) => string | readonly string[] | undefined;

const ownActions: ReadonlySet<string> = new Set(['approve', 'wait']);
const listed = (names: readonly string[]): string => names.join(', ');

const notes: readonly Note[] = [
  ({ plan, steps }) =>
    plan.steps
      .filter((step) => step.effect === 'nothing' && !ownActions.has(step.uses))
      .map(
        (step) =>
          `Step ${step.id} (${step.uses}) has no effect that the world knows: it only takes time${steps[`${step.id} ${step.uses}`]?.source === 'history' ? '' : ', as long as is declared, and never fails'}.`,
      ),
  ({ plan, estate, catalogue }) => {
    const sites = plan.steps.flatMap((step) => catalogue.actions.get(step.uses)?.needs(step.with) ?? []);
    const strange = [
      ...new Set(sites.filter(({ site }) => estate.sites[site] === undefined).map(({ service, site }) => `${service} in ${site}`)),
    ];
    return strange.length === 0 ? undefined : `No site is declared for the control planes ${listed(strange)}: they are taken to answer.`;
  },
  ({ plan }) =>
    plan.steps.some(({ effect }) => effect === 'fences-and-promotes') && plan.mode !== 'failover'
      ? 'A planned promotion is taken to stop writes for as long as its step takes: an upper bound.'
      : undefined,
  ({ workload, loss }) =>
    loss.kind === 'site' && loss.diagnosis === 'ZoneLost'
      ? [
          ...(workload.localHa === undefined
            ? ['No inner high availability is declared (`localHa`): nothing moves before the runbook does.']
            : []),
          'Clients are taken to try the next address of the name by themselves when the one in the lost zone is silent.',
        ]
      : undefined,
  ({ workload }) =>
    workload.localHa === undefined
      ? undefined
      : `How fast ${workload.localHa.by} moves by itself is not declared: it is taken to do so within half of its grace.`,
  ({ estate, workload }) => {
    const others = Object.keys(estate.workloads).filter((id) => id !== workload.id);
    return others.length === 0
      ? undefined
      : `It hangs on ${listed(others)}: they are in the world, but their outage is not counted into the users' path of ${workload.id}.`;
  },
  ({ whole, estate, loss }) => {
    const left = Object.keys(whole.workloads).length - Object.keys(estate.workloads).length;
    return left === 0 || loss.kind === 'none'
      ? undefined
      : `${left} other workload${left === 1 ? ' is' : 's are'} not in the world: that they compete for people and providers is not counted.`;
  },
  () =>
    'Resus leads from outside of what is lost, its journal is well, and providers answer every call: the time of a new leader and of repeated calls is not counted.',
];

export const notesOn = (about: About): readonly string[] => notes.flatMap((note) => note(about) ?? []);
