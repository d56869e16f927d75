// From what stands in AWS to a draft of sites and workloads. What only people know is a `TODO` with the question, and `resus validate`
// names each until it is answered: nothing is guessed about patients, owners or promises.
import { Document, isScalar, YAMLMap } from 'yaml';
import type { Seen } from '../providers/aws/seen.ts';
import { backupOf } from './backups.ts';
import { databasesOf, type Database, type Standing } from './databases.ts';
import { isKnown } from './known.ts';
import { labels } from './labels.ts';
import { todo } from './todo.ts';
import { leadingTo, usersNameOf } from './users-name.ts';

/** YAML, several documents, ends with a line end; the same for the same things in any order. */
export function draftOf(seen: Seen): string {
  const databases = databasesOf(seen);
  const regions = [...new Set(databases.flatMap(({ replicas }) => replicas.map(({ region }) => region)))].sort();
  const zones = new Map(
    databases.flatMap(({ replicas }) =>
      replicas.flatMap(({ region, instances }) => instances.flatMap(({ zone }) => (zone === undefined ? [] : [[zone, region] as const]))),
    ),
  );
  return [
    declaration('Site', 'aws', { level: 'cloud', kind: 'aws', residency: todo('where data here stands in law, e.g. US') }, [
      'A draft. Answer each TODO, then `resus validate` says what is still wrong.',
      'Vantages look out from sites, and at least three in three failure domains make a quorum: see docs/vantage.md.',
    ]),
    ...regions.map((name) => declaration('Site', name, { level: 'region', parent: 'aws' })),
    ...[...zones.keys()].sort().map((name) => declaration('Site', name, { level: 'zone', parent: zones.get(name) })),
    declaration('Site', 'users', { level: 'campus', kind: 'onprem', residency: todo('where this campus stands in law') }, [
      'Where users are: a campus for each of your hospitals.',
    ]),
    ...databases.map((each) => declaration('Workload', each.name, workloadOf(each, seen), notesOf(each, seen))),
  ].join('---\n');
}

function declaration(kind: string, name: string, spec: object, notes: readonly string[] = []): string {
  const document = new Document({ apiVersion: 'resus/v1', kind, metadata: { name }, spec: plain(spec) });
  for (const { path, because } of knownIn(spec, ['spec'])) {
    const node = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` ${because}`;
  }
  if (document.contents instanceof YAMLMap) document.contents.commentBefore = notes.map((each) => ` ${each}`).join('\n');
  return document.toString({ lineWidth: 0 });
}

/** What is known goes in as it is; where it comes from stands beside it. */
const plain = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [key, isKnown(each) ? each.value : isMapping(each) ? plain(each) : each]),
  );
const knownIn = (value: object, path: readonly string[]): readonly { readonly path: readonly string[]; readonly because: string }[] =>
  Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    isKnown(each) ? [{ path: [...path, key], because: each.because }] : isMapping(each) ? knownIn(each, [...path, key]) : [],
  );
const isMapping = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

function workloadOf(database: Database, seen: Seen): object {
  const { replicas, global } = database;
  const named = labels(replicas.map(({ region, id }) => ({ short: region, full: id })));
  const replica = ({ region, role, ...rest }: Standing, at: number): object => ({
    name: named[at],
    site: region,
    role,
    resources: resourcesOf(rest),
    probes: probesOf(rest),
  });
  return {
    tier: todo('the tier that says what it is promised'),
    owner: todo('the team that answers for it'),
    onCall: todo('who is called'),
    clinicalOwner: todo('the clinician who answers for its use'),
    impact: todo('who could be harmed and how, in words a clinician uses'),
    downtimeProcedure: todo('what the wards do meanwhile'),
    residency: [todo('where its data may stand in law')],
    ...(global === undefined ? {} : { resources: { globalCluster: global } }),
    replicas: replicas.map(replica),
    ...(replicas.length < 2
      ? {}
      : {
          replication: replicas.flatMap(({ role }, at) =>
            role === 'primary'
              ? named
                  .filter((_, other) => other !== at)
                  .map((to) => ({
                    from: named[at],
                    to,
                    lagProbe: todo(`the probe of ${to ?? ''} that measures lagMs, e.g. a postgres probe`),
                  }))
              : [],
          ),
        }),
    backup: backupOf(database),
    usersPath: {
      ...usersNameOf(database, seen),
      populations: [{ name: 'ward', site: 'users' }],
    },
  };
}

const resourcesOf = ({ cluster, instances }: Pick<Standing, 'cluster' | 'instances'>): object => ({
  ...(cluster === undefined ? {} : { cluster: cluster.arn }),
  ...Object.fromEntries(
    instances.map(({ id }, at) => [cluster === undefined && instances.length === 1 ? 'instance' : `instance${at + 1}`, id]),
  ),
});

/** One a database server, at its own address, and one at the cluster's, which leads to whichever of them writes. */
function probesOf({ cluster, instances }: Pick<Standing, 'cluster' | 'instances'>): readonly object[] {
  const ends = [...(cluster === undefined ? [] : [{ ...cluster, zone: undefined }]), ...instances];
  const ids = labels(ends.map(({ id }) => ({ short: id, full: id })));
  return ends.map(({ address, port, zone }, at) => ({
    id: ids[at],
    uses: 'tcp',
    with: { address: address === undefined || port === undefined ? todo('HOST:PORT') : `${address}:${port}` },
    ...(zone === undefined ? {} : { site: zone }),
  }));
}

function notesOf(database: Database, seen: Seen): readonly string[] {
  return [
    ...new Set(leadingTo(database, seen).map(({ name, type, routing }) => `Route 53: ${name} (${type}, ${routing}) leads here.`)),
    'Runbooks (`runbooks`) are not in the draft: copy one of those that are shipped.',
  ];
}
