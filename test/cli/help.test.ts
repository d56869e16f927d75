// `resus --help`, as the program prints it: every command is in a group that says when it is wanted, and the ones for 3 a.m. come first.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { groups } from '../../src/cli/index.ts';

test('every command is in one group, and every name in a group is a command', () => {
  const help = execFileSync(process.execPath, ['--import', 'tsx', 'src/main.ts', '--help'], { encoding: 'utf8' });
  const listed = help.split('\n').flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? []);
  expect(listed).toEqual([...Object.values(groups).flat(), 'help']);
  expect(help.indexOf('What is going on:')).toBeLessThan(help.indexOf('Processes:'));
});
