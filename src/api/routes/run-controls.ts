// What people do to an open run: approve its plan, hold it, go on, try a step again or do without it, give up on grace, end it. Every
// answer says in one sentence what the run does now.
import { Router, type Response } from 'express';
import { Type } from 'typebox';
import type { Request } from '../../core/input.ts';
import { approvedBy } from '../../core/runbook/approval.ts';
import type { Hash, RunId, StepId } from '../../core/values.ts';
import { sentenceOfRun } from '../../core/views/run-why.ts';
import type { Sealed } from '../../engine/engine.ts';
import type { Gate } from '../auth.ts';
import { json, param, plain, shape } from '../check.ts';
import type { Desk } from '../desk.ts';

const closed = { additionalProperties: false } as const;
const day = 86_400_000;
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const approval = shape(
  Type.Object(
    {
      plan: Type.String({ pattern: '^(sha256:)?[0-9a-f]{64}$' }),
      comment: Type.Optional(Type.String({ maxLength: 500 })),
      maxLossMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * day })),
      emergency: Type.Optional(
        Type.Object({ reason: Reason, record: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })) }, closed),
      ),
    },
    closed,
  ),
);
const pausing = shape(Type.Object({ reason: Reason, forMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 7 * day })) }, closed));
const resuming = shape(Type.Object({ reason: Type.Optional(Reason) }, closed));
const Said = Type.Optional(Type.String({ maxLength: 500 }));
const confirming = shape(Type.Object({ comment: Said, answer: Said }, closed));
const Record = Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }));
const giving = shape(
  Type.Object({ reason: Reason, record: Record, step: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })) }, closed),
);
const skipping = shape(Type.Object({ reason: Reason, record: Record }, closed));
const reasoned = shape(Type.Object({ reason: Reason }, closed));

const recorded = (record: string | undefined): { readonly record?: string } => (record === undefined ? {} : { record: plain(record, 200) });

export function runControlRoutes(desk: Desk, { operates }: Gate): Router {
  const body = json('64kb');
  const ask = async (
    request: Request & { readonly run: RunId },
    response: Response,
    more: (entries: readonly Sealed[]) => object = () => ({}),
  ): Promise<void> => {
    const entries = await desk.ask(request, response);
    const view = desk.view();
    const run = view.known.runs.get(request.run);
    response.status(201).json({
      run: request.run,
      ...more(entries),
      seq: entries[0]?.seq,
      ...(run === undefined ? {} : { status: run.status, ...(run.outcome === undefined ? {} : { outcome: run.outcome }) }),
      ...(run === undefined ? {} : { now: sentenceOfRun(view, run) }),
    });
  };
  return Router()
    .post('/runs/:run/approvals', operates, body, (request, response) => {
      const { plan, comment, maxLossMs, emergency } = approval(request.body);
      const run = param(request, 'run') as RunId;
      const said = comment === undefined ? '' : plain(comment, 500);
      const asked: Request = {
        kind: 'approve',
        run,
        plan: plan.replace(/^sha256:/, '') as Hash,
        ...(said === '' ? {} : { comment: said }),
        ...(maxLossMs === undefined ? {} : { maxLossMs }),
        ...(emergency === undefined
          ? {}
          : {
              emergency: {
                duties: response.locals['duties'] as readonly string[],
                reason: plain(emergency.reason, 500),
                ...recorded(emergency.record),
              },
            }),
      };
      return ask(asked, response, () => {
        const after = desk.view().known.runs.get(run);
        const approvals = after === undefined ? 0 : approvedBy(after, after.control.asked?.at ?? after.openedAt).size;
        return { approvals, needed: after?.control.asked?.people ?? after?.approvalsNeeded ?? 0 };
      });
    })
    .post('/runs/:run/pause', operates, body, (request, response) => {
      const { reason, forMs } = pausing(request.body);
      const run = param(request, 'run') as RunId;
      return ask({ kind: 'pause', run, reason: plain(reason, 500), ...(forMs === undefined ? {} : { forMs }) }, response);
    })
    .post('/runs/:run/resume', operates, body, (request, response) => {
      const { reason } = resuming(request.body);
      const run = param(request, 'run') as RunId;
      return ask({ kind: 'resume', run, ...(reason === undefined ? {} : { reason: plain(reason, 500) }) }, response);
    })
    .post('/runs/:run/steps/:step/confirm', operates, body, (request, response) => {
      const { comment = '', answer } = confirming(request.body);
      const said = plain(comment, 500);
      const given = answer === undefined ? {} : { answer: plain(answer, 500) };
      const [run, step] = [param(request, 'run') as RunId, param(request, 'step') as StepId];
      return ask({ kind: 'confirm', run, step, ...(said === '' ? {} : { comment: said }), ...given }, response);
    })
    .post('/runs/:run/steps/:step/:lever', operates, body, (request, response, next) => {
      const kind = param(request, 'lever');
      if (kind !== 'retry' && kind !== 'skip') return next();
      const [run, step] = [param(request, 'run') as RunId, param(request, 'step') as StepId];
      if (kind === 'retry') return ask({ kind, run, step, reason: plain(reasoned(request.body).reason, 500) }, response);
      const { reason, record } = skipping(request.body);
      return ask({ kind, run, step, reason: plain(reason, 500), ...recorded(record) }, response);
    })
    .post('/runs/:run/ungraceful', operates, body, (request, response) => {
      const { reason, record, step } = giving(request.body);
      const run = param(request, 'run') as RunId;
      return ask(
        {
          kind: 'ungraceful',
          run,
          reason: plain(reason, 500),
          ...recorded(record),
          ...(step === undefined ? {} : { step: step as StepId }),
        },
        response,
        (entries) => ({ steps: entries.flatMap(({ event }) => (event.type === 'UngracefulChosen' ? event.data.steps : [])) }),
      );
    })
    .post('/runs/:run/cancel', operates, body, (request, response) => {
      const { reason, record } = skipping(request.body);
      return ask({ kind: 'cancel', run: param(request, 'run') as RunId, reason: plain(reason, 500), ...recorded(record) }, response);
    });
}
