import { expect, test } from 'vitest';
import { decodeLedger, encodeLedger, type CanaryRecord } from '../../../src/core/objective/ledger.ts';
import type { Instant } from '../../../src/core/values.ts';

const at = (ms: number): Instant => ms as Instant;
const record: CanaryRecord = {
  samples: [
    { id: 'a', sentAt: at(1), ackedAt: at(2), readAt: at(3), timeline: 1, address: '127.0.0.2', detail: 'ok' },
    { id: 'b', sentAt: at(4), timeline: 0, address: '', detail: 'refused: "x"' },
  ],
  ledger: [{ id: 'a', found: 'present', versions: 1 }],
};
const text = `{"sample":{"id":"a","sentAt":1,"ackedAt":2,"readAt":3,"timeline":1,"address":"127.0.0.2","detail":"ok"}}
{"sample":{"id":"b","sentAt":4,"timeline":0,"address":"","detail":"refused: \\"x\\""}}
{"ledger":{"id":"a","found":"present","versions":1}}
`;

test('there and back, sorted by the time of sending', () => {
  expect(encodeLedger({ ...record, samples: record.samples.toReversed() })).toBe(text);
  expect(decodeLedger(text)).toEqual({ ok: true, value: record });
  expect(decodeLedger('')).toEqual({ ok: true, value: { samples: [], ledger: [] } });
});

test.each([
  ['no end', text.slice(0, -1), 'the last line does not end'],
  ['no JSON', 'x\n', 'line 1 is neither'],
  ['another thing', '{"other":1}\n', 'line 1 is neither'],
  ['a fraction', text.replace('"sentAt":4', '"sentAt":4.5'), 'line 2 is neither'],
  ['time that runs backwards', text.replace('"ackedAt":2', '"ackedAt":0'), 'line 1 is neither'],
  ['an unknown state', text.replace('present', 'gone'), 'line 3 is neither'],
  ['an unknown key', text.replace('"detail":"ok"', '"detail":"ok","more":1'), 'not in the form'],
  ['a space', text.replace(':', ': '), 'not in the form'],
  ['the wrong order', `{"ledger":{"id":"b","found":"absent","versions":0}}\n${text}`, 'not in the form'],
  ['a canary twice', text.replace('"id":"b"', '"id":"a"'), 'a canary twice'],
])('refuses a text with %s', (_, broken, error) => {
  expect(decodeLedger(broken)).toEqual({ ok: false, error: expect.stringContaining(error) as string });
});
