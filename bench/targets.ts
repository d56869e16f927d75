// Something to probe, in a process of its own: a TCP listener and a small HTTP server on loopback. It ends with this process.
import { spawn } from 'node:child_process';

const program = `
  const net = require('node:net');
  const answer = 'HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\n{}';
  const tcp = net.createServer((socket) => socket.on('error', () => undefined).resume());
  const http = net.createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)));
  tcp.listen(0, '127.0.0.1', () => http.listen(0, '127.0.0.1', () => console.log(tcp.address().port + ' ' + http.address().port)));
  process.stdin.resume().on('end', () => process.exit());
`;

export type TestTargets = { readonly tcp: string; readonly http: string; close(): void };

export function startTargets(): Promise<TestTargets> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the targets ended: exit ${code ?? '?'}`)));
    child.stdout.once('data', (line: Buffer) => {
      const [tcp = '', http = ''] = line.toString().trim().split(' ');
      resolve({ tcp: `127.0.0.1:${tcp}`, http: `http://127.0.0.1:${http}/metadata`, close: () => child.kill() });
    });
  });
}
