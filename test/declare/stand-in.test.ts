// An estate without its inventory, made fit to be compiled: what only waits for the inventory becomes a text, what a run knows stays.
import { expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import { evaluate, withStandIns } from '../../src/declare/index.ts';

const filled = (value: unknown): unknown => (withStandIns({ x: value } as unknown as Estate) as unknown as { readonly x: unknown }).x;
test.each([
  ['plain', 'plain'],
  ['${{ inventory.ehrUrl }}/metadata', 'inventory.ehrUrl/metadata'],
  ['${{ inventory.ehrUrl.split("/")[2] }}', 'inventory.ehrUrl.split("/")[2]'],
  ['${{ inventory["siteA"] }}', 'inventory["siteA"]'],
  ['${{ to.name }}', '${{ to.name }}'],
  ['a ${{ to.site }} b', 'a ${{ to.site }} b'],
  ['${{ site == inventory.zoneA ? "b" : "a" }}', '${{ site == "inventory.zoneA" ? "b" : "a" }}'],
  [
    ['${{ inventory.a }}', { b: '${{ inventory.b }}', c: 1, d: null }],
    ['inventory.a', { b: 'inventory.b', c: 1, d: null }],
  ],
])('%j', (given, expected) => {
  expect(filled(given)).toEqual(expected);
});
test('what stays can be evaluated', () => {
  const text = String(filled('${{ to.name + inventory.suffix }}'));
  expect(evaluate(text.slice(3, -2), { to: { name: 'west-' } })).toEqual({ ok: true, value: 'west-inventory.suffix' });
});
