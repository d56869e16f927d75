// A journal that each release recorded is read by today's code: what it says was true then stays true. A folder is never changed
// after its release; when this fails, the code is wrong, or `journal/upcast.ts` lacks a row.
import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import { allUnits, due, viewOf } from '../../src/core/kernel.ts';
import { newSight } from '../../src/core/detection/sight.ts';
import type { Hash, Instant } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/expression.ts';
import { recover } from '../../src/engine/recovery.ts';
import { catalogueOf, providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/ports.ts';
import { digest } from '../core/theatre.ts';

const here = new URL('.', import.meta.url);
const releases = readdirSync(here, { withFileTypes: true }).filter((each) => each.isDirectory());
const catalogue = { actions: catalogueOf(providers as readonly unknown[] as readonly Provider[]), evaluate };

test('there is a recorded journal', () => expect(releases.length).toBeGreaterThan(0));

describe.each(releases.map((each) => each.name))('the journal of %s', (release) => {
  const text = (file: string): string => readFileSync(new URL(`${release}/${file}`, here), 'utf8');
  const lines = text('events.ndjson').trimEnd().split('\n');
  const estate = text('estate.json');
  const id = createHash('sha256').update(estate).digest('hex') as Hash;
  const facts = {
    floor: 'lab' as const,
    catalogue,
    digest,
    estates: { get: (hash: Hash) => (hash === id ? (JSON.parse(estate) as Estate) : undefined) },
  };

  test('is the chain that was written, and folds to what it was', () => {
    const { state, chain } = recover(lines, facts);
    expect(chain.seq).toBe(lines.length);
    const [run] = [...state.runs.values()];
    const measured = lines
      .map((line) => JSON.parse(line) as { type: string; data: { measurement: unknown } })
      .find((entry) => entry.type === 'RunMeasured');
    expect(run).toMatchObject({
      status: 'closed',
      outcome: 'succeeded',
      fencing: 'provider-asserted',
      measurement: measured?.data.measurement,
    });
    expect([...state.workloads.values()].map((each) => each.primary)).toEqual(['west']);
    expect([...state.drills.values()]).toMatchObject([{ phase: 'closed', verdict: 'passed' }]);
    expect(state.openRuns.size).toBe(0);
  });

  test('wants nothing done again', () => {
    const { state } = recover(lines, facts);
    const view = viewOf(facts, state, newSight(), Date.parse('2026-12-01') as Instant);
    expect(allUnits(state).flatMap((unit) => due(view, unit).events)).toEqual([]);
  });

  test('is refused with one line changed, left out or swapped', () => {
    const middle = Math.floor(lines.length / 2);
    const changed = lines.with(middle, (lines[middle] ?? '').replace('"epoch":1', '"epoch":2'));
    for (const broken of [changed, lines.toSpliced(middle, 1), lines.toSpliced(middle, 2, lines[middle + 1] ?? '', lines[middle] ?? '')])
      expect(() => recover(broken, facts)).toThrow(/CHAIN_BROKEN|does not verify/);
  });
});
