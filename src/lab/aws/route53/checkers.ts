// The checkers of one health check: each region's polls by itself, really, over fresh connections, and changes its mind after
// as many like results in a row as the threshold says. They belong to Route 53's data plane and go on whatever is lost.

import { request } from 'node:http';
import { connect } from 'node:net';
import { LabClosed, type Tempo } from '../tempo.ts';
import type { CheckConfig, Observation } from './state.ts';

/** Route 53 looks for the string in the first 5,120 bytes. */
const SEARCHED_BYTES = 5_120;

export interface Seen {
  readonly ok: boolean;
  readonly status: string;
}

function pollTcp(host: string, port: number, timeoutMs: number): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, autoSelectFamily: false });
    const end = (ok: boolean, status: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ok, status });
    };
    const timer = setTimeout(
      () => end(false, 'Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked.'),
      timeoutMs,
    );
    socket.on('connect', () => end(true, 'Success: TCP connection established'));
    socket.on('error', () => end(false, 'Failure: Connection refused. The endpoint is down or does not listen.'));
  });
}

function pollHttp(config: CheckConfig, host: string, timeoutMs: number): Promise<Seen> {
  return new Promise((resolve) => {
    const headers = { host: config.host ?? host, 'user-agent': 'Amazon-Route53-Health-Check-Service (the lab)', connection: 'close' };
    const outgoing = request({ host, port: config.port ?? 80, path: config.path ?? '/', headers, agent: false });
    const end = (ok: boolean, status: string): void => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ ok, status });
    };
    const timer = setTimeout(
      () => end(false, 'Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked.'),
      timeoutMs,
    );
    outgoing.on('error', () => end(false, 'Failure: Connection refused. The endpoint is down or does not listen.'));
    outgoing.on('response', (response) => {
      const code = response.statusCode ?? 0;
      const said = `HTTP Status Code ${String(code)}, ${response.statusMessage ?? ''}`;
      const good = code >= 200 && code < 400;
      if (!good || config.type === 'HTTP') return end(good, `${good ? 'Success' : 'Failure'}: ${said}`);
      let body = '';
      const look = (last: boolean): void => {
        if (body.includes(config.search ?? '')) end(true, `Success: ${said}. The search string was found.`);
        else if (last || body.length >= SEARCHED_BYTES) end(false, `Failure: ${said}. The search string was not found.`);
      };
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        body = (body + chunk).slice(0, SEARCHED_BYTES);
        look(false);
      });
      response.on('end', () => look(true));
      response.on('error', () => end(false, 'Failure: The connection was closed before the answer was complete.'));
    });
    outgoing.end();
  });
}

export interface Checkers {
  stop(): void;
}

/**
 * Starts one checker a region, spread over the interval. `resolve` gives the address to poll (a name of the zone is resolved in the
 * zone). `report` hears each observation; `healthy` in it only changes after `threshold` like results. `initial` is what they hold at first.
 */
export function startCheckers(
  tempo: Tempo,
  config: CheckConfig,
  initial: boolean,
  resolve: (config: CheckConfig) => string | undefined,
  report: (observation: Observation) => void,
): Checkers {
  let stopped = false;
  const everyMs = config.intervalSeconds * 1_000 * tempo.profile.checkerScale;

  const run = async (region: string, index: number): Promise<void> => {
    let healthy = initial;
    let against = 0;
    let dueAt = tempo.now() + (everyMs * index) / config.regions.length;
    while (!stopped) {
      await tempo.sleep(Math.max(0, dueAt - tempo.now()));
      if (stopped) return;
      const host = resolve(config);
      const poll =
        config.type === 'TCP'
          ? pollTcp(host ?? '', config.port ?? 0, tempo.profile.checkerTimeoutMs)
          : pollHttp(config, host ?? '', tempo.profile.checkerTimeoutMs);
      const seen: Seen = host === undefined ? { ok: false, status: 'Failure: DNS resolution failed.' } : await poll;
      if (stopped) return;
      against = seen.ok === healthy ? 0 : against + 1;
      if (against >= config.threshold) {
        healthy = seen.ok;
        against = 0;
      }
      report({ region, healthy, status: seen.status, checkedAt: tempo.now() });
      dueAt = Math.max(dueAt + everyMs, tempo.now());
    }
  };
  config.regions.forEach((region, index) => {
    tempo.start(() =>
      run(region, index).catch((fault: unknown) => {
        if (!(fault instanceof LabClosed)) throw fault;
      }),
    );
  });
  return { stop: () => (stopped = true) };
}
