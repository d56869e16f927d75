// An answer as text: whole, too long, or broken off.
import { request, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { wholeText } from '../../src/vantage/whole-text.ts';
import { httpServer } from '../providers/fixtures.ts';

const umlauts = 'ä'.repeat(50_000);
test.each<readonly [string, string, promised: number, most: number, text: string | RegExp]>([
  ['nothing', '', 0, 10, ''],
  ['as long as may be', 'x'.repeat(10), 10, 10, 'x'.repeat(10)],
  ['one byte more', 'x'.repeat(11), 11, 10, /^the answer is longer than 10 bytes$/],
  ['letters of two bytes, wherever it is cut', umlauts, 100_000, 100_000, umlauts],
  ['less than was promised', 'x', 10, 10, /aborted|ECONNRESET/],
])('%s', async (_what, body, promised, most, text) => {
  const server = await httpServer((_exchanged, response) => {
    response.writeHead(200, { 'content-length': promised }).write(body);
    if (Buffer.byteLength(body) < promised) setImmediate(() => response.destroy());
    else response.end();
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => request(server.url, resolve).on('error', reject).end());
    const read = wholeText(response, most);
    if (typeof text === 'string') expect(await read).toBe(text);
    else await expect(read).rejects.toThrow(text);
    expect(response.destroyed || response.complete).toBe(true);
  } finally {
    await server.close();
  }
});
