// Whatever the text, `declare` ends soon and without a throw, changes nothing that all objects share, and every problem has a place in
// its text. RESUS_FUZZ_CASES says how many texts in all (100,000 before a release: half an hour on one busy core), RESUS_FUZZ_SEED which.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { declare } from '../../src/declare/declare.ts';
import { codes } from '../../src/declare/problem.ts';
import { kindNames } from '../../src/declare/schema.ts';
import { base, vocabulary } from './base.ts';

const setting = (name: string, otherwise: number): number => Number(process.env[`RESUS_FUZZ_${name}`] ?? otherwise);
const cases = setting('CASES', 600);
const ways = 4;
const runs = { numRuns: Math.ceil(cases / ways), seed: setting('SEED', 20_261_122) } as const;
/** Seconds a case on a slow and busy machine; a check that hangs takes all of it. */
const timeout = 60_000 + cases * 60;
/** Of CPU, since a busy machine lets any case wait. The largest of these texts takes some 50 ms. */
const mostCpuMs = 5_000;

const shared = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Number.prototype, Map.prototype] as const;
const sharedKeys = (): string => shared.map((each) => Reflect.ownKeys(each).length).join();
const before = sharedKeys();

const sites = base['sites.yaml'];
const tier = base['tier.yaml'];
const widthsOf = (text: string): number[] => text.split('\n').map((line) => line.length);
const baseWidths: Readonly<Record<string, number[]>> = { 'sites.yaml': widthsOf(sites), 'tier.yaml': widthsOf(tier) };

/** Plain objects, lists and values all the way down. Without recursion, as values may be nested deeply. */
function isPlain(value: unknown): boolean {
  const todo: unknown[] = [value];
  for (let each = todo.pop(); each !== undefined; each = todo.pop()) {
    if (typeof each !== 'object' || each === null) continue;
    if (!Array.isArray(each) && Object.getPrototypeOf(each) !== Object.prototype) return false;
    todo.push(...(Object.values(each) as unknown[]).filter((inner) => inner !== undefined));
  }
  return true;
}

/** Whether it is valid. Throws when a promise above is broken. */
function check(text: string): boolean {
  const began = process.cpuUsage();
  const declared = declare(
    [
      { path: 'sites.yaml', text: sites },
      { path: 'tier.yaml', text: tier },
      { path: 'x.yaml', text },
    ],
    { vocabulary },
  );
  const { user, system } = process.cpuUsage(began);
  if ((user + system) / 1_000 > mostCpuMs) throw new Error(`it took ${(user + system) / 1_000} ms`);
  if (sharedKeys() !== before || ({} as Record<string, unknown>)['polluted'] !== undefined) throw new Error('a prototype was changed');
  const widths = { ...baseWidths, 'x.yaml': widthsOf(text) } as Readonly<Record<string, number[]>>;
  const problems = declared.ok ? declared.warnings : declared.problems;
  if (!declared.ok && problems.length === 0) throw new Error('it is wrong, and nobody says why');
  for (const problem of problems) {
    const { file, line, column, code, message, remedy } = problem;
    const width = widths[file]?.[line - 1];
    const isSound =
      Object.hasOwn(codes, code) &&
      message !== '' &&
      remedy !== '' &&
      width !== undefined &&
      Number.isInteger(column) &&
      column > 0 &&
      column <= width + 1;
    if (!isSound) throw new Error(`no place in the text, or nothing said: ${JSON.stringify(problem)}`);
  }
  if (declared.ok && !isPlain(declared.estate)) throw new Error('the estate holds something that is not plain');
  return declared.ok;
}

const tokens = [
  'a',
  ': ',
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '&a ',
  '*a',
  '<<: ',
  '!',
  '!!',
  '|\n',
  '>\n',
  '${{ ',
  ' }}',
  '---\n',
  '...\n',
  '#',
  '?',
  '%YAML 1.1\n',
  '\t',
  '1',
  '0x1F',
  '.inf',
  '~',
  '\u0000',
  '\u2028',
  '\uFEFF',
  '\uD800',
  '\r\n',
  '__proto__',
  'constructor',
  'kind: Tier\n',
  'spec:',
  'metadata: { name: a }\n',
];
const text = fc.array(fc.constantFrom(...tokens), { maxLength: 60 }).map((parts) => parts.join(''));
const whole = Object.values(base).join('---\n');

/** Declarations with any values under any keys, those that are known, and those that all objects have. */
const names = [
  ...new Set(whole.match(/[A-Za-z]+(?=:)/g)),
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '',
  '~',
  'a/b',
  '0',
];
const leaf = fc.oneof(
  fc.constantFrom(
    '1m',
    '99.9',
    'ehr',
    'move',
    'gold',
    'east',
    'tcp',
    'db.promote',
    '${{ inventory.a }}',
    '${{ to.name }}',
    '${{',
    'a'.repeat(5_000),
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 6 }).map((entries) => new Map(entries)),
  ),
}));
const declaration = fc
  .record({ kind: fc.constantFrom(...kindNames), name: fc.constantFrom('a', 'ehr', 'constructor', '__proto__', 'Ä'), spec: value })
  .map(({ kind, name, spec }) =>
    stringify(
      new Map<string, unknown>([
        ['apiVersion', 'resus/v1'],
        ['kind', kind],
        ['metadata', { name }],
        ['spec', spec],
      ]),
    ),
  );

/** A scalar of a good file, put another way. */
const scalars = [...whole.matchAll(/(?<=: )[^\n{[,}\]]+/g)].map((match) => ({ at: match.index, length: match[0].length }));

describe('declare', () => {
  it(
    'takes any text',
    () => {
      fc.assert(
        fc.property(fc.oneof(text, fc.string({ unit: 'binary', maxLength: 80 })), (each) => void check(each)),
        runs,
      );
    },
    timeout,
  );
  it(
    'takes good files with a piece cut out, put in or doubled',
    () => {
      let wrong = 0;
      fc.assert(
        fc.property(fc.nat(whole.length), fc.nat(40), fc.oneof(text, fc.constant('')), fc.boolean(), (at, length, piece, doubled) => {
          const edited =
            whole.slice(0, at) + piece + (doubled ? whole.slice(at, at + length) : '') + whole.slice(doubled ? at : at + length);
          if (!check(edited)) wrong++;
        }),
        runs,
      );
      expect(wrong).toBeGreaterThan(runs.numRuns / 2);
    },
    timeout,
  );
  it(
    'takes good files with any value in the place of another',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...scalars), value, ({ at, length }, each) => {
          const json = JSON.stringify(each, (_key, inner: unknown) => (inner instanceof Map ? Object.fromEntries(inner) : inner)) ?? '~';
          check(whole.slice(0, at) + json + whole.slice(at + length));
        }),
        runs,
      );
    },
    timeout,
  );
  it(
    'takes declarations of every kind that hold anything',
    () => {
      let wrong = 0;
      fc.assert(
        fc.property(fc.array(declaration, { minLength: 1, maxLength: 3 }), (documents) => {
          if (!check(documents.join('---\n'))) wrong++;
        }),
        runs,
      );
      expect(wrong).toBeGreaterThan(runs.numRuns / 2);
    },
    timeout,
  );
  it('would be caught: a problem without a place, a changed prototype', () => {
    expect(() => check('a: 1\n')).not.toThrow();
    Object.defineProperty(Object.prototype, 'polluted', { value: true, configurable: true, enumerable: false });
    try {
      expect(() => check('a: 1\n')).toThrow('a prototype was changed');
    } finally {
      delete (Object.prototype as { polluted?: unknown }).polluted;
    }
  });
});
