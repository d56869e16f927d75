// What a vantage is told to probe, and what it reports. A report is taken only for targets that this vantage was given.
import { Router } from 'express';
import { Type } from 'typebox';
import type { View } from '../../core/kernel.ts';
import type { Target } from '../../core/detection/targets.ts';
import type { Json, VantageId } from '../../core/values.ts';
import { refuse } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { json, param, plain, sane, shape } from '../check.ts';
import type { Desk } from '../desk.ts';
import type { Counters } from '../metrics.ts';

const Instant = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const observing = shape(
  Type.Object({
    observations: Type.Array(
      Type.Object({
        target: Type.String({ minLength: 1, maxLength: 400 }),
        ok: Type.Boolean(),
        at: Instant,
        detail: Type.String({ maxLength: 4_096 }),
        measured: Type.Optional(
          Type.Unsafe<Readonly<Record<string, number | string>>>({
            type: 'object',
            maxProperties: 16,
            propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9]{0,31}$' },
            additionalProperties: {
              anyOf: [
                { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
                { type: 'string', maxLength: 200 },
              ],
            },
          }),
        ),
      }),
      { maxItems: 5_000 },
    ),
  }),
);
/** As much of a probe's own words as an entry keeps. */
const mostDetail = 300;

export function vantageRoutes(desk: Desk, { reports }: Gate, counters: Counters): Router {
  const assignments = new Assignments(desk);
  const nameOf = (request: Parameters<typeof param>[0]): string => param(request, 'vantage');
  return Router()
    .get('/vantages/:vantage/assignment', reports('vantage', nameOf), (request, response) => {
      const { hash, targets } = assignments.of(desk.view(), nameOf(request));
      response.json({ hash, probes: [...targets.values()].map(probeOf) });
    })
    .post('/vantages/:vantage/observations', reports('vantage', nameOf), json('1mb'), async (request, response) => {
      const { observations } = observing(request.body);
      const view = desk.view();
      const vantage = nameOf(request) as VantageId;
      const { hash, targets } = assignments.of(view, vantage);
      const taken = observations
        .filter((each) => targets.has(each.target))
        .map(({ target, ok, at, detail, measured }) => ({
          kind: 'probed' as const,
          target,
          vantage,
          ok,
          at: sane(at, view.now, `The observation of ${target}`),
          detail: plain(detail, mostDetail),
          ...(measured === undefined ? {} : { measured }),
        }));
      const last = taken.pop();
      for (const each of taken) desk.controller.post(each);
      // Waiting for the last is waiting for all: a vantage sends no faster than the journal takes.
      if (last !== undefined) await desk.submit(last);
      for (const { ok } of last === undefined ? taken : [...taken, last]) counters.observation(vantage, ok);
      response.json({ assignment: hash, taken: last === undefined ? 0 : taken.length + 1 });
    });
}

const probeOf = ({ id, probe, detection }: Target): Json => ({
  target: id,
  uses: probe.uses,
  with: probe.with,
  intervalMs: detection.intervalMs,
  timeoutMs: detection.timeoutMs,
});

type Assignment = { readonly hash: string; readonly targets: ReadonlyMap<string, Target> };
/** Every target of every workload, and the vantage's own references. Made once for each declared estate. */
class Assignments {
  readonly #desk: Desk;
  #of: View['known']['targets'];
  readonly #made = new Map<string, Assignment>();
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  of(view: View, vantage: string): Assignment {
    const { targets: declared } = view.known;
    if (declared?.vantageById.has(vantage) !== true)
      throw refuse(
        404,
        'VANTAGE_UNKNOWN',
        `No site declares the vantage ${vantage.slice(0, 100)}.`,
        'Declare it in the `vantages` of a site, or correct the name.',
      );
    if (this.#of !== declared) {
      this.#made.clear();
      this.#of = declared;
    }
    let assignment = this.#made.get(vantage);
    if (assignment === undefined) {
      const own = [...declared.byId.values()].filter(
        (target) => target.workload !== undefined || target.id.startsWith(`reference/${vantage}/`),
      );
      assignment = {
        hash: this.#desk.controller.facts.digest(own.map(probeOf)),
        targets: new Map(own.map((target) => [target.id, target])),
      };
      this.#made.set(vantage, assignment);
    }
    return assignment;
  }
}
