// `resus verify BUNDLE`: says line by line what was checked, and exits 1 when anything does not hold.
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { EvidenceError } from '../evidence/evidence-error.ts';
import { verifyBundle, type Verification } from '../evidence/verify.ts';
import { JournalError } from '../journal/journal-error.ts';
import { printable } from './io.ts';

type Output = { write(text: string): unknown };
type Options = { readonly json?: boolean; readonly vkey?: string };
const marks = { ok: 'ok      ', failed: 'FAILED  ', 'not done': 'not done' } as const;

export function verifyCommand(output: Output = process.stdout): Command {
  return new Command('verify')
    .description('check an evidence bundle offline: files, signatures, chain, Merkle root, measurements')
    .argument('<bundle>', 'the folder that holds SHA256SUMS')
    .option('--vkey <file-or-key>', "the log's key as you got it before and by another way")
    .option('--json', 'one JSON object')
    .action((bundle: string, options: Options) => {
      process.exitCode = runVerify(bundle, options, output);
    });
}

/** The exit code: 0 when everything verifies, else 1. */
export function runVerify(bundle: string, { json = false, vkey }: Options, output: Output): 0 | 1 {
  try {
    const result = verifyBundle(bundle, vkey === undefined ? {} : { vkey: pinned(vkey) });
    output.write(json ? `${JSON.stringify({ bundle, ...result })}\n` : inWords(bundle, result));
    return result.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof EvidenceError || error instanceof JournalError)) throw error;
    const { code, message } = error;
    output.write(
      json ? `${JSON.stringify({ bundle, ok: false, checks: [], problems: [`${code}: ${message}`] })}\n` : `${code} ${message}\n`,
    );
    return 1;
  }
}

/** A key's text holds a plus sign, and no path that anybody uses ends like it; else it names a file. */
function pinned(vkey: string): string {
  if (/^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/u.test(vkey)) return vkey;
  try {
    return readFileSync(vkey, 'utf8').trimEnd();
  } catch (error) {
    throw new JournalError(
      'BAD_KEY',
      `--vkey is neither a key nor a file that can be read (${(error as Error).message}); give the text of log.vkey or its path`,
      { cause: error },
    );
  }
}

function inWords(bundle: string, { ok, checks, summary }: Verification): string {
  const lines = checks.map(({ name, state, detail }) => `${marks[state]}  ${name.padEnd(12)} ${printable(detail)}\n`).join('');
  if (summary === undefined || !ok)
    return `${lines}\n${bundle} does not verify: do not rely on it. Compare it with another copy, and ask who had it.\n`;
  const { verdict, floor, run } = summary.account as { readonly verdict: string; readonly floor: string; readonly run: string };
  const pin = summary.isPinned ? '' : 'The key is the one in the bundle: this shows that it is whole, not who made it.\n';
  return `${lines}\n${bundle} verifies: run ${printable(run)}, ${verdict}, floor ${floor}.\n${pin}`;
}
