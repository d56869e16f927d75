// What one AWS service is to the HTTP front: it names the operation a request asks for, and runs it.

import type { Refusal } from '../refusal.ts';

export interface Call {
  readonly region: string;
  readonly method: string;
  /** Decoded once by the service where it has parameters in it; here as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly requestId: string;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly name: string;
  /** A mutation can be executed and its reply still get lost. */
  readonly mutates: boolean;
  run(): Reply;
}

export interface Service {
  /** Throws a `Refusal` for a request that names no operation. */
  find(call: Call): Operation;
  /** A refusal in this service's protocol. */
  refuse(refusal: Refusal, requestId: string): Reply;
  /** How this service's protocol says that a client asks too often. */
  throttled(): Refusal;
}
