// Names of declarations from names of AWS, which may hold more characters and be longer.

/** A DNS label for each: of the short name where that tells them apart, else of the full one, else with a number. */
export function labels(names: readonly { readonly short: string; readonly full: string }[]): readonly string[] {
  const shorts = names.map(({ short }) => label(short));
  const times = new Map<string, number>();
  for (const short of shorts) times.set(short, (times.get(short) ?? 0) + 1);
  const taken = new Set<string>();
  return names.map(({ full }, at) => {
    const short = shorts[at] ?? '';
    const wanted = times.get(short) === 1 ? short : label(full);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = label(`${wanted.slice(0, 55)}-${number}`);
    taken.add(name);
    return name;
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
