// `resus schema`: the JSON Schema by which editors complete and check what is declared. Made on the spot, so that it is never older than the program.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { kindNames, publishedKind, publishedSchema, type KindName, type Vocabulary } from '../declare/index.ts';
import { CliError } from './cli-error.ts';
import type { Io } from './io.ts';

type Options = { readonly dir?: string; readonly all?: true };

export function schemaCommand(vocabulary: Vocabulary, io: Io): Command {
  return new Command('schema')
    .description('the JSON Schema (draft 2020-12) of declarations, for editors')
    .addArgument(new Argument('[kind]', 'one kind alone').choices(kindNames))
    .option('--dir <dir>', 'write resus-v1.json there instead of printing it')
    .option('--all', 'with --dir: also one file for each kind')
    .action((kind: KindName | undefined, { dir, all }: Options) => {
      if (dir === undefined && all === true) throw new CliError(2, 'NO_FOLDER', '--all writes files.', 'Say where with --dir DIR.');
      const files = schemaFiles(vocabulary, kind, all === true);
      if (dir === undefined) for (const { text } of files) io.out(text);
      else {
        mkdirSync(dir, { recursive: true });
        for (const { name, text } of files) {
          writeFileSync(join(dir, name), text);
          io.out(`${join(dir, name)}\n`);
        }
      }
    });
}

/** The file of all kinds first; `each` adds one a kind. */
export function schemaFiles(
  vocabulary: Vocabulary,
  kind?: KindName,
  each = false,
): readonly { readonly name: string; readonly text: string }[] {
  const one = (name: KindName): { name: string; text: string } => ({
    name: `resus-v1-${name.toLowerCase()}.json`,
    text: spelled(publishedKind(name, vocabulary)),
  });
  if (kind !== undefined) return [one(kind)];
  const whole = { name: 'resus-v1.json', text: spelled(publishedSchema(vocabulary)) };
  return each ? [whole, ...kindNames.map(one)] : [whole];
}
const spelled = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`;
