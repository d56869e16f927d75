// A new writer before the old one is known to have stopped.
import { changesWriter, promotes, type PlannedStep } from '../../core/runbook/plan.ts';
import type { Effect } from '../../core/catalogue.ts';
import { before } from '../before.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

type Step = Pick<PlannedStep, 'id' | 'needs' | 'effect' | 'uses' | 'when'>;

export const promoteWithoutFence: Finding = {
  code: 'PROMOTE_WITHOUT_FENCE',
  severity: 'error',
  means: 'A step promotes a new writer, and no step before it stops the old one.',
  why: 'Two writers that both take orders and results give two records of one patient. What looks dead from outside may still commit; only a fence proves that it cannot.',
  fix: 'Put a step that fences before it, in every variant, or use an action that fences and promotes in one.',
  example: `steps:
  - { id: promote, uses: aws.rds.failover-global-cluster }   # fences and promotes`,
  *find({ estate, catalogue, proving }) {
    const effectOf = (uses: string): Effect => catalogue.actions.get(uses)?.effect ?? 'nothing';
    for (const runbook of Object.values(estate.runbooks))
      for (const variant of ['graceful', 'ungraceful'] as const) {
        const steps = runbook.steps.map((step): Step => {
          const own = variant === 'ungraceful' && step.onUngraceful?.kind === 'replace' ? step.onUngraceful : step;
          const when = step.when === undefined ? {} : { when: step.when };
          return { id: step.id, needs: step.needs, uses: own.uses, effect: effectOf(own.uses), ...when };
        });
        for (const [index, step] of steps.entries()) {
          if (
            step.effect !== 'promotes' ||
            proving.has(step.uses) ||
            before(steps, step).some((each) => changesWriter(each) && !onlyPromotes(each) && isSureBefore(each, step))
          )
            continue;
          const isSame = variant === 'ungraceful' && step.uses === runbook.steps[index]?.uses;
          if (
            isSame &&
            before(steps, step).every((each) => runbook.steps.some((other) => other.id === each.id && other.uses === each.uses))
          )
            continue;
          yield {
            at: {
              kind: 'Runbook',
              name: runbook.id,
              pointer: `/spec/steps/${index}${variant === 'ungraceful' && !isSame ? '/onUngraceful' : ''}`,
            },
            sentence: `step ${quoted(step.id)} promotes, and nothing before it fences the old writer${variant === 'ungraceful' ? ' without grace' : ''}`,
            evidence: [
              `${step.uses} gives no proof of its own`,
              ...before(steps, step).flatMap((each) =>
                changesWriter(each) && !onlyPromotes(each) ? [`${each.id} fences, but only \`when\` ${each.when ?? ''}`] : [],
              ),
            ],
            remedy: 'put a step that fences before it and name it in `needs`',
          };
        }
      }
  },
};

/** A fence that has a condition of its own may be left out, unless the promotion is left out with it. */
const isSureBefore = (fence: Step, step: Step): boolean => fence.when === undefined || fence.when === step.when;
const onlyPromotes = (step: Step): boolean => promotes(step) && step.effect !== 'fences-and-promotes';
