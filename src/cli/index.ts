// Every command, one line each, and how any of them ends. Only `main.ts` knows adapters, so what needs them comes in made.
import { Command, CommanderError, Help } from 'commander';
import type { Catalogue } from '../core/catalogue.ts';
import type { Vocabulary } from '../declare/index.ts';
import { acknowledgeCommand } from './acknowledge.ts';
import { approveCommand } from './approve.ts';
import { backtestCommand } from './backtest.ts';
import { canaryCommand } from './canary.ts';
import { cancelCommand } from './cancel.ts';
import { CliError, type ExitCode } from './cli-error.ts';
import { confirmCommand } from './confirm.ts';
import { drillCommand } from './drill.ts';
import { eventsCommand } from './events.ts';
import { evidenceCommand } from './evidence.ts';
import { explainCommand } from './explain.ts';
import { frameworksCommand } from './frameworks.ts';
import type { Io } from './io.ts';
import { graphCommand } from './graph.ts';
import { labCommand } from './lab.ts';
import { lintCommand, type LintedConfig } from './lint.ts';
import { maintainCommand } from './maintain.ts';
import type { JournalLines } from './past.ts';
import { pauseCommand } from './pause.ts';
import { planCommand } from './plan.ts';
import { releaseCommand } from './release.ts';
import { resumeCommand } from './resume.ts';
import { retryCommand } from './retry.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { skipCommand } from './skip.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { ungracefulCommand } from './ungraceful.ts';
import { validateCommand } from './validate.ts';
import { vantageCommand } from './vantage.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

export type Parts = {
  readonly io: Io;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  /** What actions say of themselves, for the analysis. */
  readonly catalogue: Catalogue;
  /** Reads an embedded journal, for the history of a plan. */
  readonly journalLines?: JournalLines;
  /** Reads the configuration of a controller, for the analysis. */
  readonly configured?: (path: string) => Promise<LintedConfig>;
  /** Commands that only the composition root can make: `serve`, `demo`. */
  readonly more?: readonly Command[];
};

export const commands = ({ io, version, vocabulary, catalogue, journalLines, configured, more = [] }: Parts): readonly Command[] => [
  ...more,
  statusCommand(io),
  whyCommand(io),
  planCommand({ vocabulary, catalogue }, io, journalLines),
  runCommand(io),
  approveCommand(io),
  confirmCommand(io),
  pauseCommand(io),
  resumeCommand(io),
  retryCommand(io),
  skipCommand(io),
  ungracefulCommand(io),
  cancelCommand(io),
  stopCommand(io),
  releaseCommand(io),
  maintainCommand(io),
  acknowledgeCommand(io),
  backtestCommand(io),
  drillCommand(io),
  eventsCommand(io),
  evidenceCommand(io),
  frameworksCommand({ io, vocabulary, evaluate: catalogue.evaluate, journalLines }),
  verifyCommand({ write: (text) => io.out(text) }),
  validateCommand({ vocabulary, version }, io),
  lintCommand({ vocabulary, catalogue, version, configured, journalLines }, io),
  explainCommand(vocabulary, io),
  graphCommand(vocabulary, io),
  schemaCommand(vocabulary, io),
  vantageCommand(),
  canaryCommand(),
  labCommand(),
];

/** How `--help` lists them: what is needed at 3 a.m. comes first. Every command is in one group. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  'What is going on:': ['status', 'why', 'events'],
  'Act:': ['run', 'approve', 'confirm', 'stop', 'release', 'maintain', 'acknowledge'],
  'A run that is open:': ['pause', 'resume', 'retry', 'skip', 'ungraceful', 'cancel'],
  'Practise:': ['drill', 'rehearse', 'backtest', 'demo', 'lab'],
  'Declare, and know before it burns:': ['validate', 'lint', 'plan', 'explain', 'graph', 'schema', 'iam', 'import'],
  'Show what was done:': ['evidence', 'verify', 'frameworks'],
  'Processes:': ['serve', 'vantage', 'canary'],
};
/** One of no group would not be found by anybody: it is listed under `Commands:`, and a test says so. */
const grouped = (all: readonly Command[]): readonly Command[] => {
  const inGroups = Object.entries(groups).flatMap(([heading, names]) =>
    names.flatMap((name) => all.filter((command) => command.name() === name).map((command) => command.helpGroup(heading))),
  );
  return [...inGroups, ...all.filter((command) => !inGroups.includes(command))];
};

/** Resolves with the exit code: 0 done or yes, 1 no, 2 wrong use, 3 no controller that could answer. Never rejects. */
export async function runCli(argv: readonly string[], parts: Parts): Promise<ExitCode> {
  const { io, version } = parts;
  let exit: ExitCode = 0;
  const program = new Command('resus')
    .description('Resilience and disaster recovery for hospitals: declare, probe, decide, fail over, drill, prove.')
    .version(version)
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, or the answer is yes; 1 the answer is no; 2 wrong use; 3 no controller that could answer.',
    );
  for (const command of grouped(commands({ ...parts, io: ioWith(io, (code) => (exit = code as ExitCode)) }))) program.addCommand(command);
  quiet(program, io);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    // Commands that talk to no controller set the exit code of the process themselves.
    return exit === 0 ? (Number(process.exitCode ?? 0) as ExitCode) : exit;
  } catch (error) {
    return ended(error, io, argv.includes('--json'));
  }
}

/** A copy that still reads `signal` late, so that only commands that wait for Ctrl-C take it over. */
const ioWith = (io: Io, exit: (code: number) => void): Io => ({
  out: (text) => io.out(text),
  err: (text) => io.err(text),
  isTty: io.isTty,
  columns: io.columns,
  color: io.color,
  env: io.env,
  now: () => io.now(),
  ask: (question) => io.ask(question),
  readFile: (path) => io.readFile(path),
  get signal() {
    return io.signal;
  },
  exit,
});

/** Commander throws instead of ending the process, and writes through `io`; for all commands, also nested ones. */
const usual = new Help();
/** An option that may be given often begins with nothing: that is no default that anybody needs to read. */
const optionDescription: Help['optionDescription'] = (option) => usual.optionDescription(option).replace(' (default: [])', '');
function quiet(command: Command, io: Io): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({ optionDescription });
  for (const each of command.commands) quiet(each, io);
}

function ended(error: unknown, io: Io, json: boolean): ExitCode {
  // Help and version also come as errors, with exit code 0; their text is written already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { code, message, remedy, exit } = told(error);
  if (json) io.out(`${JSON.stringify({ ok: false, code, message, remedy })}\n`);
  io.err(`resus: ${code} ${message}${remedy === '' ? '' : ` ${remedy}`}\n`);
  return exit;
}
function told(error: unknown): { readonly code: string; readonly message: string; readonly remedy: string; readonly exit: ExitCode } {
  if (error instanceof CliError) return error;
  const { code, message } = (error instanceof Error ? error : new Error(String(error))) as NodeJS.ErrnoException;
  // Others put their code at the head of the message; it is said once.
  return {
    code: code ?? 'FAILED',
    message: code === undefined ? message : message.replace(`${code}: `, '').replace(`${code} `, ''),
    remedy: '',
    exit: 1,
  };
}
