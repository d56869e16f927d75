// A key that lies behind the door which it opens.
import { isWithin } from '../../core/detection/targets.ts';
import { declaredAs, type BreakGlass, type Workload } from '../../core/estate.ts';
import type { Examined } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { chain, needed } from '../needed.ts';
import { listed, quoted } from '../said.ts';

export const breakGlassCircular: Finding = {
  code: 'BREAK_GLASS_CIRCULAR',
  severity: 'error',
  means: 'The break-glass way of a workload needs that workload itself, directly or through others, or is lost with it.',
  why: 'The safe is opened when everything else has failed. A jump host that asks the directory, a vault that is found by its name, an envelope in the building that burns: each works in every exercise in which the thing itself is still there.',
  fix: 'Let the way need nothing of what it replaces: local accounts, addresses on paper, a place outside of every site that it stands for. Practise it with the workload switched off.',
  example: `kind: Workload
metadata: { name: identity }
spec:
  provides: [identity]
  breakGlass:
    how: Local accounts of each server, in the sealed envelope of the command centre
    needs: [campus-network]   # which signs nobody in
    site: riverside-campus`,
  *find(at) {
    const { workloads } = at.estate;
    for (const workload of Object.values(workloads)) {
      const { id, breakGlass } = workload;
      if (breakGlass === undefined) continue;
      for (const [index, name] of breakGlass.needs.entries()) {
        const way = wayBack(at, name, id) ?? sharedFate(at, workload, name);
        if (way === undefined) continue;
        yield {
          at: { kind: 'Workload', name: id, pointer: `/spec/breakGlass/needs/${index}` },
          sentence: `the way in while ${quoted(id)} is lost needs ${quoted(name)}, which ${way.because}`,
          evidence: [way.evidence],
          remedy: `let the way do without ${quoted(name)}, or ${quoted(name)} without ${quoted(id)}`,
        };
      }
      const lost = keptWithIt(at, workload, breakGlass);
      if (lost !== undefined)
        yield {
          at: { kind: 'Workload', name: id, pointer: '/spec/breakGlass/site' },
          sentence: `the way in while ${quoted(id)} is lost is kept at ${quoted(lost)}, where all of ${quoted(id)} stands`,
          evidence: workload.replicas.map(({ name, site }) => `${name} stands at ${site}`),
          remedy: 'keep it at another site, too',
        };
    }
  },
};

type Way = { readonly because: string; readonly evidence: string };
/** By hard dependencies, from what the way needs back to what it replaces. */
function wayBack({ estate: { workloads } }: Examined, from: string, to: string): Way | undefined {
  if (from === to) return { because: 'is what is lost', evidence: 'needed by itself' };
  const reached = needed(workloads, from).find(({ name }) => name === to);
  return reached === undefined ? undefined : { because: 'does not work without it', evidence: `by ${chain(from, reached)}` };
}
/** Whatever takes all of the workload takes all of what is needed instead of it. */
function sharedFate({ estate }: Examined, workload: Workload, needs: string): Way | undefined {
  const other = declaredAs(estate.workloads, needs);
  const [only, ...more] = new Set(workload.replicas.map(({ site }) => site));
  if (other === undefined || only === undefined || more.length > 0) return undefined;
  if (!other.replicas.every(({ site }) => isWithin(estate, site, only))) return undefined;
  return { because: 'stands nowhere else', evidence: `${needs}: ${listed(other.replicas.map(({ site }) => site))}` };
}
function keptWithIt({ estate }: Examined, { replicas }: Workload, { site }: BreakGlass): string | undefined {
  // What stands in several places is not lost with one.
  return site !== undefined && replicas.every((each) => isWithin(estate, each.site, site) || isWithin(estate, site, each.site))
    ? site
    : undefined;
}
