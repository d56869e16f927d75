// Any AWS operation, for what has no action of its own yet. Sent once; whether its goal holds is asked by another call, and judged by a
// condition over its answer. It neither fences nor promotes: what moves the writer has an action of its own, and is refused here.
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { Observed, Outcome } from '../../../core/outcome.ts';
import type { Instant, Json, SiteId } from '../../../core/values.ts';
import type { Finding } from '../../../ports.ts';
import { CannotCall, answerOf } from '../any-client.ts';
import { callInput, secretIn, typedInstead, type CallInput } from '../call-input.ts';
import { NotFromAws } from '../errors.ts';
import { unreadable } from '../findings.ts';
import { READ_DEADLINE_MS, looking, sending, within, type SendOptions } from '../send.ts';
import { awsAction, type AwsTools } from '../tools.ts';

const LOOK_AGAIN_MS = 2_000;
const longestValue = 1_000;

export const call = awsAction({
  name: 'aws.call',
  summary: 'Calls any AWS operation once, and asks by another whether its goal holds.',
  with: callInput,
  gives: Type.Object(
    { values: Type.Record(Type.String(), Type.String(), { description: 'What `observe.gives` names.' }) },
    { additionalProperties: false },
  ),
  effect: 'nothing',
  settleMs: 10_000, // Most services read back what they took within seconds; nobody promises how many.
  priorMs: { p50: 60_000, p95: 600_000 },
  describe: (input) => input.does.replace(/[.?!]?$/, '.'),
  proof: (input) => `${input.observe.operation} answers that ${input.observe.holds.replaceAll(/\s+/g, ' ')}`,
  needs: (input) =>
    input.controlPlanes?.map(({ service, site }) => ({ service, site: site as SiteId })) ?? [
      { service: input.service, site: input.region as SiteId },
    ],
  changes: (input) => input.changes,
  iam: (input) => input.iam.map((each) => ({ ...each, region: input.region })),
  observe: ({ with: input, tools, now, signal }) =>
    looking({ operation: input.observe.operation, region: input.region }, signal, (options) => look(input, tools, now, options)),
  async apply({ with: input, tools, token, now, signal }): Promise<Outcome<Values>> {
    const refused = refusedBefore(input);
    if (refused !== undefined) return refused;
    return await sending({ operation: input.operation, region: input.region }, signal, async (options) => {
      const client = await tools.any(input.service, input.region);
      const repeated = input.clientToken === undefined ? {} : { [input.clientToken]: tokenOf(token) };
      fromAws(await client.once(input.operation, { ...input.input, ...repeated }, options));
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    });
  },
  async evaluate({ with: input, tools, now, signal }) {
    const refused = refusedBefore(input);
    if (refused !== undefined) return [blocked(refused.code, refused.message)];
    const asked = { operation: input.observe.operation, region: input.region };
    try {
      const client = await tools.any(input.service, input.region);
      client.check(input.operation, input.input);
      const seen = await within(signal, READ_DEADLINE_MS, (options) => look(input, tools, now, options));
      return seen.kind === 'unknown' ? [{ ...blocked('CONDITION_FAILS', seen.message), severity: 'warns' as const }] : [];
    } catch (error) {
      if (error instanceof CannotCall) return [blocked(error.code, `${sentence(error.message)} ${sentence(error.remedy)}`)];
      return [unreadable(asked, error, `what ${asked.operation} asks for`)];
    }
  },
});

type Values = { readonly values: Record<string, string> };

async function look(
  input: CallInput,
  tools: AwsTools,
  now: Instant,
  options: SendOptions,
): Promise<Observed<{ values: Record<string, string> }>> {
  const { observe } = input;
  let answer: Json;
  try {
    const client = await tools.any(input.service, input.region);
    const said = await client.read(observe.operation, observe.input, options);
    fromAws(said);
    answer = answerOf(said);
  } catch (error) {
    if (error instanceof CannotCall) return { kind: 'unknown', message: `${error.message}; ${error.remedy}` };
    if (!(error instanceof Error && /(NotFound|NoSuch)/.test(error.name))) throw error;
    return observe.whenMissing === 'holds'
      ? { kind: 'holds', data: { values: {} } }
      : { kind: 'absent', because: `${observe.operation} finds no such resource` };
  }
  const holds = tools.evaluate(observe.holds, { answer });
  if (!holds.ok)
    return { kind: 'unknown', message: `\`holds\` cannot be judged over the answer of ${observe.operation}: ${holds.message}` };
  if (holds.value === true) return { kind: 'holds', data: { values: valuesOf(observe.gives ?? {}, answer, tools) } };
  const underway = observe.underway === undefined ? undefined : tools.evaluate(observe.underway, { answer });
  if (underway?.ok === true && underway.value === true) return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
  return { kind: 'absent', because: `${observe.operation} does not say that ${observe.holds}` };
}

/** A value that cannot be had is left out: the step that wants it says so. */
function valuesOf(gives: Readonly<Record<string, string>>, answer: Json, tools: AwsTools): Record<string, string> {
  return Object.fromEntries(
    Object.entries(gives).flatMap(([name, expression]) => {
      const value = tools.evaluate(expression, { answer });
      return value.ok && typeof value.value !== 'object' ? [[name, String(value.value).slice(0, longestValue)]] : [];
    }),
  );
}

/** Every answer of AWS names its request; what a proxy or a guest network says does not. */
function fromAws(answer: unknown): void {
  const { $metadata } = (answer ?? {}) as { readonly $metadata?: { readonly requestId?: string; readonly extendedRequestId?: string } };
  const isEmpty = Object.keys(answer ?? {}).every((key) => key === '$metadata');
  if (isEmpty && $metadata?.requestId === undefined && $metadata?.extendedRequestId === undefined)
    throw new NotFromAws('the answer holds nothing and names no request');
}

function refusedBefore(input: CallInput): Extract<Outcome, { readonly kind: 'failed' }> | undefined {
  const instead = typedInstead(input);
  const failed = (code: string, message: string) => ({ kind: 'failed', code, message, retriable: false }) as const;
  if (instead !== undefined)
    return failed('TYPED_ACTION', `${input.operation} moves the writer or the users; use ${instead}, which knows how to do that safely`);
  const secret = secretIn([input.input, input.observe.input]);
  return secret === undefined
    ? undefined
    : failed('SECRET_IN_INPUT', `${secret} would stand in the journal; let AWS keep it (ManageMasterUserPassword, Secrets Manager)`);
}

const blocked = (code: string, message: string): Finding => ({
  code,
  severity: 'blocks',
  sentence: sentence(message),
  remedy: 'Correct the step, or install what it names.',
});
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.?!]?$/, '.')}`;
/** The same for every attempt at one step, and different for another; as long as the strictest service takes. */
const tokenOf = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 32);
