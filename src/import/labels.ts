// Names of declarations from names of AWS, which may hold more characters and be longer.

/** A DNS label for each: of the short name where that tells them apart, else of the full one, else with a number. */
export function labels(names: readonly { readonly short: string; readonly full: string }[]): readonly string[] {
  const taken = new Map<string, number>();
  const shorts = names.map(({ short }) => label(short));
  return names.map(({ full }, at) => {
    const short = shorts[at] ?? '';
    const wanted = shorts.filter((each) => each === short).length === 1 ? short : label(full);
    const before = taken.get(wanted) ?? 0;
    taken.set(wanted, before + 1);
    if (before === 0) return wanted;
    const numbered = label(`${wanted.slice(0, 55)}-${before + 1}`);
    taken.set(numbered, 1);
    return numbered;
  });
}

/** Never empty, at most 63 characters, lower-case letters, digits and dashes inside. */
export function label(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'unnamed' : plain;
}
