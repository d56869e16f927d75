// The client of any AWS service, for `aws.call`: its package is installed only where somebody uses it, loaded at the first use, and named
// where it is missing. What goes in is plain JSON, and so is what comes out.
import type { Json } from '../../core/values.ts';
import type { SendOptions } from './send.ts';

/** The version of the AWS SDK that this program is tested with; `package.json` has the same. */
export const SDK_VERSION = '3.1169.0';
/** The last part of the package's name: `rds`, `route-53`, `application-auto-scaling`. */
export const servicePattern = '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$';
const packageOf = (service: string): string => `@aws-sdk/client-${service}`;

/** Nothing was sent: what is to be called is not there. */
export class CannotCall extends Error {
  override readonly name = 'CannotCall';
  readonly code: 'AWS_PACKAGE_MISSING' | 'UNKNOWN_OPERATION' | 'BAD_INPUT';
  readonly remedy: string;
  constructor(code: CannotCall['code'], message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

type Sender = { send(command: unknown, options: SendOptions): Promise<unknown> };
export type Sdk = { readonly [name: string]: unknown };
type Made<T> = new (input: unknown) => T;

/** @throws CannotCall `AWS_PACKAGE_MISSING`, with the command that installs it. */
export async function sdkOf(service: string, load: (name: string) => Promise<unknown> = (name) => import(name)): Promise<Sdk> {
  const name = packageOf(service);
  try {
    return (await load(name)) as Sdk;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    // A package that is there and cannot load something of its own is broken, not missing.
    if (code !== 'ERR_MODULE_NOT_FOUND' || message?.includes(name) !== true) throw error;
    throw new CannotCall('AWS_PACKAGE_MISSING', `the package ${name} is not installed`, `npm i ${name}@${SDK_VERSION}`);
  }
}

export function clientOf(sdk: Sdk, service: string, settings: object): Sender {
  const found = Object.entries(sdk).find(([name, value]) => /^[A-Z]\w*Client$/.test(name) && typeof value === 'function');
  if (found === undefined)
    throw new CannotCall('UNKNOWN_OPERATION', `${packageOf(service)} has no client`, 'install the version that this program names');
  return new (found[1] as Made<Sender>)(settings);
}

/** @throws CannotCall `UNKNOWN_OPERATION`. */
export function commandOf(sdk: Sdk, service: string, operation: string, input: Json): unknown {
  const made = Object.hasOwn(sdk, `${operation}Command`) ? sdk[`${operation}Command`] : undefined;
  if (typeof made !== 'function')
    throw new CannotCall(
      'UNKNOWN_OPERATION',
      `${packageOf(service)} has no operation ${operation}`,
      'write it as AWS does, e.g. UpdateService',
    );
  return new (made as Made<unknown>)(inputOf(input));
}

/** An instant is `{ $time: 2026-11-22T03:00:00Z }`, since plain JSON has none. @throws CannotCall `BAD_INPUT`. */
function inputOf(value: Json): unknown {
  if (Array.isArray(value)) return (value as readonly Json[]).map(inputOf);
  if (typeof value !== 'object' || value === null) return value;
  const { $time: time, ...rest } = value as Readonly<Record<string, Json>>;
  if (time === undefined || Object.keys(rest).length > 0)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inputOf(each as Json)]));
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) throw new CannotCall('BAD_INPUT', '`$time` is no instant', 'write it as 2026-11-22T03:00:00Z');
  return new Date(at);
}

/** What AWS answered without its metadata, as plain JSON: instants as texts, bytes and streams left out. */
export function answerOf(value: unknown, depth = 0): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((each) => answerOf(each, depth + 1));
  if (typeof value !== 'object' || value instanceof Uint8Array || depth > 30) return null;
  if ('pipe' in value || 'getReader' in value) return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== '$metadata' && each !== undefined && typeof each !== 'function')
      .map(([key, each]) => [key, answerOf(each, depth + 1)]),
  );
}
