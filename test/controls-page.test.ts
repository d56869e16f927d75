// The page of levers, held to the code: every guard, every refusal, every reason for which a step fails and every wait for people is on it
// or on the page of the API, so that nobody reads a code at night that no page explains. And `why` gives each guard one sentence.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guards } from '../src/core/decision/guards.ts';
import { viewOf } from '../src/core/kernel.ts';
import { waitKinds } from '../src/core/runbook/control-events.ts';
import { remediedGuards } from '../src/core/views/remedies.ts';
import { why } from '../src/core/views/why.ts';
import type { Instant, WorkloadId } from '../src/core/values.ts';
import { open } from './scenarios/stage.ts';

const pages = ['docs/controls.md', 'docs/errors.md', 'docs/api.md'].map((path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
});
const isTold = (code: string): boolean => pages.some((page) => page.includes(`\`${code}\``));

const sources = readdirSync('src/core', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join('src/core', path), 'utf8'));
/** By how they are written: in a refusal, or as the code of a step that fails. */
const found = (pattern: RegExp): string[] => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, code = '']) => code))),
];

test.each(guards.map((guard) => guard.name))('the guard %s is on the page', (guard) => expect(isTold(guard)).toBe(true));

describe('codes', () => {
  const refusals = found(/refusal\(\s*'([A-Z][A-Z_]+)'/g);
  const failures = found(/(?:\bfail\(|\bfailure\(run, planned, )'([A-Z][A-Z_]+)'/g);
  test('are found where they are written', () => {
    expect(refusals.length).toBeGreaterThan(45);
    expect(failures.length).toBeGreaterThan(4);
    // Whoever writes one in another way must be found as well.
    const calls = sources.reduce((sum, text) => sum + (text.match(/\brefusal\(/g) ?? []).length, 0);
    const coded = sources.reduce((sum, text) => sum + (text.match(/\brefusal\(\s*'[A-Z]/g) ?? []).length, 0);
    expect(calls).toBe(coded);
  });
  test.each([...refusals, ...failures])('%s is explained', (code) => expect(isTold(code)).toBe(true));
  test('a code that nobody writes is not taken for one that is explained', () => expect(isTold('NO_SUCH_CODE')).toBe(false));
});

test('every wait for people has its row', () => {
  const said = {
    approval: 'approvals of its plan',
    loss: 'more approvals',
    'approve-step': 'approvals',
    confirmation: 'a task for people',
    pause: 'a paused run',
    stop: 'the stop lever',
    decision: 'a decision',
  };
  expect(Object.keys(said).sort()).toEqual([...waitKinds].sort());
  for (const row of Object.values(said)) expect(pages[0]).toContain(row);
});

test('for each guard it is thought of what people can do', () => {
  expect([...remediedGuards].sort()).toEqual([...guards.map((guard) => guard.name), 'plan'].sort());
});

test('why gives each guard one sentence, also while something is lost', () => {
  const { theatre } = open();
  const ask = (): NonNullable<ReturnType<typeof why>> => {
    const told = why(viewOf(theatre.facts, theatre.known, theatre.engine.seen, theatre.now as Instant), 'ehr' as WorkloadId);
    if (told === undefined) throw new Error('not declared');
    return told;
  };
  const isSentence = (text: string): boolean => text !== '' && !text.includes('\n') && !text.includes('undefined');
  const names = guards.map((guard) => guard.name);
  expect(ask().ifLost?.guards.map((each) => each.guard)).toEqual(names);
  expect(ask().ifLost?.guards.filter((each) => !isSentence(each.because))).toEqual([]);
  theatre.give(
    { kind: 'requested', by: { kind: 'person', id: 'ann' }, request: { kind: 'stop', reason: 'look' } },
    { kind: 'person', id: 'ann' },
  );
  theatre.dark.add('us-east-2');
  theatre.pass(5_000);
  const [incident] = ask().incidents;
  expect(incident?.guards.map((each) => each.guard)).toEqual(names);
  expect(incident?.guards.filter((each) => !isSentence(each.because))).toEqual([]);
  expect(incident?.ahead).toMatchObject({
    kind: 'holds',
    guard: 'stopped',
    sentence: expect.stringMatching(/^Nothing is done: ann stopped acting/) as string,
    next: '`resus release`',
  });
});
