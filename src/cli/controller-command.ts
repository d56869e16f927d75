// What every command that talks to a controller has in common: its options, the token, and how it ends.
import { Command } from 'commander';
import { createColors } from 'picocolors';
import { clientFor, type Client } from './client.ts';
import { misuse } from './cli-error.ts';
import { printable, type Io } from './io.ts';

export const defaultUrl = 'http://127.0.0.1:7400';
export type Common = { readonly controller?: string; readonly tokenFile?: string; readonly json?: true };
export type Colors = ReturnType<typeof createColors>;

export function controllerCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--controller <url>', `base URL of the controller (default: RESUS_URL, or ${defaultUrl})`)
    .option('--token-file <file>', 'file that holds the token (default: the variable RESUS_TOKEN)')
    .option('--json', 'print JSON');
}

export function connect({ controller, tokenFile }: Common, io: Io): Client {
  return clientFor({ url: controller ?? (nonEmpty(io.env['RESUS_URL']) || defaultUrl), token: tokenOf(tokenFile, io) });
}

function tokenOf(file: string | undefined, io: Io): string | undefined {
  if (file === undefined) return nonEmpty(io.env['RESUS_TOKEN']);
  let text: string;
  try {
    text = io.readFile(file).trim();
  } catch (error) {
    throw misuse('TOKEN_FILE', `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`, 'Check --token-file.');
  }
  // The text itself is in no message: it may be a secret in the wrong place.
  if (!/^[\x21-\x7e]{1,4096}$/.test(text))
    throw misuse('TOKEN_FILE', `${file} does not hold one token.`, 'Put the token alone on its first line.');
  return text;
}
const nonEmpty = (text: string | undefined): string | undefined => (text === undefined || text.trim() === '' ? undefined : text.trim());

export const colors = (io: Io): Colors => createColors(io.color);
export const print = (io: Io, ...lines: readonly string[]): void => io.out(lines.map((line) => `${line}\n`).join(''));
export const printJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value)}\n`);

/** Columns as wide as their widest cell. Cells are made printable; `paint` colours a cell after it was padded. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths = header.map((title, column) => Math.max(title.length, ...clean.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], at: number): string =>
    row
      .map((cell, column) => {
        const padded = column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
        return at < 0 ? padded : paint(padded, column, at);
      })
      .join('  ')
      .trimEnd();
  return [line(header, -1), ...clean.map(line)];
}

/** `0.2 s`, `12.3 s`, `4 min`, `3 h`, `12 d`. */
export function span(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
