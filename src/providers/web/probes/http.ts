// One GET over a fresh connection, judged by its status and, if asked, by a text in its body. A good status of a static page
// proves the web tier and nothing behind it.
import { Type } from 'typebox';
import { probeFor } from '../../../ports.ts';
import { exchange, sentence, shown } from '../../exchange.ts';
import { httpUrl, nameServers } from '../../schema.ts';

export const http = probeFor<undefined>()({
  name: 'http',
  summary: 'Sends one GET over a fresh connection and judges the status, and the body if asked. Redirects are not followed.',
  with: Type.Object(
    {
      url: httpUrl('What to get.'),
      expectStatus: Type.Optional(
        Type.Integer({ minimum: 100, maximum: 599, description: 'The only good status. Without it, 200 to 399 are good.' }),
      ),
      bodyIncludes: Type.Optional(Type.String({ minLength: 1, description: 'A text that the first 256 KiB of the body must hold.' })),
      nameServers: Type.Optional(nameServers),
    },
    { additionalProperties: false },
  ),
  async sample(input, _tools, signal) {
    const target = `GET ${shown(input.url)}`;
    try {
      const answer = await exchange({
        url: input.url,
        headers: { accept: '*/*', 'user-agent': 'resus' },
        signal,
        ...(input.nameServers === undefined ? {} : { nameServers: input.nameServers }),
      });
      const good = input.expectStatus === undefined ? answer.status >= 200 && answer.status < 400 : answer.status === input.expectStatus;
      if (!good) return { ok: false, detail: `${target} answered ${answer.status}, not ${input.expectStatus ?? '200 to 399'}` };
      if (input.bodyIncludes !== undefined && !answer.body.includes(input.bodyIncludes)) {
        return { ok: false, detail: `${target} answered ${answer.status} without the expected text` };
      }
      return { ok: true, detail: `${target} answered ${answer.status}` };
    } catch (error) {
      return { ok: false, detail: `${target}: ${sentence(error)}` };
    }
  },
});
