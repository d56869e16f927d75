// What the agents (`resus vantage`, `resus canary`) have in common as processes: where the token comes from, the
// providers' settings, and how they are told to end.
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Json } from '../core/values.ts';
import { isRecord } from './assignment.ts';

const longestConfig = 1024 * 1024;

/** The token in that environment variable. Throws TOKEN_MISSING; the token itself is in no message. */
export function tokenFrom(variable: string): string {
  const token = process.env[variable];
  if (token === undefined || token.trim() === '')
    throw failure('TOKEN_MISSING', `the environment variable ${variable} is empty; set it to a token of this controller`);
  return token.trim();
}

/** The mapping `providers` of resus.yaml; empty without a file. Throws CONFIG_UNREADABLE or CONFIG_INVALID. */
export async function providersConfigFrom(file: string | undefined): Promise<Readonly<Record<string, Json>>> {
  if (file === undefined) return {};
  const text = await readSmall(file);
  let root: unknown;
  try {
    root = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw failure('CONFIG_INVALID', `${file} is not YAML: ${messageOf(error)}`);
  }
  const providers = isRecord(root) ? (root['providers'] ?? {}) : undefined;
  if (!isRecord(providers))
    throw failure('CONFIG_INVALID', `${file}: \`providers\` must be a mapping from a provider's name to its settings`);
  return providers as Readonly<Record<string, Json>>;
}

async function readSmall(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > longestConfig) throw failure('CONFIG_INVALID', `${file} is ${size} bytes long; at most ${longestConfig} are read`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CONFIG_INVALID') throw error;
    throw failure('CONFIG_UNREADABLE', `${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Aborts at SIGTERM or SIGINT, and with `withParent` when standard input ends, which is when the parent dies. A second signal ends the process at once. */
export function agentSignal(withParent: boolean): AbortSignal {
  const controller = new AbortController();
  const end = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (withParent) {
    process.stdin.on('close', () => controller.abort());
    process.stdin.on('error', () => controller.abort());
    process.stdin.resume();
    // An open standard input must not keep a process alive that is otherwise done.
    controller.signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  }
  return controller.signal;
}

/** Settles a name that becomes part of a path or of an identifier. Throws NAME_INVALID. */
export function checkedName(what: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
    throw failure(
      'NAME_INVALID',
      `${what} "${name}" must be 1 to 63 letters, digits, dots, dashes or underscores, and start with a letter or digit`,
    );
  }
  return name;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
export const failure = (code: string, message: string): Error => Object.assign(new Error(`${code}: ${message}`), { code });
