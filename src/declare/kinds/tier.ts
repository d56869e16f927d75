// What a class of workloads is promised, and how far the machine may go alone to keep it.
import Type from 'typebox';
import { automations, calledRoles, fenceKinds, strategies, type Tier } from '../../core/estate.ts';
import { Choice, closed, Count, Duration, Text } from '../schema.ts';
import { kindOf, ms, present } from './kind.ts';

const Automatic = Choice(automations, 'how far the machine goes alone when this much is lost', 'approve');
const spec = Type.Object(
  {
    rto: Duration({ least: '1s', most: '30d', about: 'the longest outage that users may see' }),
    rpo: Duration({ least: '0s', most: '30d', about: 'the longest span of writes that may be lost' }),
    availability: Type.String({
      pattern: '^(?:100|\\d{1,2}(?:\\.\\d{1,6})?)$',
      form: "a percentage in quotes, e.g. '99.99'",
      title: "a percentage in quotes, e.g. '99.99'",
    }),
    strategy: Choice(strategies, 'what stands ready in the other place'),
    least: Type.Object(
      { regions: Count(1, 100, 'how many regions', 1), zones: Count(1, 100, 'how many zones', 1) },
      { ...closed, default: {}, title: 'where replicas must stand at least' },
    ),
    detection: Type.Object(
      {
        interval: Duration({ least: '100ms', most: '1h', default: '5s', about: 'from one probe to the next' }),
        timeout: Duration({ least: '10ms', most: '5m', default: '2s', about: 'after which a probe has failed' }),
        failures: Count(1, 100, 'bad samples in a row before a target is down', 3),
        successes: Count(1, 100, 'good samples in a row before it is up again', 2),
      },
      { ...closed, default: {}, title: 'how replicas are watched' },
    ),
    usersPath: Type.Object(
      {
        interval: Duration({ least: '50ms', most: '1h', default: '1s', about: 'from one canary to the next' }),
        timeout: Duration({ least: '50ms', most: '5m', default: '2s', about: 'after which a canary has failed' }),
        failures: Count(1, 100, 'bad canaries in a row before the path has failed', 3),
        good: Count(1, 1_000, 'good canaries in a row before it is restored', 5),
        sustained: Duration({ least: '0s', most: '1h', default: '5s', about: 'how long they must stay good' }),
      },
      { ...closed, default: {}, title: 'how the way of the users is watched' },
    ),
    automation: Type.Object(
      { replica: Automatic, zone: Automatic, region: Automatic },
      { ...closed, default: {}, title: 'how far the machine goes alone, by what is lost' },
    ),
    approvals: Type.Object(
      {
        people: Count(1, 10, 'distinct people who must approve', 1),
        expire: Duration({
          least: '1m',
          most: '7d',
          default: '30m',
          about: 'how long people have to answer, and how long an approval holds',
        }),
        escalate: Type.Optional(
          Duration({ least: '1s', most: '7d', about: 'without an answer, when the next one is called; a third of `expire` when absent' }),
        ),
        escalateTo: Type.Optional(
          Type.Array(Choice(calledRoles, 'one who answers for the workload'), {
            minItems: 1,
            maxItems: 3,
            uniqueItems: true,
            title: 'who, in order',
          }),
        ),
        emergency: Type.Optional(
          Type.Object(
            { role: Text('the duty of a token whose holder may approve alone when the RTO would be missed otherwise', 63) },
            { ...closed, title: 'one person may approve alone' },
          ),
        ),
      },
      { ...closed, default: {}, title: 'who is asked and for how long' },
    ),
    fencing: Type.Object(
      {
        accepts: Type.Array(Choice(fenceKinds, 'a kind of proof'), {
          uniqueItems: true,
          maxItems: 10,
          title: 'proofs that the old writer is stopped which are enough to promote without a person',
          default: ['storage-fenced', 'confirmed', 'powered-off', 'self-fenced'],
        }),
      },
      { ...closed, default: {}, title: 'what stops an old writer' },
    ),
    blastRadius: Type.Optional(
      Type.Object(
        {
          decisions: Count(
            1,
            1_000,
            'incidents treated without a person within `per`, over all workloads; a lost region is never stopped by it',
            3,
          ),
          per: Duration({ least: '1m', most: '7d', default: '1h', about: 'the window in which they are counted' }),
        },
        { ...closed, title: 'how much the machine decides alone before a person looks' },
      ),
    ),
    cooldown: Duration({ least: '0s', most: '30d', default: '15m', about: 'after a run, before the same diagnosis may open another' }),
    drillEvery: Duration({ least: '1d', most: '3y', default: '90d', about: 'how old the last drill may be' }),
    retention: Duration({ least: '1d', most: '100y', default: '6y', about: 'how long evidence is kept' }),
  },
  closed,
);

export const tier = kindOf({
  kind: 'Tier',
  collection: 'tiers',
  summary: 'Targets (RTO, RPO, availability), detection, automation by scope, approvals, fences, retention.',
  spec,
  resolve(all, resolving) {
    return Object.fromEntries(
      all.map((declaration): [string, Tier] => {
        const { name, spec: own } = declaration;
        const detection = {
          intervalMs: ms(own.detection.interval),
          timeoutMs: ms(own.detection.timeout),
          failures: own.detection.failures,
          successes: own.detection.successes,
        };
        // A probe still waiting when the next is due would count one outage twice.
        if (detection.timeoutMs >= detection.intervalMs)
          resolving.say(declaration, {
            pointer: '/spec/detection/timeout',
            code: 'TIMEOUT_OVER_INTERVAL',
            message: `a probe may take ${own.detection.timeout}, and the next is due after ${own.detection.interval}`,
            remedy: 'make the timeout shorter than the interval',
          });
        const made: Tier = {
          id: name,
          rtoMs: ms(own.rto),
          rpoMs: ms(own.rpo),
          availability: own.availability,
          strategy: own.strategy,
          least: { regions: own.least.regions, zones: own.least.zones },
          detection,
          usersPath: {
            intervalMs: ms(own.usersPath.interval),
            timeoutMs: ms(own.usersPath.timeout),
            failures: own.usersPath.failures,
            good: own.usersPath.good,
            sustainedMs: ms(own.usersPath.sustained),
          },
          automation: { replica: own.automation.replica, zone: own.automation.zone, region: own.automation.region },
          approvals: present({
            people: own.approvals.people,
            expireMs: ms(own.approvals.expire),
            escalateMs: own.approvals.escalate === undefined ? undefined : ms(own.approvals.escalate),
            escalateTo: own.approvals.escalateTo,
            emergency: own.approvals.emergency,
          }) as Tier['approvals'],
          fencing: { accepts: own.fencing.accepts },
          ...(own.blastRadius === undefined
            ? {}
            : { blastRadius: { decisions: own.blastRadius.decisions, perMs: ms(own.blastRadius.per) } }),
          cooldownMs: ms(own.cooldown),
          drillEveryMs: ms(own.drillEvery),
          retentionMs: ms(own.retention),
        };
        return [name, made];
      }),
    );
  },
});
