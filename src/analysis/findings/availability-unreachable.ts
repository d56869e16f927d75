// An outage of one RTO that uses up more than the year may have.
import { isKnown, time } from '../said.ts';
import type { Finding } from '../finding.ts';

const yearMs = 31_536_000_000;

export const availabilityUnreachable: Finding = {
  code: 'AVAILABILITY_UNREACHABLE',
  severity: 'warning',
  means: 'One outage as long as the RTO uses up more downtime than the availability allows in a year.',
  why: 'The two numbers of the tier contradict each other: whoever relies on the availability plans with less downtime than one recovery that meets its RTO takes.',
  fix: 'Shorten the RTO or lower the availability until one recovery a year fits.',
  example: `spec: { availability: '99.9', rto: 4h }   # 99.9 % allows 8h45m a year`,
  *find({ estate }) {
    for (const { id, availability, rtoMs } of Object.values(estate.tiers)) {
      const allowedMs = (yearMs * (100 - Number(availability))) / 100;
      if (!isKnown(rtoMs) || !isKnown(allowedMs) || rtoMs <= allowedMs) continue;
      yield {
        at: { kind: 'Tier', name: id, pointer: '/spec/availability' },
        sentence: `${availability} % allows ${time(allowedMs)} of downtime a year, and one recovery may take ${time(rtoMs)}`,
        evidence: [],
        remedy: 'shorten `rto`, or lower `availability`',
      };
    }
  },
};
