// The small parts: durations, templates, expressions, suggestions, schedules.
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/values.ts';
import { scheduleMistake } from '../../src/declare/cron.ts';
import { durationMs, durationText } from '../../src/declare/duration.ts';
import { checkerFor, evaluate } from '../../src/declare/expression.ts';
import { gameDayScope } from '../../src/declare/scope.ts';
import { nearest } from '../../src/declare/suggest.ts';
import { template } from '../../src/declare/template.ts';

describe('durationMs', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['36h', 129_600_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
    ['6y', 189_216_000_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
    ['100y', 3_153_600_000_000],
    ['101y', undefined],
    ['', undefined],
    ['60', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
    ['1 s', undefined],
    ['1s1h', undefined],
    ['1s1s', undefined],
    ['1S', undefined],
    ['9999999999999s', undefined],
    ['1ms'.repeat(1_000), undefined],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
    if (ms !== undefined) expect(durationMs(durationText(ms))).toBe(ms);
  });
});

describe('template', () => {
  it.each([
    ['plain', ['plain'], false],
    ['${{ a }}', [' a '], true],
    ['x${{a}}y${{b}}', ['x', 'a', 'y', 'b'], false],
    [' ${{ a }}', [' ', ' a '], false],
  ])('%s', (text, parts, whole) => {
    const found = template(text);
    expect(found.parts.map((part) => (part.kind === 'text' ? part.text : part.body))).toEqual(parts);
    expect(found.whole).toBe(whole);
  });
  it('says where one is not closed', () => {
    expect(template('ab ${{ c').unclosed).toBe(3);
  });
});

describe('evaluate', () => {
  const scope: Record<string, Json> = { n: 4, s: 'x', names: ['a', 'b'], facts: { k: 7 }, yes: true };
  it.each<readonly [string, Json]>([
    ['n + 1', 5],
    ['n / 2 == 2', true],
    ['s + "y"', 'xy'],
    ['${{ n }}', 4],
    ['${{ names }}', ['a', 'b']],
    ['${{ facts }}', { k: 7 }],
    ['n=${{ n }}, ${{ yes }}', 'n=4, true'],
    ['names.map(each, each + s)', ['ax', 'bx']],
    ['facts.k > n && has(facts.k)', true],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, scope)).toEqual({ ok: true, value });
  });
  it.each([
    ['m', 'nothing here is called `m`'],
    ['facts.q', 'nothing here is called `q`'],
    ['n +', 'unexpected token: EOF'],
    ['9007199254740992', '9007199254740992 is not a whole number between -2^53 and 2^53'],
    ['1.5', '1.5 is not a whole number between -2^53 and 2^53'],
    ['s.matches("x")', '`matches` is not allowed: a regular expression can run for ever'],
    ['a ${{ names }}', 'only texts, whole numbers and booleans can stand inside a text'],
    ['a ${{ n', 'a `${{` is not closed by `}}`'],
    ['', 'the expression is empty'],
    ['s.constructor', 'nothing here is called `constructor`'],
  ])('refuses %s', (expression, message) => {
    const result = evaluate(expression, scope);
    expect(result.ok ? result.value : result.message.toLowerCase()).toContain(message.toLowerCase());
  });
  it('refuses a scope that hides what the language has', () => {
    expect(evaluate('1', { list: 1 }).ok).toBe(false);
  });
  it('gives the same for the same, and keeps nothing of what it was given', () => {
    expect(evaluate('n + 1', { n: 1 })).toEqual({ ok: true, value: 2 });
    expect(evaluate('n + 1', { n: 41 })).toEqual({ ok: true, value: 42 });
    expect(evaluate('n + 1', {}).ok).toBe(false);
  });
});

describe('the scope of a game day', () => {
  const check = checkerFor(gameDayScope);
  it.each([
    ['floor == "lab" && usersPath.healthy', 'bool'],
    ['standby.lagMs + run.rpoMs', 'int'],
    ['failback.outcome', 'string'],
  ])('%s', (text, type) => {
    expect(check(text)).toMatchObject({ ok: true, type });
  });
  it('knows nothing else', () => {
    expect(check('tier.rto')).toMatchObject({ ok: false, code: 'EXPRESSION_NAME', name: 'tier', offset: 0 });
  });
  it.each([
    ['1 + '.repeat(600) + '1', 'EXPRESSION_LIMIT'],
    ['('.repeat(100) + '1' + ')'.repeat(100), 'EXPRESSION_LIMIT'],
    [`"${'x'.repeat(5_000)}"`, 'EXPRESSION_LIMIT'],
  ])('has limits (%#)', (text, code) => {
    expect(check(text)).toMatchObject({ ok: false, code });
  });
});

describe('nearest', () => {
  const known = ['us-east-1', 'us-east-2', 'us-west-2', 'campus'];
  it.each([
    ['us-eats-2', 'us-east-2'],
    ['US-EAST-1', 'us-east-1'],
    ['camps', 'campus'],
    ['paris', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('%#', (name, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });
});

describe('a schedule', () => {
  it.each(['0 3 * * 2', '*/5 * * * *', '0 0 1,15 jan-mar mon', '0-30/10 2 * * 7'])('%s is one', (cron) => {
    expect(scheduleMistake('cron', cron)).toBeUndefined();
  });
  it.each(['', '* * * *', '60 * * * *', '0 3 0 * *', '5-1 * * * *', '*/0 * * * *', '@daily', '0 3 * * tues', '*'.repeat(10_000)])(
    '%j is none',
    (cron) => {
      expect(scheduleMistake('cron', cron)).toBeDefined();
    },
  );
  it.each(['UTC', 'America/New_York', 'Europe/Berlin'])('%s is a zone', (zone) => {
    expect(scheduleMistake('zone', zone)).toBeUndefined();
  });
});
