// The switch by which the standby region asks for the traffic, read by an inverted health check: 200 while it is on, 404 while it is off.
// It keeps the latest epoch of the journal whose leader set it, and refuses an earlier one of the same journal (docs/aws.md).
import { readFile, rename, writeFile } from 'node:fs/promises';
import express, { type Router } from 'express';

type Kept = { readonly isOn: boolean; readonly journal: string; readonly epoch: number };
const untouched: Kept = { isOn: false, journal: '', epoch: 0 };
const setting: Readonly<Record<string, boolean>> = { on: true, off: false };

/**
 * Several processes may serve one `file`; it is replaced whole, and of two at the same instant the later one wins, which only a laboratory
 * may allow. Who sets it by hand sends no epoch, and is always heard.
 */
export function trafficSwitch(file: string): Router {
  const kept = async (): Promise<Kept> => {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Kept;
    } catch {
      return untouched;
    }
  };
  return express
    .Router()
    .get('/', async (_request, response) => {
      const { isOn, epoch } = await kept();
      response
        .set('resus-epoch', String(epoch))
        .status(isOn ? 200 : 404)
        .type('text/plain')
        .send(isOn ? 'on' : 'off');
    })
    .put('/', express.text({ type: () => true, limit: '1kb' }), async (request, response) => {
      const isOn = setting[typeof request.body === 'string' ? request.body.trim() : ''];
      const epoch = Number(request.get('resus-epoch') ?? Number.NaN);
      response.type('text/plain');
      if (isOn === undefined) return void response.status(400).send('send `on` or `off`');
      const last = await kept();
      const claim = Number.isSafeInteger(epoch) ? { journal: request.get('resus-journal') ?? '', epoch } : last;
      if (claim.journal === last.journal && claim.epoch < last.epoch)
        return void response.status(412).send(`the leader of epoch ${last.epoch} has set it`);
      await writeFile(`${file}.new`, JSON.stringify({ isOn, journal: claim.journal, epoch: claim.epoch } satisfies Kept));
      await rename(`${file}.new`, file);
      response.send(isOn ? 'on' : 'off');
    });
}
