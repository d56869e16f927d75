// What every controller of the tests has in common: the catalogue of the theatre, nothing that it could call, a key of its own.
import { generateKeyPairSync } from 'node:crypto';
import { evaluate } from '../../src/declare/expression.ts';
import { signerFor } from '../../src/journal/checkpoint.ts';
import type { ControllerOptions } from '../../src/runtime/controller.ts';
import { steadyClock } from '../../src/runtime/steady-clock.ts';
import { estate } from '../core/estate.ts';
import { actions } from '../core/theatre.ts';

/** `journal` is opened each time that the controller begins. */
export const controllerOptions = (journal: Awaited<ReturnType<ControllerOptions['open']>>): ControllerOptions => ({
  name: 'c1',
  version: '0.0.0-test',
  log: 'test/log',
  floor: 'lab',
  controlDomain: 'central',
  boot: 'b',
  clock: steadyClock(),
  catalogue: { actions, evaluate },
  registry: { actions: new Map(), faults: new Map() },
  signer: signerFor('test/log', generateKeyPairSync('ed25519').privateKey),
  open: () => Promise.resolve(journal),
  estate,
});
