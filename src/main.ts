#!/usr/bin/env node
// Composition root: reads argv, hands real adapters to the commands, and turns what they throw into one line and an exit code.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { canaryCommand } from './cli/canary.ts';
import { labCommand } from './cli/lab.ts';
import { serveCommand } from './cli/serve.ts';
import { validateCommand } from './cli/validate.ts';
import { vantageCommand } from './cli/vantage.ts';
import type { Provider } from './ports.ts';
import { providers, vocabularyOf } from './providers/index.ts';
import { stderrLog } from './runtime/log.ts';

// Read and not imported: the same path from src/ and from dist/.
const { version, description } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8')) as { version: string; description: string };
const vocabulary = vocabularyOf(providers as readonly unknown[] as readonly Provider[]);

const program = new Command('resus').description(description).version(version);
program.addCommand(serveCommand(async (config, log) => (await import('./serve.ts')).serve(config, version, log), stderrLog));
program.addCommand(validateCommand(vocabulary));
program.addCommand(vantageCommand());
program.addCommand(canaryCommand());
program.addCommand(labCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`resus: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
