// The key that signs checkpoints: Ed25519, PKCS#8 PEM, one file that only its owner can read. For trials and single machines;
// anything else implements `Signer` over a KMS or HSM.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Signer, signerFor } from '../journal/checkpoint.ts';
import { JournalError } from '../journal/journal-error.ts';

/**
 * The signer `name` over the key in this file; makes the file when there is none. Two processes that start at once get the
 * same key. Throws `BAD_KEY` for a file that others can read, or that holds no Ed25519 private key.
 */
export function loadOrCreateKey(path: string, name: string): Signer {
  const file = resolve(path);
  try {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    if (mode === undefined) create(file);
    else if ((mode & 0o077) !== 0) throw exposed(file, mode);
    return signerFor(name, parse(file, readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof JournalError) throw error;
    throw new JournalError(
      'BAD_KEY',
      `cannot use the signing key ${file}: ${(error as Error).message}; check the file, its folder and the user that runs this`,
      { cause: error },
    );
  }
}

function parse(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The parser's own message may quote the file.
    throw new JournalError(
      'BAD_KEY',
      `${file} holds no private key in PEM form; restore it from its backup, or remove it to get a new one (old checkpoints then need the old log.vkey)`,
    );
  }
}

/** Written whole under another name, then linked: nobody ever sees half a key, and the first of two wins. */
function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const draft = `${file}.${process.pid}.new`;
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, pem);
    fsyncSync(fd);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(fd);
    rmSync(draft, { force: true });
  }
}

const exposed = (file: string, mode: number): JournalError =>
  new JournalError(
    'BAD_KEY',
    `the signing key ${file} can be read or written by others (mode ${(mode & 0o777).toString(8)}); run \`chmod 600 ${file}\`, and replace the key if anybody may have copied it`,
  );
