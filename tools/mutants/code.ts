// Source text without what it says: only code is left, in its place.

/** Replaces what is neither code nor white space by blanks of the same length, so that a rule never finds anything in words. */
export function codeOnly(text: string): string {
  const words = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replaceAll(words, (found) => found.replaceAll(/[^\n]/g, (_, at: number) => (isQuote(found, at) ? "'" : ' ')));
}
/** The quotes stay, so that a text is still seen to be a value. */
const isQuote = (found: string, at: number): boolean => !found.startsWith('/') && (at === 0 || at === found.length - 1);
