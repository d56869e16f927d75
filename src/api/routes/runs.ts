// Runs: reading them, asking for one, and taking its evidence home. What people do to one that is open is in `run-controls.ts`.
import { Router } from 'express';
import { Type } from 'typebox';
import { isPending, type Mode } from '../../core/estate.ts';
import type { View } from '../../core/kernel.ts';
import { askedSince, lossAhead } from '../../core/runbook/approval.ts';
import type { Plan } from '../../core/runbook/plan.ts';
import { preview } from '../../core/views/preview.ts';
import { runWhy } from '../../core/views/run-why.ts';
import { runView } from '../../core/views/runs.ts';
import type { Run } from '../../core/state.ts';
import type { RunId, WorkloadId } from '../../core/values.ts';
import { EvidenceError } from '../../evidence/evidence-error.ts';
import type { Looked } from '../../runtime/readiness.ts';
import { fromRefusal, refuse } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { json, param, plain, query, shape } from '../check.ts';
import type { Desk } from '../desk.ts';
import { pageByAge } from '../page.ts';

const closed = { additionalProperties: false } as const;
const modeNames = ['switchover', 'failover', 'failback'] as const;
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const opening = shape(
  Type.Object(
    {
      workload: Name,
      mode: Type.Optional(Type.Unsafe<Mode>({ enum: [...modeNames] })),
      reason: Reason,
      runbook: Type.Optional(Name),
      to: Type.Optional(Name),
      record: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    },
    closed,
  ),
);

export type BundleOf = (run: RunId) => Promise<ReadonlyMap<string, Uint8Array>>;

export function runRoutes(desk: Desk, { reads, names, operates }: Gate, bundle: BundleOf, readiness: () => Looked | undefined): Router {
  const found = (id: string): Readonly<Run> => {
    const run = desk.view().known.runs.get(id as RunId);
    if (run === undefined) throw refuse(404, 'RUN_UNKNOWN', `There is no run ${id.slice(0, 100)}.`, 'See `resus status`.');
    return run;
  };
  return Router()
    .get('/runs', reads, (request, response) => {
      const view = desk.view();
      const { items, more } = pageByAge(request, view.known.runs.values(), (run) => run.id);
      response.json({ runs: items.map((run) => runView(view, run)), ...more });
    })
    .get('/runs/:run', reads, (request, response) => void response.json(runView(desk.view(), found(param(request, 'run')))))
    .get('/runs/:run/plan', reads, (request, response) => {
      const view = desk.view();
      const run = found(param(request, 'run'));
      response.json({ hash: run.hash, plan: run.plan, ...lossOf(view, run) });
    })
    .get('/runs/:run/why', reads, (request, response) => void response.json(runWhy(desk.view(), found(param(request, 'run')))))
    .get('/plan', reads, (request, response) => {
      const byHand = query(request, 'runbook');
      const mode = query(request, 'mode') ?? (byHand === undefined ? 'switchover' : undefined);
      if (mode !== undefined && !(modeNames as readonly string[]).includes(mode))
        throw refuse(400, 'BAD_REQUEST', `\`mode\` is not one of ${modeNames.join(', ')}.`, 'Name one of them.');
      const wish = { mode: mode as Mode | undefined, byHand, to: query(request, 'to') };
      const made = preview(desk.view(), (query(request, 'workload') ?? '') as WorkloadId, wish);
      if (!made.ok) throw fromRefusal(made.error);
      response.json({ ...made.value, readiness: readinessOf(made.value.plan, readiness()) });
    })
    .post('/runs', operates, json('64kb'), async (request, response) => {
      const { workload, mode, reason, runbook, to, record } = opening(request.body);
      if (mode === undefined && runbook === undefined)
        throw refuse(400, 'BAD_REQUEST', 'Neither `mode` nor `runbook` is there.', `Name a mode: ${modeNames.join(', ')}.`);
      const more = {
        ...(mode === undefined ? {} : { mode }),
        ...(runbook === undefined ? {} : { runbook: plain(runbook, 100) }),
        ...(to === undefined ? {} : { to: plain(to, 100) }),
        ...(record === undefined ? {} : { record: plain(record, 200) }),
      };
      const entries = await desk.ask({ kind: 'run', workload: workload as WorkloadId, reason: plain(reason, 500), ...more }, response);
      const opened = entries.find((entry) => entry.event.type === 'RunOpened');
      if (opened?.event.type !== 'RunOpened') throw refuse(500, 'NOTHING_OPENED', 'No run opened.', 'See the log of the controller.');
      const { run, plan, approvalsNeeded } = opened.event.data;
      response
        .status(201)
        .location(`/api/v1/runs/${encodeURIComponent(run)}`)
        .json({ run, plan, approvalsNeeded, seq: opened.seq });
    })
    .get('/runs/:run/bundle', names, async (request, response) => {
      const run = found(param(request, 'run'));
      if (run.status !== 'closed')
        throw refuse(
          409,
          'RUN_NOT_CLOSED',
          `Run ${run.id} is ${run.status}; its evidence is complete when it is closed.`,
          'Wait for it to end.',
        );
      const files = await bundle(run.id).catch((error: unknown) => {
        if (error instanceof EvidenceError) throw refuse(409, error.code, error.message, 'See the journal: /api/v1/events.');
        throw error;
      });
      response.json({ files: Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')])) });
    });
}

/** What an approval would accept, while one can still be given: the loss that is predicted now, null when nobody can say. */
function lossOf(view: View, run: Readonly<Run>): { readonly predictedLossMs?: number | null; readonly rpoMs?: number } {
  const loss = askedSince(run) === undefined ? undefined : lossAhead(view, run);
  const tier = view.tierOf(run.workload);
  if (loss === undefined || tier === undefined) return {};
  return { predictedLossMs: loss === 'unknown' ? null : loss, ...(isPending(tier, 'rpo') ? {} : { rpoMs: tier.rpoMs }) };
}

/** What concerns this plan. Without `askedAt` no provider was asked about it: not yet, or roles are other than declared. */
function readinessOf({ workload, runbook, mode, from, to }: Plan, looked: Looked | undefined) {
  const isOurs = (each: { readonly workload: string; readonly runbook: string; readonly mode: string }): boolean =>
    each.workload === workload && each.runbook === runbook && each.mode === mode;
  if (looked?.moves.some((each) => isOurs(each) && each.from === from && each.to === to) !== true) return { findings: [] };
  return { askedAt: looked.at, findings: looked.findings.filter(isOurs).map(({ step, finding }) => ({ step, ...finding })) };
}
