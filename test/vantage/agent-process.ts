// An agent as a process of its own, from sources: `agent-process.ts vantage|canary OPTIONS`.
import { Command } from 'commander';
import { canaryCommand } from '../../src/cli/canary.ts';
import { vantageCommand } from '../../src/cli/vantage.ts';

try {
  await new Command('resus').addCommand(vantageCommand()).addCommand(canaryCommand()).parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
