// An answer of HTTP as text, with an end to its length. What all our own clients share.
import type { IncomingMessage } from 'node:http';

/** Rejects, and lets go of the connection, when it breaks off or is longer than `most` bytes. */
export async function wholeText(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new Error(`the answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
