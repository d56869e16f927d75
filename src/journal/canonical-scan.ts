// Reads a text once, without building anything, to see that it is canonical: three times faster than parsing it and writing
// it again, which a check of a million entries feels. It may give up (on escapes, surrogates, long numbers); it is never wrong
// when it says yes.

/** True: certainly canonical, and nested at most `maxDepth` deep. False: not canonical, or too unusual to tell. */
export function scansAsCanonical(text: string, maxDepth: number): boolean {
  if (unusual.test(text)) return false;
  const scan = new Scan(text);
  return scan.value(maxDepth) && scan.at === text.length;
}
/**
 * The canonical object at `text[from, to)`: the texts of those of its own members that `keys` names. Undefined as above. The caller has
 * seen that nothing in `text` `isUnusual`.
 */
export function textsIn(
  text: string,
  { from, to, maxDepth, keys }: { readonly from: number; readonly to: number; readonly maxDepth: number; readonly keys: readonly string[] },
): Readonly<Record<string, string>> | undefined {
  const scan = new Scan(text, from, keys);
  return text.charCodeAt(from) === 0x7b && scan.value(maxDepth) && scan.at === to ? scan.found : undefined;
}
export const isUnusual = (text: string): boolean => unusual.test(text);
/** Escapes, control characters, surrogates: without them, a quote ends a string and what stands between two quotes is its value. */
// oxlint-disable-next-line no-control-regex
const unusual = /[\\\u0000-\u001f\ud800-\udfff]/;

const nothing: readonly string[] = [];

class Scan {
  at: number;
  readonly found: Record<string, string> = {};
  readonly #text: string;
  /** Members of the outermost object to be found; empty while inside it. */
  #wanted: readonly string[];
  constructor(text: string, from = 0, wanted = nothing) {
    this.#text = text;
    this.at = from;
    this.#wanted = wanted;
  }

  value(depth: number): boolean {
    switch (this.#text.charCodeAt(this.at)) {
      case 0x22:
        return this.#string();
      case 0x7b:
        return depth > 0 && this.#object(depth - 1);
      case 0x5b:
        return depth > 0 && this.#array(depth - 1);
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#integer();
    }
  }

  #object(depth: number): boolean {
    this.at += 1;
    if (this.#take(0x7d)) return true;
    const wanted = this.#wanted;
    this.#wanted = nothing;
    let last: string | undefined;
    do {
      const start = this.at;
      if (!this.#string()) return false;
      const key = this.#text.slice(start + 1, this.at - 1);
      if (last !== undefined && last >= key) return false;
      last = key;
      const from = this.at + 1;
      if (!this.#take(0x3a) || !this.value(depth)) return false;
      if (wanted.length > 0 && wanted.includes(key) && this.#text.charCodeAt(from) === 0x22)
        this.found[key] = this.#text.slice(from + 1, this.at - 1);
    } while (this.#take(0x2c));
    return this.#take(0x7d);
  }

  #array(depth: number): boolean {
    this.at += 1;
    if (this.#take(0x5d)) return true;
    do {
      if (!this.value(depth)) return false;
    } while (this.#take(0x2c));
    return this.#take(0x5d);
  }

  #string(): boolean {
    if (this.#text.charCodeAt(this.at) !== 0x22) return false;
    const end = this.#text.indexOf('"', this.at + 1);
    if (end < 0) return false;
    this.at = end + 1;
    return true;
  }

  /** At most 15 digits, so that it is safe whatever they are. */
  #integer(): boolean {
    this.#take(0x2d);
    const start = this.at;
    while (isDigit(this.#text.charCodeAt(this.at))) this.at += 1;
    const digits = this.at - start;
    if (digits === 0 || digits > 15) return false;
    return this.#text.charCodeAt(start) !== 0x30 || (digits === 1 && this.#text.charCodeAt(start - 1) !== 0x2d);
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }
  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.at) !== unit) return false;
    this.at += 1;
    return true;
  }
}
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
