// What needs no controller: a recording under other thresholds, and rehearsals of what is declared.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { rehearseCommand } from '../../src/cli/rehearse.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Instant } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/index.ts';
import type { Provider } from '../../src/ports.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';
import { Recording } from '../../src/stores/recording.ts';
import { base } from '../analysis/base.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from '../scenarios/stage.ts';
import type { Script } from './transcript-house.ts';
import { inTurn } from '../rehearsal/in-turn.ts';

/** A region blinks while users are served, comes back, and dies; as a controller that records it would have it. */
function recorded(): string {
  const folder = mkdtempSync(join(tmpdir(), 'resus-transcript-'));
  try {
    const stage = new WorkingStage();
    const theatre = new Theatre(estate, stage.play);
    stage.theatre = theatre;
    const file = join(folder, 'observations.ndjson');
    const recording = new Recording(file, 1e9, estate, theatre.now as Instant, (error) => {
      throw error;
    });
    const give = theatre.give.bind(theatre);
    theatre.give = (input, actor) => {
      recording.take(input, theatre.now as Instant);
      return give(input, actor);
    };
    theatre.pass(20_000);
    theatre.canaries = 'good';
    theatre.dark.add('us-east-2');
    theatre.pass(1_000);
    theatre.dark.delete('us-east-2');
    theatre.canaries = 'auto';
    theatre.pass(20_000);
    theatre.dark.add('us-east-2');
    theatre.pass(20_000);
    recording.close(theatre.now as Instant);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
export const backtestScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: estate,
    tell: async (scene) => {
      const text = recorded();
      const readFile = (path: string): string => {
        if (path !== 'observations.ndjson') throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        return text;
      };
      await scene.types('resus backtest observations.ndjson --failures 1,3,5', 'ann', { readFile });
      await scene.types('resus backtest observations.ndjsn', 'ann', { readFile });
      await scene.types('resus backtest observations.ndjson --failures none', 'ann', { readFile });
    },
  },
];

const known = providers as readonly unknown[] as readonly Provider[];
const catalogue = { actions: catalogueOf(known), evaluate };
/** On this thread, one after the other. */
export const rehearsing = (io: Io): readonly Command[] => [
  rehearseCommand({
    io,
    vocabulary: vocabularyOf(known),
    catalogue: () => catalogue,
    journalLines: () => Promise.resolve([]),
    rehearseAll: inTurn(catalogue),
    isErrTty: false,
  }),
];
/** A hospital small enough to be read and lost in a moment. */
const folder = mkdtempSync(join(tmpdir(), 'resus-transcript-'));
export const rehearseScripts: readonly Script[] = [
  {
    title: 'From the command line',
    declared: estate,
    // How long it takes is for the rehearsal's own tests: here is how it reads.
    masks: (text) =>
      text
        .replaceAll(folder, 'policies')
        .replaceAll(/\b\d+(?:\.\d+)?(?= s\b| min\b|%)/g, '<n>')
        .replaceAll(/(?<=\S) {2,}/g, '  '),
    tell: async (scene) => {
      try {
        // What shows a vantage that it sees is beyond both regions: else whoever looks across doubts itself when one is lost.
        const sites = base.sites.replaceAll(/site: us-(?:east|west)-2 \}\]/g, 'site: us-east-1 }]');
        for (const [name, text] of Object.entries({ ...base, sites })) writeFileSync(join(folder, `${name}.yaml`), text);
        await scene.types(`resus rehearse ehr --policies ${folder} --runs 4 --scenario zone-lost`);
        await scene.types(`resus rehearse her --policies ${folder} --runs 4`);
        await scene.types(`resus rehearse ehr --policies ${folder} --scenario flood`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
