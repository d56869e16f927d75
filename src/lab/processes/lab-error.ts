// An error of the lab itself, for the person who typed `resus lab up`: what happened, and what to do about it.

export type LabErrorCode =
  | 'LAB_PORT_TAKEN'
  | 'LAB_ADDRESS_UNAVAILABLE'
  | 'LAB_PACKAGE_MISSING'
  | 'LAB_POSTGRES_FAILED'
  | 'LAB_PATH_TOO_LONG'
  | 'LAB_PLATFORM'
  | 'LAB_CHILD_FAILED'
  | 'LAB_UNKNOWN_SITE'
  | 'LAB_UNKNOWN_DATABASE'
  | 'LAB_SITE_LOST'
  | 'LAB_ALREADY_LOST'
  | 'LAB_BAD_REQUEST'
  | 'LAB_CONFLICT'
  | 'LAB_TIMEOUT'
  | 'LAB_CLOSED';

export class LabError extends Error {
  readonly code: LabErrorCode;
  readonly remedy: string;
  constructor(code: LabErrorCode, message: string, remedy: string) {
    super(message);
    this.name = 'LabError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** The value, if there is one of that name; else throws LAB_UNKNOWN_SITE. */
export function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new LabError('LAB_UNKNOWN_SITE', `the lab has no ${name}`, 'look at the inventory for names');
  return value;
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * Says how to install a package that Node did not find, or undefined when that is not what was thrown. What only the lab needs is
 * optional, so that a controller is small: it is missing after `npm install --omit=optional`, and after npm could not fetch it.
 */
export function missingPackage(thrown: unknown): LabError | undefined {
  const name = /^Cannot find (?:package|module) '([^'./][^']*)'/.exec(messageOf(thrown))?.[1];
  const code = systemCodeOf(thrown);
  if (name === undefined || (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND')) return undefined;
  return new LabError(
    'LAB_PACKAGE_MISSING',
    `the lab needs the package ${name}, which is not installed`,
    'run `npm ci --include=optional` where Resus is installed; the PostgreSQL of npm is there for Linux with glibc and for macOS',
  );
}

/** `ENOENT` and its like, or undefined. */
export const systemCodeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
