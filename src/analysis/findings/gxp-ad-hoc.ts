// Steps that were not validated, on a system that is.
import { declaredAs, type StepSpec } from '../../core/estate.ts';
import { boundTo } from '../bound.ts';
import { quoted } from '../said.ts';
import { textsIn } from '../texts.ts';
import type { Finding } from '../finding.ts';

export const gxpAdHoc: Finding = {
  code: 'GXP_AD_HOC',
  severity: 'warning',
  means:
    'A runbook of a validated workload (GxP) has a step that nobody has validated: a person without a procedure, a general call, or one that may be left out.',
  why: 'On a validated system what was done must be what was written and tested. What somebody makes up on the night is a deviation, and the batches, results or doses behind it are in doubt until it is closed.',
  fix: 'Name the procedure in the text of a `human` step (its number, e.g. SOP-ERP-114, or its address), use a typed action instead of `aws.call`, and give a step that may be left out a validated variant; or accept it with the record that covers it.',
  example: `steps:
  - { id: release, uses: human, with: { person: the quality officer, text: 'Release held batches by SOP-ERP-114, section 6.' } }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      if (workload.validated !== true) continue;
      for (const { runbook, pointer } of boundTo(workload))
        for (const step of declaredAs(estate.runbooks, runbook)?.steps ?? [])
          for (const { what, remedy } of adHocIn(step))
            yield {
              at: { kind: 'Workload', name: workload.id, pointer },
              sentence: `${quoted(workload.id)} is validated, and step ${quoted(step.id)} of ${quoted(runbook)} ${what}`,
              evidence: [step.uses, 'validated: true'],
              remedy,
            };
    }
  },
};

function adHocIn({ uses, with: input, onUngraceful }: StepSpec): readonly { readonly what: string; readonly remedy: string }[] {
  const ways = [{ uses, with: input }, ...(onUngraceful?.kind === 'replace' ? [onUngraceful] : [])];
  return [
    ...(ways.some((way) => way.uses === 'human' && !namesProcedure(way.with))
      ? [{ what: 'asks a person and names no procedure', remedy: 'name the procedure in its text, by number or address' }]
      : []),
    ...(ways.some((way) => way.uses === 'aws.call')
      ? [{ what: 'is a general call (`aws.call`)', remedy: 'use a typed action, or accept this with the record that validates it' }]
      : []),
    ...(onUngraceful?.kind === 'skip'
      ? [{ what: 'may be left out (`onUngraceful: skip`)', remedy: 'give it a variant that is validated, or no `onUngraceful`' }]
      : []),
  ];
}

/** The number of a document (`SOP-ERP-114`, `WI 7`) or its address; an expression may hold either. */
const procedure = /\b[A-Z]{2,}(?:-[A-Z0-9]+)*[- ]\d|https?:\/\/\S|\$\{\{/;
const namesProcedure = (input: StepSpec['with']): boolean => textsIn(input).some(({ text }) => procedure.test(text));
