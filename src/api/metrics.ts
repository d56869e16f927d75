// GET /metrics in the text format of Prometheus. What the journal knows is read from the state at each scrape; what only passes
// by (samples, requests) is counted here. Names and shapes are data in `core/views/metrics.ts`.
import { Router, type RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { liveMetrics, readings, stateMetrics, type Metric } from '../core/views/metrics.ts';
import type { Gate } from './auth.ts';
import type { Desk } from './desk.ts';

export type Counters = {
  observation(vantage: string, ok: boolean): void;
  canary(workload: string, population: string, good: boolean): void;
  /** What ends each event stream that is open. */
  readonly streams: Set<() => void>;
};
export type Metrics = { readonly counters: Counters; readonly registry: Registry; readonly counting: RequestHandler };

export function metricsOf(desk: Desk, version: string): Metrics {
  const registry = new Registry();
  const { controller } = desk;
  const live = {
    observations: counterFor(registry, liveMetrics.observations),
    canarySamples: counterFor(registry, liveMetrics.canarySamples),
    requests: counterFor(registry, liveMetrics.requests),
  };
  const streams = new Set<() => void>();
  gaugeFor(registry, liveMetrics.build).set({ version, floor: controller.options.floor, log: controller.options.log }, 1);
  gaugeFor(registry, liveMetrics.ready, (gauge) => gauge.set(controller.standing.ready ? 1 : 0));
  gaugeFor(registry, liveMetrics.streams, (gauge) => gauge.set(streams.size));
  gaugeFor(registry, liveMetrics.checkpointSize, (gauge) => gauge.set(controller.journal?.lastCheckpoint()?.size ?? 0));
  stateMetricsOf(registry, desk);
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    counters: {
      observation: (vantage, ok) => live.observations.inc({ vantage, result: ok ? 'good' : 'bad' }),
      canary: (workload, population, good) => live.canarySamples.inc({ workload, population, result: good ? 'good' : 'bad' }),
      streams,
    },
    counting: (request, response, next) => {
      response.on('finish', () => {
        // The pattern, never the path: what strangers ask for must not become labels.
        const route = request.route as { readonly path?: unknown } | undefined;
        // `baseUrl` is gone again when a route threw.
        const base = request.originalUrl.startsWith('/api/v1/') ? '/api/v1' : '';
        const pattern = typeof route?.path === 'string' ? `${base}${route.path}` : 'none';
        live.requests.inc({
          method: knownMethods.has(request.method) ? request.method : 'other',
          route: pattern,
          status: String(response.statusCode),
        });
      });
      next();
    },
  };
}
const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export function metricsRoutes({ registry }: Metrics, { reads }: Gate): Router {
  return Router().get('/metrics', reads, async (_request, response) => {
    response.set('content-type', registry.contentType).send(await registry.metrics());
  });
}

/** Cleared and filled again at each scrape. While there is no journal they are absent: a stale figure would be a lie. */
function stateMetricsOf(registry: Registry, desk: Desk): void {
  const series = new Map<string, Gauge | Counter>();
  const fill = (): void => {
    for (const { name, labels } of Object.values(stateMetrics)) {
      series.get(name)?.reset();
      // A metric without labels comes back as 0 from a reset; removing it leaves nothing.
      if (labels.length === 0) series.get(name)?.remove();
    }
    if (desk.controller.known === undefined) return;
    for (const { metric, labels, value } of readings(desk.view())) {
      const each = series.get(metric.name);
      if (each instanceof Counter) each.inc(labels, value);
      else each?.set(labels, value);
    }
  };
  const [first, ...rest] = Object.values(stateMetrics);
  if (first === undefined) return;
  // The registry collects in the order of registration, so the first one fills all.
  series.set(first.name, gaugeFor(registry, first, fill));
  for (const metric of rest) series.set(metric.name, metric.type === 'counter' ? counterFor(registry, metric) : gaugeFor(registry, metric));
}

function gaugeFor(registry: Registry, { name, help, labels }: Metric, collect?: (gauge: Gauge) => void): Gauge {
  return new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    ...(collect === undefined
      ? {}
      : {
          collect(this: Gauge) {
            collect(this);
          },
        }),
  });
}
const counterFor = (registry: Registry, { name, help, labels }: Metric): Counter =>
  new Counter({ name, help, labelNames: [...labels], registers: [registry] });
