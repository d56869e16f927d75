// Which record set is in force: failover, weights, health, aliases, and the answers that say there is none.

import { describe, expect, it } from 'vitest';
import { answer, type ZoneView } from '../../../src/lab/dns/answer.ts';
import type { RecordSet } from '../../../src/lab/dns/record-set.ts';

const set = (name: string, type: string, values: string[], more: Partial<RecordSet> = {}): RecordSet => ({
  name: `${name}.`,
  type,
  ttl: 30,
  values,
  ...more,
});
const alias = (name: string, target: string, evaluateHealth: boolean, more: Partial<RecordSet> = {}): RecordSet => ({
  name: `${name}.`,
  type: 'A',
  values: [],
  alias: { zoneId: 'Z', name: `${target}.`, evaluateHealth },
  ...more,
});

const RECORDS: readonly RecordSet[] = [
  set('h.test', 'SOA', ['ns.h.test. root.h.test. 1 2 3 4 7'], { ttl: 900 }),
  set('h.test', 'NS', ['ns.h.test.']),
  set('plain.h.test', 'A', ['192.0.2.1', '192.0.2.2']),
  set('deep.under.h.test', 'TXT', ['"here"']),
  set('w.h.test', 'A', ['192.0.2.10'], { setIdentifier: 'a', weight: 3, healthCheckId: 'wa' }),
  set('w.h.test', 'A', ['192.0.2.11'], { setIdentifier: 'b', weight: 1, healthCheckId: 'wb' }),
  set('w.h.test', 'A', ['192.0.2.12'], { setIdentifier: 'z', weight: 0, healthCheckId: 'wz' }),
  set('p.h.test', 'A', ['192.0.2.20'], { healthCheckId: 'p' }),
  set('s.h.test', 'A', ['192.0.2.21']),
  alias('f.h.test', 'p.h.test', false, { setIdentifier: '1', failover: 'PRIMARY', healthCheckId: 'f1' }),
  alias('f.h.test', 's.h.test', false, { setIdentifier: '2', failover: 'SECONDARY', healthCheckId: 'f2' }),
  alias('e.h.test', 'p.h.test', true, { setIdentifier: '1', failover: 'PRIMARY' }),
  alias('e.h.test', 's.h.test', true, { setIdentifier: '2', failover: 'SECONDARY' }),
  alias('loop.h.test', 'loop2.h.test', true),
  alias('loop2.h.test', 'loop.h.test', true),
  set('c.h.test', 'CNAME', ['c2.h.test.']),
  set('c2.h.test', 'CNAME', ['plain.h.test.']),
  set('out.h.test', 'CNAME', ['elsewhere.example.']),
  set('round.h.test', 'CNAME', ['round.h.test.']),
];

function view(sick: readonly string[], lot: number): ZoneView {
  return {
    name: 'h.test.',
    sets: (name) => {
      const found = RECORDS.filter((record) => record.name === name);
      return found.length === 0 ? undefined : found;
    },
    hasBelow: (name) => RECORDS.some((record) => record.name.endsWith(`.${name}`)),
    healthy: (id) => !sick.includes(id),
    lot: () => lot,
  };
}

interface Case {
  readonly title: string;
  readonly name: string;
  readonly type?: string;
  readonly sick?: readonly string[];
  readonly lot?: number;
  readonly rcode?: string;
  /** Type and data of each answer. */
  readonly answers?: readonly string[];
  readonly soaTtl?: number;
}
const CASES: readonly Case[] = [
  { title: 'a plain record', name: 'plain.h.test', answers: ['A 192.0.2.1', 'A 192.0.2.2'] },
  { title: 'case-blind, with a last dot', name: 'PLAIN.H.test.', answers: ['A 192.0.2.1', 'A 192.0.2.2'] },
  { title: 'no such name', name: 'none.h.test', rcode: 'NXDOMAIN', soaTtl: 7 },
  { title: 'a name without that type', name: 'plain.h.test', type: 'TXT', soaTtl: 7 },
  { title: 'a name that only has names below it', name: 'under.h.test', soaTtl: 7 },
  { title: 'outside the zone', name: 'plain.example', rcode: 'REFUSED' },
  { title: 'a name that merely ends like the zone', name: 'xh.test', rcode: 'REFUSED' },
  { title: 'weights: low lot', name: 'w.h.test', lot: 0.74, answers: ['A 192.0.2.10'] },
  { title: 'weights: high lot', name: 'w.h.test', lot: 0.76, answers: ['A 192.0.2.11'] },
  { title: 'weights: the sick one is left out', name: 'w.h.test', lot: 0, sick: ['wa'], answers: ['A 192.0.2.11'] },
  { title: 'weights: zero counts when nothing else is healthy', name: 'w.h.test', sick: ['wa', 'wb'], answers: ['A 192.0.2.12'] },
  { title: 'weights: all sick is all healthy', name: 'w.h.test', lot: 0.1, sick: ['wa', 'wb', 'wz'], answers: ['A 192.0.2.10'] },
  { title: 'failover: primary', name: 'f.h.test', answers: ['A 192.0.2.20'] },
  { title: 'failover: the target is not evaluated', name: 'f.h.test', sick: ['p'], answers: ['A 192.0.2.20'] },
  { title: 'failover: secondary', name: 'f.h.test', sick: ['f1'], answers: ['A 192.0.2.21'] },
  { title: 'failover: both sick is primary', name: 'f.h.test', sick: ['f1', 'f2'], answers: ['A 192.0.2.20'] },
  { title: 'failover: the target is evaluated', name: 'e.h.test', sick: ['p'], answers: ['A 192.0.2.21'] },
  { title: 'aliases in a circle lead nowhere', name: 'loop.h.test', soaTtl: 7 },
  { title: 'CNAMEs are followed', name: 'c.h.test', answers: ['CNAME c2.h.test', 'CNAME plain.h.test', 'A 192.0.2.1', 'A 192.0.2.2'] },
  { title: 'a CNAME itself', name: 'c.h.test', type: 'CNAME', answers: ['CNAME c2.h.test'] },
  { title: 'a CNAME out of the zone', name: 'out.h.test', answers: ['CNAME elsewhere.example'] },
  { title: 'a CNAME in a circle', name: 'round.h.test', rcode: 'SERVFAIL' },
];

describe('answers', () => {
  it.each(CASES)('$title', ({ name, type = 'A', sick = [], lot = 0, rcode = 'NOERROR', answers = [], soaTtl }) => {
    const found = answer(view(sick, lot), name, type);
    expect(found.rcode).toBe(rcode);
    expect(found.answers.map((one) => `${one.type} ${String(one.data)}`)).toEqual(answers);
    expect(found.authorities.map((one) => one.ttl)).toEqual(soaTtl === undefined ? [] : [soaTtl]);
  });

  it('answers an alias under the name that was asked, with its target’s TTL', () => {
    expect(answer(view([], 0), 'F.h.test', 'A').answers).toEqual([{ name: 'F.h.test', type: 'A', ttl: 30, data: '192.0.2.20' }]);
  });
});
