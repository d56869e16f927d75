// Sends one control of a run and says what the run does now: the same answer for every lever.
import { connect, print, printJson, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export type Controlled = {
  readonly run: string;
  readonly status: string;
  readonly outcome?: string;
  readonly now: string;
  readonly seq: number;
  /** Of `ungraceful`: the steps that go on in that way now. */
  readonly steps?: readonly string[];
};

/** `said`: what was taken, where the state of the run does not say it by itself. */
export async function controlRun(
  io: Io,
  options: Common,
  run: string,
  lever: string,
  body: object,
  said: (done: Controlled) => string = () => '',
): Promise<void> {
  const done = await connect(options, io).post<Controlled>(`/api/v1/runs/${encodeURIComponent(run)}/${lever}`, body);
  if (options.json === true) printJson(io, done);
  else print(io, printable(`${said(done)}${done.now}`));
}
export const stepLever = (step: string, lever: 'retry' | 'skip' | 'confirm'): string => `steps/${encodeURIComponent(step)}/${lever}`;
