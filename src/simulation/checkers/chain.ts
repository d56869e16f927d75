// The log is one: whole, in order, and nothing that was acknowledged is gone.
import { Proof } from '../../journal/proof.ts';
import type { Checker } from '../truth.ts';

export const chain: Checker = {
  name: 'chain',
  holds: 'The chain verifies, there is no fork, and nothing that was acknowledged is lost. (8)',
  begin(violate) {
    const proof = new Proof(undefined);
    let size = 0;
    let acknowledged = -1;
    let isBroken = false;
    return {
      durable({ seq, line, at }) {
        if (isBroken) return;
        if (seq !== size) {
          isBroken = true;
          violate(
            at,
            seq <= acknowledged ? `entry ${seq} was written again after it was acknowledged` : `entry ${seq} follows ${size - 1}`,
          );
          return;
        }
        size += 1;
        try {
          proof.prove(line);
        } catch (error) {
          isBroken = true;
          violate(at, (error as Error).message);
        }
      },
      'append-acknowledged'({ controller, through, at }) {
        if (through >= size) violate(at, `${controller} was told that entry ${through} is durable; there are ${size}`);
        acknowledged = Math.max(acknowledged, through);
      },
    };
  },
};
