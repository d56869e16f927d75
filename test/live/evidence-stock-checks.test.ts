// The commands that VERIFY.md and docs/evidence.md tell a stranger to type, run as they stand there. Needs sha256sum and OpenSSL 3.
import { execSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { buildBundle, writeBundle } from '../../src/evidence/bundle.ts';
import { stockChecks } from '../../src/evidence/instructions.ts';
import { sampleBundle } from '../evidence/sample-journal.ts';

const hasTools =
  spawnSync('sha256sum', ['--version']).status === 0 && /OpenSSL [3-9]/.test(spawnSync('openssl', ['version']).stdout?.toString() ?? '');
const home = mkdtempSync(join(tmpdir(), 'resus-stock-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.skipIf(!hasTools).each(stockChecks.map((command, i) => [command, i === 0 ? 'report.html' : 'log/checkpoint.body'] as const))(
  '%s',
  (command, path) => {
    const dir = join(home, path.replace('/', '-'));
    writeBundle(dir, buildBundle(sampleBundle()));
    for (const document of [join(dir, 'VERIFY.md'), fileURLToPath(new URL('../../docs/evidence.md', import.meta.url))])
      expect(readFileSync(document, 'utf8')).toContain(command);
    execSync(command, { cwd: dir, stdio: 'pipe' });
    const bytes = readFileSync(join(dir, path));
    bytes.writeUInt8(bytes.readUInt8(2) ^ 1, 2);
    writeFileSync(join(dir, path), bytes);
    expect(() => execSync(command, { cwd: dir, stdio: 'pipe' })).toThrow();
  },
);
