// The phases of a game day, in order. Everything that moves a drill from one to the next lives in `drill.ts`.

export const drillPhases = ['gates', 'steady', 'inject', 'bite', 'recover', 'revert', 'failback', 'report', 'closed'] as const;
export type DrillPhase = (typeof drillPhases)[number];
/** `inconclusive`: no traffic, or the fault did not bite, so nothing was proven. Never `passed`. */
export type DrillVerdict = 'passed' | 'failed' | 'inconclusive' | 'aborted' | 'refused';
