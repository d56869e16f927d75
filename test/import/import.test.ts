// Drafts from a state of Terraform and from the AWS of the lab: they parse, and validate except for what a person must decide.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCommand, type SeeAws } from '../../src/cli/import.ts';
import { runCli } from '../../src/cli/index.ts';
import { declare, evaluate } from '../../src/declare/index.ts';
import { draftOf, terraformState, type Seen } from '../../src/import/index.ts';
import { label, labels } from '../../src/import/labels.ts';
import { seenIn } from '../../src/providers/aws/seen.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { answered, problemsOf, seenOf, vocabulary } from './answered.ts';
import { recordedIo } from '../cli/stdio.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { labKeys } from '../providers/fixtures.ts';

const stateFile = 'test/import/hospital.tfstate.json';
const stateText = readFileSync(stateFile, 'utf8');
describe('a state of Terraform', () => {
  const draft = draftOf(seenOf(stateText));
  it('becomes sites and workloads, with questions where only people know', () => {
    expect(draft).toMatchSnapshot();
  });
  it('has nothing wrong with it but the questions, each with its place', () => {
    const problems = problemsOf(draft);
    const lines = draft.split('\n');
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['TODO_LEFT']));
    expect(problems.map(({ line }) => line)).toEqual(lines.flatMap((line, at) => (/(?:: |- )TODO /.test(line) ? [at + 1] : [])));
    expect(problems.length).toBeGreaterThan(15);
  });
  it('validates when they are answered', () => {
    expect(problemsOf(answered(draft)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('gives away no secret', () => {
    expect(stateText.match(/correct-horse-battery/g)?.length).toBeGreaterThan(4);
    expect(draft).not.toContain('correct-horse');
  });
  it.each([
    ['no JSON', 'terraform {', 'it is not JSON'],
    ['a list', '[]', 'it has no list `resources`'],
    ['an older format', '{"version": 3, "resources": []}', 'it is not of format 4'],
  ])('%s is refused', (_what, text, message) => {
    expect(terraformState(text)).toMatchObject({ ok: false, message });
  });
  it.each([
    ['nothing in its places', { version: 4, resources: [null, 1, { mode: 'managed', type: 'aws_db_instance', instances: [null, {}] }] }],
    [
      'what no identifier can be',
      {
        version: 4,
        resources: [
          {
            mode: 'managed',
            type: 'aws_db_instance',
            instances: [
              { attributes: { arn: 'arn:aws:rds:us-east-2:1:db:x', identifier: '${{ inventory.x }}', address: 'a b\n- c', port: 1e9 } },
            ],
          },
        ],
      },
    ],
    [
      'replicas that follow each other',
      {
        version: 4,
        resources: [
          {
            mode: 'managed',
            type: 'aws_db_instance',
            instances: ['a', 'b'].map((id, at) => ({
              attributes: { arn: `arn:aws:rds:us-east-2:1:db:${id}`, identifier: id, replicate_source_db: ['b', 'a'][at] },
            })),
          },
        ],
      },
    ],
  ])('a state with %s gives a draft all the same', (_what, state) => {
    const hostile = draftOf(seenOf(JSON.stringify(state)));
    expect(new Set(problemsOf(hostile).map(({ code }) => code))).toEqual(new Set(['TODO_LEFT']));
    expect(hostile).not.toContain('${{');
  });
});

describe('the AWS of the lab', () => {
  let bench: Bench;
  let tools: AwsTools;
  beforeAll(async () => {
    bench = await startBench();
    const endpoints = Object.fromEntries(bench.hospital.regions.map((region) => [region.name, bench.url(region.name)]));
    tools = new AwsTools({ endpoints, route53Endpoint: bench.url('us-east-1'), credentials: labKeys });
    await Promise.all([tools.rds('us-east-2'), tools.rds('us-west-2'), tools.route53()]);
  }, 60_000);
  afterAll(() => bench.close());

  it('is read without changing anything, and becomes a draft with nothing wrong but questions', { timeout: 60_000 }, async () => {
    const seen = await seenIn(tools, ['us-east-2', 'us-west-2'], new AbortController().signal);
    expect(seen.globals).toEqual([
      {
        id: 'ehr-global',
        members: expect.arrayContaining([
          { arn: bench.aws.clusterArns.east, isWriter: true },
          { arn: bench.aws.clusterArns.west, isWriter: false },
        ]) as unknown,
      },
    ]);
    expect(seen.instances.find(({ id }) => id === 'reports-west')?.source).toContain('reports');
    expect(seen.records.filter(({ routing }) => routing === 'failover').length).toBeGreaterThan(1);
    expect(seen.clusters.map(({ backupDays }) => backupDays)).toEqual([7, 7]);
    expect(seen.records.some(({ ttlSeconds }) => ttlSeconds === 2)).toBe(true);
    expect(bench.hospital.asked).toEqual([]);
    expect(Object.keys(bench.aws.executions()).filter((key) => !/^(?:Describe|List)/.test(key))).toEqual([]);

    const draft = draftOf(seen);
    expect(new Set(problemsOf(draft).map(({ code }) => code))).toEqual(new Set(['TODO_LEFT']));
    expect(problemsOf(answered(draft)).filter(({ severity }) => severity === 'error')).toEqual([]);
    const declared = declare([{ path: 'draft.yaml', text: answered(draft) }], { vocabulary });
    if (!declared.ok) throw new Error('wrong');
    expect(
      Object.values(declared.estate.workloads).map(({ id, replicas }) => [id, replicas.map(({ role, site }) => `${role} ${site}`)]),
    ).toEqual([
      ['ehr-global', ['primary us-east-2', 'standby us-west-2']],
      ['reports', ['primary us-east-2', 'standby us-west-2']],
    ]);
  });
  it('that does not answer is said, with what to do', { timeout: 60_000 }, async () => {
    const away = new AwsTools({
      endpoints: { 'us-east-2': 'http://127.0.0.1:9' },
      route53Endpoint: 'http://127.0.0.1:9',
      credentials: labKeys,
    });
    const { exit, err, out } = await resus(['aws', '--region', 'us-east-2'], (regions, _config, signal) => seenIn(away, regions, signal));
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain('AWS_UNREADABLE AWS could not be looked at');
  });
});

const nothing: Seen = { globals: [], clusters: [], instances: [], records: [] };
async function resus(args: readonly string[], seeAws: SeeAws = () => Promise.resolve(nothing)) {
  const io = recordedIo({ readFile: (path) => readFileSync(path, 'utf8') });
  const exit = await runCli(['import', ...args], {
    io,
    version: '1.2.3',
    vocabulary,
    catalogue: { actions: new Map(), evaluate },
    more: [importCommand({ io, seeAws })],
  });
  return { exit, out: io.printed(), err: io.complained() };
}

describe('resus import', () => {
  it('does what its page says', async () => {
    const page = readFileSync('docs/import.md', 'utf8');
    const commands = [...page.matchAll(/^resus import (.*?)(?: > draft\.yaml)?$/gm)].map((match) => (match[1] ?? '').split(' '));
    expect(commands.map(([which]) => which)).toEqual(['terraform-state', 'aws']);
    let asked: readonly string[] = [];
    for (const command of commands) {
      const { exit, out, err } = await resus(
        command.map((word) => (word === 'hospital.tfstate.json' ? stateFile : word)),
        (regions) => ((asked = regions), Promise.resolve(seenOf(stateText))),
      );
      expect([exit, out]).toEqual([0, draftOf(seenOf(stateText))]);
      expect(err).toBe('Seen: 1 global database, 2 clusters, 5 instances, 2 records. Write it to a file and answer its TODOs.\n');
    }
    expect(asked).toEqual(['us-east-2', 'us-west-2']);
  });
  it.each<[string, readonly string[], number, string]>([
    ['a file that is not there', ['terraform-state', 'none.json'], 1, 'PATH_UNREADABLE none.json cannot be read (ENOENT)'],
    ['a file that is no state', ['terraform-state', 'README.md'], 1, 'NOT_A_STATE README.md is no state of Terraform: it is not JSON'],
    ['an account without databases', ['aws', '--region', 'us-east-2'], 1, 'NOTHING_FOUND'],
    ['a region that is none', ['aws', '--region', 'ohio'], 2, 'BAD_REGION ohio is no region'],
    ['no region', ['aws'], 2, "required option '--region <region...>' not specified"],
  ])('%s', async (_what, args, exit, message) => {
    const ran = await resus(args);
    expect(ran.err).toContain(message);
    expect([ran.exit, ran.out]).toEqual([exit, '']);
  });
});

describe('labels', () => {
  it.each([
    ['Ehr_East.1', 'ehr-east-1'],
    ['--', 'unnamed'],
    ['x'.repeat(70), 'x'.repeat(63)],
    [`${'x'.repeat(62)}--y`, 'x'.repeat(62)],
  ])('%s: %s', (name, expected) => {
    expect(label(name)).toBe(expected);
  });
  it('tells the same apart', () => {
    expect(
      labels([
        { short: 'a', full: 'a-east' },
        { short: 'A', full: 'a-west' },
        { short: 'b', full: 'b-east' },
        { short: 'a', full: 'a-west' },
      ]),
    ).toEqual(['a-east', 'a-west', 'b', 'a-west-2']);
  });
  it.each([
    [['a-2', 'a', 'a']],
    [['a', 'a', 'a-2']],
    [['a', 'a-2', 'a', 'a-2', 'a', 'a-2-2']],
    [['a', 'b'].flatMap((end) => Array.from({ length: 12 }, () => `${'x'.repeat(70)}${end}`))],
  ])('never gives one name to two: %j', (names) => {
    const made = labels(names.map((each) => ({ short: each, full: each })));
    expect(new Set(made).size).toBe(names.length);
    for (const each of made) expect(each).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
  });
});
describe('what is rare', () => {
  const with_ = (change: (state: string) => string): string => draftOf(seenOf(change(stateText)));
  it('a local zone stands in the region of its instance', () => {
    const draft = with_((state) => state.replaceAll('"us-east-2a"', '"us-east-2-chi-1a"'));
    expect(draft).toMatch(/name: us-east-2-chi-1a\nspec:\n {2}level: zone\n {2}parent: us-east-2\n/);
  });
  it.each([
    ['"failover_routing_policy": [', '"multivalue_answer_routing_policy": true, "other": [', 'multivalue'],
    ['"failover_routing_policy": [', '"geoproximity_routing_policy": [', 'geoproximity'],
    ['"failover_routing_policy": [', '"cidr_routing_policy": [', 'cidr'],
  ])('how Route 53 chooses is said: %s becomes %s: %s', (from, to, routing) => {
    const { records } = seenOf(stateText.replaceAll(from, to));
    expect(records.map((each) => each.routing)).toContain(routing);
  });
});
