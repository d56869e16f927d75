// A registry for the prober's tests: probes whose behaviour the assignment dictates, over real sockets where it matters.
import http from 'node:http';
import { Type } from 'typebox';
import { probeFor, type Provider, type Sample } from '../../src/ports.ts';

const With = Type.Object({ url: Type.Optional(Type.String()), answer: Type.Optional(Type.String()) });

/** Ends when `signal` aborts, as a probe must. */
const http1 = probeFor<unknown>()({
  name: 'test.http',
  summary: 'GET, and 200 is good',
  with: With,
  sample: (input, _tools, signal) =>
    new Promise<Sample>((resolve) => {
      http
        .get(input.url ?? '', { agent: false, signal }, (response) => {
          response.resume().on('end', () => resolve({ ok: response.statusCode === 200, detail: `status ${response.statusCode}` }));
        })
        .on('error', (error) => resolve({ ok: false, detail: error.message }));
    }),
});
const fixed = probeFor<{ readonly setting: string }>()({
  name: 'test.fixed',
  summary: 'answers what its provider was configured with',
  with: With,
  sample: (input, tools) => Promise.resolve({ ok: input.answer !== 'down', detail: tools.setting, measured: { lagMs: 7 } }),
});
const rejects = probeFor<unknown>()({
  name: 'test.rejects',
  summary: 'breaks the contract',
  with: With,
  sample: () => Promise.reject(new Error('defect')),
});
/** Blocks its own thread, which shows what the worker spares the others. */
const crashes = probeFor<unknown>()({
  name: 'test.crashes',
  summary: 'kills its thread',
  with: With,
  sample: () => {
    setImmediate(() => {
      throw new Error('worker crash');
    });
    return new Promise<Sample>(() => undefined);
  },
});

export const providers: readonly Provider[] = [
  {
    name: 'test',
    open: (config: unknown) => ({ setting: (config as { setting?: string }).setting ?? 'none' }),
    actions: [],
    faults: [],
    probes: [http1, fixed, rejects, crashes],
  },
  {
    name: 'broken',
    open: () => {
      throw new Error('no such role');
    },
    actions: [],
    faults: [],
    probes: [
      probeFor<unknown>()({
        name: 'broken.any',
        summary: 'cannot be opened',
        with: With,
        sample: () => Promise.resolve({ ok: true, detail: '' }),
      }),
    ],
  },
] as const as unknown as readonly Provider[];
