// The rules that make mutants: each on a piece of code that it changes, and none on words, types or what is no program.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkers } from '../../src/simulation/checkers/index.ts';
import { about } from '../../tools/mutants/about.ts';
import { stripped } from '../../tools/mutants/bundle.ts';
import { candidatesOf, rules } from '../../tools/mutants/candidates.ts';
import { codeOnly } from '../../tools/mutants/code.ts';
import { everything, parts } from '../../tools/mutants/sources.ts';
import { wordsIn } from '../../tools/mutants/wording.ts';

const made = (text: string): readonly string[] => candidatesOf('x.ts', text).map(({ rule, text: after }) => `${rule}: ${after}`);

describe('each rule', () => {
  const rows: readonly [rule: string, before: string, after: string][] = [
    ['flip a comparison', 'const a = b >= c;', 'const a = b < c;'],
    ['flip a comparison', 'const a = b !== c;', 'const a = b === c;'],
    ['and for or', 'const a = b && c;', 'const a = b || c;'],
    ['every for some', 'const a = b.every(c);', 'const a = b.some(c);'],
    ['most for least', 'const a = Math.max(b, c);', 'const a = Math.min(b, c);'],
    ['change a majority', 'const a = Math.floor(b / 2) + 1;', 'const a = Math.floor(b / 2);'],
    ['off by one', 'const a = b + 1;', 'const a = b + 0;'],
    ['negate a condition', "if (isA(b('x)'))) {}", "if (!(isA(b('x)')))) {}"],
    ['drop a check', '  if (a.has(b)) return c;', ''],
    ['drop a check', '  if (a === undefined || a.b < c) continue;', ''],
    ['drop a statement', "  state.delete(id, 'x');", ''],
    ['drop a statement', '  step.epoch = epoch;', ''],
    ['drop a row', "  'observed:absent': { to: 'absent' },", ''],
    ['drop a row', '  FenceStated: (run, { fence }) => (run.fencing = fence),', ''],
    ['no time', 'const lookMs = 8_000;', 'const lookMs = 0;'],
  ];
  test.each(rows)('%s: %s', (rule, before, after) => {
    expect(made(before)).toContain(`${rule}: ${after}`);
  });
  test('drop a guard takes the whole row, and swap an order takes two lines', () => {
    const guards = "const guards = [\n  {\n    name: 'a',\n    check: () => go('x'),\n  },\n  {\n    name: 'b',\n  },\n];\n";
    const dropped = candidatesOf('x.ts', guards).filter(({ rule }) => rule === 'drop a guard');
    expect(dropped.map(({ text }) => text)).toEqual([
      "const guards = [\n  {\n    name: 'b',\n  },\n];\n",
      "const guards = [\n  {\n    name: 'a',\n    check: () => go('x'),\n  },\n];\n",
    ]);
    const swapped = candidatesOf('x.ts', "  a('1');\n  b('2');\n  return c;\n").filter(({ rule }) => rule === 'swap an order');
    expect(swapped.map(({ text }) => text)).toEqual(["  b('2');\n  a('1');\n  return c;\n"]);
  });
  test('an order is swapped only where one line reads what the other writes', () => {
    const swaps = (text: string): number => candidatesOf('x.ts', text).filter(({ rule }) => rule === 'swap an order').length;
    expect([swaps('  a.b = c;\n  a.d = e;\n'), swaps('  a.b = c;\n  a.d = a.b;\n'), swaps('  f(a);\n  a.d = e;\n')]).toEqual([0, 1, 1]);
  });
  test('is shown above', () => {
    const shown = new Set([...rows.map(([rule]) => rule), 'drop a guard', 'swap an order']);
    expect(rules.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

test.each([
  ['a comment', '// if (a === b) return c;'],
  ['a text', "const a = 'b === c && d';"],
  ['a template', 'const a = `b >= ${c} || d`;'],
  ['a longer comment', '/* a\n   if (b) return c;\n */'],
  ['what only people read', "    because: a === b ? 'x' : 'y',"],
  ['a value that is only read in words', "  const a = b === c ? 'x' : 'y';\n  return `it is ${a}`;\n}"],
])('leaves %s alone', (_, text) => {
  expect(made(text)).toEqual([]);
});
test('a value that is read elsewhere too is changed', () => {
  expect(made('  const a = b === c;\n  return a ? `it is ${a}` : d;\n}')).toHaveLength(1);
});
test('what only tells the checkers is left alone, in the simulated world only', () => {
  const count = (path: string): number => candidatesOf(path, "  if (a === b) this.#say('x');").length;
  expect([count('src/simulation/controller.ts'), count('src/engine/engine.ts')]).toEqual([0, 2]);
});
test('what only the compiler asks for is not dropped, nor half of it', () => {
  expect(made('  if (a === undefined || b.c === undefined) return;').map((each) => each.split(':')[0])).toEqual([
    'negate a condition',
    'flip a comparison',
    'flip a comparison',
  ]);
});
test('keeps the places of what is left', () => {
  const text = "const a = 'x // y'; // z\nconst b = `\n`;";
  expect(codeOnly(text)).toHaveLength(text.length);
  expect(codeOnly(text).split('\n')).toHaveLength(3);
});
test('the same text gives the same mutants, each another program', () => {
  const text = 'export const a = (b: number): boolean => b > 1 && b < 9;\nif (a(3)) a(4);\n';
  const first = candidatesOf('x.ts', text);
  expect(candidatesOf('x.ts', text)).toEqual(first);
  const programs = first.map((each) => stripped(each.text));
  expect(first.length).toBeGreaterThan(3);
  expect(new Set(programs).size).toBe(programs.length);
  expect(programs).not.toContain(stripped(text));
});
test('what is no program is none', () => {
  expect(stripped('const = ;')).toBeUndefined();
  expect(stripped('type A = 1;')?.trim()).toBe('');
});

describe('a function that only makes text', () => {
  const told = "const told = (a: number): string => (a === 1 ? 'x' : 'y');\n";
  const wordedBy = 'export const b = { because: told(1) };\nexport const c = `it is ${told(2)}`;\n';
  test.each([
    ['is left alone', wordedBy, 0],
    ['is changed where what it says decides', `${wordedBy}if (told(3) === 'x') d();\n`, 1],
    [
      'is left alone where only another one reads it',
      `${wordedBy}function e(): string {\n  return told(4);\n}\nexport const f = { sentence: e() };\n`,
      0,
    ],
  ])('%s', (_, caller, changed) => {
    const words = wordsIn(
      new Map([
        ['x.ts', told],
        ['y.ts', caller],
      ]),
    );
    expect(candidatesOf('x.ts', told, words)).toHaveLength(changed);
  });
});
test('each file that the mutants are made of is there, stands in one part only, and belongs to everything', () => {
  const files = parts.flatMap((part) => part.files);
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((path) => !everything.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([]);
});

describe('what only pages ask', () => {
  const of = (core: string, page: string, other = ''): boolean =>
    wordsIn(new Map([['x.ts', core]]), [page], [other]).isIn(
      'x.ts',
      core.indexOf('===') === -1 ? core.indexOf('.shift') : core.indexOf('==='),
    );
  const asks = 'export function isA(b: number): boolean {\n  return b === 1;\n}\n';
  const keeps =
    'const folds = {\n  Seen: (state, data) => {\n    state.seen.push(data);\n    if (state.seen.length > 9) state.seen.shift();\n  },\n};\n';
  test.each([
    ['a function that a page calls', asks, 'show(isA(2));', '', true],
    ['one that nobody calls', asks, '', '', false],
    ['one that something else calls, too', `${asks}export const due = (): boolean => isA(3);\n`, 'show(isA(2));', '', false],
    ['one that the runtime calls, too', asks, 'show(isA(2));', 'if (isA(2)) send();', false],
    ['a list that pages show', keeps, 'show(known.seen);', '', true],
    ['a list that somebody reads', `${keeps}const last = known.seen.at(-1);\n`, 'show(known.seen);', '', false],
    ['a list that somebody takes out', `${keeps}const { seen } = view.known;\n`, 'show(known.seen);', '', false],
  ])('%s', (_, core, page, other, isLeftOut) => {
    expect(of(core, page, other)).toBe(isLeftOut);
  });
});

describe('where to look for a mutant of its own', () => {
  test('is said for every checker', () => {
    expect(Object.keys(about).sort()).toEqual(checkers.map(({ name }) => name).sort());
  });
  test('is code that the rules change', () => {
    const empty = Object.entries(about).flatMap(([name, places]) =>
      places.flatMap((place) => {
        const [path = '', ...rest] = place.split(' ');
        const found = candidatesOf(path, readFileSync(path, 'utf8')).some(({ before, after, rule }) =>
          `${before} ${after} ${rule}`.includes(rest.join(' ')),
        );
        return found ? [] : [`${name}: ${place}`];
      }),
    );
    expect(empty).toEqual([]);
  });
});
