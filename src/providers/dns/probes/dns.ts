// A fresh question to each name server. Good when at least one answers with records and none answers anything unexpected.
import { Type } from 'typebox';
import { probeFor } from '../../../ports.ts';
import { askAll, recordTypes } from '../../resolver.ts';
import { nameServers } from '../../schema.ts';

export const dns = probeFor<undefined>()({
  name: 'dns',
  summary: 'Asks each name server afresh and compares the answers with what is expected.',
  with: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 253, description: 'The name to ask for.' }),
      type: Type.Enum([...recordTypes], { description: 'Record type.' }),
      nameServers,
      expect: Type.Optional(
        Type.Array(Type.String(), {
          minItems: 1,
          description: 'Every record of every answer must be one of these. Without it, any record is good.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  async sample(input, _tools, signal) {
    const answers = await askAll(input.nameServers, input.name, input.type, signal);
    const question = `${input.name} ${input.type}`;
    const expected = input.expect === undefined ? undefined : new Set(input.expect);
    let answered: string | undefined;
    for (const answer of answers) {
      if (answer.kind === 'silent') continue;
      const records = [...answer.records].sort().join(', ');
      if (answer.records.length === 0) return { ok: false, detail: `${question}: ${answer.server} has no such record` };
      if (expected !== undefined && !answer.records.every((record) => expected.has(record))) {
        return { ok: false, detail: `${question}: ${answer.server} answers ${records}, not ${[...expected].sort().join(', ')}` };
      }
      answered ??= records;
    }
    if (answered !== undefined) return { ok: true, detail: `${question} is ${answered}` };
    const reasons = answers.map((answer) => `${answer.server} ${answer.kind === 'silent' ? answer.because : ''}`);
    return { ok: false, detail: `${question}: no answer (${reasons.join('; ')})` };
  },
});
