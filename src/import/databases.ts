// Which clusters and instances are one database: the members of a global database, an instance with its read replicas, or one alone.
import type { Seen, SeenInstance } from '../providers/aws/seen.ts';
import { labels } from './labels.ts';

/** `role` is a question where what was seen does not say it. */
export type Standing = {
  readonly id: string;
  readonly region: string;
  readonly role: string;
  readonly cluster?: {
    readonly id: string;
    readonly arn: string;
    readonly address?: string | undefined;
    readonly port?: number | undefined;
    readonly backupDays?: number | undefined;
    readonly restorableAt?: string | undefined;
  };
  readonly instances: readonly SeenInstance[];
};
export type Database = { readonly name: string; readonly global?: string; readonly replicas: readonly Standing[] };

/** In the order of their names. What has no ARN, or one of no region, is left out: nobody could say where it stands. */
export function databasesOf(seen: Seen): readonly Database[] {
  const known: Seen = {
    ...seen,
    clusters: sorted(seen.clusters.filter(({ arn, id }) => id !== '' && regionOf(arn) !== undefined)),
    instances: sorted(seen.instances.filter(({ arn, id }) => id !== '' && regionOf(arn) !== undefined)),
    globals: sorted(seen.globals),
  };
  const inGlobals = known.globals.flatMap((global) => {
    const replicas = global.members.flatMap(({ arn, isWriter }) => clusterAt(known, arn, isWriter ? 'primary' : 'standby') ?? []);
    return replicas.length === 0 ? [] : [{ id: global.id, global: global.id, replicas: primaryFirst(replicas) }];
  });
  const members = new Set(known.globals.flatMap((global) => global.members.map(({ arn }) => arn)));
  const alone = known.clusters
    .filter(({ arn }) => !members.has(arn))
    .flatMap(({ arn, id }) => ({ id, replicas: [clusterAt(known, arn, 'primary')].flatMap((each) => each ?? []) }));
  const all: readonly { readonly id: string; readonly global?: string; readonly replicas: readonly Standing[] }[] = [
    ...inGlobals,
    ...alone,
    ...instanceDatabases(known),
  ];
  const names = labels(all.map(({ id, replicas }) => ({ short: id, full: `${id}-${replicas[0]?.region ?? ''}` })));
  return all.map(({ id: _id, ...rest }, at) => ({ name: names[at] ?? '', ...rest }));
}

/** A member of a global database that was not seen itself, e.g. in a region that was not asked, still stands in its region. */
function clusterAt({ clusters, instances }: Seen, arn: string, role: string): Standing | undefined {
  const region = regionOf(arn);
  const id = arn.split(':').at(-1) ?? '';
  if (region === undefined || id === '') return undefined;
  const cluster = clusters.find((each) => each.arn === arn) ?? { arn, id };
  return { id, region, role, cluster, instances: instances.filter((each) => each.cluster === id && regionOf(each.arn) === region) };
}

function instanceDatabases({ instances }: Seen): readonly { readonly id: string; readonly replicas: readonly Standing[] }[] {
  const single = instances.filter(({ cluster }) => cluster === undefined);
  const sourceOf = ({ source, arn }: SeenInstance): SeenInstance | undefined =>
    source === undefined
      ? undefined
      : single.find((each) => each.arn === source || (each.id === source && regionOf(each.arn) === regionOf(arn)));
  /** The one that nobody is copied to, however long the chain. A chain that bites its own tail has none. */
  const rootOf = (instance: SeenInstance): SeenInstance => {
    const seen = new Set<SeenInstance>();
    let at = instance;
    for (let above = sourceOf(at); above !== undefined && !seen.has(above); above = sourceOf(at)) {
      seen.add(at);
      at = above;
    }
    return at;
  };
  const standing = (instance: SeenInstance, role: string): Standing => ({
    id: instance.id,
    region: regionOf(instance.arn) ?? '',
    role,
    instances: [instance],
  });
  const roots = [...new Set(single.map(rootOf))];
  return roots.map((root) => ({
    id: root.id,
    replicas: [
      standing(root, root.source === undefined ? 'primary' : `TODO primary or standby, it follows ${root.source}, which was not seen`),
      ...single.filter((each) => each !== root && rootOf(each) === root).map((each) => standing(each, 'standby')),
    ],
  }));
}

/** `arn:aws:rds:us-east-2:123456789012:cluster:ehr` */
const regionOf = (arn: string): string | undefined => /^arn:aws[a-z-]*:rds:([a-z]{2}(?:-[a-z]+)+-\d):/.exec(arn)?.[1];
const sorted = <T extends { readonly id: string }>(all: readonly T[]): readonly T[] =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
const primaryFirst = (replicas: readonly Standing[]): readonly Standing[] => [
  ...replicas.filter(({ role }) => role === 'primary'),
  ...replicas.filter(({ role }) => role !== 'primary'),
];
