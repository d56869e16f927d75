import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical, isCanonical } from '../../src/journal/canonical.ts';

const refused: readonly (readonly [string, unknown, string])[] = [
  ['a float', { a: [1, 2.5] }, '$.a[1] is 2.5, not a safe integer'],
  ['an integer past 2^53', { n: 2 ** 53 }, '$.n is 9007199254740992, not a safe integer'],
  ['NaN', Number.NaN, '$ is NaN, not a safe integer'],
  ['undefined in an object', { a: { b: undefined } }, '$.a.b is undefined'],
  ['a hole in a list', Object.assign([1], { length: 2 }), '$[1] is undefined'],
  ['a Date', { at: new Date(0) }, '$.at is not a plain object'],
  ['a Map', new Map(), '$ is not a plain object'],
  ['a class instance', { x: new (class X {})() }, '$.x is not a plain object'],
  ['a bigint', { n: 1n }, '$.n is a bigint'],
  ['a function', { toJSON: () => 1 }, '$.toJSON is a function'],
  ['a lone surrogate', { s: 'a\ud800' }, '$.s is not well-formed Unicode'],
  ['a lone surrogate in a key', { 'a\udc00': 1 }, '$ has a key that is not well-formed Unicode'],
  ['nesting without end', deep(101), 'is nested more than 100 deep'],
];
function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
}

test.each(refused)('refuses %s and names its path', (_, value, message) => {
  expect(() => canonical(value)).toThrow(message);
  expect(() => canonical(value)).toThrow(expect.objectContaining({ code: 'NOT_CANONICAL' }));
});

test.each([
  [
    'keys by UTF-16 code units',
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  ],
  ['the shortest escapes', '\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  ['integer-like keys as text', { '10': 1, '9': 2, '': 3, '!': 4 }, '{"":3,"!":4,"10":1,"9":2}'],
  ['minus zero', -0, '0'],
  ['100 levels', deep(100), '['.repeat(100) + '0' + ']'.repeat(100)],
])('writes %s', (_, value, text) => {
  expect(canonical(value)).toBe(text);
  expect(isCanonical(text, JSON.parse(text))).toBe(true);
});

test.each(['{"b":1,"a":2}', '{"a":1, "b":2}', '{"a":1,"a":1}', '{"a":1.0}', '{"a":1e0}', '"\\u0041"', '"\\ud800"', '[0.5]', '-0', ' 1'])(
  '%s is not canonical',
  (text) => {
    expect(isCanonical(text, JSON.parse(text))).toBe(false);
  },
);

const strict = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 5 }),
  ),
})).value;
test('agrees with an independent implementation on everything that it accepts', () => {
  fc.assert(
    fc.property(strict, (value) => {
      const text = canonical(value);
      expect(text).toBe(canonicalize(value));
      expect(isCanonical(text, JSON.parse(text))).toBe(true);
    }),
  );
});
