// Every finding over one estate. What somebody accepted, with a reason, is told apart and never hidden.
import { declaredBy, examined, type Given, type Written } from './examined.ts';
import type { Found, Place, Severity } from './finding.ts';
import { acceptanceUnused } from './findings/acceptance-unused.ts';
import { findings } from './findings/index.ts';

export type Reported = Found & {
  readonly code: string;
  readonly severity: Severity;
  /** Of the documentation, relative to the root of the project. */
  readonly page: string;
};
export type Analysis = { readonly found: readonly Reported[]; readonly accepted: readonly (Reported & { readonly reason: string })[] };

/** `accept/rto-unreachable` in the labels of a declaration takes the findings of that code about it; its text is the reason. */
const acceptance = /^accept\/(.+)$/;
export const labelOf = (code: string): string => `accept/${code.toLowerCase().replaceAll('_', '-')}`;
export const pageOf = (code: string): string => `docs/findings.md#${code.toLowerCase()}`;

/** Pure; the same estate gives the same findings in the same order: by finding, then as they were declared. */
export function analyse(given: Given): Analysis {
  const at = examined(given);
  const all = findings.flatMap((finding) =>
    once([...finding.find(at)]).map((found): Reported => ({
      code: finding.code,
      severity: finding.severity,
      page: pageOf(finding.code),
      ...found,
    })),
  );
  const labels = new Map(given.written.map((each) => [keyOf(each), labelsOf(each)]));
  const used = new Set<string>();
  const found: Reported[] = [];
  const accepted: (Reported & { reason: string })[] = [];
  for (const each of all) {
    const label = labelOf(each.code);
    const reasonOf = (key: string): string => labels.get(key)?.get(label)?.trim() ?? '';
    const key = declaredBy(each.at).find((declaration) => reasonOf(declaration) !== '');
    if (key === undefined) {
      found.push(each);
      continue;
    }
    used.add(`${key} ${label}`);
    accepted.push({ ...each, reason: reasonOf(key) });
  }
  for (const each of given.written)
    for (const [label, reason] of labels.get(keyOf(each)) ?? []) {
      if (!isJudged(label, given)) continue;
      const unused = unusedAcceptance(each, label, reason, used.has(`${keyOf(each)} ${label}`));
      if (unused !== undefined) found.push(unused);
    }
  return { found, accepted };
}

/** What rests on a history is there or not only with one, and what was accepted of a forecast may be better by what was measured. */
function isJudged(label: string, { past }: Given): boolean {
  const isOfPast = findings.some((finding) => finding.ofPast === true && labelOf(finding.code) === label);
  return isOfPast === (past !== undefined);
}
/** An acceptance that takes nothing hides nothing today, and tomorrow the wrong thing. */
function unusedAcceptance({ kind, name }: Written, label: string, reason: string, isUsed: boolean): Reported | undefined {
  if (!acceptance.test(label) || isUsed) return undefined;
  const about =
    reason.trim() === ''
      ? [`${label} gives no reason`, 'write why it is accepted']
      : [`${label} accepts a finding that is not there`, 'leave the label out'];
  return {
    code: acceptanceUnused.code,
    severity: acceptanceUnused.severity,
    page: pageOf(acceptanceUnused.code),
    at: { kind, name, pointer: `${kind === 'Config' ? '' : '/metadata'}/labels/${label.replaceAll('~', '~0').replaceAll('/', '~1')}` },
    sentence: about[0] ?? '',
    evidence: [],
    remedy: about[1] ?? '',
  };
}
/** The same found in several ways, e.g. in both directions of a move, is said once. */
function once(found: readonly Found[]): readonly Found[] {
  const seen = new Set<string>();
  return found.filter(({ at, sentence }) => {
    const key = `${keyOf(at)} ${at.pointer} ${sentence}`;
    return !seen.has(key) && seen.add(key);
  });
}

const keyOf = ({ kind, name }: Pick<Place, 'kind' | 'name'>): string => `${kind} ${name}`;
function labelsOf({ kind, value }: Written): ReadonlyMap<string, string> {
  const labels = inside(kind === 'Config' ? value : inside(value, 'metadata'), 'labels');
  return new Map(
    Object.entries(labels ?? {}).flatMap(([key, text]) => (acceptance.test(key) && typeof text === 'string' ? [[key, text]] : [])),
  );
}
const inside = (value: unknown, key: string): object | undefined => {
  const found: unknown = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return typeof found === 'object' && found !== null ? found : undefined;
};
