// `resus graph`: the sites, what stands in them, and what needs what, as a picture. Drawn from the declarations alone; of everything, or of what
// one workload or site lives on and who feels it when it is gone.
import { Command, Option } from 'commander';
import { alikeIn, dot, focusedOn, graphOf, mermaid, svg, type Graph } from '../analysis/index.ts';
import { nearest, type Vocabulary } from '../declare/index.ts';
import { misuse } from './cli-error.ts';
import { usualPaths, validIn, type Valid } from './declared.ts';
import type { Io } from './io.ts';

const formats = { mermaid, dot, svg } as const satisfies Record<string, (graph: Graph) => string>;
type Options = {
  readonly format: keyof typeof formats;
  readonly workload: readonly string[];
  readonly site: readonly string[];
  readonly each?: true;
};
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function graphCommand(vocabulary: Vocabulary, io: Io): Command {
  return new Command('graph')
    .description('sites, replicas and dependencies as a picture')
    .argument('[path...]', `files, and folders of .yaml and .yml files (default: ${usualPaths.join(' and ')})`)
    .addOption(new Option('--format <format>', 'how it is written').choices(Object.keys(formats)).default('mermaid'))
    .option('--workload <name>', 'only this, what it needs and what needs it, with their sites; may be given more than once', collect, [])
    .option(
      '--site <name>',
      'only what stands or has users there, what that needs and what needs it; may be given more than once',
      collect,
      [],
    )
    .option('--each', 'draw each of those that one template made, even where more than five differ in their names alone')
    .addHelpText('after', '\nA picture to look at: resus graph --workload ehr --format svg > ehr.svg')
    .action(async (paths: string[], { format, workload, site, each }: Options) => {
      const declared = await validIn(paths.length === 0 ? usualPaths : paths, {}, vocabulary);
      known('workload', workload, Object.keys(declared.estate.workloads));
      known('site', site, Object.keys(declared.estate.sites));
      const part = focusedOn(declared.estate, { workloads: workload, sites: site });
      io.out(formats[format](each === true ? graphOf(part) : graphOf(part, alikeIn(part.estate, templatesOf(declared)))));
    });
}

const mostNamed = 20;
/** @throws CliError with `WORKLOAD_UNKNOWN` or `SITE_UNKNOWN` */
function known(kind: 'workload' | 'site', named: readonly string[], all: readonly string[]): void {
  const missing = named.find((each) => !all.includes(each));
  if (missing === undefined) return;
  const near = nearest(missing, all);
  const holding = near === undefined ? all.filter((each) => each.includes(missing)) : [near];
  throw misuse(
    `${kind.toUpperCase()}_UNKNOWN`,
    `There is no ${kind} ${missing}.`,
    holding.length > 0
      ? `Did you mean ${holding.slice(0, mostNamed).join(' or ')}?`
      : `Declared are: ${all.slice(0, mostNamed).join(', ') || 'none'}${all.length > mostNamed ? ', ...' : ''}.`,
  );
}

/** By the document that made it. */
function templatesOf({ written }: Valid): (kind: string, name: string) => string | undefined {
  const made = new Map(
    written.filter(({ origin }) => origin !== undefined).map((each) => [`${each.kind} ${each.name}`, `${each.file} ${each.document}`]),
  );
  return (kind, name) => made.get(`${kind} ${name}`);
}
