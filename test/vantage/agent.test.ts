// `resus vantage` as a process: it probes with the program's own registry, and ends when it is told to.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Observation } from '../../src/vantage/assignment.ts';
import { providersConfigFrom } from '../../src/vantage/agent.ts';
import { startAgent } from './agent.ts';
import { fakeController, type FakeController } from './controller.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 60_000 });
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

async function controllerWithProbes(): Promise<FakeController> {
  const controller = await fakeController((asked) => {
    if (asked.method === 'POST') return { status: 200, body: { assignment: 'h' } };
    const port = Number(new URL(controller.url).port);
    const timing = { intervalMs: 50, timeoutMs: 500 };
    return {
      status: 200,
      body: {
        hash: 'h',
        probes: [
          { target: 'open', uses: 'tcp', with: { host: '127.0.0.1', port }, ...timing },
          { target: 'closed', uses: 'tcp', with: { host: '127.0.0.1', port: 1 }, ...timing },
        ],
      },
    };
  });
  cleanUps.push(() => controller.close());
  return controller;
}
const posted = (controller: FakeController): Observation[] =>
  controller.asked.flatMap((one) => (one.method === 'POST' ? (one.body as { observations: Observation[] }).observations : []));

describe('resus vantage', () => {
  test.each<[string, string[], (agent: ReturnType<typeof startAgent>) => void]>([
    ['SIGTERM', [], (agent) => void agent.child.kill('SIGTERM')],
    ['the end of its parent', ['--exit-with-parent'], (agent) => void agent.child.stdin?.destroy()],
  ])('probes with the real registry, and ends cleanly at %s', async (_, more, end) => {
    const controller = await controllerWithProbes();
    const agent = startAgent(['vantage', '--name', 'campus', '--controller', controller.url, ...more]);
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    await until('both targets', () => new Set(posted(controller).map((one) => one.target)).size === 2, 40_000);
    expect(posted(controller).every((one) => one.ok === (one.target === 'open'))).toBe(true);
    end(agent);
    expect(await agent.ended).toBe(0);
  });

  test.each<[string, string[], string | null, RegExp]>([
    ['no token', [], null, /TOKEN_MISSING.*RESUS_TOKEN/],
    ['a name that cannot be one', ['--name', 'a/b'], 'secret-token', /NAME_INVALID/],
    ['a configuration that is not there', ['--config', 'no-such-file.yaml'], 'secret-token', /CONFIG_UNREADABLE.*no-such-file/],
  ])('%s is said, and nothing starts', async (_, more, token, message) => {
    const agent = startAgent(['vantage', '--name', 'campus', '--controller', 'http://127.0.0.1:1', ...more], token);
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    expect(await agent.ended).toBe(1);
    expect(agent.stderr()).toMatch(message);
  });
});

describe('providersConfigFrom', () => {
  test.each<[string, string, unknown]>([
    ['the mapping', 'listen: 1\nproviders:\n  aws:\n    region: us-east-2\n', { aws: { region: 'us-east-2' } }],
    ['none', 'listen: 1\n', {}],
    ['an empty file', '', /CONFIG_INVALID/],
    ['a list', 'providers: [aws]\n', /CONFIG_INVALID.*mapping/],
    ['no YAML', 'providers: {\n', /CONFIG_INVALID.*not YAML/],
    [
      'an alias bomb',
      `a: &a [x]\n${Array.from(
        { length: 9 },
        (_, n) =>
          `b${n}: &b${n} [${Array(9)
            .fill(n === 0 ? '*a' : `*b${n - 1}`)
            .join(', ')}]`,
      ).join('\n')}\n`,
      /CONFIG_INVALID/,
    ],
    ['a file that is too long', `# ${'x'.repeat(1024 * 1024)}`, /CONFIG_INVALID.*at most/],
  ])('%s', async (_, text, expected) => {
    const dir = await mkdtemp(join(tmpdir(), 'resus-config-'));
    cleanUps.push(() => rm(dir, { recursive: true }));
    const file = join(dir, 'resus.yaml');
    await writeFile(file, text);
    if (expected instanceof RegExp) await expect(providersConfigFrom(file)).rejects.toThrow(expected);
    else expect(await providersConfigFrom(file)).toEqual(expected);
  });
  test('without a file there are no settings', async () => {
    expect(await providersConfigFrom(undefined)).toEqual({});
  });
});
