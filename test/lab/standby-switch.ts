// The laboratory's traffic switch on a port of its own, which counts what it was turned.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { trafficSwitch } from '../../src/lab/ehr/traffic-switch.ts';

export class StandbySwitch {
  readonly url: string;
  readonly #server: Server;
  readonly #folder: string;
  /** How often it was turned, or turned to what it was. */
  puts = 0;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/standby`;
  }
  static async open(): Promise<StandbySwitch> {
    const folder = mkdtempSync(join(tmpdir(), 'resus-switch-'));
    const app = express();
    const server = createServer(app);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const standby = new StandbySwitch(server, folder);
    app.use(({ method }, response, next) => {
      response.once('finish', () => (standby.puts += method === 'PUT' && response.statusCode === 200 ? 1 : 0));
      next();
    });
    app.use('/standby', trafficSwitch(join(folder, 'switch')));
    return standby;
  }
  get isOn(): boolean {
    try {
      return readFileSync(join(this.#folder, 'switch'), 'utf8').includes('"isOn":true');
    } catch {
      return false;
    }
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
