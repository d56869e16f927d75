// The history that a command is given: what several of its files hold counts once.
import { expect, test } from 'vitest';
import { pastIn } from '../../src/cli/past.ts';

const lines = 'test/replay/0.1/events.ndjson';
const none = () => Promise.reject(new Error('no journal is read here'));

test('the same entries out of two files count once', async () => {
  const once = await pastIn([lines], none);
  expect(once.length).toBeGreaterThan(10);
  expect(await pastIn([lines, lines], none)).toEqual(once);
});
