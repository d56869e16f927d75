// A workload: who answers for it, where its replicas stand, how they are watched, and which runbook treats what.
import Type, { type Static } from 'typebox';
import { diagnosisKinds, environments, responsibilities, type Replica, type Workload } from '../../core/estate.ts';
import type { Json, SiteId, WorkloadId } from '../../core/values.ts';
import { backup, backupOf, checkBackup } from '../backup.ts';
import { below } from '../pointer.ts';
import { quoted } from '../problem.ts';
import { Choice, closed, Distinct, Duration, LongText, Name, Refers, Resources, Text, With } from '../schema.ts';
import { find, kindOf, ms, present, type Declaration, type Resolving } from './kind.ts';
import { checkProducts } from '../products.ts';
import { checkDependencies } from '../dependencies.ts';
import { checkReplication } from '../replication.ts';
import { checkRunbooks } from '../workload-runbooks.ts';
import { preparedness, preparednessOf } from '../preparedness.ts';
import { usersPath, usersPathOf } from '../users-path.ts';
import { standsIn } from './site.ts';
import { tierOf } from '../workload-tier.ts';

const Probe = Type.Object(
  {
    id: Name('what the target is called'),
    uses: Refers('probe', 'the probe that looks at it'),
    with: With,
    site: Type.Optional(Refers('Site', 'the fault domain that it observes; that of the replica when left out')),
  },
  closed,
);
const ReplicaIn = Type.Object(
  {
    name: Name('what the replica is called'),
    site: Refers('Site', 'where it stands'),
    role: Choice(['primary', 'standby'], 'which it is at first; the journal knows its present role'),
    onIsolation: Choice(['keep', 'demote'], 'what it does with its role when it is cut off', 'keep'),
    capacity: Choice(['on-demand', 'spot'], 'whether its machines are kept for it, or may be taken back by their provider', 'on-demand'),
    account: Type.Optional(Text('the account of the provider in which it stands, where its resources do not tell', 128)),
    resources: Resources,
    probes: Distinct(Probe, 'id', { minItems: 1, maxItems: 100, title: 'how it is watched' }),
  },
  closed,
);
const Link = Type.Object(
  {
    from: Type.String({ title: 'the replica that is copied' }),
    to: Type.String({ title: 'the replica that receives' }),
    lagProbe: Type.String({ title: 'the probe of `to` that measures `lagMs`' }),
    measuredBy: Choice(
      ['heartbeat', 'reported'],
      'heartbeat: the newest heartbeat row that came through; reported: `lagMs` as the replica says it, which needs `arrivalProbe`',
      'heartbeat',
    ),
    arrivalProbe: Type.Optional(
      Type.String({
        title:
          'another probe of `to`, which measures when data last arrived (`arrivedAt`, or `heartbeatAt`); a reported lag is unknown without it',
      }),
    ),
    heartbeat: Duration({ least: '100ms', most: '1h', default: '1s', about: 'from one heartbeat row to the next' }),
  },
  closed,
);
const spec = Type.Object(
  {
    tier: Type.Optional(Refers('Tier', 'what it is promised; what its sites promise when left out')),
    tiers: Type.Optional(
      Type.Array(Refers('Tier', 'what it is promised'), {
        minItems: 1,
        maxItems: 8,
        uniqueItems: true,
        title: 'what it is promised by several: of each value the stricter holds',
      }),
    ),
    controlDomain: Type.String({
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      default: 'central',
      form: 'a name of lower-case letters, digits and dashes',
      title: 'whose controller decides for it',
    }),
    owner: Text('the team that answers for it'),
    onCall: Text('who is called'),
    clinicalOwner: Text('the clinician who answers for its use'),
    impact: LongText('who could be harmed and how, in words a clinician uses'),
    downtimeProcedure: LongText('what the wards do meanwhile'),
    responsibility: Type.Optional(
      Choice(responsibilities, 'whose system it is: of the provider of care (us), of a customer that we serve, of a vendor that runs it'),
    ),
    downtimeCopy: Type.Optional(
      Type.Object(
        {
          link: Type.String({
            pattern: '^(?:https?|file)://\\S+$',
            maxLength: 2_048,
            form: 'an http, https or file URL',
            title: 'where the procedure can be read, without this workload',
          }),
          sha256: Type.String({
            pattern: '^[0-9a-f]{64}$',
            form: 'a SHA-256 of 64 lower-case hex digits',
            title: 'the hash of the offline copy, so that wards can tell whether theirs is the right one',
          }),
          printed: Text('where the copy on paper hangs'),
        },
        { ...closed, title: 'where the downtime procedure is when nothing else is' },
      ),
    ),
    validated: Type.Boolean({
      default: false,
      title: 'whether it is a validated system (GxP): a deviation by hand then needs the reference of a record',
    }),
    product: Type.Optional(
      Type.Object(
        {
          name: Name('the product that this is an environment of'),
          environment: Choice(environments, 'which one; a product has exactly one production'),
          evictable: Type.Boolean({ default: false, title: 'whether it may be stopped to free capacity for the production' }),
        },
        { ...closed, title: 'which environment of which product it is' },
      ),
    ),
    residency: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      minItems: 1,
      maxItems: 50,
      uniqueItems: true,
      title: 'where its data may stand',
    }),
    calendar: Type.Optional(
      Refers('Calendar', 'in its freezes and blackouts nobody practises on it; in a blackout the machine asks before it acts'),
    ),
    dependsOn: Type.Array(
      Type.Object(
        {
          workload: Refers('Workload', 'what it needs'),
          strength: Choice(['hard', 'soft'], 'hard: without it, this one does not work'),
        },
        closed,
      ),
      { maxItems: 200, default: [], title: 'what it needs of other workloads' },
    ),
    ...preparedness,
    resources: Resources,
    replicas: Distinct(ReplicaIn, 'name', { minItems: 1, maxItems: 50, title: 'where it runs' }),
    replication: Type.Array(Link, {
      maxItems: 200,
      default: [],
      title: 'which replica is copied to which; write both ways, since roles change',
    }),
    localHa: Type.Optional(
      Type.Object(
        { by: Text('what moves it inside a replica'), grace: Duration({ least: '0s', most: '1h', about: 'how long that may take' }) },
        { ...closed, title: 'what heals it inside a replica, before anything is moved' },
      ),
    ),
    backup: Type.Optional(backup),
    usersPath,
    runbooks: Type.Object(
      {
        onDiagnosis: Type.Object(
          Object.fromEntries(diagnosisKinds.map((kind) => [kind, Type.Optional(Refers('Runbook', `what treats ${kind}`))])),
          {
            ...closed,
            default: {},
            title: 'which runbook treats which diagnosis',
          },
        ),
        switchover: Type.Optional(Refers('Runbook', 'the planned move to another replica')),
        failback: Type.Optional(Refers('Runbook', 'the planned way home')),
        byHand: Type.Optional(
          Type.Record(Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' }), Refers('Runbook', 'what people may choose'), {
            additionalProperties: false,
            names: 'use lower-case letters, digits and dashes',
            title: 'those that only people choose (`resus run --runbook NAME`), by names of their own: restore, evacuate',
          }),
        ),
      },
      { ...closed, default: {}, title: 'how it is moved' },
    ),
  },
  closed,
);
type Spec = Static<typeof spec>;

export const workload = kindOf({
  kind: 'Workload',
  collection: 'workloads',
  summary: 'What must stay up: its owners, replicas, probes, replication, users and runbooks.',
  spec,
  resolve(all, resolving) {
    checkDependencies(all, resolving);
    checkProducts(all, resolving);
    return Object.fromEntries(
      all.map((declaration): [string, Workload] => {
        const { name, spec: own } = declaration;
        const tier = tierOf(declaration, resolving);
        checkReplicas(declaration, resolving);
        checkReplication(declaration, resolving);
        checkBackup(declaration, resolving);
        checkRunbooks(declaration, resolving);
        const made = present({
          id: name as WorkloadId,
          tier,
          controlDomain: own.controlDomain,
          owner: own.owner,
          onCall: own.onCall,
          clinicalOwner: own.clinicalOwner,
          impact: own.impact,
          downtimeProcedure: own.downtimeProcedure,
          responsibility: own.responsibility,
          downtimeCopy: own.downtimeCopy,
          validated: own.validated ? (true as const) : undefined,
          product: own.product,
          residency: own.residency,
          calendar: own.calendar,
          dependsOn: own.dependsOn.map((each) => ({ workload: each.workload as WorkloadId, strength: each.strength })),
          ...preparednessOf(own),
          resources: own.resources,
          replicas: own.replicas.map((replica): Replica => ({
            name: replica.name,
            site: replica.site as SiteId,
            role: replica.role,
            onIsolation: replica.onIsolation,
            ...(replica.capacity === 'spot' ? { capacity: 'spot' as const } : {}),
            ...(replica.account === undefined ? {} : { account: replica.account }),
            resources: replica.resources,
            probes: replica.probes.map((probe) => ({
              id: probe.id,
              uses: probe.uses,
              with: probe.with as Json,
              site: (probe.site ?? replica.site) as SiteId,
            })),
          })),
          replication: own.replication.map((link) => ({
            from: link.from,
            to: link.to,
            lagProbe: link.lagProbe,
            heartbeatMs: ms(link.heartbeat),
            ...(link.measuredBy === 'reported' ? { measuredBy: 'reported' as const } : {}),
            ...(link.arrivalProbe === undefined ? {} : { arrivalProbe: link.arrivalProbe }),
          })),
          localHa: own.localHa === undefined ? undefined : { by: own.localHa.by, graceMs: ms(own.localHa.grace) },
          backup: backupOf(own.backup),
          usersPath: usersPathOf(own.usersPath),
          runbooks: present({
            onDiagnosis: present({ ...own.runbooks.onDiagnosis }),
            switchover: own.runbooks.switchover,
            failback: own.runbooks.failback,
            byHand: Object.keys(own.runbooks.byHand ?? {}).length === 0 ? undefined : own.runbooks.byHand,
          }),
        });
        return [name, made as Workload];
      }),
    );
  },
});

function checkReplicas(of: Declaration<Spec>, resolving: Resolving): void {
  const { replicas, residency } = of.spec;
  const primaries = replicas.filter((replica) => replica.role === 'primary').length;
  if (primaries !== 1)
    resolving.say(of, {
      pointer: '/spec/replicas',
      code: 'PRIMARY_COUNT',
      message: `${quoted(of.name)} has ${primaries} primaries`,
      remedy: 'give exactly one replica `role: primary`',
    });
  replicas.forEach((replica, index) => {
    const at = below('/spec/replicas', index);
    const law = find(resolving.estate.sites, replica.site)?.residency;
    // An empty one waits for the inventory.
    if (law !== undefined && law !== '' && residency.length > 0 && !residency.includes(law))
      resolving.say(of, {
        pointer: below(at, 'site'),
        code: 'RESIDENCY',
        message: `${quoted(replica.site)} stands in ${quoted(law)}, and ${quoted(of.name)} may stand in ${residency.map(quoted).join(', ')}`,
        remedy: 'move the replica, or allow it in `residency`',
      });
    replica.probes.forEach((probe, which) => {
      const pointer = below(at, 'probes', which);
      if (
        probe.site !== undefined &&
        find(resolving.estate.sites, probe.site) !== undefined &&
        !standsIn(resolving.estate.sites, probe.site, replica.site)
      )
        resolving.say(of, {
          pointer: below(pointer, 'site'),
          code: 'OUTSIDE_SITE',
          message: `${quoted(probe.site)} is not in ${quoted(replica.site)}, where replica ${quoted(replica.name)} stands`,
          remedy: 'name a site inside it, or leave `site` out',
        });
    });
  });
}
