// A small journal that tells a whole region loss, with a real key: what the evidence tests start from.
import type { Estate, Tier } from '../../src/core/estate.ts';
import type { Event } from '../../src/core/event.ts';
import { encodeLedger, type CanaryRecord } from '../../src/core/objective/ledger.ts';
import type { CanarySample, Measurement } from '../../src/core/objective/measurement.ts';
import { measure, measuringRule } from '../../src/core/objective/measure.ts';
import type { Plan } from '../../src/core/runbook/plan.ts';
import type {
  Actor,
  DrillId,
  Floor,
  Hash,
  IncidentId,
  Instant,
  Json,
  RunId,
  SiteId,
  StepId,
  VantageId,
  WorkloadId,
} from '../../src/core/values.ts';
import { canonical } from '../../src/journal/canonical.ts';
import { keyFromSeed, signCheckpoint, signerFor } from '../../src/journal/checkpoint.ts';
import { genesis, leafHash, sha256 } from '../../src/journal/hash.ts';
import { rootOf } from '../../src/journal/merkle.ts';
import { Seal } from '../../src/journal/seal.ts';
import type { BundleInput } from '../../src/evidence/bundle.ts';

export const t0 = 1_795_312_800_000;
const at = (ms: number): Instant => (t0 + ms) as Instant;
export const run = 'ehr-1' as RunId;
const drill = 'region-loss-1' as DrillId;
const incident = 'incident-1' as IncidentId;
const workload = 'ehr' as WorkloadId;
const step = 'promote' as StepId;
const nasty = `<script>alert("x")</script>' & =1+1`;

const estate = {
  sites: {},
  tiers: {
    critical: {
      id: 'critical',
      rtoMs: 60_000,
      rpoMs: 5000,
      usersPath: { intervalMs: 250, timeoutMs: 1000, failures: 2, good: 2, sustainedMs: 200 },
    },
  },
  workloads: { ehr: { id: 'ehr', tier: 'critical', owner: 'sre', clinicalOwner: 'Dr Okafor', impact: nasty, downtimeProcedure: 'DT-7' } },
  runbooks: {},
  gamedays: {},
} as unknown as Estate;
const plan: Plan = {
  workload,
  mode: 'failover',
  runbook: 'ehr-failover',
  from: 'east',
  to: 'west',
  leave: 'us-east-2' as SiteId,
  steps: [],
};

/** A canary every 250 ms from 0 to 6 s; the region is gone from 1 s to 4 s; the one at 1000 was acknowledged and lost. */
const samples: readonly CanarySample[] = Array.from({ length: 25 }, (_, i) => {
  const sentAt = at(i * 250);
  const isOut = i >= 4 && i < 16;
  const acked = isOut
    ? i === 4
      ? { ackedAt: (sentAt + 20) as Instant }
      : {}
    : { ackedAt: (sentAt + 20) as Instant, readAt: (sentAt + 40) as Instant };
  return {
    id: `c${i}`,
    sentAt,
    ...acked,
    timeline: isOut && i !== 4 ? 0 : i < 16 ? 1 : 2,
    address: i < 16 ? '127.0.0.11' : '127.0.0.21',
    detail: isOut ? 'timeout' : 'ok',
  };
});
const record: CanaryRecord = {
  samples,
  ledger: samples
    .filter((sample) => sample.ackedAt !== undefined)
    .map(({ id }) => ({ id, found: id === 'c4' ? 'absent' : 'present', versions: id === 'c4' ? 0 : 1 })),
};
const boundaries = { detectedAt: at(2000), decidedAt: at(2010), approvedAt: at(2010), executedAt: at(3500) };
const { usersPath } = estate.tiers['critical']!;
export const measurement = measure(record, boundaries, usersPath).measurement;

/** The same day with a client that was silent while the region was gone: nothing bad was ever seen. */
const silent = { samples: samples.filter((_, i) => i < 4 || i >= 16), ledger: record.ledger.filter(({ id }) => id !== 'c4') };
export const silence = {
  record: encodeLedger(silent),
  told: measure(silent, boundaries, usersPath, 2).measurement,
  toldBefore: measure(silent, boundaries, usersPath, 1).measurement,
};

export type Twist = {
  readonly floor?: Floor;
  /** Of the tier besides. */
  readonly byLoss?: Tier['byLoss'];
  readonly told?: Measurement;
  readonly events?: number;
  readonly plan?: Hash;
  readonly record?: string;
  /** `none`: as entries were before there was more than one. */
  readonly rule?: number | 'none';
  /** Told between the fence and the end of the execution. */
  readonly more?: readonly Event[];
};

/** The twists make a log that lies but verifies as a log: for `verify` to find out. */
export function sampleBundle({
  floor = 'lab',
  byLoss,
  told = measurement,
  events = 13,
  plan: planHash,
  record: text = encodeLedger(record),
  rule = measuringRule,
  more = [],
}: Twist = {}): BundleInput {
  const promised = byLoss === undefined ? estate : { ...estate, tiers: { critical: { ...estate.tiers['critical'], byLoss } } };
  const blobs = new Map([canonical(promised as Json), text].map((content) => [sha256(content), Buffer.from(content)]));
  const [estateHash, samplesHash] = [...blobs.keys()] as [Hash, Hash];
  const hash = planHash ?? sha256(canonical(plan));
  const signer = signerFor('resus.test/log', keyFromSeed(new Uint8Array(32).fill(7)));
  const seal = new Seal({ log: 'resus.test/log', floor, controlDomain: 'central', boot: 'b1' });
  const engine: Actor = { kind: 'engine', id: 'c1' };
  const lines: string[] = [];
  const add = (ms: number, event: Event): void => {
    lines.push(seal.seal(event, { epoch: 1, at: at(ms), ns: BigInt(ms) * 1_000_000n, actor: engine }).line);
  };
  add(-9000, { type: 'EpochBegan', data: { controller: 'c1', version: '0.1.0', lastSeq: -1, lastHash: genesis } });
  add(-9000, { type: 'EstateDeclared', data: { estate: estateHash, workloads: 1 } });
  add(-8000, { type: 'DrillOpened', data: { drill, gameday: 'region-loss', workload } });
  add(900, {
    type: 'FaultIntended',
    data: { drill, fault: 'lose', what: 'silent loss of us-east-2', token: 't', expiresAt: at(60_000), deadline: at(5000) },
  });
  const vantages = ['campus', 'west'] as VantageId[];
  const sentence = `us-east-2 is gone. ${nasty}`;
  add(2000, {
    type: 'IncidentOpened',
    data: { incident, diagnosis: 'RegionLost', site: 'us-east-2' as SiteId, workloads: [workload], sentence, vantages, drill },
  });
  add(2010, {
    type: 'RunOpened',
    data: {
      run,
      workload,
      mode: 'failover',
      plan: hash,
      incident,
      drill,
      because: 'RegionLost',
      reasons: ['quorum', nasty],
      approvalsNeeded: 0,
    },
  });
  add(2010, { type: 'PlanCompiled', data: { run, hash, plan } });
  add(2010, { type: 'RunStarted', data: { run } });
  add(2010, {
    type: 'StepStarted',
    data: { run, step, attempt: 1, uses: 'aws.rds.failover-global-cluster', with: { to: 'west' }, token: 'k', deadline: at(9000) },
  });
  add(2600, { type: 'StepAnswered', data: { run, step, attempt: 1, outcome: { kind: 'accepted', checkAt: at(3000) } } });
  add(3400, { type: 'StepObserving', data: { run, step, attempt: 1, look: 1, deadline: at(9000) } });
  add(3480, { type: 'StepObserved', data: { run, step, attempt: 1, look: 1, observed: { kind: 'holds', data: null } } });
  add(3490, { type: 'FenceStated', data: { run, step, fence: 'provider-asserted', sentence: 'The provider says so.' } });
  for (const event of more) add(3495, event);
  add(3500, { type: 'RunExecuted', data: { run, outcome: 'succeeded', because: 'every step holds' } });
  add(5200, { type: 'LedgerRequested', data: { run, workload, population: 'ward', from: at(-60_000) } });
  add(6300, {
    type: 'LedgerReceived',
    data: { run, population: 'ward', samples: samplesHash, measurement: told, ...(rule === 'none' ? {} : { rule }) },
  });
  add(6300, { type: 'RunMeasured', data: { run, measurement: told, provisional: told.canaries.unknown > 0 } });
  add(6300, {
    type: 'RunClosed',
    data: { run, outcome: 'succeeded', fencing: 'provider-asserted', events, because: 'executed and validated' },
  });
  add(6400, { type: 'DrillClosed', data: { drill, verdict: 'passed', because: 'every expectation holds', runs: [run] } });
  return {
    lines,
    checkpoint: signCheckpoint(lines.length, rootOf(lines.map(leafHash)), signer),
    signer,
    blob: (wanted) => blobs.get(wanted),
    run,
  };
}
