// Proves a journal in a thread of its own while the main thread folds it. Gets lines in order, in batches; says when it took one, and
// at the end what it proved or what is wrong.
import { parentPort, workerData } from 'node:worker_threads';
import { JournalError } from '../journal/journal-error.ts';
import { Proof, type Proven, type Signed } from '../journal/proof.ts';

export type VerifyData = { readonly signed: Signed | undefined };
/** Lines are joined by LF, which no canonical line holds. */
export type ToVerifier = { readonly lines: string } | { readonly end: true };
export type FromVerifier =
  | { readonly taken: true }
  | { readonly proven: Proven }
  | { readonly failed: { readonly code: JournalError['code'] | undefined; readonly message: string } };

if (parentPort !== null) verify(parentPort, workerData as VerifyData);

function verify(port: NonNullable<typeof parentPort>, { signed }: VerifyData): void {
  const proof = new Proof(signed);
  const answer = (message: ToVerifier): FromVerifier => {
    if ('end' in message) return { proven: proof.end() };
    for (const line of message.lines.split('\n')) proof.prove(line);
    return { taken: true };
  };
  port.on('message', (message: ToVerifier) => {
    try {
      const said = answer(message);
      port.postMessage(said satisfies FromVerifier);
      if ('proven' in said) port.close();
    } catch (error) {
      const code = error instanceof JournalError ? error.code : undefined;
      port.postMessage({ failed: { code, message: error instanceof Error ? error.message : String(error) } } satisfies FromVerifier);
      port.close();
    }
  });
}
