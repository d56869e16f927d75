// `resus lint` as people and pipelines use it: lines with places, one JSON object, and an exit code that says whether to go on.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shown, type Checked } from '../../src/cli/checked.ts';
import { runCli } from '../../src/cli/index.ts';
import { lint, type LintOptions } from '../../src/cli/lint.ts';
import { controllerFacts, readConfig } from '../../src/config.ts';
import { base, catalogue, vocabulary } from '../analysis/base.ts';
import { recordedIo } from './stdio.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-lint-'));
  for (const [name, text] of Object.entries(base)) writeFileSync(join(folder, `${name}.yaml`), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const change = (file: keyof typeof base, from: string, to: string): void =>
  writeFileSync(join(folder, `${file}.yaml`), base[file].replace(from, to));
const configured = (path: string) => {
  const config = readConfig(path, 'c');
  return Promise.resolve({ ...config, facts: controllerFacts(path, config) });
};
const readFile = (path: string): string => readFileSync(path, 'utf8');
const now = (): number => Date.UTC(2027, 0, 1);
const linted = async (options: LintOptions & { json?: true } = {}, paths = [folder]) => {
  const checked = await lint(paths, options, { vocabulary, catalogue, configured, readFile, now });
  return { output: shown(checked, options, '1.2.3'), exitCode: checked.exitCode };
};

describe('resus lint', () => {
  it('finds nothing in what is shipped that nobody answers for', async () => {
    // Nobody has to name the two folders.
    const io = recordedIo();
    const exit = await runCli(['lint', '--json'], { io, version: '1.2.3', vocabulary, catalogue });
    const { problems, accepted = [] } = JSON.parse(io.printed()) as Pick<Checked, 'problems' | 'accepted'>;
    expect([exit, problems]).toEqual([0, []]);
    expect(new Set(accepted.map(({ code }) => code))).toEqual(
      new Set([
        'BY_HAND_UNPRACTISED',
        'DIAGNOSIS_UNTREATED',
        'INNER_HA_UNDECLARED',
        'IRREVERSIBLE_UNAPPROVED',
        'RTO_UNREACHABLE',
        'RTO_TIGHT',
        'NO_SWITCHOVER',
        'REPLICATION_UNDECLARED',
        'BACKUP_UNDECLARED',
        'SHARED_ACCOUNT',
      ]),
    );
    expect(accepted.filter(({ reason }) => reason.length < 40)).toEqual([]);
    // Four systems of one template stand in one line: each is named.
    const lines = accepted.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`);
    expect(lines.filter((each, n) => lines.indexOf(each) !== n)).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(/SHARED_ACCOUNT pharmacy: replicas `east` and `west` all stand/));
  });
  it('says that nothing was found, and is content', async () => {
    expect(await linted()).toEqual({ output: 'Nothing found.', exitCode: 0 });
  });
  it('prints a warning with its place and its evidence, and fails on it only with --strict', async () => {
    change('tier', 'expire: 5m', 'expire: 15m');
    const { output, exitCode } = await linted();
    expect(output.split('\n')).toEqual([
      `${join(folder, 'ehr.yaml')}:44:69: warning RTO_TIGHT RegionLost may take 20m12s, and the RTO is 15m: detection 17s, slow 22s (declared, n 0); approvals 5m, slow 15m (assumed, n 0); yes 2m, slow 5m (declared, n 0); promote 1m, slow 4m (declared, n 0); route 30s, slow 1m30s (declared, n 0); DNS TTL 30s, slow 57s (declared, n 0); client caches 0s (declared, n 0); validation 500ms, slow 3s (declared, n 0) (people vary most: call the next one sooner (\`escalate\`), shorten \`expire\`, or let the machine act)`,
      `${join(folder, 'tier.yaml')}:12:35: warning APPROVAL_OVER_RTO people have 15m to approve, and the RTO is 15m: a lost region waits for approval (shorten \`approvals.expire\`, e.g. to 7m30s, or add \`approvals.emergency\`)`,
      '0 errors, 2 warnings. `resus explain CODE` says more.',
    ]);
    expect([exitCode, (await linted({ strict: true })).exitCode]).toEqual([0, 1]);
    change('tier', '', '');
  });
  it('fails on an error, and says all of it in one JSON object', async () => {
    change('tier', 'regions: 2', 'regions: 3');
    const { output, exitCode } = await linted({ json: true });
    expect([exitCode, JSON.parse(output)]).toEqual([
      1,
      {
        ok: false,
        problems: [
          {
            file: join(folder, 'ehr.yaml'),
            line: 14,
            column: 5,
            code: 'REPLICAS_TOGETHER',
            severity: 'error',
            message: 'its replicas stand in 2 regions, and tier gold demands 3',
            evidence: ['us-east-2 and us-west-2'],
            remedy: 'add a replica in another region',
            page: 'docs/findings.md#replicas_together',
          },
        ],
        accepted: [],
      },
    ]);
    change('tier', '', '');
  });
  it('concludes nothing from declarations that are wrong', async () => {
    change('tier', 'rto: 15m', 'rto: soon');
    const { output, exitCode } = await linted();
    expect([exitCode, output.split('\n')[0]]).toEqual([
      1,
      `${join(folder, 'tier.yaml')}:5:8: BAD_DURATION \`spec.rto\` is \`soon\`, which is not a duration (write e.g. \`500ms\`, \`90s\`, \`15m\`, \`36h\`, \`90d\` or \`6y\`)`,
    ]);
    change('tier', '', '');
  });
  describe('with the configuration of a controller', () => {
    const file = (text: string): string => {
      const path = join(folder, 'run', 'resus.conf');
      mkdirSync(join(folder, 'run'), { recursive: true });
      writeFileSync(path, `data: /var/lib/resus\npolicies: [..]\n${text}`);
      return path;
    };
    it('says at its line that the journal is lost with what is left, over the declarations that it names', async () => {
      const config = file('site: us-west-2\n');
      const { output, exitCode } = await linted({ config }, []);
      expect([exitCode, output.split('\n')]).toEqual([
        1,
        [
          `${config}:3:7: JOURNAL_EVACUATED the journal stands at \`us-west-2\`, and is lost with \`us-west-2\`, which its own plans are to leave: RegionLost of ehr by away (run the controller outside of \`us-west-2\`, and outside of where its plans lead)`,
          '1 error, 0 warnings. `resus explain CODE` says more.',
        ],
      ]);
    });
    it('takes a reason that stands in its labels', async () => {
      const config = file("site: us-west-2\nlabels: { accept/journal-evacuated: 'One region is all that there is. CIO' }\n");
      const { output, exitCode } = await linted({ config }, []);
      expect([exitCode, output.split('\n').at(-1)]).toEqual([0, 'Nothing found; 1 accepted.']);
    });
    it('says its mistakes like any others', async () => {
      const config = file('sitte: us-west-2\n');
      const { output, exitCode } = await linted({ config });
      expect([exitCode, output.split('\n')[0]]).toEqual([
        1,
        `${config}:3:1: UNKNOWN_KEY \`sitte\` is not a key of the declaration (did you mean \`site\`?)`,
      ]);
    });
    it('finds nothing about the one that is shipped that nobody answers for, and names files as they lie here', async () => {
      const config = 'docs/riverside/resus.yaml';
      const { problems, accepted = [] } = await lint([], { config }, { vocabulary, catalogue, configured, readFile, now });
      expect(problems).toEqual([]);
      expect(accepted.filter(({ file }) => file === config).map(({ code }) => code)).toEqual(['CREDENTIALS_SHORT']);
      expect(accepted.map(({ file }) => file)).toContain('policies/riverside/ehr.yaml');
    });
  });
  describe('with a history', () => {
    const journal = 'test/replay/0.1/events.ndjson';
    const codesIn = (output: string): string[] =>
      output.split('\n').flatMap((line) => /(?:warning )?([A-Z]+_[A-Z_]+) /.exec(line)?.[1] ?? []);
    it('says what was never practised, by the journal of a controller', async () => {
      const { output, exitCode } = await linted({ history: [journal] });
      expect([exitCode, output.split('\n')]).toEqual([
        0,
        [
          `${join(folder, 'ehr.yaml')}:44:49: warning DRILL_NEVER_RUN no drill of ZoneLost of \`ehr\` has ever passed, and tier gold demands 2 zones: no drill of it has ended; floor lab (start \`zone-loss\`: \`resus drill zone-loss\`)`,
          '0 errors, 1 warning. `resus explain CODE` says more.',
        ],
      ]);
    });
    it('says how far a copy was behind, by a recording', async () => {
      const file = join(folder, 'run', 'observations.ndjson');
      mkdirSync(join(folder, 'run'), { recursive: true });
      const looks = Array.from({ length: 20 }, (_, n) => ({
        at: n * 1000,
        probed: { target: 'ehr/west/db', vantage: 'eye', ok: true, at: n * 1000, measured: { heartbeatAt: n * 1000 - 11_000 } },
      }));
      writeFileSync(file, [{ recording: 1, at: 0, estate: {} }, ...looks].map((each) => `${JSON.stringify(each)}\n`).join(''));
      expect(codesIn((await linted({ history: [file] })).output)).toEqual(['LAG_OVER_RPO']);
      expect(codesIn((await linted({ history: [file, journal] })).output)).toEqual(['LAG_OVER_RPO', 'DRILL_NEVER_RUN']);
    });
    it('says that there is none where it was said to be', async () => {
      await expect(linted({ history: [join(folder, 'none')] })).rejects.toMatchObject({ code: 'HISTORY_UNREADABLE' });
    });
    it('says nothing of another floor', async () => {
      expect(await linted({ history: [journal], floor: 'live' })).toMatchObject({ output: 'Nothing found.' });
    });
  });
});
