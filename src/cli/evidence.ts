// `resus evidence RUN`: fetches the signed account of a closed run and writes it to a folder, ready for `resus verify`.
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import { writeBundle } from '../evidence/bundle.ts';
import { EvidenceError } from '../evidence/evidence-error.ts';
import type { Client } from './client.ts';
import { CliError } from './cli-error.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function evidenceCommand(io: Io): Command {
  return controllerCommand('evidence', 'fetch the evidence of a closed run')
    .argument('<run>', 'the run')
    .requiredOption('--out <dir>', 'the folder to write')
    .action(async (run: string, options: Common & { readonly out: string }) => {
      const files = await fetchEvidence(connect(options, io), run, options.out);
      if (options.json === true) printJson(io, { run, dir: options.out, files });
      else print(io, `${files} files in ${options.out}. Check it with: resus verify ${options.out}`);
    });
}

/** The number of files written. */
export async function fetchEvidence(client: Client, run: string, dir: string): Promise<number> {
  const { files } = await client.get<{ readonly files: Readonly<Record<string, string>> }>(
    `/api/v1/runs/${encodeURIComponent(run)}/bundle`,
  );
  const bundle = new Map(Object.entries(files).map(([path, text]) => [inside(path), Buffer.from(text, 'base64')] as const));
  try {
    writeBundle(dir, bundle);
  } catch (error) {
    const code = error instanceof EvidenceError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'WRITE_FAILED');
    throw new CliError(1, code, `The evidence of ${run} cannot be written to ${dir}: ${(error as Error).message}`, 'Name another folder.');
  }
  return bundle.size;
}

/** A controller may only name files inside the folder: one that was taken over must not write elsewhere. */
function inside(path: string): string {
  const parts = path.split('/');
  if (path === '' || isAbsolute(path) || /[\\\0:]/.test(path) || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new CliError(
      1,
      'BAD_PATH',
      `The controller names a file outside the bundle: ${JSON.stringify(path.slice(0, 100))}.`,
      'Nothing was written. Do not trust this controller.',
    );
  return path;
}
