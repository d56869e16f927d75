// What a canary client is told to do, the canaries that it reports, and, after a run, its ledger: which acknowledged writes
// could be read back. The ledger is kept as a blob, whose hash the journal holds.
import { hash } from 'node:crypto';
import { Router, type Request } from 'express';
import { Type } from 'typebox';
import type { Tier, Workload } from '../../core/estate.ts';
import type { View } from '../../core/kernel.ts';
import { encodeLedger, isLedgerLine, isSample } from '../../core/objective/ledger.ts';
import type { CanarySample, LedgerLine } from '../../core/objective/measurement.ts';
import type { Actor, Hash, Instant, RunId, WorkloadId } from '../../core/values.ts';
import { refuse, type ApiError } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { json, param, plain, sane, shape } from '../check.ts';
import type { Desk } from '../desk.ts';
import type { Counters } from '../metrics.ts';

const sampling = shape(
  Type.Object({
    samples: Type.Array(Type.Unknown(), { maxItems: 5_000 }),
    lastAckedAt: Type.Optional(Type.Number()),
    at: Type.Optional(Type.Number()),
  }),
);
const ledgering = shape(Type.Object({ run: Type.String({ minLength: 1, maxLength: 100 }), samples: Type.String(), ledger: Type.String() }));
const most = { id: 200, address: 200, detail: 300 } as const;

export function canaryRoutes(desk: Desk, { reports }: Gate, counters: Counters): Router {
  const nameOf = (request: Request): string => `${param(request, 'workload')}/${param(request, 'population')}`;
  const may = reports('canary', nameOf);
  const at = (request: Request): Path => pathOf(desk.view(), param(request, 'workload'), param(request, 'population'));
  return Router()
    .get('/canaries/:workload/:population/assignment', may, (request, response) => {
      const { workload, tier } = at(request);
      const { url, nameServers, clientCacheMs, canaries } = workload.usersPath;
      const { intervalMs, timeoutMs } = tier.usersPath;
      response.json({
        url,
        nameServers,
        intervalMs,
        timeoutMs,
        ...(clientCacheMs === undefined ? {} : { clientCacheMs }),
        ...(canaries === undefined ? {} : { system: canaries.system }),
      });
    })
    .post('/canaries/:workload/:population/samples', may, json('1mb'), async (request, response) => {
      const { view, workload, population } = at(request);
      const body = sampling(request.body);
      // A good canary is told at once and a bad one when its time was over: judged by when they were sent, only bad ones would be taken of
      // a clock that is just too far ahead.
      if (body.at !== undefined) sane(body.at, view.now, 'The clock of the client');
      const samples = body.samples.map((each, index) => sampleFrom(each, view.now, `samples/${index}`));
      const told = body.lastAckedAt === undefined ? {} : { lastAckedAt: sane(body.lastAckedAt as Instant, view.now, '`lastAckedAt`') };
      if (samples.length > 0) await desk.submit({ kind: 'sampled', workload: workload.id, population, samples, ...told });
      for (const sample of samples) counters.canary(workload.id, population, sample.readAt !== undefined);
      response.json({ orders: ordersFor(desk.view(), workload.id, population) });
    })
    .post('/canaries/:workload/:population/ledgers', may, json('16mb'), async (request, response) => {
      const { view, workload, population } = at(request);
      const { run: id, ...texts } = ledgering(request.body);
      const run = view.known.runs.get(id as RunId);
      if (run?.workload !== workload.id || !run.ledgersWanted.has(population))
        throw refuse(
          404,
          'RUN_UNKNOWN',
          `No run ${plain(id, 100)} ordered a ledger of ${nameOf(request)}.`,
          'Send a ledger only for a run of the orders.',
        );
      // A ledger that comes twice, or after the run closed, changes nothing; it is not kept either.
      if (run.status === 'measuring' && !run.ledgers.has(population)) {
        const samples = linesOf(texts.samples, 'sample').map((each, index) => sampleFrom(each, view.now, `samples line ${index + 1}`));
        const ledger = linesOf(texts.ledger, 'ledger').map((each, index) => ledgerLineFrom(each, `ledger line ${index + 1}`));
        once(samples, 'samples');
        once(ledger, 'ledger');
        const bytes = Buffer.from(encodeLedger({ samples, ledger }));
        const samplesHash = hash('sha256', bytes) as Hash;
        const actor = response.locals['actor'] as Actor;
        await desk.submit({ kind: 'ledgered', run: run.id, population, samplesHash, samples, ledger }, actor, [
          { hash: samplesHash, bytes },
        ]);
      }
      response.status(204).end();
    });
}

type Path = { readonly view: View; readonly workload: Workload; readonly tier: Tier; readonly population: string };
function pathOf(view: View, id: string, population: string): Path {
  const workload = view.known.estate?.workloads[id];
  const tier = view.tierOf(id as WorkloadId);
  if (workload === undefined || tier === undefined || !workload.usersPath.populations.some((each) => each.name === population))
    throw refuse(
      404,
      'POPULATION_UNKNOWN',
      `No workload ${plain(id, 100)} with a population ${plain(population, 100)} is declared.`,
      "Declare it in the workload's usersPath, or correct the name.",
    );
  return { view, workload, tier, population };
}

/** From the state alone, so that a canary client that was away, or a new controller, misses nothing. */
function ordersFor(view: View, workload: WorkloadId, population: string): readonly { readonly run: RunId; readonly from: Instant }[] {
  return [...view.known.openRuns]
    .flatMap((id) => view.known.runs.get(id) ?? [])
    .filter((run) => run.workload === workload && run.status === 'measuring' && !run.ledgers.has(population))
    .flatMap((run) => {
      const from = run.ledgersWanted.get(population);
      return from === undefined ? [] : [{ run: run.id, from }];
    });
}

function sampleFrom(value: unknown, now: Instant, where: string): CanarySample {
  if (!isSample(value) || value.id.length > most.id || value.address.length > most.address) throw malformed(where, 'a canary sample');
  const { id, sentAt, ackedAt, readAt, timeline, address, detail } = value;
  return {
    id: plain(id, most.id),
    sentAt: sane(sentAt, now, `${where}: \`sentAt\``),
    ...(ackedAt === undefined ? {} : { ackedAt: sane(ackedAt, now, `${where}: \`ackedAt\``) }),
    ...(readAt === undefined ? {} : { readAt: sane(readAt, now, `${where}: \`readAt\``) }),
    timeline,
    address: plain(address, most.address),
    detail: plain(detail, most.detail),
  };
}
function ledgerLineFrom(value: unknown, where: string): LedgerLine {
  if (!isLedgerLine(value) || value.id.length > most.id) throw malformed(where, 'a ledger line');
  return { id: plain(value.id, most.id), found: value.found, versions: value.versions };
}
/** One JSON value a line, bare or wrapped under `key` as evidence files have it. */
function linesOf(text: string, key: 'sample' | 'ledger'): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        const value = JSON.parse(line) as unknown;
        return typeof value === 'object' && value !== null && key in value ? (value as Readonly<Record<string, unknown>>)[key] : value;
      } catch {
        throw malformed(`${key} line ${index + 1}`, 'JSON');
      }
    });
}
function once(list: readonly { readonly id: string }[], what: string): void {
  if (new Set(list.map(({ id }) => id)).size < list.length)
    throw refuse(400, 'BAD_REQUEST', `\`${what}\` names a canary twice.`, 'Send each canary once.');
}
const malformed = (where: string, what: string): ApiError =>
  refuse(400, 'BAD_REQUEST', `${where} is not ${what}.`, 'Run the canary client of the same version as the controller.');
