// JSON pointers (RFC 6901): how a value inside a document is named until its place is looked up.

/** Most keys hold neither, and this is asked for every value of an estate. */
export const escaped = (key: string | number): string =>
  typeof key === 'number' || !/[~/]/.test(key) ? String(key) : key.replaceAll('~', '~0').replaceAll('/', '~1');
/** The pointer of a value some keys below. */
export const below = (pointer: string, ...keys: readonly (string | number)[]): string =>
  keys.reduce<string>((at, key) => `${at}/${escaped(key)}`, pointer);
export const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
/** As people say it: `spec.steps[2].with`. */
export const spoken = (pointer: string): string =>
  keysOf(pointer).reduce((text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`), '');
