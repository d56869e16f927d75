// The page of all findings, made of what each says of itself, so that it tells of each that there is and of no other.
import { labelOf } from './analyse.ts';
import { findings } from './findings/index.ts';

/** Markdown; the same findings give the same text. */
export function findingsPage(): string {
  return [
    '# What will not work: every finding of `resus lint`',
    '',
    '`resus lint PATH...` looks at what is declared, without a controller and without a network, and says what will not work when it is needed. It prints lines as',
    '`resus validate` does, `file:line:column: CODE message (remedy)`, or one JSON object with `--json`; it fails on errors, and with `--strict` on warnings. With',
    '`--inventory FILE` it looks at one environment, with `--config FILE` (a `resus.yaml`) at the controller that would carry the plans out, and with',
    '`--history PATH` (a journal, an evidence bundle, a recording; more than once, with `--floor` where they are of several) at what was practised and',
    'measured: then forecasts rest on it, too. `resus explain CODE` prints what this page says of a code.',
    '',
    'An **error** means that what was promised cannot be kept; a **warning**, that it can be kept, by luck. How long a loss takes is the',
    'forecast of `resus plan` without a history ([plan.md](plan.md#the-forecast)). What cannot be concluded, e.g. without an inventory, is not claimed.',
    '',
    'A finding that somebody answers for is accepted in the declaration that it is about, by a label with the reason:',
    '',
    '```yaml',
    'metadata:',
    '  name: ehr',
    '  labels:',
    `    ${labelOf('IRREVERSIBLE_UNAPPROVED')}: Waiting for a person costs more patients than a divergence. CMIO, 2026-11-02`,
    '```',
    '',
    'In a `resus.yaml` `labels` stand at the top. It no longer fails, and it is told with its reason each time. A label that accepts nothing is a finding itself.',
    '',
    '| code | severity | meaning |',
    '| --- | --- | --- |',
    ...findings.map(({ code, severity, means }) => `| [\`${code}\`](#${code.toLowerCase()}) | ${severity} | ${means} |`),
    '',
    ...findings.flatMap(({ code, severity, means, why, fix, example }) => [
      `## ${code}`,
      '',
      `_${severity}._ ${means}`,
      '',
      why,
      '',
      `**Remedy**: ${fix}`,
      '',
      '```yaml',
      example,
      '```',
      '',
    ]),
  ].join('\n');
}
