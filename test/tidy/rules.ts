// The rules, as functions from files to what is wrong with them, so that a planted violation is found by the same code.
import { codeOf, importsOf, resolved, type File } from './source.ts';
import { mayAlwaysBeImported, rooms, roots, startedByPath } from './rooms.ts';

export const roomOf = (path: string): string => path.split('/')[1] ?? '';

export function wrongImports(files: readonly File[]): string[] {
  return files.flatMap((file) => {
    if (roots.includes(file.path)) return [];
    const room = roomOf(file.path);
    const rule = rooms[room];
    if (rule === undefined) return [`${file.path} is in a room that has no rule`];
    const technology = room === 'providers' ? file.path.split('/')[2] : undefined;
    const packages = [...rule.packages, ...(rooms[`${room}/${technology ?? ''}`]?.packages ?? [])];
    return importsOf(file.text).flatMap(({ spec, kind }) => {
      const says = `${file.path} imports ${spec}`;
      if (!spec.startsWith('.')) return packages.includes(spec) ? [] : [says];
      const path = resolved(file.path, spec);
      const to = roomOf(path);
      if (!path.startsWith('src/')) return [`${says}, which is outside src`];
      if (mayAlwaysBeImported.includes(path)) return [];
      if (to !== room) {
        const may = [...rule.rooms, ...(kind === 'type' ? (rule.types ?? []) : []), ...(kind === 'dynamic' ? (rule.late ?? []) : [])];
        return may.includes(to) ? [] : [says];
      }
      const other = room === 'providers' && path.split('/').length > 3 ? path.split('/')[2] : undefined;
      const isIndex = file.path === 'src/providers/index.ts';
      return other === undefined || other === technology || isIndex ? [] : [`${says}: a provider never imports another`];
    });
  });
}

const inPureRooms =
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\b|\bperformance\b|\bfetch\(|\bconsole\b/;
/** Their timers may be collected as garbage before they fire; `src/deadline.ts` says more. */
const anywhere = /\bAbortSignal\.(?:any|timeout)\b/;
const inSyncRooms = /\basync\b|\bawait\b|\bPromise\b/;
export function bannedCalls(files: readonly File[]): string[] {
  return files.flatMap(({ path, text }) => {
    const room = roomOf(path);
    const banned = [
      anywhere,
      ...(['core', 'journal', 'engine', 'simulation', 'rehearsal'].includes(room) && !roots.includes(path) ? [inPureRooms] : []),
      ...(['core', 'engine'].includes(room) ? [inSyncRooms] : []),
    ];
    return codeOf(text)
      .split('\n')
      .flatMap((line, index) => banned.flatMap((each) => (each.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])));
  });
}

/** Folders in which a file is one thing, and the files that name all of them. */
const registries: readonly { readonly of: RegExp; readonly index: (path: string) => readonly string[] }[] = [
  {
    of: /^src\/providers\/[^/]+\/(?:actions|probes|faults)\/[^/]+\.ts$/,
    index: (path) => [`${path.split('/').slice(0, 3).join('/')}/index.ts`],
  },
  { of: /^src\/providers\/[^/]+\/index\.ts$/, index: () => ['src/providers/index.ts'] },
  { of: /^src\/analysis\/findings\/(?!index\.ts)[^/]+\.ts$/, index: () => ['src/analysis/findings/index.ts'] },
  { of: /^src\/declare\/kinds\/(?!index\.ts|kind\.ts)[^/]+\.ts$/, index: () => ['src/declare/kinds/index.ts'] },
  { of: /^src\/api\/routes\/[^/]+\.ts$/, index: () => ['src/api/api.ts'] },
];
export function unregistered(files: readonly File[]): { readonly seen: number; readonly bad: readonly string[] } {
  const named = new Map(files.map((file) => [file.path, new Set(importsOf(file.text).map(({ spec }) => resolved(file.path, spec)))]));
  const commands = files.filter(
    ({ path, text }) => /^src\/cli\/[^/]+\.ts$/.test(path) && /export const \w+Command\b|export function \w+Command\b/.test(text),
  );
  const registered = [
    ...registries.flatMap(({ of, index }) => files.filter(({ path }) => of.test(path)).map(({ path }) => ({ path, indexes: index(path) }))),
    ...commands
      .filter(({ path }) => path !== 'src/cli/controller-command.ts')
      .map(({ path }) => ({ path, indexes: ['src/cli/index.ts', 'src/main.ts'] })),
  ];
  const bad = registered
    .filter(({ path, indexes }) => !indexes.some((index) => named.get(index)?.has(path)))
    .map(({ path, indexes }) => `${path} is not named by ${indexes.join(' or ')}`);
  return { seen: registered.length, bad };
}

export function orphans(files: readonly File[], alsoImportedBy: readonly File[] = []): string[] {
  const used = new Set([...files, ...alsoImportedBy].flatMap((file) => importsOf(file.text).map(({ spec }) => resolved(file.path, spec))));
  return files.map(({ path }) => path).filter((path) => !used.has(path) && !startedByPath.includes(path));
}

export const badNames = /(?:^|[/-])(?:utils?|helpers?|managers?|common|misc|stuff)(?=[/.-])|[A-Z_]/;
// Of the machine on which something was written. Split, so that this line is not one.
const machinePath = new RegExp(['(?<![\\w.}~])/(?:wo', 'rk|ho', 'me|ro', 'ot|Us', 'ers|tm', 'p)/[\\w.-]'].join(''));
export const machinePaths = (files: readonly File[]): string[] =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (machinePath.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
