// Whatever the text, `declare` ends without a throw, and every problem has a place inside the text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declare } from '../../src/declare/declare.ts';
import { codes } from '../../src/declare/problem.ts';
import { base, vocabulary } from './base.ts';

const runs = { numRuns: 150, seed: 20_261_122 } as const;
const check = (text: string): boolean => {
  const declared = declare(
    [
      ...Object.entries(base)
        .slice(0, 2)
        .map(([path, its]) => ({ path, text: its })),
      { path: 'x.yaml', text },
    ],
    { vocabulary },
  );
  const lines = text.split('\n');
  for (const problem of declared.ok ? declared.warnings : declared.problems) {
    expect(Object.keys(codes)).toContain(problem.code);
    expect(problem.message.length * problem.remedy.length).toBeGreaterThan(0);
    if (problem.file !== 'x.yaml') continue;
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.line).toBeLessThanOrEqual(lines.length);
    expect(problem.column).toBeGreaterThan(0);
    expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1]?.length ?? 0) + 1);
  }
  return declared.ok;
};

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
  '!',
  '|\n',
  '>\n',
  '${{ ',
  ' }}',
  '---\n',
  '#',
  '?',
  '%',
  '\t',
  '1',
  '~',
  '\u0000',
  '\uFEFF',
  '\r\n',
  '__proto__',
  'kind: Tier\n',
  'spec:',
];
const text = fc.array(fc.constantFrom(...tokens), { maxLength: 60 }).map((parts) => parts.join(''));
const whole = Object.values(base).join('---\n');

describe('declare', () => {
  it('takes any text', () => {
    fc.assert(
      fc.property(text, (each) => void check(each)),
      runs,
    );
  }, 120_000);
  it('takes good files with a piece cut out, put in or doubled', () => {
    let wrong = 0;
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(40), fc.oneof(text, fc.constant('')), fc.boolean(), (at, length, piece, doubled) => {
        const edited = whole.slice(0, at) + piece + (doubled ? whole.slice(at, at + length) : '') + whole.slice(doubled ? at : at + length);
        if (!check(edited)) wrong++;
      }),
      runs,
    );
    expect(wrong).toBeGreaterThan(runs.numRuns / 2);
  }, 120_000);
});
