// `resus events`: the journal as lines that a person reads, or with --json as it is told by the API.
import { InvalidArgumentError, type Command } from 'commander';
import type { Told } from './client.ts';
import { colors, connect, controllerCommand, print, printJson, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

type Options = Common & { readonly from: number | 'end'; readonly follow?: true; readonly all?: true };

export function eventsCommand(io: Io): Command {
  return controllerCommand('events', 'what happened, from the journal')
    .option('--from <seq>', 'begin at this sequence number; `end` for only what is new', from, 0)
    .option('--follow', 'go on until Ctrl-C')
    .option('--all', 'also what only drives the machine')
    .action(async (options: Options) => {
      const client = connect(options, io);
      const paint = colors(io);
      const tell = (told: Told): boolean => {
        if (options.json === true) printJson(io, told);
        else if (told.sentence !== null || options.all === true) print(io, eventLine(told, paint));
        return false;
      };
      if (options.follow === true) return client.follow(options.from, tell, { signal: io.signal });
      // Up to where the journal stands now, a page at a time.
      const { entries } = await client.get<{ readonly entries: number }>('/api/v1/checkpoint');
      if (options.from === 'end' || options.from >= entries) return;
      await client.follow(options.from, (told) => tell(told) || told.seq >= entries - 1);
    });
}

function eventLine({ seq, at, sentence, type }: Told, paint: Colors): string {
  return `${paint.dim(`${String(seq).padStart(6)}  ${new Date(at).toISOString()}`)}  ${printable(sentence ?? type)}`;
}
function from(text: string): number | 'end' {
  if (text === 'end') return 'end';
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('give a whole number, or `end`.');
  return Number(text);
}
