// Moves users by Route 53's data plane alone: an inverted health check polls a switch in the standby region, and while that is on,
// the primary's record counts as unhealthy. No control plane is called, so it works while us-east-1 is lost. Each PUT says which leader
// sends it, so that a switch that keeps the latest refuses what comes late from one that was replaced.
import { Type } from 'typebox';
import type { Observed } from '../../../core/outcome.ts';
import { isService } from '../../../core/service-name.ts';
import type { Instant } from '../../../core/values.ts';
import { underDeadline } from '../../../deadline.ts';
import { NotSent, exchange, sentence, shown } from '../../exchange.ts';
import { askAll } from '../../resolver.ts';
import { httpUrl, nameServers } from '../../schema.ts';
import { plain } from '../epoch-record.ts';
import { awsAction } from '../tools.ts';

const LOOK_AGAIN_MS = 100;
const REQUEST_DEADLINE_MS = 3_000;
type State = 'standby' | 'primary';
const wordOf: Readonly<Record<State, 'on' | 'off'>> = { standby: 'on', primary: 'off' };

export const standbyTakesOver = awsAction({
  name: 'aws.route53.standby-takes-over',
  summary: 'Sends users to the standby, or back to the primary, by a switch that an inverted Route 53 health check polls.',
  with: Type.Object(
    {
      switch: httpUrl(
        'URL of the switch, in the standby region. PUT on or off; GET answers 200 when on and 404 when off, and `Resus-Epoch`.',
      ),
      state: Type.Enum(['standby', 'primary'], { description: 'Who serves the users afterwards.' }),
      name: Type.String({ minLength: 1, maxLength: 253, description: 'The name that users resolve.' }),
      nameServers,
      expect: Type.Array(Type.String({ minLength: 2 }), {
        minItems: 1,
        description:
          'Addresses that the name may have afterwards, and no others; of a service name (_http._tcp.ehr.example) SRV records, `priority weight port target`.',
      }),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    { addresses: Type.Array(Type.String(), { description: 'What the name servers answer now.' }) },
    { additionalProperties: false },
  ),
  effect: 'routes',
  settleMs: 1_000,
  priorMs: { p50: 30_000, p95: 90_000 },
  describe: (input) =>
    input.state === 'standby'
      ? `Turn the switch ${shown(input.switch)} on, so that ${input.name} leads to the standby (${input.expect.join(', ')}).`
      : `Turn the switch ${shown(input.switch)} off, so that ${input.name} leads to the primary (${input.expect.join(', ')}).`,
  proof: (input) => `the switch reads ${wordOf[input.state]}, and every name server that answers gives only these addresses`,
  needs: () => [],
  changes: (input) => [`switch ${input.switch}`],
  async observe({ with: input, now, signal }) {
    const [state, users] = await underDeadline(signal, REQUEST_DEADLINE_MS, (limited) =>
      Promise.all([switchState(input.switch, limited), usersSee(input, limited)]),
    );
    if (state.kind === 'unknown') return state;
    const wanted = wordOf[input.state];
    if (state.is !== wanted) return { kind: 'absent', because: `the switch is ${state.is}` };
    return users.kind === 'absent' ? { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant } : users;
  },
  async apply({ with: input, epoch, log, now, signal }) {
    const word = wordOf[input.state];
    const what = `turning ${shown(input.switch)} ${word}`;
    try {
      const answer = await underDeadline(signal, REQUEST_DEADLINE_MS, (limited) =>
        exchange({
          url: input.switch,
          method: 'PUT',
          body: word,
          headers: { 'content-type': 'text/plain', 'resus-journal': plain(log ?? ''), 'resus-epoch': String(epoch) },
          signal: limited,
        }),
      );
      if (answer.status >= 200 && answer.status < 300) return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      if (answer.status === 412)
        return {
          kind: 'failed',
          code: 'STALE_EPOCH',
          message: `${what} was refused: it has been set by a later leader than that of epoch ${epoch}; stop this controller. Where its journal was put back to an older state, let the switch forget its epoch first`,
          retriable: false,
        };
      return answer.status >= 500
        ? { kind: 'unknown', message: `${what}: it answered ${answer.status}` }
        : {
            kind: 'failed',
            code: 'SWITCH_REFUSED',
            message: `${what} was refused with ${answer.status}; check the URL and who may PUT there`,
            retriable: answer.status === 429,
          };
    } catch (error) {
      return error instanceof NotSent
        ? {
            kind: 'failed',
            code: 'UNREACHABLE',
            message: `${what} was not sent: ${error.message}; check that the standby region answers`,
            retriable: true,
          }
        : { kind: 'unknown', message: `${what}: ${sentence(error)}` };
    }
  },
  async evaluate({ with: input, signal }) {
    const state = await underDeadline(signal, REQUEST_DEADLINE_MS, (limited) => switchState(input.switch, limited));
    if (state.kind === 'unknown')
      return [
        {
          code: 'SWITCH_UNREADABLE',
          severity: 'blocks',
          sentence: `${state.message}.`,
          remedy: 'Bring the switch in the standby region up, or correct its URL.',
        },
      ];
    return state.keepsEpoch
      ? []
      : [
          {
            code: 'SWITCH_KEEPS_NO_EPOCH',
            severity: 'warns',
            sentence: `The switch ${shown(input.switch)} answers without \`Resus-Epoch\`: a controller that froze and was replaced may turn it once more, long after.`,
            remedy: 'Let the switch keep the latest epoch of a journal, refuse an earlier one with 412, and answer it as `Resus-Epoch`.',
          },
        ];
  },
});

type Read =
  | { readonly kind: 'read'; readonly is: 'on' | 'off'; readonly keepsEpoch: boolean }
  | { readonly kind: 'unknown'; readonly message: string };
async function switchState(url: string, signal: AbortSignal): Promise<Read> {
  try {
    const { status, headers } = await exchange({ url, signal });
    const keepsEpoch = headers['resus-epoch'] !== undefined;
    if (status === 200) return { kind: 'read', is: 'on', keepsEpoch };
    if (status === 404) return { kind: 'read', is: 'off', keepsEpoch };
    return { kind: 'unknown', message: `the switch ${shown(url)} answered ${status}, neither 200 nor 404` };
  } catch (error) {
    return { kind: 'unknown', message: `the switch ${shown(url)} told nothing: ${sentence(error)}` };
  }
}

/** `absent` names what a server still answers; silence of some servers is fine while one answers as expected. */
async function usersSee(
  input: { readonly name: string; readonly nameServers: readonly string[]; readonly expect: readonly string[] },
  signal: AbortSignal,
): Promise<Observed<{ addresses: string[] }>> {
  const type = isService(input.name) ? 'SRV' : input.expect.every((address) => address.includes(':')) ? 'AAAA' : 'A';
  const expected = new Set(input.expect);
  const addresses = new Set<string>();
  for (const answer of await askAll(input.nameServers, input.name, type, signal)) {
    if (answer.kind === 'silent') continue;
    const strange = answer.records.filter((record) => !expected.has(record));
    if (answer.records.length === 0 || strange.length > 0) {
      return { kind: 'absent', because: `${answer.server} answers ${strange.join(', ') || 'nothing'} for ${input.name}` };
    }
    for (const record of answer.records) addresses.add(record);
  }
  if (addresses.size === 0) return { kind: 'unknown', message: `no name server answers for ${input.name}` };
  return { kind: 'holds', data: { addresses: [...addresses].sort() } };
}
