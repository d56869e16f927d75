// `resus graph`: the sites, what stands in them, and what needs what, as a picture. Drawn from the declarations alone.
import { Command, Option } from 'commander';
import { dot, graphOf, mermaid, svg, type Graph } from '../analysis/index.ts';
import { declare, printed, readTree, type Vocabulary } from '../declare/index.ts';
import { CliError } from './cli-error.ts';
import type { Io } from './io.ts';

const formats = { mermaid, dot, svg } as const satisfies Record<string, (graph: Graph) => string>;
type Format = keyof typeof formats;

export function graphCommand(vocabulary: Vocabulary, io: Io): Command {
  return new Command('graph')
    .description('sites, replicas and dependencies as a picture')
    .argument('<path...>', 'files, and folders of .yaml and .yml files')
    .addOption(new Option('--format <format>', 'how it is written').choices(Object.keys(formats)).default('mermaid'))
    .action(async (paths: string[], { format }: { readonly format: Format }) => {
      const tree = await readTree(paths);
      const declared = declare(tree.files, { vocabulary, partial: tree.problems.length > 0 });
      const problems = [...tree.problems, ...(declared.ok ? [] : declared.problems)];
      for (const each of problems) io.err(`${printed(each)}\n`);
      if (!declared.ok || problems.length > 0)
        throw new CliError(1, 'NOT_DRAWN', 'The declarations have problems.', 'Correct them; `resus validate` says the same.');
      io.out(formats[format](graphOf(declared.estate)));
    });
}
