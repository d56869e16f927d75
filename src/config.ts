// `resus.yaml`: how this program runs here. What the hospital has is declared elsewhere (`declare/`); secrets are named by the
// environment variables that hold them, or kept in files with mode 0600.
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { Type, type Static } from 'typebox';
import type { Inventory } from './declare/index.ts';
import { placesIn } from './declare/place.ts';
import { printed, type Problem } from './declare/problem.ts';
import { limits, read } from './declare/read.ts';
import { shapeMistakes } from './declare/shape.ts';
import { readInventory } from './declare/inventory.ts';
import { awsConfig, MOST_SESSION_MS, SESSION_MS } from './providers/aws/config.ts';
import { heldMs } from './providers/aws/session.ts';
import { labConfig } from './providers/lab/tools.ts';

const closed = { additionalProperties: false } as const;
const name = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' });
export const roles = ['viewer', 'operator', 'vantage', 'canary'] as const;

/** `docs/configuration.md` is held to it. */
export const configSchema = Type.Object(
  {
    name: Type.Optional(name),
    log: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9./-]{0,119}$', default: 'resus/central' })),
    floor: Type.Optional(Type.Unsafe<'lab' | 'live'>({ enum: ['lab', 'live'], default: 'live' })),
    controlDomain: Type.Optional(Type.String({ minLength: 1, maxLength: 63, default: 'central' })),
    data: Type.String({ minLength: 1 }),
    /** The declared site in which this process and `data` stand, for `resus lint --config`. */
    site: Type.Optional(name),
    labels: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9./-]{0,126}$' }), Type.String({ maxLength: 256 }), { ...closed, default: {} }),
    ),
    listen: Type.Optional(
      Type.Object(
        { host: Type.String({ default: '127.0.0.1' }), port: Type.Integer({ minimum: 0, maximum: 65_535, default: 7400 }) },
        { ...closed, default: {} },
      ),
    ),
    policies: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    inventory: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Record(Type.String(), Type.String())])),
    /** Only the hash of a token is kept here. `for` binds an agent's token to one vantage, or to `WORKLOAD/POPULATION`. */
    tokens: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 63 }),
            role: Type.Unsafe<(typeof roles)[number]>({ enum: [...roles] }),
            sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
            for: Type.Optional(Type.String({ minLength: 1 })),
            duties: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { maxItems: 10, uniqueItems: true })),
          },
          closed,
        ),
        { default: [] },
      ),
    ),
    /** Keep what vantages and canaries report, for `resus backtest`: at most so much of it, in `observations.ndjson` of the data folder. */
    recording: Type.Optional(Type.Object({ mostMiB: Type.Integer({ minimum: 1, maximum: 100_000, default: 256 }) }, closed)),
    /** Probe from this process too, as this declared vantage. */
    vantage: Type.Optional(name),
    providers: Type.Optional(Type.Object({ aws: Type.Optional(awsConfig), lab: Type.Optional(labConfig) }, { ...closed, default: {} })),
  },
  closed,
);
type Written = Static<typeof configSchema>;
export type Config = {
  readonly name: string;
  readonly log: string;
  readonly floor: 'lab' | 'live';
  readonly controlDomain: string;
  readonly data: string;
  readonly site: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly listen: { readonly host: string; readonly port: number };
  readonly policies: readonly string[];
  readonly inventory: Inventory;
  readonly tokens: NonNullable<Written['tokens']>;
  readonly vantage: string | undefined;
  readonly recording: { readonly mostMiB: number } | undefined;
  readonly providers: NonNullable<Written['providers']>;
};
/** What is wrong with a configuration: all of it at once, each with its place. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(printed).join('\n'));
    this.problems = problems;
  }
}

/** Paths in it are relative to its folder. Throws `ConfigError`. */
export function readConfig(path: string, hostname: string): Config {
  const text = textOf(path, 'name a file with --config, or write one: see docs/configuration.md');
  const { documents, problems } = read(text);
  const [document] = documents;
  if (problems.length > 0) throw new ConfigError(problems.map((each) => ({ file: path, severity: 'error', ...each })));
  if (document === undefined) throw failed(path, 'there is nothing in it', 'copy docs/riverside/resus.yaml, see docs/configuration.md');
  const value = structuredClone(document.value) as Written;
  const mistakes = shapeMistakes(configSchema, value, new Map());
  const place = placesIn(text);
  if (mistakes.length > 0)
    throw new ConfigError(
      mistakes.map(({ pointer, key, code, message, remedy }) => ({
        file: path,
        ...place({ document: document.index, pointer, ...(key === undefined ? {} : { key }) }),
        code,
        severity: 'error',
        message,
        remedy: typeof remedy === 'string' ? remedy : remedy(),
      })),
    );
  const folder = dirname(resolve(path));
  const at = (each: string): string => (isAbsolute(each) ? each : resolve(folder, each));
  return {
    name: value.name ?? hostname,
    log: value.log ?? 'resus/central',
    floor: value.floor ?? 'live',
    controlDomain: value.controlDomain ?? 'central',
    data: at(value.data),
    site: value.site,
    labels: value.labels ?? {},
    listen: { host: value.listen?.host ?? '127.0.0.1', port: value.listen?.port ?? 7400 },
    policies: value.policies.map(at),
    inventory: inventoryOf(value.inventory, at),
    tokens: value.tokens ?? [],
    vantage: value.vantage,
    recording: value.recording,
    providers: value.providers ?? {},
  };
}

/** What `resus lint` may know of the controller that runs by this file: nothing that is secret in it. */
export const controllerFacts = (file: string, { controlDomain, site, providers: { aws = {} } }: Config) => ({
  file,
  controlDomain,
  ...(site === undefined ? {} : { site }),
  roleRegions: Object.keys(aws.roles ?? {}),
  endpoints: aws.endpoints ?? {},
  sessionMs: aws.sessionMs ?? SESSION_MS,
  mostSessionMs: MOST_SESSION_MS,
  heldMs,
  hasSessionToken: aws.credentials?.sessionToken !== undefined,
});

function inventoryOf(inventory: Written['inventory'], at: (path: string) => string): Inventory {
  if (typeof inventory !== 'string') return inventory ?? {};
  const found = readInventory(inventory, textOf(at(inventory), 'write it, or correct `inventory` of the configuration'));
  if (!found.ok) throw new ConfigError(found.problems);
  return found.inventory;
}

function textOf(path: string, whenMissing: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw failed(
      path,
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message,
      whenMissing,
    );
  }
  if (bytes.length > limits.bytes) throw failed(path, 'it is larger than 1 MiB', 'this is not a configuration');
  return bytes.toString('utf8');
}
const failed = (file: string, message: string, remedy: string): ConfigError =>
  new ConfigError([{ file, line: 1, column: 1, code: 'BAD_CONFIG', severity: 'error', message, remedy }]);
