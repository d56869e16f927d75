// What a canary looks like on the wire: a FHIR R4 Observation that says of itself that it is synthetic, and whose value
// can be worked out again from its id and send time, so that a read-back months later still knows what to expect.
import { createHash } from 'node:crypto';
import type { Instant } from '../core/values.ts';
import { isRecord } from '../vantage/assignment.ts';

const longestName = 28;
const timelineSystem = 'urn:resus:timeline';
/** Of identifiers, where nobody declares one. */
const canarySystem = 'urn:resus:canary';

/** What all ids of one client have in common: at most 53 characters of the 64 that FHIR allows, letters, digits, dots and dashes. */
export function canaryPrefix(workload: string, population: string, boot: string): string {
  const name = `${workload}-${population}`.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  const plain = name === `${workload}-${population}` && name.length <= longestName;
  const hash = createHash('sha256').update(`${workload}\n${population}`).digest('hex').slice(0, 8);
  return `resus-canary-${plain ? name : `${name.slice(0, longestName - 9)}-${hash}`}-${boot}`;
}

/** The content that must come back: the canary's number and when it was sent. */
export const canaryValue = (id: string, sentAt: Instant): string =>
  JSON.stringify({ seq: Number(id.slice(id.lastIndexOf('-') + 1)), sentAt });

/** The resource that is written, about nobody. Marked as test data, so that no statistic and no list of a ward counts it. */
export function canaryObservation(id: string, sentAt: Instant, system = canarySystem): string {
  return JSON.stringify({
    resourceType: 'Observation',
    id,
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] },
    identifier: [{ system, value: id }],
    status: 'final',
    code: { text: 'Resus canary: synthetic, belongs to no patient' },
    effectiveDateTime: new Date(sentAt).toISOString(),
    valueString: canaryValue(id, sentAt),
  });
}

/** What an answer says about a canary. `timeline` and `versions` are 0 when it does not say. */
export type CanaryAnswer = { readonly value: string | undefined; readonly timeline: number; readonly versions: number };

/** Undefined when the text is no Observation of that id. */
export function readCanary(id: string, text: string): CanaryAnswer | undefined {
  const resource = parse(text);
  if (!isRecord(resource) || resource['resourceType'] !== 'Observation' || resource['id'] !== id) return undefined;
  const meta = isRecord(resource['meta']) ? resource['meta'] : {};
  const tags: readonly unknown[] = Array.isArray(meta['tag']) ? meta['tag'] : [];
  const tag = tags.find((one) => isRecord(one) && one['system'] === timelineSystem);
  const value = resource['valueString'];
  return {
    value: typeof value === 'string' ? value : undefined,
    timeline: wholeNumber(isRecord(tag) ? tag['code'] : undefined),
    versions: wholeNumber(meta['versionId']),
  };
}

/** What the server complains of, from an OperationOutcome; empty when it says nothing readable. */
export function complaintOf(text: string): string {
  const outcome = parse(text);
  const issues: readonly unknown[] = isRecord(outcome) && Array.isArray(outcome['issue']) ? outcome['issue'] : [];
  const issue = issues.find(isRecord);
  const details = isRecord(issue?.['details']) ? issue['details']['text'] : undefined;
  const complaint = issue?.['diagnostics'] ?? details;
  return typeof complaint === 'string' ? complaint.replaceAll(/\s+/g, ' ').slice(0, 200) : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
const wholeNumber = (value: unknown): number => (typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : 0);
