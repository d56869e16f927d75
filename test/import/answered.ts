// Drafts as a person finishes them, and what is wrong with them before and after.
import { declare, type Problem } from '../../src/declare/index.ts';
import { terraformState, type Seen } from '../../src/import/index.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';

export const vocabulary = vocabularyOf(providers);
export const problemsOf = (text: string): readonly Problem[] => {
  const declared = declare([{ path: 'draft.yaml', text }], { vocabulary });
  return declared.ok ? declared.warnings : declared.problems;
};
export const seenOf = (text: string): Seen => {
  const read = terraformState(text);
  if (!read.ok) throw new Error(read.message);
  return read.seen;
};

/** What a person might write in the place of each question. */
const answers: readonly (readonly [RegExp, string])[] = [
  [/TODO the tier .*/, 'gold'],
  [/TODO where users go.*/, 'https://ehr.hospital.test/'],
  [/TODO where .*/, 'US'],
  [/TODO HOST:PORT/, 'db.hospital.test:5432'],
  [/TODO the probe of .*/, 'LAG'],
  [/TODO the TTL .*/, '60s'],
  [/TODO how often there is a point .*/, '1d'],
  [/TODO the site where .*/, 'us-east-2'],
  [/TODO .*/, 'somebody'],
];
const tier = `apiVersion: resus/v1
kind: Tier
metadata: { name: gold }
spec: { rto: 15m, rpo: 5m, availability: '99.9', strategy: warm-standby }
`;
export function answered(draft: string): string {
  const documents = draft.split('---\n').map((document) => {
    const text = document
      .split('\n')
      .map((line) => answers.reduce((sofar, [question, answer]) => sofar.replace(question, answer), line))
      .join('\n');
    // The probe that measures a lag is the first of the replica here; a real one is of PostgreSQL.
    return text.replaceAll(/to: (\S+)\n( +)lagProbe: LAG/g, (_all, to: string, indent: string) => {
      const probe = new RegExp(`- name: ${to}\\n[^]*?probes:\\n +- id: (\\S+)`).exec(text)?.[1] ?? '';
      return `to: ${to}\n${indent}lagProbe: ${probe}`;
    });
  });
  return [...documents, tier].join('---\n');
}
