// `resus graph`: the sites, what stands in them, and what needs what, as a picture. Drawn from the declarations alone.
import { Command, Option } from 'commander';
import { dot, graphOf, mermaid, svg, type Graph } from '../analysis/index.ts';
import type { Vocabulary } from '../declare/index.ts';
import { usualPaths, validIn } from './declared.ts';
import type { Io } from './io.ts';

const formats = { mermaid, dot, svg } as const satisfies Record<string, (graph: Graph) => string>;
type Format = keyof typeof formats;

export function graphCommand(vocabulary: Vocabulary, io: Io): Command {
  return new Command('graph')
    .description('sites, replicas and dependencies as a picture')
    .argument('[path...]', `files, and folders of .yaml and .yml files (default: ${usualPaths.join(' and ')})`)
    .addOption(new Option('--format <format>', 'how it is written').choices(Object.keys(formats)).default('mermaid'))
    .action(async (paths: string[], { format }: { readonly format: Format }) => {
      const { estate } = await validIn(paths.length === 0 ? usualPaths : paths, {}, vocabulary);
      io.out(formats[format](graphOf(estate)));
    });
}
