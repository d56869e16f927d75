// Which files the mutants are made of, and why. By default those that carry one of the six words of the claim: what is due, what is
// known, what holds back, who votes, who leads and what a fence is. A file stands once, under what it carries most of.
export type Part = { readonly name: string; readonly carries: string; readonly files: readonly string[] };

export const parts: readonly Part[] = [
  {
    name: 'due',
    carries: 'what must happen now: the function `due`, the four that it asks, and what those ask before they send or wait',
    files: [
      'src/core/kernel.ts',
      'src/core/detection/incident.ts',
      'src/core/decision/decide.ts',
      'src/core/runbook/run.ts',
      'src/core/runbook/sending.ts',
      'src/core/runbook/wait.ts',
      'src/core/gameday/drill.ts',
    ],
  },
  {
    name: 'evolve',
    carries: 'the function `evolve`, the tables of folds that it spreads, and the table of the states of a step',
    files: [
      'src/core/evolve.ts',
      'src/core/decision/decision-folds.ts',
      'src/core/runbook/run-folds.ts',
      'src/core/runbook/control.ts',
      'src/core/runbook/transitions.ts',
      'src/core/gameday/drill-folds.ts',
    ],
  },
  {
    name: 'guards',
    carries: 'the table of guards, and what a row of it asks elsewhere',
    files: [
      'src/core/decision/guards.ts',
      'src/core/decision/dependencies.ts',
      'src/core/decision/blast-radius.ts',
      'src/core/decision/locks.ts',
      'src/core/decision/hold.ts',
      'src/core/decision/residency.ts',
      'src/core/objective/loss.ts',
    ],
  },
  {
    name: 'quorum',
    carries: 'who may vote, what a vote is, and what majorities convict, acquit or see as the writer',
    files: [
      'src/core/detection/verdict.ts',
      'src/core/detection/doubt.ts',
      'src/core/detection/quorum.ts',
      'src/core/detection/diagnosis.ts',
      'src/core/detection/roles.ts',
    ],
  },
  {
    name: 'lease',
    carries: 'who leads and until when, and how a leader begins from what its predecessor left',
    files: ['src/engine/leadership.ts', 'src/engine/recovery.ts'],
  },
  {
    name: 'fence',
    carries: 'what stops the old writer and what follows it: which step fences, the last look before it, no rest after it, none skipped',
    files: [
      'src/core/runbook/plan.ts',
      'src/core/runbook/last-look.ts',
      'src/core/runbook/steps.ts',
      'src/core/runbook/window.ts',
      'src/core/request/skip.ts',
    ],
  },
];

/** With `--all`: everything that decides, and the loop around it as the simulated controllers have it. */
export const everything: readonly string[] = [
  'src/core/decision',
  'src/core/detection',
  'src/core/gameday',
  'src/core/runbook',
  'src/core/request',
  'src/core/objective/loss.ts',
  'src/core/admit.ts',
  'src/core/evolve.ts',
  'src/core/kernel.ts',
  'src/engine',
  'src/simulation/controller.ts',
  'src/simulation/leader.ts',
  'src/simulation/store.ts',
];

/** The part that a file belongs to; undefined for the rest of everything. */
export const partOf = (path: string): Part | undefined => parts.find(({ files }) => files.includes(path));
