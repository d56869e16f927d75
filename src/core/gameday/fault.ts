// One injected fault, from the intention that is written before it to the look that shows it gone. What undoes it is
// known before it is injected, and a fault that was ordered by a controller that died is undone by the next.
import type { Event } from '../event.ts';
import type { FaultState } from '../state.ts';
import { later, type Instant } from '../values.ts';
import type { Stamp } from '../evolve.ts';

type FaultEvent = Extract<
  Event,
  { type: 'FaultAnswered' | 'FaultBit' | 'FaultReverting' | 'FaultReverted' | 'FaultChecking' | 'FaultChecked' }
>;

export const newFault = (data: Extract<Event, { type: 'FaultIntended' }>['data'], stamp: Stamp): FaultState => ({
  id: data.fault,
  token: data.token,
  expiresAt: data.expiresAt,
  status: 'intended',
  bitten: false,
  because: '',
  epoch: stamp.epoch,
  attempt: 0,
  look: 0,
  deadline: data.deadline,
  nextAt: stamp.at,
});

/** `unsure` stands for a fault that may or may not be in force: it is undone like one that is. */
export function evolveFault(fault: FaultState, event: FaultEvent, stamp: Stamp): void {
  switch (event.type) {
    case 'FaultAnswered': {
      const { outcome } = event.data;
      fault.status = outcome.kind === 'failed' ? 'refused' : outcome.kind === 'unknown' ? 'unsure' : 'standing';
      fault.because = 'message' in outcome ? outcome.message : '';
      return;
    }
    case 'FaultBit':
      [fault.bitten, fault.because] = [true, event.data.because];
      return;
    case 'FaultReverting':
      Object.assign(fault, { status: 'reverting', attempt: event.data.attempt, deadline: event.data.deadline, epoch: stamp.epoch });
      return;
    case 'FaultReverted':
      Object.assign(fault, { status: 'reverted', nextAt: later(stamp.at, 200) });
      return;
    case 'FaultChecking':
      Object.assign(fault, { status: 'checking', look: event.data.look, deadline: event.data.deadline, epoch: stamp.epoch });
      return;
    case 'FaultChecked': {
      const { observed } = event.data;
      if (observed.kind === 'absent') fault.status = 'gone';
      else
        Object.assign(fault, {
          status: 'reverted',
          nextAt: later(stamp.at, Math.min(5_000, 250 * 2 ** Math.min(fault.look, 6))) as Instant,
        });
      return;
    }
    default:
      return;
  }
}
