// The runbooks that a workload names: each serves the mode that it is named for, and finds the resources that it takes. What people choose by
// hand need serve none in particular, since they say the mode.
import type { DiagnosisKind, Mode } from '../core/estate.ts';
import { find, type Declaration, type Resolving } from './kinds/kind.ts';
import { below } from './pointer.ts';
import { quoted } from './problem.ts';
import { nearest } from './suggest.ts';

type Resourceful = { readonly resources: Readonly<Record<string, string>> };
type Spec = Resourceful & {
  readonly replicas: readonly (Resourceful & { readonly name: string })[];
  readonly runbooks: {
    readonly onDiagnosis: { readonly [kind in DiagnosisKind]?: string };
    readonly switchover?: string;
    readonly failback?: string;
    readonly byHand?: Readonly<Record<string, string>>;
  };
};

export function checkRunbooks(of: Declaration<Spec>, resolving: Resolving): void {
  const { onDiagnosis, switchover, failback, byHand } = of.spec.runbooks;
  const uses: { pointer: string; runbook: string | undefined; mode?: Mode }[] = [
    ...Object.entries(onDiagnosis).map(([kind, runbook]) => ({
      pointer: below('/spec/runbooks/onDiagnosis', kind),
      runbook,
      mode: 'failover' as const,
    })),
    { pointer: '/spec/runbooks/switchover', runbook: switchover, mode: 'switchover' },
    { pointer: '/spec/runbooks/failback', runbook: failback, mode: 'failback' },
    // People say the mode when they choose one.
    ...Object.entries(byHand ?? {}).map(([name, runbook]) => ({ pointer: below('/spec/runbooks/byHand', name), runbook })),
  ];
  const missing = new Set<string>();
  for (const { pointer, runbook, mode } of uses) {
    const found = runbook === undefined ? undefined : find(resolving.estate.runbooks, runbook);
    if (runbook === undefined || found === undefined) continue;
    // Without any they wait for the inventory.
    if (mode !== undefined && found.modes.length > 0 && !found.modes.includes(mode))
      resolving.say(of, {
        pointer,
        code: 'MODE_MISSING',
        message: `runbook ${quoted(runbook)} does not serve ${mode}`,
        remedy: `add ${mode} to its \`modes\`, or name another`,
      });
    const wants = resolving.wants.get(runbook);
    if (wants === undefined) continue;
    const lacks = (pointer: string, whose: string, resources: Readonly<Record<string, string>>, wanted: Iterable<string>): void => {
      for (const name of wanted) {
        if (Object.hasOwn(resources, name) || missing.has(`${pointer} ${name}`)) continue;
        missing.add(`${pointer} ${name}`);
        const near = nearest(name, Object.keys(resources));
        resolving.say(of, {
          pointer,
          code: 'RESOURCE_MISSING',
          message: `runbook ${quoted(runbook)} takes ${quoted(name)} of ${whose}, which has no such resource`,
          remedy: near === undefined ? `add \`resources: {${name}: ...}\`` : `rename its \`${near}\`, or correct the runbook`,
        });
      }
    };
    lacks('/spec', `workload ${quoted(of.name)}`, of.spec.resources, wants.workload);
    // Either end of a move can be any replica: roles change.
    of.spec.replicas.forEach((replica, index) =>
      lacks(below('/spec/replicas', index), `replica ${quoted(replica.name)}`, replica.resources, new Set([...wants.from, ...wants.to])),
    );
  }
}
