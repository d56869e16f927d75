// What every route needs of the controller: a view to read from, and a way to ask for something and get its entries.
import type { Response } from 'express';
import type { Refusal } from '../core/errors.ts';
import type { Input, Request } from '../core/input.ts';
import { viewOf, type View } from '../core/kernel.ts';
import type { Actor, Result } from '../core/values.ts';
import type { Sealed } from '../engine/engine.ts';
import type { Blob } from '../ports.ts';
import type { Controller } from '../runtime/controller.ts';
import { fromRefusal, notReady } from './api-error.ts';

export type Desk = {
  readonly controller: Controller;
  /** Throws 503 NOT_READY while there is no journal to act on. */
  view(): View;
  /** Resolves when what came of it is durable. Throws the refusal with its status. */
  submit(input: Input, actor?: Actor, blobs?: readonly Blob[]): Promise<readonly Sealed[]>;
  ask(request: Request, response: Response): Promise<readonly Sealed[]>;
};

export function deskOf(controller: Controller): Desk {
  const submit: Desk['submit'] = async (input, actor, blobs) => {
    let result: Result<readonly Sealed[], Refusal>;
    try {
      result = await controller.submit(input, actor, blobs);
    } catch {
      // The loop halted under the request. Whether it became durable is not known here; the journal says so afterwards.
      throw notReady(controller.standing.because);
    }
    if (!result.ok) throw fromRefusal(result.error);
    return result.value;
  };
  return {
    controller,
    view: () => {
      const { known, seen, standing } = controller;
      if (known === undefined || seen === undefined) throw notReady(standing.because);
      return viewOf(controller.facts, known, seen, controller.options.clock.now());
    },
    submit,
    ask: (request, response) => {
      const by = response.locals['actor'] as Actor;
      return submit({ kind: 'requested', by, request }, by);
    },
  };
}
