// What a class of workloads is promised, and how far the machine may go alone to keep it.
import Type, { type Static } from 'typebox';
import { automations, calledRoles, fenceKinds, losses, pendingTargets, strategies, type Tier } from '../../core/estate.ts';
import type { Json } from '../../core/values.ts';
import { durationMs } from '../duration.ts';
import type { Told } from '../mistakes.ts';
import { Choice, closed, Count, Duration, pendingWord, strict, Text } from '../schema.ts';
import { kindOf, ms, present, type Resolving } from './kind.ts';

const OfLoss = (what: string) =>
  Type.Optional(
    Type.Object(
      { rto: strict('less', Duration({ least: '1s', most: '30d', about: `the longest outage after a lost ${what}; at most \`rto\`` })) },
      { ...closed, title: `what is promised of a lost ${what} alone` },
    ),
  );
const Automatic = () => strict('earlier', Choice(automations, 'how far the machine goes alone when this much is lost', 'approve'));
const spec = Type.Object(
  {
    rto: strict('less', Duration({ least: '1s', most: '30d', or: pendingWord, about: 'the longest outage that users may see' })),
    rpo: strict('less', Duration({ least: '0s', most: '30d', or: pendingWord, about: 'the longest span of writes that may be lost' })),
    byLoss: Type.Optional(
      Type.Object(
        { replica: OfLoss('replica'), zone: OfLoss('zone'), region: OfLoss('region') },
        { ...closed, minProperties: 1, title: 'targets by what is lost; a loss that is not here has the general one' },
      ),
    ),
    availability: strict(
      'more',
      Type.String({
        pattern: '^(?:100|\\d{1,2}(?:\\.\\d{1,6})?|pending-bia)$',
        form: "a percentage in quotes, e.g. '99.99'",
        title: "a percentage in quotes, e.g. '99.99', or `pending-bia`",
      }),
    ),
    strategy: strict('later', Choice(strategies, 'what stands ready in the other place')),
    least: Type.Object(
      { regions: strict('more', Count(1, 100, 'how many regions', 1)), zones: strict('more', Count(1, 100, 'how many zones', 1)) },
      { ...closed, default: {}, title: 'where replicas must stand at least' },
    ),
    detection: Type.Object(
      {
        interval: strict('less', Duration({ least: '100ms', most: '1h', default: '5s', about: 'from one probe to the next' })),
        timeout: strict('less', Duration({ least: '10ms', most: '5m', default: '2s', about: 'after which a probe has failed' })),
        failures: strict('less', Count(1, 100, 'bad samples in a row before a target is down', 3)),
        successes: strict('more', Count(1, 100, 'good samples in a row before it is up again', 2)),
      },
      { ...closed, default: {}, title: 'how replicas are watched' },
    ),
    usersPath: Type.Object(
      {
        interval: strict('less', Duration({ least: '50ms', most: '1h', default: '1s', about: 'from one canary to the next' })),
        timeout: strict('less', Duration({ least: '50ms', most: '5m', default: '2s', about: 'after which a canary has failed' })),
        failures: strict('less', Count(1, 100, 'bad canaries in a row before the path has failed', 3)),
        good: strict('more', Count(1, 1_000, 'good canaries in a row before it is restored', 5)),
        sustained: strict('more', Duration({ least: '0s', most: '1h', default: '5s', about: 'how long they must stay good' })),
      },
      { ...closed, default: {}, title: 'how the way of the users is watched' },
    ),
    automation: Type.Object(
      { replica: Automatic(), zone: Automatic(), region: Automatic() },
      { ...closed, default: {}, title: 'how far the machine goes alone, by what is lost' },
    ),
    approvals: Type.Object(
      {
        people: strict('more', Count(1, 10, 'distinct people who must approve', 1)),
        expire: strict(
          'less',
          Duration({ least: '1m', most: '7d', default: '30m', about: 'how long people have to answer, and how long an approval holds' }),
        ),
        escalate: Type.Optional(
          strict(
            'less',
            Duration({ least: '1s', most: '7d', about: 'without an answer, when the next one is called; a third of `expire` when absent' }),
          ),
        ),
        escalateTo: Type.Optional(
          strict(
            'first',
            Type.Array(Choice(calledRoles, 'one who answers for the workload'), {
              minItems: 1,
              maxItems: 3,
              uniqueItems: true,
              title: 'who, in order',
            }),
          ),
        ),
        emergency: Type.Optional(
          strict(
            'all',
            Type.Object(
              { role: Text('the duty of a token whose holder may approve alone when the RTO would be missed otherwise', 63) },
              { ...closed, title: 'one person may approve alone' },
            ),
          ),
        ),
      },
      { ...closed, default: {}, title: 'who is asked and for how long' },
    ),
    fencing: Type.Object(
      {
        accepts: strict(
          'common',
          Type.Array(Choice(fenceKinds, 'a kind of proof'), {
            uniqueItems: true,
            maxItems: 10,
            title: 'proofs that the old writer is stopped which are enough to promote without a person',
            default: ['storage-fenced', 'confirmed', 'powered-off', 'self-fenced'],
          }),
        ),
      },
      { ...closed, default: {}, title: 'what stops an old writer' },
    ),
    blastRadius: Type.Optional(
      Type.Object(
        {
          decisions: strict(
            'less',
            Count(1, 1_000, 'incidents treated without a person within `per`, over all workloads; a lost region is never stopped by it', 3),
          ),
          per: strict('more', Duration({ least: '1m', most: '7d', default: '1h', about: 'the window in which they are counted' })),
        },
        { ...closed, title: 'how much the machine decides alone before a person looks' },
      ),
    ),
    cooldown: strict(
      'more',
      Duration({ least: '0s', most: '30d', default: '15m', about: 'after a run, before the same diagnosis may open another' }),
    ),
    drillEvery: strict('less', Duration({ least: '1d', most: '3y', default: '90d', about: 'how old the last drill may be' })),
    retention: strict('more', Duration({ least: '1d', most: '100y', default: '6y', about: 'how long evidence is kept' })),
  },
  closed,
);

type Spec = Static<typeof spec>;
/** By which several tiers are put together. */
export const tierSpec = spec;

export const tier = kindOf({
  kind: 'Tier',
  collection: 'tiers',
  summary: 'Targets (RTO, RPO, availability), detection, automation by scope, approvals, fences, retention.',
  spec,
  resolve(all, resolving) {
    return Object.fromEntries(
      all.map((declaration): [string, Tier] => {
        checkPace(declaration.spec, declaration, '/spec/detection/timeout', resolving);
        checkLosses(declaration, resolving);
        resolving.tiers.sources.set(declaration.name, {
          name: declaration.name,
          spec: declaration.spec as Json,
          written: declaration.written,
        });
        return [declaration.name, tierFrom(declaration.name, declaration.spec)];
      }),
    );
  },
});

/** A probe still waiting when the next is due would count one outage twice. */
export function checkPace(own: Spec, of: Told, pointer: string, resolving: Resolving): void {
  const { timeout, interval } = own.detection;
  if (ms(timeout) >= ms(interval))
    resolving.say(of, {
      pointer,
      code: 'TIMEOUT_OVER_INTERVAL',
      message: `a probe may take ${timeout}, and the next is due after ${interval}`,
      remedy: 'make the timeout shorter than the interval',
    });
}

/** False where one of them waits for an inventory, or for somebody to decide it. */
const isLonger = (one: string, other: string): boolean => (durationMs(one) ?? NaN) > (durationMs(other) ?? NaN);

/** The general target holds whatever is lost; what is promised of one loss can only be more. */
function checkLosses(of: Told & { readonly spec: Spec }, resolving: Resolving): void {
  const { rto, byLoss = {} } = of.spec;
  for (const loss of losses) {
    const own = byLoss[loss]?.rto;
    if (own === undefined || !isLonger(own, rto)) continue;
    resolving.say(of, {
      pointer: `/spec/byLoss/${loss}/rto`,
      code: 'LOSS_TARGET_WEAKER',
      message: `a lost ${loss} may take ${own}, and \`rto\`, which holds whatever is lost, is ${rto}`,
      remedy: `write at most ${rto}, or raise \`rto\` and name the losses that have less`,
    });
  }
}

/** What the core reads, of one tier or of several that were put together. */
export function tierFrom(name: string, own: Spec): Tier {
  const pending = pendingTargets.filter((target) => own[target] === pendingWord);
  const byLoss = Object.fromEntries(
    losses.flatMap((loss) => {
      const rto = own.byLoss?.[loss]?.rto;
      // With a tier whose targets nobody has decided it is as undecided as the general one; what is no shorter than that says nothing.
      return rto === undefined || rto === pendingWord || rto === own.rto || isLonger(rto, own.rto) ? [] : [[loss, { rtoMs: ms(rto) }]];
    }),
  );
  const detection = {
    intervalMs: ms(own.detection.interval),
    timeoutMs: ms(own.detection.timeout),
    failures: own.detection.failures,
    successes: own.detection.successes,
  };
  return {
    id: name,
    rtoMs: targetMs(own.rto),
    rpoMs: targetMs(own.rpo),
    ...(pending.length === 0 ? {} : { pending }),
    ...(Object.keys(byLoss).length === 0 ? {} : { byLoss }),
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
    ...(own.blastRadius === undefined ? {} : { blastRadius: { decisions: own.blastRadius.decisions, perMs: ms(own.blastRadius.per) } }),
    cooldownMs: ms(own.cooldown),
    drillEveryMs: ms(own.drillEvery),
    retentionMs: ms(own.retention),
  };
}
/** Nothing, while nobody has decided it: whoever forgets to ask whether it is pending is then too strict, never too lax. */
const targetMs = (text: string): number => (text === pendingWord ? 0 : ms(text));
