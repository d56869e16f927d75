#!/usr/bin/env node
// Composition root: builds what needs real adapters and hands it to the commands. Everything heavy is imported at first use.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { demoCommand } from './cli/demo.ts';
import { iamCommand } from './cli/iam.ts';
import { importCommand } from './cli/import.ts';
import { runCli } from './cli/index.ts';
import { processIo } from './cli/io.ts';
import { rehearseCommand } from './cli/rehearse.ts';
import { serveCommand } from './cli/serve.ts';
import { evaluate } from './declare/index.ts';
import type { Provider } from './ports.ts';
import { catalogueOf, permissionsOf, providers, vocabularyOf } from './providers/index.ts';
import { stderrLog } from './runtime/log.ts';

/** A file of the package: the same path from src/ and from dist/. */
const ours = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(ours('package.json'), 'utf8')) as { version: string };
const io = processIo();
const known = providers as readonly unknown[] as readonly Provider[];
const vocabulary = vocabularyOf(known);

const journalLines = async (file: string): Promise<readonly string[]> => (await import('./stores/journal-lines.ts')).journalLines(file);

const exitCode = await runCli(process.argv.slice(2), {
  io,
  version,
  vocabulary,
  catalogue: { actions: catalogueOf(known), evaluate },
  journalLines,
  configured: async (path) => {
    const { controllerFacts, readConfig } = await import('./config.ts');
    const config = readConfig(path, 'controller');
    return { ...config, facts: controllerFacts(path, config) };
  },
  more: [
    demoCommand(io, async (options) => (await import('./demo/demo.ts')).demo({ ...options, root: ours('') })),
    iamCommand({
      io,
      vocabulary,
      catalogue: { actions: catalogueOf(known), evaluate },
      permissions: permissionsOf(known),
      configured: async (path) => (await import('./config.ts')).readConfig(path, 'controller'),
    }),
    importCommand({
      io,
      seeAws: async (regions, path, signal) => {
        const { AwsTools } = await import('./providers/aws/tools.ts');
        const { seenIn } = await import('./providers/aws/seen.ts');
        const config = path === undefined ? {} : ((await import('./config.ts')).readConfig(path, 'controller').providers.aws ?? {});
        return seenIn(new AwsTools(config), regions, signal);
      },
    }),
    rehearseCommand({
      io,
      vocabulary,
      catalogue: () => ({ actions: catalogueOf(known), evaluate }),
      journalLines,
      rehearseAll: async (...asked) => (await import('./rehearsal/rehearse.ts')).rehearseAll(...asked),
      isErrTty: process.stderr.isTTY,
    }),
    serveCommand(async (config, log) => {
      // A controller waits for months and works for seconds: V8 keeps its heap at two thirds of the size for about a third of its speed.
      setFlagsFromString('--optimize-for-size');
      return (await import('./serve.ts')).serve(config, version, log);
    }, stderrLog),
  ],
});
// A command that has said no already is not overruled.
if (exitCode !== 0) process.exitCode = exitCode;
