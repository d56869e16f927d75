// The AWS clients, made at first use: loading the SDK costs 0.5 s and 35 MB, which `resus validate` must not pay. Deadlines and
// retries are set here and nowhere else. Reads retry adaptively. A mutation is sent once, because a retry by the SDK after a
// dropped reply executes it again; only calls with a client token, which AWS itself refuses to repeat, go through a client that retries.
import type { Fis } from '@aws-sdk/client-fis';
import type { RDS } from '@aws-sdk/client-rds';
import type { Route53 } from '@aws-sdk/client-route-53';
import { actionFor, faultFor } from '../../ports.ts';
import type { Evaluate } from '../../core/catalogue.ts';
import type { Json, SiteId } from '../../core/values.ts';
import { clientOf, commandOf, sdkOf } from './any-client.ts';
import { SESSION_MS, type AwsConfig } from './config.ts';
import { roleCredentials, type Keys } from './role.ts';
import type { SendOptions } from './send.ts';
import { renewMs, sessionsOf } from './session.ts';

/** The region whose loss takes Route 53's control plane away (its data plane is everywhere). */
export const ROUTE53_REGION = 'us-east-1';
export const route53ControlPlane = { service: 'route53', site: ROUTE53_REGION as SiteId } as const;

/** `repeatable` may be sent again by the SDK; `once` never is. `brief` reads what a region that may be lost is not worth waiting for. */
export type Clients<C> = { readonly read: C; readonly brief: C; readonly once: C; readonly repeatable: C };

/** `once` is never sent again by the SDK; `check` throws `CannotCall` where the operation or its input cannot be. */
export type AnyClient = {
  once(operation: string, input: Json, options: SendOptions): Promise<unknown>;
  read(operation: string, input: Json, options: SendOptions): Promise<unknown>;
  check(operation: string, input: Json): void;
};

const retrying = { retryMode: 'adaptive', maxAttempts: 5 } as const;
const single = { retryMode: 'standard', maxAttempts: 1 } as const;
const CONNECT_TIMEOUT_MS = 1_000;
/** A region that lives accepts a connection within one round trip: 50 ms between regions of a continent, about 200 around the world. */
const BRIEF_CONNECT_TIMEOUT_MS = 250;
const READ_REQUEST_TIMEOUT_MS = 3_000;
const MUTATION_REQUEST_TIMEOUT_MS = 5_000;
const STS_REQUEST_TIMEOUT_MS = 1_500;

export class AwsTools {
  /** What this process remembers of its own calls, by token: never needed for safety, it only saves waiting and doubt. */
  readonly memory = new Memory();
  readonly #config: AwsConfig;
  readonly #made = new Map<string, Promise<unknown>>();

  readonly #roles = new Map<string, () => Promise<Keys>>();
  readonly #nowMs: (() => number) | undefined;

  /** Judges the conditions of `aws.call`. */
  readonly evaluate: Evaluate;

  /** `nowMs` is what the end of a role's credentials is compared with. Default: the clock of this machine. */
  constructor(config: AwsConfig & { readonly evaluate?: Evaluate }, nowMs?: () => number) {
    const { evaluate, ...rest } = config;
    this.#config = rest;
    this.evaluate = evaluate ?? (() => ({ ok: false, message: 'this program was started without expressions' }));
    this.#nowMs = nowMs;
  }

  /** How long a change may take to reach every name server, in milliseconds. */
  get route53SyncMs(): number {
    return this.#config.route53SyncMs ?? 60_000;
  }

  rds(region: string): Promise<Clients<RDS>> {
    return this.#once(`rds ${region}`, async () => {
      const sdk = await load(() => import('@aws-sdk/client-rds'));
      return await this.#clients(region, this.#config.endpoints?.[region], (settings) => new sdk.RDS(settings));
    });
  }

  fis(region: string): Promise<Clients<Fis>> {
    return this.#once(`fis ${region}`, async () => {
      const sdk = await load(() => import('@aws-sdk/client-fis'));
      return await this.#clients(region, this.#config.endpoints?.[region], (settings) => new sdk.Fis(settings));
    });
  }

  route53(): Promise<Clients<Route53>> {
    return this.#once('route53', async () => {
      const sdk = await load(() => import('@aws-sdk/client-route-53'));
      return await this.#clients(ROUTE53_REGION, this.#config.route53Endpoint, (settings) => new sdk.Route53(settings));
    });
  }

  /** The client of any service. Resolves also where nobody listens. @throws CannotCall, `AWS_PACKAGE_MISSING`. */
  async any(service: string, region: string): Promise<AnyClient> {
    const sdk = await load(() => sdkOf(service));
    const endpoint = service === 'route-53' ? this.#config.route53Endpoint : this.#config.endpoints?.[region];
    const clients = await this.#once(`any ${service} ${region}`, () =>
      this.#clients(region, endpoint, (settings) => clientOf(sdk, service, settings)),
    );
    const command = (operation: string, input: Json): unknown => commandOf(sdk, service, operation, input);
    return {
      once: (operation, input, options) => clients.once.send(command(operation, input), options),
      read: (operation, input, options) => clients.read.send(command(operation, input), options),
      check: (operation, input) => void command(operation, input),
    };
  }

  async #clients<C>(region: string, endpoint: string | undefined, make: (settings: Settings) => C): Promise<Clients<C>> {
    const credentials = await this.#credentials(region);
    const common = { region, ...(endpoint === undefined ? {} : { endpoint }), ...(credentials === undefined ? {} : { credentials }) };
    const slow = handler(MUTATION_REQUEST_TIMEOUT_MS);
    return {
      read: make({ ...common, ...retrying, requestHandler: handler(READ_REQUEST_TIMEOUT_MS) }),
      brief: make({ ...common, ...single, requestHandler: handler(READ_REQUEST_TIMEOUT_MS, BRIEF_CONNECT_TIMEOUT_MS) }),
      once: make({ ...common, ...single, requestHandler: slow }),
      repeatable: make({ ...common, ...retrying, requestHandler: slow }),
    };
  }

  /** One provider a region, whichever clients use it: what readiness checks renewed is there when a mutation needs it. */
  async #credentials(region: string): Promise<Settings['credentials']> {
    const { credentials: base, roles, endpoints, route53Endpoint, sessionMs = SESSION_MS } = this.#config;
    const role = roles?.[region];
    if (role === undefined) return base === undefined ? undefined : keysOf(base);
    const endpoint = endpoints?.[region] ?? (region === ROUTE53_REGION ? route53Endpoint : undefined);
    const { fromTemporaryCredentials } = await load(() => import('@aws-sdk/credential-providers'));
    const known = this.#roles.get(region);
    if (known !== undefined) return known;
    const nowMs = this.#nowMs ?? Date.now;
    const clientConfig = {
      region,
      ...single,
      maxAttempts: 2,
      requestHandler: handler(STS_REQUEST_TIMEOUT_MS),
      ...(endpoint === undefined ? {} : { endpoint }),
    };
    const ask = sessionsOf({ sessionMs, nowMs }, (asking) =>
      fromTemporaryCredentials({
        params: { RoleArn: role, RoleSessionName: 'resus', ...asking },
        clientConfig,
        ...(base === undefined ? {} : { masterCredentials: keysOf(base) }),
      })(),
    );
    const made = roleCredentials({ role, region, nowMs, renewMs: renewMs(sessionMs) }, ask);
    this.#roles.set(region, made);
    return made;
  }

  /** A failed load is not kept, so that the next call tries again. */
  #once<C>(key: string, make: () => Promise<Clients<C>>): Promise<Clients<C>> {
    let made = this.#made.get(key) as Promise<Clients<C>> | undefined;
    if (made === undefined) {
      made = make();
      this.#made.set(key, made);
      made.catch(() => this.#made.delete(key));
    }
    return made;
  }
}

const keysOf = ({ accessKeyId, secretAccessKey, sessionToken }: NonNullable<AwsConfig['credentials']>): Keys => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken === undefined ? {} : { sessionToken }),
});
type Settings = {
  region: string;
  endpoint?: string;
  credentials?: Keys | (() => Promise<Keys>);
  retryMode: 'adaptive' | 'standard';
  maxAttempts: number;
  requestHandler: ReturnType<typeof handler>;
};

/** No connection is kept: one that the other side closed meanwhile would fail a mutation in a way that looks as if it were sent. */
function handler(requestTimeoutMs: number, connectionTimeout = CONNECT_TIMEOUT_MS) {
  const agent = { keepAlive: false, maxSockets: 50 };
  return {
    connectionTimeout,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true, // Newer handlers only warn without it; older ones do not know it.
    httpAgent: agent,
    httpsAgent: agent,
  };
}

async function load<T>(imported: () => Promise<T>): Promise<T> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'; // Node 20 is supported here.
  return await imported();
}

/** A map that forgets its oldest entries. */
export class Memory {
  readonly #entries = new Map<string, string | number>();
  get(key: string): string | number | undefined {
    return this.#entries.get(key);
  }
  set(key: string, value: string | number): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const oldest = this.#entries.size > 1_000 ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

export const awsAction = actionFor<AwsTools>();
export const awsFault = faultFor<AwsTools>();
