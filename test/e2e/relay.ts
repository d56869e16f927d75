// Stands between the controller and one HTTP endpoint, and can do to a call what networks and providers do: hold it back,
// swallow its answer, refuse it, or answer nonsense. Without a rule it passes everything through unchanged.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** `hold`: the endpoint never hears of it. `swallow`: it does, and its answer never comes back. Both leave the caller waiting. */
export type Deed = 'pass' | 'hold' | 'swallow' | { readonly status: number; readonly type: string; readonly body: string };
export type Heard = {
  readonly operation: string;
  readonly deed: Deed;
  /** After its answer, where it was passed on. */ isAnswered: boolean;
};

export class Relay {
  readonly heard: Heard[] = [];
  readonly #upstream: URL;
  readonly #server: http.Server;
  #rule: (operation: string) => Deed = () => 'pass';

  constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = http.createServer((request, response) => {
      // The caller may die while it waits.
      response.on('error', () => undefined);
      this.#serve(request, response).catch(() => response.destroy());
    });
  }
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  /** What happens to every later call. */
  rule(rule: (operation: string) => Deed): void {
    this.#rule = rule;
  }
  /** What becomes of the first call of this operation from now on; every other passes. */
  once(operation: string, deed: Deed): void {
    let isDone = false;
    this.#rule = (each) => {
      if (isDone || each !== operation) return 'pass';
      isDone = true;
      return deed;
    };
  }
  count(operation: string): number {
    return this.heard.filter((each) => each.operation === operation).length;
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const operation = operationOf(request, body);
    const deed = this.#rule(operation);
    const heard: Heard = { operation, deed, isAnswered: false };
    this.heard.push(heard);
    if (deed === 'hold') return;
    if (typeof deed === 'object') {
      response.writeHead(deed.status, { 'content-type': deed.type }).end(deed.body);
      heard.isAnswered = true;
      return;
    }
    const onward = http.request(
      new URL(request.url ?? '/', this.#upstream),
      { method: request.method ?? 'GET', headers: request.headers, agent: false },
      (answer) => {
        void buffer(answer).then(
          (bytes) => {
            heard.isAnswered = true;
            if (deed === 'swallow') return;
            response.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes);
          },
          () => response.destroy(),
        );
      },
    );
    onward.on('error', () => (deed === 'swallow' ? (heard.isAnswered = true) : response.destroy()));
    onward.end(body);
  }
}

/** RDS names it in the form; others are told by method and path. */
const operationOf = (request: IncomingMessage, body: Buffer): string =>
  new URLSearchParams(body.toString('utf8')).get('Action') ?? `${request.method} ${(request.url ?? '/').split('?')[0]}`;

export const denied: Deed = {
  status: 403,
  type: 'text/xml',
  body: '<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:role/resus is not authorized to perform this</Message></Error><RequestId>r-1</RequestId></ErrorResponse>',
};
export const nonsense: Deed = {
  status: 200,
  type: 'text/html',
  body: '<html><body><h1>Welcome to the guest network</h1>Please sign in.</body></html>',
};
